//! The chains of the audit log: one for each tenant, one for the calls without a known key, and one for the commands that are
//! about no tenant.
//!
//! A row's hash is keyed and covers the row and the hash of the row before it, and what is known of a chain's ends is under a
//! keyed hash too. So a party that may write to the database and has no master key can't change, remove or insert a row
//! unnoticed. What an older state of the database held can be put back as a whole, be it nothing.
//!
//! A transaction that appends holds the ends of its chains, in the order of their names, so that nodes append to different
//! chains at the same time and never wait for each other in a circle.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::AuditRow;
use super::ends::{ChainEnds, OPERATORS, UNAUTHENTICATED, WITHOUT_CHAIN, chain_ends};
use super::walk::Walk;
use crate::database::sql::{self, Executor, Insertion, Record, bigint};
use crate::database::store::{Store, WriteTx};
use crate::error::{Error, Result};
use crate::id::{KeyId, MemberId, TenantId};

/// The number of rows that are looked at to see whether any is too old. Most of the time none is.
const ROWS_AT_FIRST: i64 = 20;
/// The most rows that one transaction deletes.
const ROWS_AT_A_TIME: i64 = 500;

const COLUMNS: &str = "chain, purged_sequence, purged_hash, sequence, hash, mac";

/// Returns the ends of a chain, if it has any. Within a transaction they are held until it ends.
async fn find_ends(executor: impl Executor, chain: &str, hold: &str) -> Result<Option<ChainEnds>> {
    let sql = format!("SELECT {COLUMNS} FROM audit_chains WHERE chain = $1 {hold}");
    sql::query(sql).bind(chain).fetch_optional(executor).await?.as_ref().map(chain_ends).transpose()
}

impl Store {
    /// Begins a chain for every tenant, and records the number of rows that belong to none: those of a release that had no chains.
    /// A program calls this when it opens a deployment; after the first time it does nothing.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn begin_audit_chains(&self) -> Result<()> {
        if find_ends(&self.pool, WITHOUT_CHAIN, "").await?.is_some() {
            return Ok(());
        }
        let tenants: Vec<String> =
            sql::query_scalar("SELECT id FROM tenants ORDER BY id").fetch_all(&self.pool).await?;
        let mut tx = self.begin().await?;
        let count: i64 = sql::query_scalar("SELECT COUNT(*) FROM audit_log WHERE chain IS NULL")
            .long()
            .fetch_one(tx.connection())
            .await?;
        let named = [OPERATORS, UNAUTHENTICATED].into_iter().chain(tenants.iter().map(String::as_str));
        let mut all: Vec<ChainEnds> = named.map(|chain| ChainEnds::new(&self.sealer, chain, 0)).collect();
        all.push(ChainEnds::new(&self.sealer, WITHOUT_CHAIN, u64::try_from(count).unwrap_or(0)));
        all.sort_by(|one, other| one.chain.cmp(&other.chain));
        // The number is written with the first chains, so another party has removed it.
        let is_removed: Option<String> =
            sql::query_scalar("SELECT chain FROM audit_chains WHERE chain > $1 ORDER BY chain LIMIT 1")
                .bind("")
                .fetch_optional(tx.connection())
                .await?;
        for ends in all {
            let ends = if is_removed.is_some() { ends.suspected() } else { ends };
            tx.insert_audit_chain(&ends).await?;
        }
        tx.commit().await
    }

    /// Deletes the oldest rows of a tenant, or of calls without a known key, or of commands about no tenant: all up to the last one
    /// that was written before `before_ms`. Returns their number.
    ///
    /// # Errors
    /// If the database fails; a later call deletes what is left.
    pub async fn purge_audit_rows(&self, rows_of: AuditOwner<'_>, before_ms: i64) -> Result<u64> {
        let mut purged = self.purge_unchained(rows_of, before_ms).await?;
        let mut most = ROWS_AT_FIRST;
        loop {
            let oldest =
                sql::query("SELECT sequence, at FROM audit_log WHERE chain = $1 ORDER BY sequence LIMIT $2")
                    .bind(rows_of.chain())
                    .bind(most)
                    .fetch_all(&self.pool)
                    .await?;
            // A row that a clock ahead of time wrote is as old as the rows around it.
            let mut last = None;
            for row in &oldest {
                let record = Record { table: "audit_log", row };
                if record.int("at")? < before_ms {
                    last = Some(record.count("sequence")?);
                }
            }
            let Some(last) = last else { return Ok(purged) };
            if most == ROWS_AT_FIRST {
                most = ROWS_AT_A_TIME;
                continue;
            }
            match self.purge_to(rows_of.chain(), last).await? {
                0 => return Ok(purged),
                more => purged = purged.saturating_add(more),
            }
        }
    }

    /// Deletes the rows of calls without a known key but for the newest `kept`. Returns their number.
    ///
    /// # Errors
    /// If the database fails; a later call deletes what is left.
    pub async fn cap_unauthenticated_audit_rows(&self, kept: u32) -> Result<u64> {
        let mut purged = 0_u64;
        loop {
            let Some(ends) = find_ends(&self.pool, UNAUTHENTICATED, "").await? else { return Ok(purged) };
            let last = ends.sequence.saturating_sub(kept.into());
            if last <= ends.purged_sequence {
                return Ok(purged);
            }
            let most = ends.purged_sequence.saturating_add(ROWS_AT_A_TIME.unsigned_abs());
            match self.purge_to(UNAUTHENTICATED, last.min(most)).await? {
                0 => return Ok(purged),
                more => purged = purged.saturating_add(more),
            }
        }
    }

    /// Deletes the rows of a chain up to this one, whose hash the chain keeps. If one of them was changed or removed, the chain's ends
    /// are suspected from then on: a changed time must not have this program remove the traces.
    async fn purge_to(&self, chain: &str, last: u64) -> Result<u64> {
        let mut tx = self.begin().await?;
        let dialect = tx.dialect;
        let Some(mut ends) = find_ends(tx.connection(), chain, dialect.hold_alone()).await? else {
            return Ok(0);
        };
        if ends.purged_sequence >= last {
            // Another node was faster.
            return Ok(0);
        }
        let mut walk = Walk::new(chain, &ends);
        let rows = sql::query(format!(
            "SELECT {} FROM audit_log WHERE chain = $1 AND sequence <= $2 ORDER BY sequence",
            super::COLUMNS
        ))
        .bind(chain)
        .bind(bigint(last))
        .fetch_all(tx.connection())
        .await?;
        for row in &rows {
            walk.step(&self.sealer, row)?;
        }
        let (hash, is_whole) = walk.up_to(last);
        let done = sql::query("DELETE FROM audit_log WHERE chain = $1 AND sequence <= $2")
            .bind(chain)
            .bind(bigint(last))
            .execute(tx.connection())
            .await?;
        ends.update(&self.sealer, |ends| (ends.purged_sequence, ends.purged_hash) = (last, hash));
        let ends = if is_whole { ends } else { ends.suspected() };
        tx.put_audit_chain(&ends).await?;
        tx.commit().await?;
        Ok(done.rows_affected())
    }

    /// Deletes rows of earlier releases, and counts them off.
    async fn purge_unchained(&self, rows_of: AuditOwner<'_>, before_ms: i64) -> Result<u64> {
        let (tenant_id, sql) = match rows_of {
            AuditOwner::Operators => return Ok(0),
            AuditOwner::Tenant(id) => {
                (id.as_str(), "DELETE FROM audit_log WHERE tenant_id = $1 AND at < $2 AND chain IS NULL")
            }
            AuditOwner::Unauthenticated => (
                "",
                "DELETE FROM audit_log WHERE tenant_id IS NULL AND CAST($1 AS TEXT) = '' AND at < $2 AND chain IS NULL",
            ),
        };
        let is_left = find_ends(&self.pool, WITHOUT_CHAIN, "").await?.is_none_or(|ends| ends.sequence > 0);
        if !is_left {
            return Ok(0);
        }
        let mut tx = self.begin().await?;
        let dialect = tx.dialect;
        let ends = find_ends(tx.connection(), WITHOUT_CHAIN, dialect.hold_alone()).await?;
        let done = sql::query(sql).bind(tenant_id).bind(before_ms).execute(tx.connection()).await?;
        if let Some(mut ends) = ends {
            ends.update(&self.sealer, |ends| {
                ends.sequence = ends.sequence.saturating_sub(done.rows_affected());
            });
            tx.put_audit_chain(&ends).await?;
        }
        tx.commit().await?;
        Ok(done.rows_affected())
    }
}

/// Whose rows.
#[derive(Debug, Clone, Copy)]
pub enum AuditOwner<'a> {
    /// A tenant's.
    Tenant(&'a TenantId),
    /// Calls without a known key.
    Unauthenticated,
    /// Commands and members' actions that are about no tenant.
    Operators,
}

impl AuditOwner<'_> {
    fn chain(&self) -> &str {
        match self {
            Self::Tenant(id) => id.as_str(),
            Self::Unauthenticated => UNAUTHENTICATED,
            Self::Operators => OPERATORS,
        }
    }
}

impl WriteTx {
    /// Appends rows, each to its chain. Others that append to one of these chains wait for this transaction's end.
    pub async fn append_audit_rows(&mut self, rows: &[AuditRow]) -> Result<()> {
        const HEAD: &str = "INSERT INTO audit_log (request_id, tenant_id, key_id, operator, member_id, address_mac, method, endpoint, \
                            status, subjects, at, calls, chain, sequence, hash)";
        let sealer = Arc::clone(&self.sealer);
        let mut by_chain: BTreeMap<&str, Vec<&AuditRow>> = BTreeMap::new();
        for row in rows {
            by_chain.entry(row.chain()).or_default().push(row);
        }
        let mut changed = Vec::with_capacity(by_chain.len());
        let mut placed = Vec::with_capacity(rows.len());
        for (chain, rows) in by_chain {
            let mut ends = self.hold_audit_chain(chain).await?;
            ends.update(&sealer, |ends| {
                for row in rows {
                    ends.sequence = ends.sequence.saturating_add(1);
                    ends.hash = row.computed_hash(&sealer, ends.sequence, &ends.hash);
                    placed.push((row, ends.sequence, ends.hash.clone()));
                }
            });
            changed.push(ends);
        }
        let mut inserted = Insertion::new(HEAD, 15);
        for (row, sequence, hash) in placed {
            inserted = inserted
                .bind(row.request_id.as_str())
                .bind(row.tenant_id.as_ref().map(TenantId::as_str))
                .bind(row.key_id.as_ref().map(KeyId::as_str))
                .bind(row.operator.as_deref())
                .bind(row.member_id.as_ref().map(MemberId::as_str))
                .bind(row.address_mac.as_deref())
                .bind(row.method.as_str())
                .bind(row.endpoint.as_str())
                .bind(i64::from(row.status))
                .bind(row.subjects_column())
                .bind(row.at)
                .bind(bigint(row.calls))
                .bind(row.chain())
                .bind(bigint(sequence))
                .bind(hash);
        }
        self.connection().insert(inserted).await?;
        for ends in &changed {
            self.put_audit_chain(ends).await?;
        }
        Ok(())
    }

    /// Begins the chain of a new tenant, in the transaction that makes the tenant.
    pub(crate) async fn begin_audit_chain(&mut self, tenant_id: &TenantId) -> Result<()> {
        let ends = ChainEnds::new(&self.sealer, tenant_id.as_str(), 0);
        self.insert_audit_chain(&ends).await
    }

    /// Holds the ends of a chain until this transaction ends. Each chain begins with its tenant, so one that is not there was
    /// removed.
    async fn hold_audit_chain(&mut self, chain: &str) -> Result<ChainEnds> {
        let hold = self.dialect.hold_alone();
        if let Some(ends) = find_ends(self.connection(), chain, hold).await? {
            return Ok(ends);
        }
        let ends = ChainEnds::new(&self.sealer, chain, 0).suspected();
        self.insert_audit_chain(&ends).await?;
        find_ends(self.connection(), chain, hold).await?.ok_or_else(|| Error::Inconsistent {
            table: "audit_chains",
            id: chain.to_owned(),
            column: "chain",
        })
    }

    async fn insert_audit_chain(&mut self, ends: &ChainEnds) -> Result<()> {
        let sql = "INSERT INTO audit_chains (chain, purged_sequence, purged_hash, sequence, hash, mac)
                   VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (chain) DO NOTHING";
        self.write_audit_chain(sql, ends).await
    }

    async fn put_audit_chain(&mut self, ends: &ChainEnds) -> Result<()> {
        let sql = "UPDATE audit_chains SET purged_sequence = $2, purged_hash = $3, sequence = $4, hash = $5, mac = $6
                   WHERE chain = $1";
        self.write_audit_chain(sql, ends).await
    }

    async fn write_audit_chain(&mut self, sql: &'static str, ends: &ChainEnds) -> Result<()> {
        sql::query(sql)
            .bind(&ends.chain)
            .bind(bigint(ends.purged_sequence))
            .bind(&ends.purged_hash)
            .bind(bigint(ends.sequence))
            .bind(&ends.hash)
            .bind(&ends.mac)
            .execute(self.connection())
            .await?;
        Ok(())
    }
}
