//! Whether the database serves: it answers, has the tables that are needed, and keeps what is written.

use std::time::Duration;

use crate::database::migrations::migrations;
use crate::database::sql;
use crate::database::store::Store;
use crate::error::Result;

/// The time for which a write that became durable is proof enough.
const PROVEN_FOR: Duration = Duration::from_secs(1);

impl Store {
    /// Checks that the database can be queried.
    pub async fn ping(&self) -> Result<()> {
        sql::query("SELECT 1").execute(&self.pool).await?;
        Ok(())
    }

    /// Returns the newest migration that was applied.
    pub async fn schema_version(&self) -> Result<i64> {
        sql::query_scalar("SELECT MAX(version) FROM _sqlx_migrations").fetch_one(&self.pool).await
    }

    /// Returns whether the database answers, and has every table that this program needs. A newer program's nodes may have added
    /// to it.
    ///
    /// # Errors
    /// If it does not answer.
    pub async fn has_schema(&self) -> Result<bool> {
        let needed = migrations(self.dialect).iter().map(|migration| migration.version).max();
        Ok(self.schema_version().await? >= needed.unwrap_or(0))
    }

    /// Checks that what is written becomes durable. A transition that was committed a moment ago is proof; else a row is
    /// written and deleted in one transaction, so that nothing of it stays.
    ///
    /// # Errors
    /// If it does not.
    pub async fn prove_write(&self) -> Result<()> {
        if self.pool.has_written_within(PROVEN_FOR) {
            return Ok(());
        }
        let mut tx = self.begin().await?;
        // Others may have waited for the same turn.
        if self.pool.has_written_within(PROVEN_FOR) {
            return Ok(());
        }
        let outcome = async {
            sql::query("INSERT INTO settings (name, value) VALUES ($1, '') ON CONFLICT (name) DO NOTHING")
                .bind(PROOF)
                .execute(tx.connection())
                .await?;
            sql::query("DELETE FROM settings WHERE name = $1").bind(PROOF).execute(tx.connection()).await?;
            tx.commit().await
        }
        .await;
        self.pool.record_write(outcome.is_ok());
        outcome
    }
}

/// The name of the row that proves a write. No setting has it.
const PROOF: &str = "write_proof";
