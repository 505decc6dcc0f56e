//! Tenants: their accounts, plans, API keys, allowlists and branding.

pub mod allowlist;
pub mod api_keys;
pub mod branding;
pub mod plans;
pub mod provision;
