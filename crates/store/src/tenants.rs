//! Tenants: the accounts of schools, with their API keys, branding, DIDs and usage.

pub(crate) mod api_keys;
pub(crate) mod branding;
pub(crate) mod confirmed_names;
pub(crate) mod logos;
pub(crate) mod own_dids;
pub(crate) mod presented_keys;
pub(crate) mod tenant;
pub(crate) mod usage;
pub(crate) mod wallet_settings;

pub use api_keys::{ApiKey, KeyDigest};
pub use branding::{Branding, CertificateBranding, NamedLogo, NamedSignature, PublicBranding};
pub use logos::Logo;
pub use presented_keys::PresentedKey;
pub use tenant::{Exceptions, Plan, PlanError, Tenant};
