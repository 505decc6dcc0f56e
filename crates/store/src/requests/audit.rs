//! The audit log: who called what, from where, what that changed, and how it ended. Rows are added and, when they are old
//! enough, deleted; never changed. Each is chained to the one before it ([`chain`]).

mod chain;
mod doctor;
mod ends;
mod walk;

pub use chain::AuditOwner;

use crate::database::sql::{self, Record, Row};
use crate::database::store::Store;
use crate::database::time_page::TimePage;
use crate::error::Result;
use crate::id::{KeyId, MemberId, RequestId, TenantId};

/// The method and the route of a row that counts several calls.
pub const SEVERAL: &str = "*";
/// The method of a row about a command of an operator.
pub const COMMAND: &str = "COMMAND";

/// One call or command; or several refused calls, of which only the number is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    /// The id that the answer carried.
    pub request_id: RequestId,
    /// The tenant, where it is known: the key's, or the one that a command is about.
    pub tenant_id: Option<TenantId>,
    /// The key's public name, where it was known.
    pub key_id: Option<KeyId>,
    /// The operating system's user who ran the command.
    pub operator: Option<String>,
    /// The member who acted in the console.
    pub member_id: Option<MemberId>,
    /// A keyed hash of the client's address.
    pub address_mac: Option<String>,
    /// The HTTP method; [`SEVERAL`] if the row counts several calls, and [`COMMAND`] if it is about a command.
    pub method: String,
    /// The route, not the path: no ids, no queries; of a command its name. [`SEVERAL`] if the row counts several calls.
    pub endpoint: String,
    /// The answer's HTTP status; of a command the status that it exits with.
    pub status: u16,
    /// The ids of what was changed.
    pub subjects: Vec<String>,
    /// When, in milliseconds since 1970; of several calls the last one's time.
    pub at: i64,
    /// The number of calls that the row counts.
    pub calls: u64,
    /// Its place in its chain, once it is written. Rows of earlier releases have none.
    pub place: Option<AuditPlace>,
}

/// The place of a row in its chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditPlace {
    /// Its number, counted from 1 without a gap.
    pub sequence: u64,
    /// A keyed hash of the row and of the hash of the row before it.
    pub hash: String,
}

const COLUMNS: &str = "request_id, tenant_id, key_id, operator, member_id, address_mac, method, endpoint, status, subjects, at, calls, sequence, hash";

fn audit_row(row: &Row) -> Result<AuditRow> {
    let record = Record { table: "audit_log", row };
    let place = match (record.maybe_int("sequence")?, record.maybe_text("hash")?) {
        (Some(_), Some(hash)) => Some(AuditPlace { sequence: record.count("sequence")?, hash }),
        _ => None,
    };
    let subjects = record.maybe_text("subjects")?;
    Ok(AuditRow {
        request_id: record.parsed("request_id")?,
        tenant_id: record.maybe_parsed("tenant_id")?,
        key_id: record.maybe_parsed("key_id")?,
        operator: record.maybe_text("operator")?,
        member_id: record.maybe_parsed("member_id")?,
        address_mac: record.maybe_text("address_mac")?,
        method: record.text("method")?,
        endpoint: record.text("endpoint")?,
        status: u16::try_from(record.int("status")?).unwrap_or(0),
        subjects: subjects.iter().flat_map(|ids| ids.split(' ')).map(str::to_owned).collect(),
        at: record.int("at")?,
        calls: record.count("calls")?,
        place,
    })
}

/// The rows of a tenant that are looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditFilter {
    /// From this time on, in milliseconds since 1970.
    pub from_ms: i64,
    /// Before this time.
    pub to_ms: i64,
    /// The id of the member or of the key, or the name of the operator, who acted; `None`: any.
    pub actor: Option<String>,
}

impl AuditRow {
    /// Returns the ids of what was changed as the column holds them.
    fn subjects_column(&self) -> Option<String> {
        (!self.subjects.is_empty()).then(|| self.subjects.join(" "))
    }
}

impl Store {
    /// Returns the call with this id.
    pub async fn find_audit_row(&self, id: &RequestId) -> Result<Option<AuditRow>> {
        sql::query(format!("SELECT {COLUMNS} FROM audit_log WHERE request_id = $1"))
            .bind(id.as_str())
            .fetch_optional(&self.pool)
            .await?
            .as_ref()
            .map(audit_row)
            .transpose()
    }

    /// Returns at most `limit` rows of a tenant that pass the filter, the newest first, before the row of this time and id.
    pub async fn page_audit_rows(
        &self,
        tenant_id: &TenantId,
        filter: &AuditFilter,
        before: Option<(i64, &RequestId)>,
        limit: u32,
    ) -> Result<Vec<AuditRow>> {
        let (at, id) = before.map_or((i64::MAX, ""), |(at, id)| (at, id.as_str()));
        // Each kind of actor has a column, and rare ones an index. Rows of the pages before are left out by the bound of the time; if its
        // place were named by a comparison with the time once more, SQLite would take that for the bound.
        // Each statement is written out, so that `query_plans.rs` finds the plan of each.
        let actor = filter.actor.as_deref();
        let sql = match actor {
            None => format!(
                "SELECT {COLUMNS} FROM audit_log
                 WHERE tenant_id = $1 AND at >= $2 AND at < $3 AND (at <> $4 OR request_id < $5) AND CAST($6 AS TEXT) IS NULL
                 ORDER BY at DESC, request_id DESC LIMIT $7"
            ),
            Some(actor) if actor.starts_with(MemberId::PREFIX) => format!(
                "SELECT {COLUMNS} FROM audit_log
                 WHERE tenant_id = $1 AND at >= $2 AND at < $3 AND (at <> $4 OR request_id < $5) AND member_id = $6
                 ORDER BY at DESC, request_id DESC LIMIT $7"
            ),
            Some(actor) if actor.starts_with(KeyId::PREFIX) => format!(
                "SELECT {COLUMNS} FROM audit_log
                 WHERE tenant_id = $1 AND at >= $2 AND at < $3 AND (at <> $4 OR request_id < $5) AND key_id = $6
                 ORDER BY at DESC, request_id DESC LIMIT $7"
            ),
            Some(_) => format!(
                "SELECT {COLUMNS} FROM audit_log
                 WHERE tenant_id = $1 AND at >= $2 AND at < $3 AND (at <> $4 OR request_id < $5) AND operator = $6
                 ORDER BY at DESC, request_id DESC LIMIT $7"
            ),
        };
        sql::query(sql)
            .long()
            .bind(tenant_id.as_str())
            .bind(filter.from_ms)
            .bind(filter.to_ms.min(at.saturating_add(1)))
            .bind(at)
            .bind(id)
            .bind(actor)
            .bind(i64::from(limit))
            .fetch_all(&self.pool)
            .await?
            .iter()
            .map(audit_row)
            .collect()
    }

    /// Returns at most `limit` rows of a tenant in `[from_ms, to_ms)`, in the order of time and id, after `after`; or those without
    /// a tenant. A caller pages through them, so that an export of a year needs little memory.
    pub async fn list_audit_rows(
        &self,
        tenant_id: Option<&TenantId>,
        from_ms: i64,
        to_ms: i64,
        after: Option<&AuditRow>,
        limit: u32,
    ) -> Result<Vec<AuditRow>> {
        let after = after.map(|row| (row.at, row.request_id.as_str()));
        let sql = match tenant_id {
            Some(_) => format!(
                "SELECT {COLUMNS} FROM audit_log
                 WHERE tenant_id = $1 AND at >= $2 AND at < $3 AND (at > $4 OR (at = $4 AND request_id > $5))
                 ORDER BY at, request_id LIMIT $6"
            ),
            None => format!(
                "SELECT {COLUMNS} FROM audit_log
                 WHERE tenant_id IS NULL AND CAST($1 AS TEXT) = '' AND at >= $2 AND at < $3 AND (at > $4 OR (at = $4 AND request_id > $5))
                 ORDER BY at, request_id LIMIT $6"
            ),
        };
        TimePage { owner: tenant_id.map_or("", TenantId::as_str), from_ms, to_ms, after, limit }
            .fetch(&self.pool, sql)
            .await?
            .iter()
            .map(audit_row)
            .collect()
    }
}
