//! The host's own transactions, one for each nonce of its key, and what was signed for each of them.
//!
//! Invariant: of a chain's transactions one at most is open, which the database itself holds to.

use std::fmt;
use std::str::FromStr;

use crate::database::sql::{self, Record, Row, bigint, exactly_one};
use crate::database::store::{Store, WriteTx};
use crate::error::{Error, Result};
use crate::keys::host_keys::HostKey;
use crate::onchain::{AccountAddress, RawTransaction, StatementHash, TxHash};
use crate::transactions::anchor_transactions::{BlockPosition, block_position};

/// The purpose of a transaction of the host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HostPurpose {
    /// It carries the hash of a statement about keys.
    Statement {
        /// The statement's place.
        sequence: u64,
        /// Its hash.
        hash: StatementHash,
    },
    /// It gives ether to a tenant's key.
    TopUp {
        /// The key's address.
        receiver: AccountAddress,
        /// The amount, in gwei.
        gwei: u64,
    },
}

/// The status of a transaction of the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HostStatus {
    /// It was signed, and is not deep enough in the chain yet.
    Open,
    /// It is deep enough, and watched.
    Confirmed,
    /// Its block can't be replaced any more.
    Final,
    /// Something else used its nonce.
    Lost,
}

impl HostStatus {
    const ALL: [HostStatus; 4] =
        [HostStatus::Open, HostStatus::Confirmed, HostStatus::Final, HostStatus::Lost];

    fn as_str(self) -> &'static str {
        match self {
            HostStatus::Open => "open",
            HostStatus::Confirmed => "confirmed",
            HostStatus::Final => "final",
            HostStatus::Lost => "lost",
        }
    }
}

impl fmt::Display for HostStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for HostStatus {
    type Err = ();

    fn from_str(text: &str) -> std::result::Result<Self, ()> {
        Self::ALL.into_iter().find(|status| status.as_str() == text).ok_or(())
    }
}

/// The attempt that is in the chain, and its block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MinedAttempt {
    /// The attempt's hash.
    pub hash: TxHash,
    /// Its block.
    pub block: BlockPosition,
}

/// A transaction of the host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostTransaction {
    /// Its chain (EIP-155).
    pub chain_id: u64,
    /// The nonce that all of its attempts have.
    pub nonce: u64,
    /// Its purpose.
    pub purpose: HostPurpose,
    /// The status of a transaction of the host.
    pub status: HostStatus,
    /// When it was signed, or found, in milliseconds since 1970.
    pub created_at: i64,
    /// The attempt that was mined, once it is confirmed.
    pub mined: Option<MinedAttempt>,
}

/// A signed transaction of the host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostAttempt {
    /// Its hash.
    pub hash: TxHash,
    /// Its chain (EIP-155).
    pub chain_id: u64,
    /// Its nonce.
    pub nonce: u64,
    /// The signed bytes.
    pub raw: RawTransaction,
    /// When it was signed, in milliseconds since 1970.
    pub created_at: i64,
    /// When a node first accepted it.
    pub sent_at: Option<i64>,
}

const COLUMNS: &str = "chain_id, nonce, kind, status, statement_sequence, statement_hash, receiver, amount_gwei, created_at, transaction_hash, block_number, block_hash, block_time";

fn host_transaction(row: &Row) -> Result<HostTransaction> {
    let record = Record { table: "host_transactions", row };
    let purpose = match record.text("kind")?.as_str() {
        "statement" => HostPurpose::Statement {
            sequence: record.count("statement_sequence")?,
            hash: record.parsed("statement_hash")?,
        },
        "top_up" => {
            HostPurpose::TopUp { receiver: record.parsed("receiver")?, gwei: record.count("amount_gwei")? }
        }
        _ => return Err(record.unreadable("kind")),
    };
    let mined = match record.maybe_parsed("transaction_hash")? {
        Some(hash) => Some(MinedAttempt { hash, block: block_position(&record)? }),
        None => None,
    };
    Ok(HostTransaction {
        chain_id: record.count("chain_id")?,
        nonce: record.count("nonce")?,
        purpose,
        status: record.parsed("status")?,
        created_at: record.int("created_at")?,
        mined,
    })
}

fn host_attempt(row: &Row) -> Result<HostAttempt> {
    let record = Record { table: "host_attempts", row };
    Ok(HostAttempt {
        hash: record.parsed("hash")?,
        chain_id: record.count("chain_id")?,
        nonce: record.count("nonce")?,
        raw: record.parsed("raw")?,
        created_at: record.int("created_at")?,
        sent_at: record.maybe_int("sent_at")?,
    })
}

impl Store {
    /// Returns the chain's transaction that is under way, if any is.
    pub async fn open_host_transaction(&self, chain_id: u64) -> Result<Option<HostTransaction>> {
        let sql = format!("SELECT {COLUMNS} FROM host_transactions WHERE chain_id = $1 AND status = 'open'");
        let row = sql::query(sql).bind(bigint(chain_id)).fetch_optional(&self.pool).await?;
        row.as_ref().map(host_transaction).transpose()
    }

    /// Returns the chain's transactions that a reorganization may still take out, the oldest first.
    pub async fn watched_host_transactions(&self, chain_id: u64) -> Result<Vec<HostTransaction>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM host_transactions WHERE chain_id = $1 AND status = 'confirmed' ORDER BY nonce"
        );
        let rows = sql::query(sql).bind(bigint(chain_id)).fetch_all(&self.pool).await?;
        rows.iter().map(host_transaction).collect()
    }

    /// Returns all of the chain's transactions, in the order of their nonces.
    pub async fn list_host_transactions(&self, chain_id: u64) -> Result<Vec<HostTransaction>> {
        let sql = format!("SELECT {COLUMNS} FROM host_transactions WHERE chain_id = $1 ORDER BY nonce");
        let rows = sql::query(sql).bind(bigint(chain_id)).fetch_all(&self.pool).await?;
        rows.iter().map(host_transaction).collect()
    }

    /// Returns the transaction that anchors the newest anchored statement, on any chain.
    pub async fn newest_anchored_statement(&self) -> Result<Option<HostTransaction>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM host_transactions WHERE kind = 'statement' AND statement_sequence > 0 AND status IN ('confirmed', 'final')
             ORDER BY statement_sequence DESC, chain_id DESC, nonce LIMIT 1"
        );
        let row = sql::query(sql).fetch_optional(&self.pool).await?;
        row.as_ref().map(host_transaction).transpose()
    }

    /// Returns whether the statement is anchored on the chain, or about to be.
    pub async fn is_statement_anchored(
        &self,
        chain_id: u64,
        sequence: u64,
        hash: &StatementHash,
    ) -> Result<bool> {
        let found: Option<i64> = sql::query_scalar(
            "SELECT nonce FROM host_transactions
             WHERE kind = 'statement' AND statement_sequence = $2 AND chain_id = $1 AND statement_hash = $3 AND status <> 'lost' LIMIT 1",
        )
        .bind(bigint(chain_id))
        .bind(bigint(sequence))
        .bind(hash.to_string())
        .fetch_optional(&self.pool)
        .await?;
        Ok(found.is_some())
    }

    /// Returns the top-ups of keys of the chain that were sent after this time, in milliseconds since 1970.
    pub async fn top_ups_since(&self, chain_id: u64, after_ms: i64) -> Result<Vec<HostTransaction>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM host_transactions
             WHERE kind = 'top_up' AND chain_id = $1 AND created_at > $2 AND status <> 'lost' ORDER BY nonce"
        );
        let rows = sql::query(sql).bind(bigint(chain_id)).bind(after_ms).fetch_all(&self.pool).await?;
        rows.iter().map(host_transaction).collect()
    }

    /// Returns the attempts with this nonce, the oldest first.
    pub async fn list_host_attempts(&self, chain_id: u64, nonce: u64) -> Result<Vec<HostAttempt>> {
        let rows = sql::query(
            "SELECT hash, chain_id, nonce, raw, created_at, sent_at FROM host_attempts
             WHERE chain_id = $1 AND nonce = $2 ORDER BY created_at, hash",
        )
        .bind(bigint(chain_id))
        .bind(bigint(nonce))
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(host_attempt).collect()
    }
}

impl WriteTx {
    /// Takes the key's next nonce for a transaction that was signed, or that was found in the chain.
    ///
    /// # Errors
    /// [`Error::Conflict`] if another transaction took a nonce since the key was read.
    pub async fn insert_host_transaction(
        &mut self,
        key: &HostKey,
        new: &HostTransaction,
        attempt: &HostAttempt,
    ) -> Result<()> {
        // First of all, so that of two nodes the second one finds it taken.
        self.advance_host_nonce(key, new.nonce).await?;
        let (kind, sequence, hash, receiver, gwei) = match &new.purpose {
            HostPurpose::Statement { sequence, hash } => {
                ("statement", Some(bigint(*sequence)), Some(hash.to_string()), None, None)
            }
            HostPurpose::TopUp { receiver, gwei } => {
                ("top_up", None, None, Some(receiver.as_str()), Some(bigint(*gwei)))
            }
        };
        let block = new.mined.as_ref().map(|mined| &mined.block);
        sql::query(
            "INSERT INTO host_transactions (chain_id, nonce, kind, status, statement_sequence, statement_hash, receiver, amount_gwei, created_at, transaction_hash, block_number, block_hash, block_time)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        )
        .bind(bigint(new.chain_id))
        .bind(bigint(new.nonce))
        .bind(kind)
        .bind(new.status.as_str())
        .bind(sequence)
        .bind(hash)
        .bind(receiver)
        .bind(gwei)
        .bind(new.created_at)
        .bind(new.mined.as_ref().map(|mined| mined.hash.to_string()))
        .bind(block.map(|block| bigint(block.number)))
        .bind(block.map(|block| block.hash.to_string()))
        .bind(block.map(|block| bigint(block.time)))
        .execute(self.connection())
        .await?;
        self.insert_host_attempt(attempt).await
    }

    /// Adds an attempt to a transaction that is there.
    pub async fn insert_host_attempt(&mut self, new: &HostAttempt) -> Result<()> {
        sql::query(
            "INSERT INTO host_attempts (hash, chain_id, nonce, raw, created_at, sent_at) VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(new.hash.to_string())
        .bind(bigint(new.chain_id))
        .bind(bigint(new.nonce))
        .bind(new.raw.to_string())
        .bind(new.created_at)
        .bind(new.sent_at)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Records that a node accepted the attempt. The first time is kept.
    pub async fn mark_host_attempt_sent(&mut self, hash: &TxHash, now_ms: i64) -> Result<()> {
        let done = sql::query("UPDATE host_attempts SET sent_at = COALESCE(sent_at, $2) WHERE hash = $1")
            .bind(hash.to_string())
            .bind(now_ms)
            .execute(self.connection())
            .await?;
        exactly_one(done.rows_affected(), "the host's transaction")
    }

    /// Moves a transaction from exactly the status that the caller read. `mined` is `None` if no attempt is in the
    /// chain.
    ///
    /// # Errors
    /// [`Error::Conflict`] if another node moved it.
    pub async fn move_host_transaction(
        &mut self,
        read: &HostTransaction,
        status: HostStatus,
        mined: Option<&MinedAttempt>,
    ) -> Result<()> {
        let done = sql::query(
            "UPDATE host_transactions SET status = $4, transaction_hash = $5, block_number = $6, block_hash = $7, block_time = $8
             WHERE chain_id = $1 AND nonce = $2 AND status = $3",
        )
        .bind(bigint(read.chain_id))
        .bind(bigint(read.nonce))
        .bind(read.status.as_str())
        .bind(status.as_str())
        .bind(mined.map(|mined| mined.hash.to_string()))
        .bind(mined.map(|mined| bigint(mined.block.number)))
        .bind(mined.map(|mined| mined.block.hash.to_string()))
        .bind(mined.map(|mined| bigint(mined.block.time)))
        .execute(self.connection())
        .await?;
        exactly_one(done.rows_affected(), "the host's transaction")
    }

    /// Makes sure that a transaction is still as the caller read it, and that no other node moves it before this transaction ends.
    ///
    /// # Errors
    /// [`Error::Conflict`] if it is not.
    pub async fn hold_host_transaction(&mut self, read: &HostTransaction) -> Result<()> {
        let sql = format!(
            "SELECT nonce FROM host_transactions WHERE chain_id = $1 AND nonce = $2 AND status = $3 {}",
            self.dialect.hold_alone()
        );
        let found: Option<i64> = sql::query_scalar(sql)
            .bind(bigint(read.chain_id))
            .bind(bigint(read.nonce))
            .bind(read.status.as_str())
            .fetch_optional(self.connection())
            .await?;
        match found {
            Some(_) => Ok(()),
            None => Err(Error::Conflict { what: "the host's transaction" }),
        }
    }

    /// Leases the host's work on a chain until `until_ms`, unless a node has it.
    pub async fn lease_host_key(&mut self, chain_id: u64, now_ms: i64, until_ms: i64) -> Result<bool> {
        let done = sql::query(
            "UPDATE host_keys SET leased_until = $3 WHERE chain_id = $1 AND (leased_until IS NULL OR leased_until <= $2)",
        )
        .bind(bigint(chain_id))
        .bind(now_ms)
        .bind(until_ms)
        .execute(self.connection())
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Ends that lease, where it still holds.
    pub async fn release_host_key(&mut self, chain_id: u64, until_ms: i64) -> Result<()> {
        sql::query("UPDATE host_keys SET leased_until = NULL WHERE chain_id = $1 AND leased_until = $2")
            .bind(bigint(chain_id))
            .bind(until_ms)
            .execute(self.connection())
            .await?;
        Ok(())
    }
}
