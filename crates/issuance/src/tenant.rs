//! Tenants: their accounts, API keys, allowlists and branding.

pub mod allowlist;
pub mod branding;
pub mod plans;
pub mod provision;
