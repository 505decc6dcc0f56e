//! Wallets: offers of a credential, what they were redeemed for, and the nonces that were used.

pub(crate) mod nonce;
pub(crate) mod offer;
pub(crate) mod offered_format;

pub use offer::{CodeLife, OfferedCredential, Redemption, WalletOffer, WalletToken};
pub use offered_format::{OfferedFormat, OfferedFormatError};
