//! Batches: credentials that are accepted, signed and anchored together.

use std::fmt;
use std::str::FromStr;

use learncoin_credential::merkle::MerklePath;

use crate::database::sql::{self, Record, Row, bigint};
use crate::database::store::{Store, WriteTx};
use crate::error::{Error, Result};
use crate::id::{AFTER_EVERY_ID, AnchorId, BatchId};
use crate::onchain::MerkleRoot;
use crate::scope::TenantScope;

/// The status of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BatchStatus {
    /// Accepted, not yet signed.
    Pending,
    /// The tree is closed and its transaction stored.
    Signed,
    /// The transaction is in a block with enough confirmations.
    Anchored,
    /// It could not be signed.
    Failed,
}

impl BatchStatus {
    /// Every status.
    pub const ALL: [BatchStatus; 4] =
        [BatchStatus::Pending, BatchStatus::Signed, BatchStatus::Anchored, BatchStatus::Failed];

    /// Returns the name in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            BatchStatus::Pending => "pending",
            BatchStatus::Signed => "signed",
            BatchStatus::Anchored => "anchored",
            BatchStatus::Failed => "failed",
        }
    }
}

impl fmt::Display for BatchStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Not the name of a status.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected `pending`, `signed`, `anchored` or `failed`")]
pub struct BatchStatusError;

impl FromStr for BatchStatus {
    type Err = BatchStatusError;

    fn from_str(text: &str) -> std::result::Result<Self, BatchStatusError> {
        BatchStatus::ALL.into_iter().find(|status| status.as_str() == text).ok_or(BatchStatusError)
    }
}

/// A batch's status with what exists only in it. Times are milliseconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BatchState {
    /// Accepted.
    Pending,
    /// Signed.
    Signed {
        /// When.
        signed_at: i64,
        /// Its place in an anchor.
        anchor: PlaceInAnchor,
    },
    /// Anchored.
    Anchored {
        /// When it was signed.
        signed_at: i64,
        /// When the anchor was confirmed.
        anchored_at: i64,
        /// Its place in an anchor.
        anchor: PlaceInAnchor,
    },
    /// Failed.
    Failed {
        /// When.
        failed_at: i64,
        /// The API's code for the reason.
        error_code: String,
        /// The reason in words.
        error_message: String,
    },
}

/// The place of a signed batch in an anchor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceInAnchor {
    /// The anchor.
    pub anchor_id: AnchorId,
    /// The anchor's root, which its transaction carries.
    pub merkle_root: MerkleRoot,
    /// The path from the batch's own root to the anchor's; empty if the anchor has no other batch.
    pub path: MerklePath,
}

/// A batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Its id.
    pub id: BatchId,
    /// Whose it is.
    pub scope: TenantScope,
    /// The number of its credentials.
    pub credentials_count: u64,
    /// The public URL that its documents were made for.
    pub public_url: String,
    /// The DID URL of the key that signs it.
    pub verification_method: String,
    /// That key's number.
    pub signing_key_number: u64,
    /// The chain it is anchored on (EIP-155).
    pub chain_id: u64,
    /// When it was accepted.
    pub created_at: i64,
    /// The number of its first credential in the tenant's status lists. The others follow in the order of their positions.
    pub first_status_number: u64,
    /// The root of its own tree. `None` only for one that an earlier release accepted and that is pending.
    pub tree_root: Option<MerkleRoot>,
    /// Its state.
    pub state: BatchState,
    /// The number of times that signing it failed.
    pub attempts: u64,
}

impl Batch {
    /// Returns the state's name.
    pub fn status(&self) -> BatchStatus {
        match self.state {
            BatchState::Pending => BatchStatus::Pending,
            BatchState::Signed { .. } => BatchStatus::Signed,
            BatchState::Anchored { .. } => BatchStatus::Anchored,
            BatchState::Failed { .. } => BatchStatus::Failed,
        }
    }

    /// Returns its place in an anchor, once it is signed.
    pub fn anchor(&self) -> Option<&PlaceInAnchor> {
        match &self.state {
            BatchState::Signed { anchor, .. } | BatchState::Anchored { anchor, .. } => Some(anchor),
            BatchState::Pending | BatchState::Failed { .. } => None,
        }
    }

    /// Returns the root that its anchor's transaction carries, once it is signed.
    pub fn merkle_root(&self) -> Option<MerkleRoot> {
        self.anchor().map(|anchor| anchor.merkle_root)
    }
}

pub(crate) const COLUMNS: &str = "id, tenant_id, environment, status, credentials_count, public_url, verification_method, \
     signing_key_number, chain_id, created_at, signed_at, anchored_at, failed_at, error_code, error_message, attempts, tree_root, first_status_number, \
     anchor_id, anchor_path, anchor_steps, \
     merkle_root, (SELECT a.root FROM anchors a WHERE a.id = batches.anchor_id) AS anchor_root";

pub(crate) fn batch(row: &Row) -> Result<Batch> {
    let record = Record { table: "batches", row };
    let state = match record.parsed::<BatchStatus>("status")? {
        BatchStatus::Pending => BatchState::Pending,
        BatchStatus::Signed => {
            BatchState::Signed { signed_at: record.int("signed_at")?, anchor: place_in_anchor(&record)? }
        }
        BatchStatus::Anchored => BatchState::Anchored {
            signed_at: record.int("signed_at")?,
            anchored_at: record.int("anchored_at")?,
            anchor: place_in_anchor(&record)?,
        },
        BatchStatus::Failed => BatchState::Failed {
            failed_at: record.int("failed_at")?,
            error_code: record.text("error_code")?,
            error_message: record.text("error_message")?,
        },
    };
    Ok(Batch {
        id: record.parsed("id")?,
        scope: record.scope()?,
        credentials_count: record.count("credentials_count")?,
        public_url: record.text("public_url")?,
        verification_method: record.text("verification_method")?,
        signing_key_number: record.count("signing_key_number")?,
        chain_id: record.count("chain_id")?,
        created_at: record.int("created_at")?,
        attempts: record.count("attempts")?,
        first_status_number: record.count("first_status_number")?,
        tree_root: record.maybe_parsed("tree_root")?,
        state,
    })
}

fn place_in_anchor(record: &Record<'_>) -> Result<PlaceInAnchor> {
    Ok(PlaceInAnchor {
        anchor_id: record.parsed("anchor_id")?,
        // An earlier release stored it with the batch too.
        merkle_root: match record.maybe_parsed("merkle_root")? {
            Some(root) => root,
            None => record.parsed("anchor_root")?,
        },
        path: match record.maybe_bytes("anchor_steps")? {
            Some(steps) => MerklePath::from_bytes(&steps).map_err(|_| record.unreadable("anchor_steps"))?,
            // An earlier release stored it as a text.
            None => record.parsed("anchor_path")?,
        },
    })
}

/// The batches that are looked for. What is `None` does not matter.
#[derive(Debug, Clone, Copy, Default)]
pub struct BatchFilter<'a> {
    /// Their status.
    pub status: Option<BatchStatus>,
    /// A recipient of whom they have a credential.
    pub recipient_id: Option<&'a str>,
}

/// The result of a scoped look-up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scoped<T> {
    /// It is the caller's, in the caller's environment.
    Own(T),
    /// It is the caller's, in the other environment.
    OtherEnvironment,
    /// It is another tenant's.
    Foreign,
    /// There is none.
    Absent,
}

impl<T> Scoped<T> {
    pub(crate) fn judge(found: Option<T>, owner: impl Fn(&T) -> TenantScope, caller: &TenantScope) -> Self {
        match found {
            None => Scoped::Absent,
            Some(value) => {
                let owner = owner(&value);
                if owner == *caller {
                    Scoped::Own(value)
                } else if owner.tenant_id == caller.tenant_id {
                    Scoped::OtherEnvironment
                } else {
                    Scoped::Foreign
                }
            }
        }
    }
}

impl Store {
    /// Returns the batch with this id, as far as the scope may see it.
    pub async fn find_batch(&self, scope: &TenantScope, id: &BatchId) -> Result<Scoped<Batch>> {
        Ok(Scoped::judge(self.batch_by_id(id).await?, |batch| batch.scope.clone(), scope))
    }

    /// Returns the batch with this id, of any tenant. For the pipeline and for public pages.
    pub async fn batch_by_id(&self, id: &BatchId) -> Result<Option<Batch>> {
        sql::query(format!("SELECT {COLUMNS} FROM batches WHERE id = $1"))
            .bind(id.as_str())
            .fetch_optional(&self.pool)
            .await?
            .as_ref()
            .map(batch)
            .transpose()
    }

    /// Returns the scope's batches that pass the filter, newest first: at most `limit`, those before `before`.
    pub async fn list_batches(
        &self,
        scope: &TenantScope,
        before: Option<&BatchId>,
        filter: BatchFilter<'_>,
        limit: u32,
    ) -> Result<Vec<Batch>> {
        let sql = match filter.recipient_id {
            None => format!(
                "SELECT {COLUMNS} FROM batches
                 WHERE tenant_id = $1 AND environment = $2 AND id < $3
                   AND (CAST($4 AS TEXT) IS NULL OR status = $4)
                 ORDER BY id DESC LIMIT $5"
            ),
            // Begun from the recipient's few credentials, which a cross join makes SQLite do.
            Some(_) => format!(
                "SELECT {COLUMNS} FROM (
                     SELECT DISTINCT batch_id FROM credentials WHERE recipient_id = $6 AND tenant_id = $1 AND environment = $2
                 ) c CROSS JOIN batches
                 WHERE id = c.batch_id AND tenant_id = $1 AND environment = $2 AND id < $3
                   AND (CAST($4 AS TEXT) IS NULL OR status = $4)
                 ORDER BY id DESC LIMIT $5"
            ),
        };
        let mut query = sql::query(sql)
            .bind(scope.tenant_id.as_str())
            .bind(scope.environment.as_str())
            // A bound even for the first page: the index then leads to the page, however many are newer.
            .bind(before.map_or(AFTER_EVERY_ID, BatchId::as_str))
            .bind(filter.status.map(BatchStatus::as_str))
            .bind(i64::from(limit));
        if let Some(recipient_id) = filter.recipient_id {
            query = query.bind(recipient_id);
        }
        query.fetch_all(&self.pool).await?.iter().map(batch).collect()
    }
}

impl WriteTx {
    /// Adds a batch, which must be pending.
    pub async fn insert_batch(&mut self, new: &Batch) -> Result<()> {
        if new.state != BatchState::Pending {
            return Err(Error::Conflict { what: "a new batch's state" });
        }
        sql::query(
            "INSERT INTO batches (id, tenant_id, environment, status, credentials_count, public_url, verification_method,
                                  signing_key_number, chain_id, created_at, attempts, next_attempt_at, tree_root,
                                  first_status_number)
             VALUES ($1, $2, $3, 'pending', $4, $5, $6, $7, $8, $9, 0, $9, $10, $11)",
        )
        .bind(new.id.as_str())
        .bind(new.scope.tenant_id.as_str())
        .bind(new.scope.environment.as_str())
        .bind(bigint(new.credentials_count))
        .bind(&new.public_url)
        .bind(&new.verification_method)
        .bind(bigint(new.signing_key_number))
        .bind(bigint(new.chain_id))
        .bind(new.created_at)
        .bind(new.tree_root.map(|root| root.to_string()))
        .bind(bigint(new.first_status_number))
        .execute(self.connection())
        .await?;
        Ok(())
    }
}
