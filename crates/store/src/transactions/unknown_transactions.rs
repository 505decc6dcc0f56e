//! Unknown transactions: what a key of ours sent and this database did not know of, found in the chain by its nonce.

use crate::database::sql::{self, Record, Row, bigint};
use crate::database::store::{Store, WriteTx};
use crate::error::Result;
use crate::onchain::{AccountAddress, MerkleRoot, RawTransaction, TxHash};

/// A transaction of one of our keys that no batch knows of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownTransaction {
    /// Its chain (EIP-155).
    pub chain_id: u64,
    /// Its sender.
    pub address: AccountAddress,
    /// The nonce that it used up.
    pub nonce: u64,
    /// Its hash.
    pub hash: TxHash,
    /// Its bytes.
    pub raw: RawTransaction,
    /// The root that it carries if it is an anchor.
    pub root: Option<MerkleRoot>,
    /// When it was found, in milliseconds since 1970.
    pub seen_at: i64,
}

fn unknown_transaction(row: &Row) -> Result<UnknownTransaction> {
    let record = Record { table: "unknown_transactions", row };
    Ok(UnknownTransaction {
        chain_id: record.count("chain_id")?,
        address: record.parsed("address")?,
        nonce: record.count("nonce")?,
        hash: record.parsed("hash")?,
        raw: record.parsed("raw")?,
        root: record.maybe_parsed("root")?,
        seen_at: record.int("seen_at")?,
    })
}

impl Store {
    /// Returns the unknown transaction of this sender that carries this root.
    pub async fn find_unknown_transaction(
        &self,
        chain_id: u64,
        address: &AccountAddress,
        root: &MerkleRoot,
    ) -> Result<Option<UnknownTransaction>> {
        sql::query(
            "SELECT chain_id, address, nonce, hash, raw, root, seen_at FROM unknown_transactions
             WHERE root = $1 AND chain_id = $2 AND address = $3 ORDER BY nonce LIMIT 1",
        )
        .bind(root.to_string())
        .bind(bigint(chain_id))
        .bind(address.as_str())
        .fetch_optional(&self.pool)
        .await?
        .as_ref()
        .map(unknown_transaction)
        .transpose()
    }
}

impl Store {
    /// Returns the transactions of this sender that carry a root and are no attempt at an anchor, in the order of their nonces.
    ///
    /// # Errors
    /// If the database fails, or a row can't be read.
    pub async fn list_unclaimed_roots(
        &self,
        chain_id: u64,
        address: &AccountAddress,
    ) -> Result<Vec<UnknownTransaction>> {
        sql::query(
            "SELECT chain_id, address, nonce, hash, raw, root, seen_at FROM unknown_transactions
             WHERE chain_id = $1 AND address = $2 AND root IS NOT NULL AND NOT EXISTS (
                 SELECT 1 FROM anchor_transactions WHERE anchor_transactions.hash = unknown_transactions.hash)
             ORDER BY nonce",
        )
        .bind(bigint(chain_id))
        .bind(address.as_str())
        .fetch_all(&self.pool)
        .await?
        .iter()
        .map(unknown_transaction)
        .collect()
    }
}

impl WriteTx {
    /// Records an unknown transaction. One whose nonce is recorded already stays as it is.
    pub async fn insert_unknown_transaction(&mut self, new: &UnknownTransaction) -> Result<()> {
        sql::query(
            "INSERT INTO unknown_transactions (chain_id, address, nonce, hash, raw, root, seen_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
        )
        .bind(bigint(new.chain_id))
        .bind(new.address.as_str())
        .bind(bigint(new.nonce))
        .bind(new.hash.to_string())
        .bind(new.raw.to_string())
        .bind(new.root.map(|root| root.to_string()))
        .bind(new.seen_at)
        .execute(self.connection())
        .await?;
        Ok(())
    }
}
