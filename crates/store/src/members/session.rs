//! The sessions of members.

use crate::database::sql::{self, Record, Row};
use crate::database::store::{Store, WriteTx};
use crate::error::Result;
use crate::id::{MemberId, SessionId};
use crate::members::token::TokenHash;

/// A session: a browser in which a member signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberSession {
    /// Its id, which is no secret.
    pub id: SessionId,
    /// The member.
    pub member_id: MemberId,
    /// When the member signed in, in milliseconds since 1970.
    pub created_at: i64,
    /// When it was last used, to the minute.
    pub seen_at: i64,
    /// The browser and the system, as far as the browser names them.
    pub agent: String,
}

const COLUMNS: &str = "id, member_id, created_at, seen_at, agent";

fn session(row: &Row) -> Result<MemberSession> {
    let record = Record { table: "member_sessions", row };
    Ok(MemberSession {
        id: record.parsed("id")?,
        member_id: record.parsed("member_id")?,
        created_at: record.int("created_at")?,
        seen_at: record.int("seen_at")?,
        agent: record.text("agent")?,
    })
}

impl Store {
    /// Returns the session with this secret, ended by time or not.
    pub async fn find_member_session(&self, hash: &TokenHash) -> Result<Option<MemberSession>> {
        sql::query(format!("SELECT {COLUMNS} FROM member_sessions WHERE token_hash = $1"))
            .bind(hash.as_str())
            .fetch_optional(&self.pool)
            .await?
            .as_ref()
            .map(session)
            .transpose()
    }

    /// Returns a member's sessions, the newest first, those too that time has ended.
    pub async fn list_member_sessions(&self, member_id: &MemberId) -> Result<Vec<MemberSession>> {
        sql::query(format!("SELECT {COLUMNS} FROM member_sessions WHERE member_id = $1 ORDER BY id DESC"))
            .bind(member_id.as_str())
            .fetch_all(&self.pool)
            .await?
            .iter()
            .map(session)
            .collect()
    }
}

impl WriteTx {
    /// Adds a session with the hash of its secret.
    pub async fn insert_member_session(&mut self, new: &MemberSession, hash: &TokenHash) -> Result<()> {
        sql::query(
            "INSERT INTO member_sessions (id, token_hash, member_id, created_at, seen_at, agent) VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(new.id.as_str())
        .bind(hash.as_str())
        .bind(new.member_id.as_str())
        .bind(new.created_at)
        .bind(new.seen_at)
        .bind(&new.agent)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Records that a session was used.
    pub async fn touch_member_session(&mut self, id: &SessionId, now_ms: i64) -> Result<()> {
        sql::query("UPDATE member_sessions SET seen_at = $2 WHERE id = $1")
            .bind(id.as_str())
            .bind(now_ms)
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Ends a member's session. Returns whether the member had one with this id.
    pub async fn delete_member_session(&mut self, member_id: &MemberId, id: &SessionId) -> Result<bool> {
        let done = sql::query("DELETE FROM member_sessions WHERE id = $1 AND member_id = $2")
            .bind(id.as_str())
            .bind(member_id.as_str())
            .execute(self.connection())
            .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Deletes the sessions that began before a time.
    pub async fn purge_member_sessions(&mut self, before_ms: i64) -> Result<()> {
        sql::query("DELETE FROM member_sessions WHERE created_at < $1")
            .bind(before_ms)
            .execute(self.connection())
            .await?;
        Ok(())
    }
}
