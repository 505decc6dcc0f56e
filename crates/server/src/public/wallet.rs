//! Ways into a wallet: OpenID for Verifiable Credential Issuance 1.0 with pre-authorized codes, a VC-API exchange, and the page that
//! explains them.
//!
//! In: the link of a credential, which is the capability to see it, and so to take it into a wallet. Out: the wallet form, or its JWT
//! twin, each signed when it is asked for. Each tenant is a credential issuer and its own authorization server, `https://HOST/t/ULID`.
//!
//! - Invariant: a GET makes nothing and uses nothing up. An offer is made by a form that a person sends.
//! - Invariant: nothing that is refused uses up a code, a token or a nonce.
//! - Invariant: a holder's DID is stored nowhere and logged nowhere. It is written into the document that its holder gets.
//! - Invariant: an erased credential names no holder either.
//!
//! Begin reading at `page.rs` for the person's way, and at `credential.rs` for the wallet's.

mod answer;
mod binding;
pub(crate) mod credential;
mod credential_request;
pub(crate) mod exchange;
mod form;
mod issuer;
pub(crate) mod metadata;
pub(crate) mod nonce;
pub(crate) mod offer;
pub(crate) mod page;
pub(crate) mod token;
mod view_model;

pub(crate) use answer::preflight;
