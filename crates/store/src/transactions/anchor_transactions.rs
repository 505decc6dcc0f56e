//! Anchor transactions: every one that was ever signed, stored before it is sent.

use crate::database::sql::{self, Record, Row, bigint, exactly_one};
use crate::database::store::{Store, WriteTx};
use crate::database::values;
use crate::error::Result;
use crate::id::AnchorId;
use crate::onchain::{AccountAddress, BlockHash, RawTransaction, TxHash};

/// The block of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlockPosition {
    /// The block's number.
    pub number: u64,
    /// The block's hash.
    pub hash: BlockHash,
    /// The block's time, in seconds since 1970.
    pub time: u64,
}

/// A signed anchoring transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnchorTransaction {
    /// Its hash.
    pub hash: TxHash,
    /// The anchor whose root it carries.
    pub anchor_id: AnchorId,
    /// Its chain (EIP-155).
    pub chain_id: u64,
    /// Its sender.
    pub address: AccountAddress,
    /// Its nonce.
    pub nonce: u64,
    /// The signed bytes.
    pub raw: RawTransaction,
    /// When it was signed, in milliseconds since 1970.
    pub created_at: i64,
    /// When a node first accepted it.
    pub sent_at: Option<i64>,
    /// Its block, once it is confirmed.
    pub block: Option<BlockPosition>,
}

pub(crate) const COLUMNS: &str = "hash, anchor_id, chain_id, address, nonce, raw, created_at, sent_at, block_number, block_hash, block_time";

/// Reads the block of a confirmed transaction.
pub(crate) fn block_position(record: &Record<'_>) -> Result<BlockPosition> {
    Ok(BlockPosition {
        number: record.count("block_number")?,
        hash: record.parsed("block_hash")?,
        time: record.count("block_time")?,
    })
}

pub(crate) fn anchor_transaction(row: &Row) -> Result<AnchorTransaction> {
    let record = Record { table: "anchor_transactions", row };
    let block = match record.maybe_int("block_number")? {
        Some(_) => Some(block_position(&record)?),
        None => None,
    };
    Ok(AnchorTransaction {
        hash: record.parsed("hash")?,
        anchor_id: record.parsed("anchor_id")?,
        chain_id: record.count("chain_id")?,
        address: record.parsed("address")?,
        nonce: record.count("nonce")?,
        raw: record.parsed("raw")?,
        created_at: record.int("created_at")?,
        sent_at: record.maybe_int("sent_at")?,
        block,
    })
}

impl Store {
    /// Returns the transactions of an anchor, the oldest first.
    ///
    /// # Errors
    /// If the database fails, or a row can't be read.
    pub async fn list_anchor_transactions(&self, anchor_id: &AnchorId) -> Result<Vec<AnchorTransaction>> {
        sql::query(format!(
            "SELECT {COLUMNS} FROM anchor_transactions WHERE anchor_id = $1 ORDER BY created_at, hash"
        ))
        .bind(anchor_id.as_str())
        .fetch_all(&self.pool)
        .await?
        .iter()
        .map(anchor_transaction)
        .collect()
    }

    /// Returns the confirmed transactions of these anchors, the oldest first.
    ///
    /// # Errors
    /// If the database fails, or a row can't be read.
    pub async fn list_confirmed_transactions(&self, anchors: &[&AnchorId]) -> Result<Vec<AnchorTransaction>> {
        if anchors.is_empty() {
            return Ok(Vec::new());
        }
        let mut query = sql::query(format!(
            "SELECT {COLUMNS} FROM anchor_transactions WHERE anchor_id IN ({}) AND block_number IS NOT NULL
             ORDER BY created_at, hash",
            values::list(1, anchors.len()),
        ));
        for id in anchors {
            query = query.bind(id.as_str());
        }
        query.fetch_all(&self.pool).await?.iter().map(anchor_transaction).collect()
    }
}

impl WriteTx {
    /// Adds a transaction that was just signed, or that was found in the chain.
    pub async fn insert_anchor_transaction(&mut self, new: &AnchorTransaction) -> Result<()> {
        sql::query(
            "INSERT INTO anchor_transactions (hash, anchor_id, chain_id, address, nonce, raw, created_at, sent_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(new.hash.to_string())
        .bind(new.anchor_id.as_str())
        .bind(bigint(new.chain_id))
        .bind(new.address.as_str())
        .bind(bigint(new.nonce))
        .bind(new.raw.to_string())
        .bind(new.created_at)
        .bind(new.sent_at)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Records that a node accepted the transaction. The first time is kept.
    pub async fn mark_sent(&mut self, hash: &TxHash, now_ms: i64) -> Result<()> {
        let done =
            sql::query("UPDATE anchor_transactions SET sent_at = COALESCE(sent_at, $2) WHERE hash = $1")
                .bind(hash.to_string())
                .bind(now_ms)
                .execute(self.connection())
                .await?;
        exactly_one(done.rows_affected(), "the anchor transaction")
    }

    /// Records the block of a confirmed transaction.
    pub async fn mark_confirmed(&mut self, hash: &TxHash, block: &BlockPosition) -> Result<()> {
        let done = sql::query(
            "UPDATE anchor_transactions SET block_number = $2, block_hash = $3, block_time = $4 WHERE hash = $1",
        )
        .bind(hash.to_string())
        .bind(bigint(block.number))
        .bind(block.hash.to_string())
        .bind(bigint(block.time))
        .execute(self.connection())
        .await?;
        exactly_one(done.rows_affected(), "the anchor transaction")
    }

    /// Takes a transaction's block away: a reorganization took the transaction out of the chain, and another one of its anchor
    /// is there instead.
    pub async fn unmark_confirmed(&mut self, hash: &TxHash) -> Result<()> {
        let done = sql::query(
            "UPDATE anchor_transactions SET block_number = NULL, block_hash = NULL, block_time = NULL WHERE hash = $1",
        )
        .bind(hash.to_string())
        .execute(self.connection())
        .await?;
        exactly_one(done.rows_affected(), "the anchor transaction")
    }
}
