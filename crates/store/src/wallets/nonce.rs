//! The nonces of proofs for which a credential was given. A nonce that was given out and not used has no row.

use crate::database::sql;
use crate::database::store::WriteTx;
use crate::error::Result;
use crate::members::token::TokenHash;

impl WriteTx {
    /// Records that a nonce was used. Returns whether this is the one time.
    pub async fn use_wallet_nonce(&mut self, hash: &TokenHash, now_ms: i64) -> Result<bool> {
        let done = sql::query(
            "INSERT INTO used_wallet_nonces (nonce_hash, used_at) VALUES ($1, $2) ON CONFLICT (nonce_hash) DO NOTHING",
        )
        .bind(hash.as_str())
        .bind(now_ms)
        .execute(self.connection())
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Deletes the nonces that were used before a time.
    pub async fn purge_wallet_nonces(&mut self, before_ms: i64) -> Result<()> {
        sql::query("DELETE FROM used_wallet_nonces WHERE used_at < $1")
            .bind(before_ms)
            .execute(self.connection())
            .await?;
        Ok(())
    }
}
