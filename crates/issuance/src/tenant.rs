//! Tenants: their accounts, plans, API keys, allowlists and branding.

pub mod provision;
pub mod plans;
pub mod api_keys;
pub mod allowlist;
pub mod branding;
