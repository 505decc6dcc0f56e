//! Counts for operators: how much waits, and for how long. Whole deployments are counted, never one tenant.

use crate::batches::batch::{self, Batch, BatchStatus};
use crate::database::connections::Connections;
use crate::database::sql::{self, Record};
use crate::database::store::Store;
use crate::error::Result;
use crate::mails::status::MailStatus;
use crate::scope::Environment;

/// The waiting records of one environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaitingRecords {
    /// The environment.
    pub environment: Environment,
    /// The number of them.
    pub count: u64,
    /// Since when the oldest one waits, in milliseconds since 1970.
    pub oldest_at: i64,
    /// The number of those that had an attempt that failed.
    pub failing: u64,
}

impl Store {
    /// Returns the batches in a status that is not the last one of most: `pending`, `signed` or `failed`. Asked of `anchored` it
    /// would read all there ever were.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn waiting_batches(&self, status: BatchStatus) -> Result<Vec<WaitingRecords>> {
        let rows = sql::query(
            "SELECT b.environment AS environment, COUNT(*) AS waiting, MIN(b.created_at) AS oldest_at,
                    CAST(SUM(CASE WHEN b.attempts > 0 OR a.attempts > 0 THEN 1 ELSE 0 END) AS BIGINT) AS failing
             FROM batches b LEFT JOIN anchors a ON a.id = b.anchor_id WHERE b.status = $1 GROUP BY b.environment",
        )
        .bind(status.as_str())
        .long()
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(|row| waiting(&Record { table: "batches", row })).collect()
    }

    /// Returns the oldest batches of all tenants in a status that is not the last one of most: at most `limit`.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn list_oldest_batches(&self, status: BatchStatus, limit: u32) -> Result<Vec<Batch>> {
        sql::query(format!("SELECT {} FROM batches WHERE status = $1 ORDER BY id LIMIT $2", batch::COLUMNS))
            .bind(status.as_str())
            .bind(i64::from(limit))
            .long()
            .fetch_all(&self.pool)
            .await?
            .iter()
            .map(batch::batch)
            .collect()
    }

    /// Returns the deliveries that are to be made, to endpoints that are on.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn waiting_deliveries(&self) -> Result<Vec<WaitingRecords>> {
        let rows = sql::query(
            "SELECT w.environment AS environment, COUNT(*) AS waiting, MIN(d.created_at) AS oldest_at,
                    CAST(SUM(CASE WHEN d.attempts > 0 THEN 1 ELSE 0 END) AS BIGINT) AS failing
             FROM deliveries d JOIN webhook_endpoints w ON w.id = d.endpoint_id
             WHERE d.status = 'pending' AND w.disabled_at IS NULL GROUP BY w.environment",
        )
        .long()
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(|row| waiting(&Record { table: "deliveries", row })).collect()
    }

    /// Returns the mails in a status.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn waiting_mails(&self, status: MailStatus) -> Result<Vec<WaitingRecords>> {
        let rows = sql::query(
            "SELECT c.environment AS environment, COUNT(*) AS waiting, MIN(m.queued_at) AS oldest_at,
                    CAST(SUM(CASE WHEN m.attempts > 0 THEN 1 ELSE 0 END) AS BIGINT) AS failing
             FROM mails m JOIN credentials c ON c.id = m.credential_id
             WHERE m.status = $1 GROUP BY c.environment",
        )
        .bind(status.as_str())
        .long()
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(|row| waiting(&Record { table: "mails", row })).collect()
    }

    /// Returns how many webhook endpoints are off in each environment that has any.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn webhooks_off(&self) -> Result<Vec<(Environment, u64)>> {
        let rows = sql::query(
            "SELECT environment, COUNT(*) AS endpoints FROM webhook_endpoints WHERE disabled_at IS NOT NULL GROUP BY environment",
        )
        .long()
        .fetch_all(&self.pool)
        .await?;
        rows.iter()
            .map(|row| {
                let record = Record { table: "webhook_endpoints", row };
                Ok((record.parsed("environment")?, record.count("endpoints")?))
            })
            .collect()
    }

    /// Returns the state of this process's connections, without a query.
    pub fn connections(&self) -> Connections {
        self.pool.state()
    }
}

fn waiting(record: &Record<'_>) -> Result<WaitingRecords> {
    Ok(WaitingRecords {
        environment: record.parsed("environment")?,
        count: record.count("waiting")?,
        oldest_at: record.int("oldest_at")?,
        failing: record.count("failing")?,
    })
}
