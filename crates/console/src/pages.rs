//! The pages, a file each.

// The templates of the public pages, which those of the console extend, name it by this path.
pub(crate) use learncoin_server::pages::brand;

pub(crate) mod account;
pub(crate) mod api_keys;
pub(crate) mod audit;
pub(crate) mod batches;
pub(crate) mod branding;
pub(crate) mod correct;
pub(crate) mod credential;
mod credential_form;
pub(crate) mod credentials;
pub(crate) mod health;
pub(crate) mod home;
pub(crate) mod mails;
pub(crate) mod issue;
pub(crate) mod members;
pub(crate) mod oidc;
pub(crate) mod operators;
pub(crate) mod overview;
pub(crate) mod sign_in;
pub(crate) mod upload;
pub(crate) mod uploads;
pub(crate) mod tenant_mails;
pub(crate) mod templates;
pub(crate) mod webhook;
pub(crate) mod webhooks;
