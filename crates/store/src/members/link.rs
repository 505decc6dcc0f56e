//! Links that sign a member in, each once.

use std::fmt;
use std::str::FromStr;

use crate::database::sql::{self, Record};
use crate::database::store::{Store, WriteTx};
use crate::error::Result;
use crate::id::MemberId;
use crate::members::token::TokenHash;

/// The way by which a link reaches its member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkPurpose {
    /// An operator printed it by a command, and hands it over.
    Command,
    /// It was mailed to the member, who had asked for it.
    Mail,
}

/// Neither `command` nor `mail`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected `command` or `mail`")]
pub struct LinkPurposeError;

impl LinkPurpose {
    /// Returns the purpose's name.
    pub fn as_str(self) -> &'static str {
        match self {
            LinkPurpose::Command => "command",
            LinkPurpose::Mail => "mail",
        }
    }
}

impl fmt::Display for LinkPurpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for LinkPurpose {
    type Err = LinkPurposeError;

    fn from_str(text: &str) -> std::result::Result<Self, LinkPurposeError> {
        match text {
            "command" => Ok(LinkPurpose::Command),
            "mail" => Ok(LinkPurpose::Mail),
            _ => Err(LinkPurposeError),
        }
    }
}

/// A link that signs a member in, once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberLink {
    /// The hash of its secret.
    pub token_hash: TokenHash,
    /// The member.
    pub member_id: MemberId,
    /// The way by which it reaches the member.
    pub purpose: LinkPurpose,
    /// The hash of the secret of the browser that asked for it. A link without one works in any browser.
    pub browser_hash: Option<TokenHash>,
    /// When it was made, in milliseconds since 1970.
    pub created_at: i64,
    /// When it was used.
    pub used_at: Option<i64>,
}

impl Store {
    /// Returns the link with this hash.
    pub async fn find_member_link(&self, hash: &TokenHash) -> Result<Option<MemberLink>> {
        let row = sql::query(
            "SELECT token_hash, member_id, purpose, browser_hash, created_at, used_at FROM member_links WHERE token_hash = $1",
        )
        .bind(hash.as_str())
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = &row else { return Ok(None) };
        let record = Record { table: "member_links", row };
        Ok(Some(MemberLink {
            token_hash: hash.clone(),
            member_id: record.parsed("member_id")?,
            purpose: record.parsed("purpose")?,
            browser_hash: record.maybe_text("browser_hash")?.map(TokenHash::from_column),
            created_at: record.int("created_at")?,
            used_at: record.maybe_int("used_at")?,
        }))
    }
}

impl WriteTx {
    /// Adds a link that was not used.
    pub async fn insert_member_link(&mut self, link: &MemberLink) -> Result<()> {
        sql::query(
            "INSERT INTO member_links (token_hash, member_id, purpose, browser_hash, created_at) VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(link.token_hash.as_str())
        .bind(link.member_id.as_str())
        .bind(link.purpose.as_str())
        .bind(link.browser_hash.as_ref().map(TokenHash::as_str))
        .bind(link.created_at)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Marks a link as used. Returns whether this is the one time: a link that was used before stays as it is.
    pub async fn use_member_link(&mut self, hash: &TokenHash, now_ms: i64) -> Result<bool> {
        let done =
            sql::query("UPDATE member_links SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL")
                .bind(hash.as_str())
                .bind(now_ms)
                .execute(self.connection())
                .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Deletes the links that were made before a time, used or not.
    pub async fn purge_member_links(&mut self, before_ms: i64) -> Result<()> {
        sql::query("DELETE FROM member_links WHERE created_at < $1")
            .bind(before_ms)
            .execute(self.connection())
            .await?;
        Ok(())
    }
}
