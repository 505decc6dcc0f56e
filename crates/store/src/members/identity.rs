//! The identities of members at an identity provider.

use std::sync::Arc;

use crate::database::sql::{self, Record};
use crate::database::store::{Store, WriteTx};
use crate::error::Result;
use crate::id::{IdentityId, MemberId};

/// An identity of a member at an identity provider. A member has at most one of each issuer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberIdentity {
    /// The identity's id, which the audit log names.
    pub id: IdentityId,
    /// The issuer, as its tokens name it (`iss`).
    pub issuer: String,
    /// The member.
    pub member_id: MemberId,
    /// When it was linked to the member, in milliseconds since 1970.
    pub created_at: i64,
}

impl Store {
    /// Returns the identities of a member, in the order in which they were linked.
    pub async fn list_member_identities(&self, member_id: &MemberId) -> Result<Vec<MemberIdentity>> {
        let rows = sql::query(
            "SELECT id, issuer, member_id, created_at FROM member_identities WHERE member_id = $1 ORDER BY id",
        )
        .bind(member_id.as_str())
        .fetch_all(&self.pool)
        .await?;
        rows.iter()
            .map(|row| {
                let record = Record { table: "member_identities", row };
                Ok(MemberIdentity {
                    id: record.parsed("id")?,
                    issuer: record.text("issuer")?,
                    member_id: record.parsed("member_id")?,
                    created_at: record.int("created_at")?,
                })
            })
            .collect()
    }
}

impl WriteTx {
    /// Deletes an identity of a member. Returns whether the member had it.
    pub async fn delete_member_identity(&mut self, member_id: &MemberId, id: &IdentityId) -> Result<bool> {
        let done = sql::query("DELETE FROM member_identities WHERE id = $1 AND member_id = $2")
            .bind(id.as_str())
            .bind(member_id.as_str())
            .execute(self.connection())
            .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Returns the member who has this subject (`sub`) at this issuer.
    pub async fn find_member_id_by_identity(
        &mut self,
        issuer: &str,
        subject: &str,
    ) -> Result<Option<MemberId>> {
        let mac = Arc::clone(&self.sealer).identity_mac(issuer, subject);
        let row = sql::query("SELECT member_id FROM member_identities WHERE subject_mac = $1")
            .bind(mac)
            .fetch_optional(self.connection())
            .await?;
        let Some(row) = &row else { return Ok(None) };
        Ok(Some(Record { table: "member_identities", row }.parsed("member_id")?))
    }

    /// Returns whether a member has an identity at an issuer.
    pub async fn has_identity(&mut self, member_id: &MemberId, issuer: &str) -> Result<bool> {
        let found: Option<String> =
            sql::query_scalar("SELECT id FROM member_identities WHERE member_id = $1 AND issuer = $2")
                .bind(member_id.as_str())
                .bind(issuer)
                .fetch_optional(self.connection())
                .await?;
        Ok(found.is_some())
    }

    /// Links a subject (`sub`) at an issuer to a member.
    ///
    /// # Errors
    /// If the database fails, the subject is linked already, or the member has another one at this issuer.
    pub async fn insert_member_identity(&mut self, new: &MemberIdentity, subject: &str) -> Result<()> {
        let mac = Arc::clone(&self.sealer).identity_mac(&new.issuer, subject);
        sql::query(
            "INSERT INTO member_identities (id, subject_mac, issuer, member_id, created_at) VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(new.id.as_str())
        .bind(mac)
        .bind(&new.issuer)
        .bind(new.member_id.as_str())
        .bind(new.created_at)
        .execute(self.connection())
        .await?;
        Ok(())
    }
}
