//! Tenants: the accounts of schools.

use std::fmt;
use std::str::FromStr;

use crate::database::sql::{self, Executor, Record, Row, bigint, exactly_one};
use crate::database::store::{Store, WriteTx};
use crate::error::Result;
use crate::id::TenantId;

/// The plan that a tenant pays for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Plan {
    /// Test keys only.
    Developer,
    /// The first plan with live keys.
    Starter,
    /// Allowlists, a DID of one's own, higher limits.
    Institution,
    /// The highest limits.
    Industry,
}

impl Plan {
    /// Every plan, the smallest first.
    pub const ALL: [Plan; 4] = [Plan::Developer, Plan::Starter, Plan::Institution, Plan::Industry];

    /// Returns the name in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Plan::Developer => "developer",
            Plan::Starter => "starter",
            Plan::Institution => "institution",
            Plan::Industry => "industry",
        }
    }

    /// Returns whether the plan comes with allowlists.
    pub fn allows_allowlists(self) -> bool {
        matches!(self, Plan::Institution | Plan::Industry)
    }

    /// Returns whether the plan comes with a DID of one's own.
    pub fn allows_own_did(self) -> bool {
        self.allows_allowlists()
    }

    /// Returns whether the plan comes with keys of the live environment.
    pub fn allows_live_keys(self) -> bool {
        self != Plan::Developer
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Not the name of a plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected `developer`, `starter`, `institution` or `industry`")]
pub struct PlanError;

impl FromStr for Plan {
    type Err = PlanError;

    fn from_str(text: &str) -> std::result::Result<Self, PlanError> {
        Plan::ALL.into_iter().find(|plan| plan.as_str() == text).ok_or(PlanError)
    }
}

/// A tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenant {
    /// Its id.
    pub id: TenantId,
    /// Its display name, which is the issuer's name on its credentials unless its branding has another.
    pub name: String,
    /// Its plan.
    pub plan: Plan,
    /// When it was created, in milliseconds since 1970.
    pub created_at: i64,
    /// The operator's exceptions from the plan's table.
    pub exceptions: Exceptions,
}

/// Limits that the operator set for one tenant. `None`: as the plan has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Exceptions {
    /// Credentials per month and environment.
    pub credentials_per_month: Option<u64>,
    /// Requests per minute.
    pub requests_per_minute: Option<u64>,
    /// Mails per day and environment.
    pub mails_per_day: Option<u64>,
}

pub(super) const COLUMNS: &str =
    "id, name, plan, created_at, credentials_per_month, requests_per_minute, mails_per_day";

pub(super) fn tenant(row: &Row) -> Result<Tenant> {
    let record = Record { table: "tenants", row };
    Ok(Tenant {
        id: record.parsed("id")?,
        name: record.text("name")?,
        plan: record.parsed("plan")?,
        created_at: record.int("created_at")?,
        exceptions: Exceptions {
            credentials_per_month: record.maybe_count("credentials_per_month")?,
            requests_per_minute: record.maybe_count("requests_per_minute")?,
            mails_per_day: record.maybe_count("mails_per_day")?,
        },
    })
}

async fn find(executor: impl Executor, id: &TenantId) -> Result<Option<Tenant>> {
    sql::query(format!("SELECT {COLUMNS} FROM tenants WHERE id = $1"))
        .bind(id.as_str())
        .fetch_optional(executor)
        .await?
        .as_ref()
        .map(tenant)
        .transpose()
}

impl Store {
    /// Returns the tenant with this id.
    pub async fn find_tenant(&self, id: &TenantId) -> Result<Option<Tenant>> {
        find(&self.pool, id).await
    }

    /// Returns every tenant, oldest first. For the operator's commands.
    pub async fn list_tenants(&self) -> Result<Vec<Tenant>> {
        sql::query(format!("SELECT {COLUMNS} FROM tenants ORDER BY id"))
            .fetch_all(&self.pool)
            .await?
            .iter()
            .map(tenant)
            .collect()
    }
}

impl WriteTx {
    /// Adds a tenant. Its name counts as confirmed: the operator gives it.
    pub async fn insert_tenant(&mut self, new: &Tenant) -> Result<()> {
        sql::query(
            "INSERT INTO tenants (id, name, plan, next_key_number, created_at) VALUES ($1, $2, $3, 1, $4)",
        )
        .bind(new.id.as_str())
        .bind(&new.name)
        .bind(new.plan.as_str())
        .bind(new.created_at)
        .execute(self.connection())
        .await?;
        self.record_confirmed_name(&new.id, &new.name).await?;
        self.begin_audit_chain(&new.id).await
    }

    /// Writes the tenant's name, plan and exceptions: the operator's part of it.
    pub async fn update_tenant(&mut self, tenant: &Tenant) -> Result<()> {
        let done = sql::query(
            "UPDATE tenants SET name = $2, plan = $3, credentials_per_month = $4, requests_per_minute = $5, mails_per_day = $6
             WHERE id = $1",
        )
        .bind(tenant.id.as_str())
        .bind(&tenant.name)
        .bind(tenant.plan.as_str())
        .bind(tenant.exceptions.credentials_per_month.map(bigint))
        .bind(tenant.exceptions.requests_per_minute.map(bigint))
        .bind(tenant.exceptions.mails_per_day.map(bigint))
        .execute(self.connection())
        .await?;
        exactly_one(done.rows_affected(), "the tenant")
    }

    /// Returns the tenant with this id, as this transaction sees it.
    pub async fn find_tenant(&mut self, id: &TenantId) -> Result<Option<Tenant>> {
        find(self.connection(), id).await
    }
}
