//! Tenants: their accounts, plans, API keys, allowlists, branding and webhook endpoints.

pub mod provision;
pub mod plans;
pub mod api_keys;
pub mod allowlist;
pub mod branding;
pub mod endpoints;
