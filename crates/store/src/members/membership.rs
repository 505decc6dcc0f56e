//! The roles of members in tenants.

use crate::database::sql::{self, Executor, Record};
use crate::database::store::{Store, WriteTx};
use crate::error::Result;
use crate::id::{MemberId, TenantId};
use crate::members::granted_by::GrantedBy;
use crate::members::member::{self, Member};
use crate::members::role::Role;

/// A tenant that a member belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// The tenant.
    pub tenant_id: TenantId,
    /// The tenant's name.
    pub tenant_name: String,
    /// The member's role in it.
    pub role: Role,
}

/// A member of a tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantMember {
    /// The member.
    pub member: Member,
    /// The role in the tenant.
    pub role: Role,
}

/// A role of a member, and the one who granted it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberRole {
    /// The tenant.
    pub tenant_id: TenantId,
    /// The role in it.
    pub role: Role,
    /// The one who granted it.
    pub granted_by: GrantedBy,
}

async fn role_in(
    executor: impl Executor,
    member_id: &MemberId,
    tenant_id: &TenantId,
    hold: &str,
) -> Result<Option<Role>> {
    let sql =
        format!("SELECT member_id, role FROM memberships WHERE member_id = $1 AND tenant_id = $2 {hold}");
    let row =
        sql::query(sql).bind(member_id.as_str()).bind(tenant_id.as_str()).fetch_optional(executor).await?;
    row.as_ref().map(|row| Record { table: "memberships", row }.parsed("role")).transpose()
}

impl Store {
    /// Returns a member's role in a tenant; `None` if the member does not belong to it.
    pub async fn find_role(&self, member_id: &MemberId, tenant_id: &TenantId) -> Result<Option<Role>> {
        role_in(&self.pool, member_id, tenant_id, "").await
    }

    /// Returns the tenants that a member belongs to, by name.
    pub async fn list_memberships(&self, member_id: &MemberId) -> Result<Vec<Membership>> {
        let rows = sql::query(
            "SELECT m.tenant_id, m.role, t.name FROM memberships m JOIN tenants t ON t.id = m.tenant_id
             WHERE m.member_id = $1 ORDER BY t.name, t.id",
        )
        .bind(member_id.as_str())
        .fetch_all(&self.pool)
        .await?;
        rows.iter()
            .map(|row| {
                let record = Record { table: "memberships", row };
                Ok(Membership {
                    tenant_id: record.parsed("tenant_id")?,
                    tenant_name: record.text("name")?,
                    role: record.parsed("role")?,
                })
            })
            .collect()
    }

    /// Returns the members of a tenant, in the order in which they became members of the deployment.
    pub async fn list_tenant_members(&self, tenant_id: &TenantId) -> Result<Vec<TenantMember>> {
        let rows = sql::query(
            "SELECT members.id, members.email_sealed, members.created_at, members.operator_since, memberships.role
             FROM memberships JOIN members ON members.id = memberships.member_id
             WHERE memberships.tenant_id = $1 ORDER BY members.id",
        )
        .bind(tenant_id.as_str())
        .fetch_all(&self.pool)
        .await?;
        rows.iter()
            .map(|row| {
                let role = Record { table: "memberships", row }.parsed("role")?;
                Ok(TenantMember { member: member::member(row, &self.sealer)?, role })
            })
            .collect()
    }
}

impl WriteTx {
    /// Returns a member's role in a tenant. It stays as it is until this transaction ends.
    pub async fn hold_role(&mut self, member_id: &MemberId, tenant_id: &TenantId) -> Result<Option<Role>> {
        let hold = self.dialect.hold();
        role_in(self.connection(), member_id, tenant_id, hold).await
    }

    /// Sets a member's role in a tenant, in place of any other one.
    pub async fn put_membership(
        &mut self,
        member_id: &MemberId,
        tenant_id: &TenantId,
        role: Role,
        granted_by: GrantedBy,
        now_ms: i64,
    ) -> Result<()> {
        sql::query(
            "INSERT INTO memberships (member_id, tenant_id, role, created_at, by_groups) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (member_id, tenant_id) DO UPDATE SET role = excluded.role, by_groups = excluded.by_groups",
        )
        .bind(member_id.as_str())
        .bind(tenant_id.as_str())
        .bind(role.as_str())
        .bind(now_ms)
        .bind(granted_by.as_column())
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Returns a member's roles, by tenant.
    pub async fn list_roles(&mut self, member_id: &MemberId) -> Result<Vec<MemberRole>> {
        let rows = sql::query(
            "SELECT tenant_id, role, by_groups FROM memberships WHERE member_id = $1 ORDER BY tenant_id",
        )
        .bind(member_id.as_str())
        .fetch_all(self.connection())
        .await?;
        rows.iter()
            .map(|row| {
                let record = Record { table: "memberships", row };
                Ok(MemberRole {
                    tenant_id: record.parsed("tenant_id")?,
                    role: record.parsed("role")?,
                    granted_by: GrantedBy::of_column(record.int("by_groups")?),
                })
            })
            .collect()
    }

    /// Takes a member out of a tenant. Returns whether the member belonged to it.
    pub async fn delete_membership(&mut self, member_id: &MemberId, tenant_id: &TenantId) -> Result<bool> {
        let done = sql::query("DELETE FROM memberships WHERE member_id = $1 AND tenant_id = $2")
            .bind(member_id.as_str())
            .bind(tenant_id.as_str())
            .execute(self.connection())
            .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Returns whether a member belongs to any tenant.
    pub async fn has_memberships(&mut self, member_id: &MemberId) -> Result<bool> {
        let found: Option<String> =
            sql::query_scalar("SELECT tenant_id FROM memberships WHERE member_id = $1 LIMIT 1")
                .bind(member_id.as_str())
                .fetch_optional(self.connection())
                .await?;
        Ok(found.is_some())
    }

    /// Returns whether a tenant has an owner other than this member.
    pub async fn has_other_owner(&mut self, tenant_id: &TenantId, member_id: &MemberId) -> Result<bool> {
        let found: Option<String> = sql::query_scalar(
            "SELECT member_id FROM memberships WHERE tenant_id = $1 AND member_id <> $2 AND role = 'owner' LIMIT 1",
        )
        .bind(tenant_id.as_str())
        .bind(member_id.as_str())
        .fetch_optional(self.connection())
        .await?;
        Ok(found.is_some())
    }
}
