//! The balances of keys in use when they were last looked up, and whether they are enough.

use std::fmt;
use std::str::FromStr;

use crate::database::sql::{self, Record, Row, bigint};
use crate::database::store::{Store, WriteTx};
use crate::error::Result;
use crate::onchain::AccountAddress;

/// Whether a balance is enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Funds {
    /// It is enough.
    Enough,
    /// It pays for a few transactions more.
    Low,
    /// It pays for none.
    None,
}

impl Funds {
    const ALL: [Funds; 3] = [Funds::Enough, Funds::Low, Funds::None];

    /// Returns its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Funds::Enough => "enough",
            Funds::Low => "low",
            Funds::None => "none",
        }
    }
}

impl fmt::Display for Funds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Funds {
    type Err = ();

    fn from_str(text: &str) -> std::result::Result<Self, ()> {
        Self::ALL.into_iter().find(|funds| funds.as_str() == text).ok_or(())
    }
}

/// The balance of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyBalance {
    /// The key's chain (EIP-155).
    pub chain_id: u64,
    /// Its address.
    pub address: AccountAddress,
    /// The balance, in whole gwei.
    pub gwei: u64,
    /// Whether it is enough.
    pub funds: Funds,
    /// When that was, in milliseconds since 1970.
    pub seen_at: i64,
}

fn key_balance(row: &Row) -> Result<KeyBalance> {
    let record = Record { table: "key_balances", row };
    Ok(KeyBalance {
        chain_id: record.count("chain_id")?,
        address: record.parsed("address")?,
        gwei: record.count("balance_gwei")?,
        funds: record.parsed("funds")?,
        seen_at: record.int("seen_at")?,
    })
}

impl Store {
    /// Returns the balances of the chain's keys, the poorest first.
    pub async fn list_key_balances(&self, chain_id: u64) -> Result<Vec<KeyBalance>> {
        let rows = sql::query(
            "SELECT chain_id, address, balance_gwei, funds, seen_at FROM key_balances WHERE chain_id = $1 ORDER BY balance_gwei, address",
        )
        .bind(bigint(chain_id))
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(key_balance).collect()
    }
}

impl WriteTx {
    /// Records the balance that a key has now.
    pub async fn put_key_balance(&mut self, seen: &KeyBalance) -> Result<()> {
        sql::query(
            "INSERT INTO key_balances (chain_id, address, balance_gwei, funds, seen_at) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (chain_id, address) DO UPDATE SET balance_gwei = $3, funds = $4, seen_at = $5",
        )
        .bind(bigint(seen.chain_id))
        .bind(seen.address.as_str())
        .bind(bigint(seen.gwei))
        .bind(seen.funds.as_str())
        .bind(seen.seen_at)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Deletes the balance of a key that is not in use any more.
    pub async fn forget_key_balance(&mut self, chain_id: u64, address: &AccountAddress) -> Result<()> {
        sql::query("DELETE FROM key_balances WHERE chain_id = $1 AND address = $2")
            .bind(bigint(chain_id))
            .bind(address.as_str())
            .execute(self.connection())
            .await?;
        Ok(())
    }
}
