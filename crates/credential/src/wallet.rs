//! The wallet form of a credential: the same facts as the anchored form, signed with an Ed25519 key of the tenant, for wallets and
//! verifiers that know no chain.
//!
//! It is a credential of [Verifiable Credentials 2.0](https://www.w3.org/TR/vc-data-model-2.0/) and Open Badges 3.0 with these two
//! contexts alone, one `BitstringStatusListEntry`, and one proof of the cryptosuite `eddsa-rdfc-2022`. Its issuer is the tenant's
//! second DID, `did:web:HOST:t:ULID`, since judges refuse one with a fragment.
//!
//! The crate signs nothing: [`SignatureInput`] is what the key signs, and the caller has the key.

mod compact;
mod document;
mod holder;
mod proof;
mod read;
mod status_index;
mod status_list;
#[cfg(test)]
mod tests;
mod token;

pub use compact::{peek_token, token_text};
pub use document::{HashedEmail, Identifier, StatusEntry, WalletDocument};
pub use holder::{HolderProof, HolderProofError, MAX_PROOF_BYTES, PROOF_ALGORITHMS};
pub use proof::{
    CRYPTOSUITE, DocumentPublicKey, DocumentSignature, ProofOptions, SignatureInput, SignedWalletDocument,
};
pub use read::has_wallet_proof;
pub use status_index::{LIST_LENGTH, StatusPlaces};
pub use status_list::{SignedStatusList, StatusBits, StatusList, StatusListError};
pub use token::{SignedToken, TokenInput};
