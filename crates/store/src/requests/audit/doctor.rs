//! The doctor's look at the chains: rows that were changed, removed or inserted.

use super::ends::{OPERATORS, UNAUTHENTICATED, WITHOUT_CHAIN, chain_ends};
use super::walk::Walk;
use crate::database::sql::{self, Record};
use crate::database::store::Store;
use crate::error::Result;

/// The number of rows that are read at a time.
const ROWS_AT_A_TIME: i64 = 1000;

impl Store {
    /// Returns what is wrong with the audit log: at most `most` faults of each chain, in words.
    pub(crate) async fn broken_audit_chains(&self, most: usize) -> Result<Vec<String>> {
        let mut broken = Vec::new();
        let chains: Vec<String> = sql::query_scalar(
            "SELECT chain FROM audit_chains UNION SELECT DISTINCT chain FROM audit_log WHERE chain IS NOT NULL ORDER BY 1",
        )
        .long()
        .fetch_all(&self.pool)
        .await?;
        if !chains.is_empty() {
            for chain in [OPERATORS, UNAUTHENTICATED, WITHOUT_CHAIN] {
                if !chains.iter().any(|one| one == chain) {
                    broken.push(format!("the chain {chain:?} is missing"));
                }
            }
            let without: Vec<String> = sql::query_scalar(
                "SELECT id FROM tenants WHERE NOT EXISTS (SELECT 1 FROM audit_chains WHERE audit_chains.chain = tenants.id)",
            )
            .long()
            .fetch_all(&self.pool)
            .await?;
            broken.extend(without.into_iter().map(|id| format!("{id} has no chain")));
        }
        for chain in chains {
            let mut faults = self.faults_of_chain(&chain, most).await?;
            faults.truncate(most);
            broken.append(&mut faults);
        }
        Ok(broken)
    }

    /// Returns what is wrong with one chain, as of one moment.
    async fn faults_of_chain(&self, chain: &str, most: usize) -> Result<Vec<String>> {
        let mut snapshot = self.pool.begin_snapshot().await?;
        let ends = sql::query("SELECT * FROM audit_chains WHERE chain = $1")
            .bind(chain)
            .fetch_optional(&mut snapshot)
            .await?;
        let Some(ends) = ends.as_ref().map(chain_ends).transpose()? else {
            return Ok(vec![format!("{chain} has rows, and no chain")]);
        };
        let mut faults = Vec::new();
        if !ends.are_ours(&self.sealer) {
            faults.push(format!("the ends of {chain} were changed"));
        }
        if chain == WITHOUT_CHAIN {
            let count: i64 =
                sql::query_scalar("SELECT COUNT(*) FROM audit_log WHERE chain IS NULL OR sequence IS NULL")
                    .long()
                    .fetch_one(&mut snapshot)
                    .await?;
            if u64::try_from(count) != Ok(ends.sequence) {
                faults.push(format!("{count} rows belong to no chain, in place of {}", ends.sequence));
            }
            return Ok(faults);
        }
        let mut walk = Walk::new(chain, &ends);
        walk.faults = faults;
        let mut read_to = (i64::MIN, String::new());
        while walk.faults.len() <= most {
            let rows = sql::query(
                "SELECT * FROM audit_log WHERE chain = $1 AND sequence >= $2 AND (sequence > $2 OR request_id > $3)
                 ORDER BY sequence, request_id LIMIT $4",
            )
            .bind(chain)
            .bind(read_to.0)
            .bind(&read_to.1)
            .bind(ROWS_AT_A_TIME)
            .long()
            .fetch_all(&mut snapshot)
            .await?;
            let Some(newest) = rows.last() else { break };
            let newest = Record { table: "audit_log", row: newest };
            read_to = (newest.int("sequence")?, newest.text("request_id")?);
            for row in &rows {
                walk.step(&self.sealer, row)?;
            }
        }
        Ok(walk.end(&ends))
    }
}
