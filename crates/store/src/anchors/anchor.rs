//! An anchor: one root over the roots of the batches that waited for a signing key, one nonce, one transaction that counts.

use std::fmt;
use std::str::FromStr;

use crate::database::sql::{self, Record, Row, bigint};
use crate::database::store::{Store, WriteTx};
use crate::error::Result;
use crate::id::AnchorId;
use crate::onchain::MerkleRoot;
use crate::scope::TenantScope;

/// The state of an anchor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AnchorStatus {
    /// A transaction that carries its root is stored. It may be sent.
    Signed,
    /// Its transaction is in a block with enough confirmations. Its batches are announced, or about to be.
    Anchored,
}

impl AnchorStatus {
    /// Every status.
    pub const ALL: [AnchorStatus; 2] = [AnchorStatus::Signed, AnchorStatus::Anchored];

    /// Returns the name that is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            AnchorStatus::Signed => "signed",
            AnchorStatus::Anchored => "anchored",
        }
    }
}

impl fmt::Display for AnchorStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The error for a text that is not the name of a status.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected `signed` or `anchored`")]
pub struct AnchorStatusError;

impl FromStr for AnchorStatus {
    type Err = AnchorStatusError;

    fn from_str(text: &str) -> std::result::Result<Self, AnchorStatusError> {
        AnchorStatus::ALL.into_iter().find(|status| status.as_str() == text).ok_or(AnchorStatusError)
    }
}

/// An anchor. Times are milliseconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchor {
    /// Its id. It is internal: no document, answer or event contains it.
    pub id: AnchorId,
    /// The tenant and environment of its batches.
    pub scope: TenantScope,
    /// Its state.
    pub status: AnchorStatus,
    /// The root that its transaction carries.
    pub root: MerkleRoot,
    /// The number of its batches.
    pub batches_count: u64,
    /// The number of the key that signs it.
    pub signing_key_number: u64,
    /// The DID URL of that key, as the proofs of its batches name it.
    pub verification_method: String,
    /// The public URL that the documents of its batches were made for.
    pub public_url: String,
    /// Its chain (EIP-155).
    pub chain_id: u64,
    /// When it was signed.
    pub signed_at: i64,
    /// The height at which its transaction was last seen while it was not deep enough.
    pub seen_in_block: Option<u64>,
    /// The number of the key that it is to be signed with again, if the first one was stolen.
    pub reanchor_with: Option<u64>,
    /// The number of times that its current step failed.
    pub attempts: u64,
}

pub(crate) const COLUMNS: &str = "id, tenant_id, environment, status, root, batches_count, signing_key_number, \
     verification_method, public_url, chain_id, signed_at, seen_in_block, reanchor_with, attempts";

pub(crate) fn anchor(row: &Row) -> Result<Anchor> {
    let record = Record { table: "anchors", row };
    Ok(Anchor {
        id: record.parsed("id")?,
        scope: record.scope()?,
        status: record.parsed("status")?,
        root: record.parsed("root")?,
        batches_count: record.count("batches_count")?,
        signing_key_number: record.count("signing_key_number")?,
        verification_method: record.text("verification_method")?,
        public_url: record.text("public_url")?,
        chain_id: record.count("chain_id")?,
        signed_at: record.int("signed_at")?,
        seen_in_block: record.maybe_count("seen_in_block")?,
        reanchor_with: record.maybe_count("reanchor_with")?,
        attempts: record.count("attempts")?,
    })
}

impl Store {
    /// Returns the anchor with this id.
    ///
    /// # Errors
    /// If the database fails, or the row can't be read.
    pub async fn find_anchor(&self, id: &AnchorId) -> Result<Option<Anchor>> {
        sql::query(format!("SELECT {COLUMNS} FROM anchors WHERE id = $1"))
            .bind(id.as_str())
            .fetch_optional(&self.pool)
            .await?
            .as_ref()
            .map(anchor)
            .transpose()
    }
}

impl WriteTx {
    /// Adds an anchor, which is due at once.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn insert_anchor(&mut self, new: &Anchor) -> Result<()> {
        sql::query(
            "INSERT INTO anchors (id, tenant_id, environment, status, root, batches_count, signing_key_number,
                                  verification_method, public_url, chain_id, signed_at, attempts, next_attempt_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, $11)",
        )
        .bind(new.id.as_str())
        .bind(new.scope.tenant_id.as_str())
        .bind(new.scope.environment.as_str())
        .bind(new.status.as_str())
        .bind(new.root.to_string())
        .bind(bigint(new.batches_count))
        .bind(bigint(new.signing_key_number))
        .bind(&new.verification_method)
        .bind(&new.public_url)
        .bind(bigint(new.chain_id))
        .bind(new.signed_at)
        .execute(self.connection())
        .await?;
        Ok(())
    }
}
