//! Sign-ins that were begun at an identity provider.

use crate::database::sql;
use crate::database::store::WriteTx;
use crate::error::Result;
use crate::members::token::TokenHash;

/// A sign-in that was begun at an identity provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInAttempt {
    /// The hash of the secret with which the provider sends the browser back (`state`).
    pub state_hash: TokenHash,
    /// The hash of the secret of the browser that began it.
    pub browser_hash: TokenHash,
    /// When it was begun, in milliseconds since 1970.
    pub created_at: i64,
}

impl WriteTx {
    /// Adds an attempt.
    pub async fn insert_sign_in_attempt(&mut self, new: &SignInAttempt) -> Result<()> {
        sql::query("INSERT INTO sign_in_attempts (state_hash, browser_hash, created_at) VALUES ($1, $2, $3)")
            .bind(new.state_hash.as_str())
            .bind(new.browser_hash.as_str())
            .bind(new.created_at)
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Takes an attempt out, which can be done once, and returns when it was begun. One of another browser stays.
    pub async fn take_sign_in_attempt(
        &mut self,
        state_hash: &TokenHash,
        browser_hash: &TokenHash,
    ) -> Result<Option<i64>> {
        sql::query_scalar(
            "DELETE FROM sign_in_attempts WHERE state_hash = $1 AND browser_hash = $2 RETURNING created_at",
        )
        .bind(state_hash.as_str())
        .bind(browser_hash.as_str())
        .fetch_optional(self.connection())
        .await
    }

    /// Deletes the attempts that were begun before a time.
    pub async fn purge_sign_in_attempts(&mut self, before_ms: i64) -> Result<()> {
        sql::query("DELETE FROM sign_in_attempts WHERE created_at < $1")
            .bind(before_ms)
            .execute(self.connection())
            .await?;
        Ok(())
    }
}
