//! A member: a person who signs in to the console.

use std::sync::Arc;

use crate::clock::Entropy;
use crate::database::sql::{self, Executor, Record, Row, exactly_one};
use crate::database::store::{Store, WriteTx};
use crate::error::{Error, Result};
use crate::id::MemberId;
use crate::members::email::Email;
use crate::members::granted_by::GrantedBy;
use crate::seal::Sealer;

/// A person who signs in to the console.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The member's id, which the audit log names.
    pub id: MemberId,
    /// The address.
    pub email: Email,
    /// When the member was added, in milliseconds since 1970.
    pub created_at: i64,
    /// Since when the member is an operator of the deployment; `None` if it is not one.
    pub operator_since: Option<i64>,
}

impl Member {
    /// Returns whether the member is an operator of the deployment.
    pub fn is_operator(&self) -> bool {
        self.operator_since.is_some()
    }
}

pub(super) const COLUMNS: &str = "id, email_sealed, created_at, operator_since";

fn place(id: &MemberId) -> String {
    format!("members.email:{id}")
}

pub(super) fn member(row: &Row, sealer: &Sealer) -> Result<Member> {
    let record = Record { table: "members", row };
    let id: MemberId = record.parsed("id")?;
    let plain = sealer.open(&place(&id), &record.text("email_sealed")?)?;
    let email = std::str::from_utf8(&plain).ok().and_then(|text| text.parse().ok());
    Ok(Member {
        email: email.ok_or(Error::Unsealed)?,
        created_at: record.int("created_at")?,
        operator_since: record.maybe_int("operator_since")?,
        id,
    })
}

async fn by_id(
    executor: impl Executor,
    sealer: &Sealer,
    id: &MemberId,
    hold: &str,
) -> Result<Option<Member>> {
    sql::query(format!("SELECT {COLUMNS} FROM members WHERE id = $1 {hold}"))
        .bind(id.as_str())
        .fetch_optional(executor)
        .await?
        .as_ref()
        .map(|row| member(row, sealer))
        .transpose()
}

async fn by_email(executor: impl Executor, sealer: &Sealer, email: &Email) -> Result<Option<Member>> {
    sql::query(format!("SELECT {COLUMNS} FROM members WHERE email_mac = $1"))
        .bind(sealer.member_mac(email.as_str()))
        .fetch_optional(executor)
        .await?
        .as_ref()
        .map(|row| member(row, sealer))
        .transpose()
}

impl Store {
    /// Returns the member with this id.
    pub async fn find_member(&self, id: &MemberId) -> Result<Option<Member>> {
        by_id(&self.pool, &self.sealer, id, "").await
    }

    /// Returns the member with this address.
    pub async fn find_member_by_email(&self, email: &Email) -> Result<Option<Member>> {
        by_email(&self.pool, &self.sealer, email).await
    }

    /// Returns every member, in the order in which they were added.
    pub async fn list_members(&self) -> Result<Vec<Member>> {
        sql::query(format!("SELECT {COLUMNS} FROM members ORDER BY id"))
            .fetch_all(&self.pool)
            .await?
            .iter()
            .map(|row| member(row, &self.sealer))
            .collect()
    }
}

impl WriteTx {
    /// Returns the member with this id, who stays as they are until this transaction ends.
    pub async fn hold_member(&mut self, id: &MemberId) -> Result<Option<Member>> {
        let (sealer, hold) = (Arc::clone(&self.sealer), self.dialect.hold_alone());
        by_id(self.connection(), &sealer, id, hold).await
    }

    /// Returns the member with this address.
    pub async fn find_member_by_email(&mut self, email: &Email) -> Result<Option<Member>> {
        let sealer = Arc::clone(&self.sealer);
        by_email(self.connection(), &sealer, email).await
    }

    /// Adds a member.
    ///
    /// # Errors
    /// If the database fails, or there is one with this address.
    pub async fn insert_member(&mut self, new: &Member, entropy: &dyn Entropy) -> Result<()> {
        let sealed = self.sealer.seal(entropy, &place(&new.id), new.email.as_str().as_bytes())?;
        let mac = self.sealer.member_mac(new.email.as_str());
        sql::query(
            "INSERT INTO members (id, email_mac, email_sealed, created_at, operator_since) VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(new.id.as_str())
        .bind(mac)
        .bind(sealed)
        .bind(new.created_at)
        .bind(new.operator_since)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Makes a member an operator since a time, or no operator.
    pub async fn set_operator(
        &mut self,
        id: &MemberId,
        since: Option<i64>,
        granted_by: GrantedBy,
    ) -> Result<()> {
        let done =
            sql::query("UPDATE members SET operator_since = $2, operator_by_groups = $3 WHERE id = $1")
                .bind(id.as_str())
                .bind(since)
                .bind(granted_by.as_column())
                .execute(self.connection())
                .await?;
        exactly_one(done.rows_affected(), "a member")
    }

    /// Returns whether a member is an operator because of groups.
    pub async fn is_operator_by_groups(&mut self, id: &MemberId) -> Result<bool> {
        let found: Option<i64> = sql::query_scalar(
            "SELECT operator_by_groups FROM members WHERE id = $1 AND operator_since IS NOT NULL",
        )
        .bind(id.as_str())
        .fetch_optional(self.connection())
        .await?;
        Ok(found == Some(GrantedBy::Groups.as_column()))
    }

    /// Deletes a member with all that is theirs. Their sessions end at once. Returns whether there was one.
    pub async fn delete_member(&mut self, id: &MemberId) -> Result<bool> {
        let theirs = [
            "DELETE FROM member_sessions WHERE member_id = $1",
            "DELETE FROM member_links WHERE member_id = $1",
            "DELETE FROM member_identities WHERE member_id = $1",
            "DELETE FROM memberships WHERE member_id = $1",
        ];
        for sql in theirs {
            sql::query(sql).bind(id.as_str()).execute(self.connection()).await?;
        }
        let done = sql::query("DELETE FROM members WHERE id = $1")
            .bind(id.as_str())
            .execute(self.connection())
            .await?;
        Ok(done.rows_affected() == 1)
    }
}
