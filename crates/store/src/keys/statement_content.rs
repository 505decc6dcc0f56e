//! The content of a statement about a key.

use std::fmt;
use std::str::FromStr;

use crate::database::sql::Record;
use crate::error::Result;
use crate::id::TenantId;
use crate::keys::document_keys::DocumentKey;
use crate::keys::host_keys::HostKey;
use crate::keys::signing_keys::SigningKey;
use crate::onchain::{AccountAddress, PublicKeyCoordinates, decode_32};

/// The kind of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatementKind {
    /// There is a new key.
    Created,
    /// The key signs nothing any more: no transaction counts from then on.
    Retired,
    /// Another party may have the key: no transaction counts from then on, and no document at all.
    Revoked,
}

impl StatementKind {
    /// Returns its name.
    pub fn as_str(self) -> &'static str {
        match self {
            StatementKind::Created => "created",
            StatementKind::Retired => "retired",
            StatementKind::Revoked => "revoked",
        }
    }
}

impl fmt::Display for StatementKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for StatementKind {
    type Err = ();

    fn from_str(text: &str) -> std::result::Result<Self, ()> {
        [StatementKind::Created, StatementKind::Retired, StatementKind::Revoked]
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or(())
    }
}

/// The key that a statement is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StatedKey {
    /// A secp256k1 key of one chain.
    Chain {
        /// The one chain it signs for (EIP-155).
        chain_id: u64,
        /// Its address.
        address: AccountAddress,
        /// Its public key.
        public_key: PublicKeyCoordinates,
    },
    /// An Ed25519 key that signs documents. It has neither a chain nor an address.
    Document {
        /// Its public key.
        public_key: [u8; 32],
    },
}

/// The `chain_id` and the `address` of a document key's row, which no chain and no account have.
const NO_CHAIN: u64 = 0;
const NO_ADDRESS: &str = "";

impl StatedKey {
    /// Reads the key of a row.
    pub(crate) fn of(record: &Record<'_>) -> Result<Self> {
        let chain_id = record.count("chain_id")?;
        if chain_id == NO_CHAIN && record.text("address")? == NO_ADDRESS {
            let public_key = decode_32(&record.text("public_key")?);
            let public_key = public_key.ok_or_else(|| record.unreadable("public_key"))?;
            return Ok(Self::Document { public_key });
        }
        Ok(Self::Chain {
            chain_id,
            address: record.parsed("address")?,
            public_key: record.parsed("public_key")?,
        })
    }

    /// Returns the id of its chain; `None` if it signs documents.
    pub fn chain_id(&self) -> Option<u64> {
        match self {
            StatedKey::Chain { chain_id, .. } => Some(*chain_id),
            StatedKey::Document { .. } => None,
        }
    }

    /// Returns its address; `None` if it signs documents.
    pub fn address(&self) -> Option<&AccountAddress> {
        match self {
            StatedKey::Chain { address, .. } => Some(address),
            StatedKey::Document { .. } => None,
        }
    }

    /// Returns the public key as lower-case hex: both coordinates, or the 32 bytes of an Ed25519 key.
    pub fn public_key(&self) -> String {
        match self {
            StatedKey::Chain { public_key, .. } => public_key.to_string(),
            StatedKey::Document { public_key } => hex::encode(public_key),
        }
    }

    /// Returns the `chain_id` and the `address` of the row.
    pub(crate) fn columns(&self) -> (u64, &str) {
        (self.chain_id().unwrap_or(NO_CHAIN), self.address().map_or(NO_ADDRESS, AccountAddress::as_str))
    }
}

/// The content of a statement about a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementContent {
    /// The kind.
    pub kind: StatementKind,
    /// Whose key it is; `None`: the host's.
    pub tenant_id: Option<TenantId>,
    /// The tenant's number of it, among its keys of that sort; of a key of the host its chain's.
    pub number: u64,
    /// Its DID URL.
    pub key_id: String,
    /// The key.
    pub key: StatedKey,
    /// From when on its transactions count, or when it began to sign documents, in milliseconds since 1970.
    pub valid_from: i64,
    /// Until when, where it was retired.
    pub valid_to: Option<i64>,
    /// Until when, where it was revoked. Of a document key nothing counts from then on.
    pub revoked_from: Option<i64>,
}

impl StatementContent {
    /// Creates the content of the statement about a new key of the host.
    pub fn of_host(key: &HostKey, key_id: String, valid_from: i64) -> Self {
        Self {
            kind: StatementKind::Created,
            tenant_id: None,
            number: key.chain_id,
            key_id,
            key: StatedKey::Chain {
                chain_id: key.chain_id,
                address: key.address.clone(),
                public_key: key.public_key,
            },
            valid_from,
            valid_to: None,
            revoked_from: None,
        }
    }

    /// Creates the content of a statement about a tenant's signing key as it is.
    pub fn of(key: &SigningKey, kind: StatementKind, key_id: String, valid_from: i64) -> Self {
        Self {
            kind,
            tenant_id: Some(key.tenant_id.clone()),
            number: key.number,
            key_id,
            key: StatedKey::Chain {
                chain_id: key.chain_id,
                address: key.address.clone(),
                public_key: key.public_key,
            },
            valid_from,
            valid_to: key.expires_at,
            revoked_from: key.revoked_from,
        }
    }

    /// Creates the content of a statement about a tenant's document key as it is.
    pub fn of_document_key(key: &DocumentKey, kind: StatementKind, key_id: String) -> Self {
        Self {
            kind,
            tenant_id: Some(key.tenant_id.clone()),
            number: key.number,
            key_id,
            key: StatedKey::Document { public_key: key.public_key },
            valid_from: key.created_at,
            valid_to: key.retired_at,
            revoked_from: key.revoked_from,
        }
    }

    /// Returns whether it describes the signing key as it is.
    pub(crate) fn is_of(&self, key: &SigningKey) -> bool {
        *self == Self { kind: self.kind, ..Self::of(key, self.kind, self.key_id.clone(), self.valid_from) }
    }

    /// Returns whether it describes the document key as it is.
    pub(crate) fn is_of_document_key(&self, key: &DocumentKey) -> bool {
        *self == Self::of_document_key(key, self.kind, self.key_id.clone())
    }

    /// Returns whether it describes the host's key.
    pub(crate) fn is_of_host(&self, key: &HostKey) -> bool {
        *self == Self { kind: self.kind, ..Self::of_host(key, self.key_id.clone(), self.valid_from) }
    }
}
