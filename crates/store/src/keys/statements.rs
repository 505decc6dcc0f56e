//! The statements about the life of each key: a chain of hashes that can only be made longer.
//!
//! A statement's hash is the SHA-256 of its canonical text ([`KeyStatement::text`]), which holds the hash of the one before
//! it. A verifier who knows the newest hash knows whether any of them was changed.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use crate::clock::iso8601;
use crate::database::sql::{self, Record, Row, bigint, exactly_one};
use crate::database::store::{Store, WriteTx};
use crate::error::{Error, Result};
use crate::id::TenantId;
use crate::keys::signing_keys::{self, SigningKey};
use crate::keys::statement_content::{StatedKey, StatementContent};
use crate::keys::{document_keys, host_keys};
use crate::onchain::{AccountAddress, StatementHash};

/// The hash before the first statement.
pub const BEFORE_THE_FIRST: StatementHash = StatementHash::new([0; 32]);
/// The first line of every statement's text.
const FORM: &str = "learncoin key statement 1";
const HEAD: &str = "head";

/// A statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyStatement {
    /// Its place, counted from 1 without a gap.
    pub sequence: u64,
    /// Its content.
    pub content: StatementContent,
    /// When it was made, in milliseconds since 1970.
    pub stated_at: i64,
    /// The hash of the one before it.
    pub previous_hash: StatementHash,
    /// Its own hash.
    pub hash: StatementHash,
}

impl KeyStatement {
    fn new(sequence: u64, content: StatementContent, stated_at: i64, previous_hash: StatementHash) -> Self {
        let mut made = Self { sequence, content, stated_at, previous_hash, hash: previous_hash };
        made.hash = made.computed_hash();
        made
    }

    /// Returns the text that is hashed: twelve lines, each ended by a line feed. What is absent is `-`.
    pub(crate) fn text(&self) -> String {
        let StatementContent { kind, key_id, key, valid_from, valid_to, revoked_from, .. } = &self.content;
        let absent = || "-".to_owned();
        let time = |time: &Option<i64>| time.map_or_else(absent, iso8601);
        let lines = [
            FORM,
            &self.sequence.to_string(),
            &self.previous_hash.to_string(),
            kind.as_str(),
            key_id,
            &key.chain_id().map_or_else(absent, |chain_id| chain_id.to_string()),
            key.address().map_or("-", AccountAddress::as_str),
            &key.public_key(),
            &iso8601(*valid_from),
            &time(valid_to),
            &time(revoked_from),
            &iso8601(self.stated_at),
        ];
        let mut text = String::new();
        for line in lines {
            // Writing into a text does not fail.
            let _ = writeln!(text, "{line}");
        }
        text
    }

    /// Computes the hash that it must have.
    pub(crate) fn computed_hash(&self) -> StatementHash {
        StatementHash::new(Sha256::digest(self.text()).into())
    }
}

const COLUMNS: &str = "sequence, tenant_id, number, kind, key_id, chain_id, address, public_key, valid_from, valid_to, revoked_from, stated_at, previous_hash, hash";

fn statement(row: &Row) -> Result<KeyStatement> {
    let record = Record { table: "key_statements", row };
    Ok(KeyStatement {
        sequence: record.count("sequence")?,
        content: StatementContent {
            kind: record.parsed("kind")?,
            tenant_id: record.maybe_parsed("tenant_id")?,
            number: record.count("number")?,
            key_id: record.text("key_id")?,
            key: StatedKey::of(&record)?,
            valid_from: record.int("valid_from")?,
            valid_to: record.maybe_int("valid_to")?,
            revoked_from: record.maybe_int("revoked_from")?,
        },
        stated_at: record.int("stated_at")?,
        previous_hash: record.parsed("previous_hash")?,
        hash: record.parsed("hash")?,
    })
}

impl Store {
    /// Returns at most `limit` statements that follow on the one with this number; 0: from the first one on.
    pub async fn list_statements(&self, after: u64, limit: u32) -> Result<Vec<KeyStatement>> {
        sql::query(format!(
            "SELECT {COLUMNS} FROM key_statements WHERE sequence > $1 ORDER BY sequence LIMIT $2"
        ))
        .bind(bigint(after))
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await?
        .iter()
        .map(statement)
        .collect()
    }

    /// Returns the newest statement: its hash covers all of them, so it is the one to anchor.
    pub async fn newest_statement(&self) -> Result<Option<KeyStatement>> {
        let sql = format!("SELECT {COLUMNS} FROM key_statements ORDER BY sequence DESC LIMIT 1");
        let row = sql::query(sql).fetch_optional(&self.pool).await?;
        row.as_ref().map(statement).transpose()
    }

    /// Returns the statement with this hash.
    pub async fn find_statement(&self, hash: &StatementHash) -> Result<Option<KeyStatement>> {
        let sql = format!("SELECT {COLUMNS} FROM key_statements WHERE hash = $1");
        let row = sql::query(sql).bind(hash.to_string()).fetch_optional(&self.pool).await?;
        row.as_ref().map(statement).transpose()
    }

    /// Returns the number of statements. None is ever changed, so what is made of them and of the keys is as new as this.
    pub async fn count_statements(&self) -> Result<i64> {
        let count = sql::query_scalar("SELECT sequence FROM key_statement_head WHERE name = $1")
            .bind(HEAD)
            .fetch_optional(&self.pool)
            .await?;
        Ok(count.unwrap_or(0))
    }

    /// Returns the keys without a statement: those that are older than statements are.
    pub async fn list_unstated_keys(&self) -> Result<Vec<SigningKey>> {
        sql::query(format!(
            "SELECT {} FROM signing_keys WHERE NOT EXISTS (
                 SELECT 1 FROM key_statements s WHERE s.address = signing_keys.address)
             ORDER BY tenant_id, number",
            signing_keys::COLUMNS
        ))
        .fetch_all(&self.pool)
        .await?
        .iter()
        .map(signing_keys::signing_key)
        .collect()
    }

    /// Returns the statements that are damaged, and the keys that are not as the statements describe them.
    pub(crate) async fn broken_statements(&self) -> Result<Vec<String>> {
        let mut broken = Vec::new();
        // By what a key has alone: its address, or the public key of a document key.
        let mut last: BTreeMap<String, StatementContent> = BTreeMap::new();
        // The hash is `None` if it can't be read, which no statement follows on.
        let (mut sequence, mut hash) = (0_u64, Some(BEFORE_THE_FIRST));
        let mut read_to = i64::MIN;
        loop {
            let sql = format!(
                "SELECT {COLUMNS} FROM key_statements WHERE sequence > $1 ORDER BY sequence LIMIT $2"
            );
            let rows = sql::query(sql).bind(read_to).bind(1000).fetch_all(&self.pool).await?;
            let Some(newest) = rows.last() else { break };
            read_to = newest.first().map_err(Error::Database)?;
            for row in &rows {
                let Some(found) = readable(statement(row))? else {
                    let record = Record { table: "key_statements", row };
                    (sequence, hash) = (record.count("sequence")?, readable(record.parsed("hash"))?);
                    broken.push(format!("statement {sequence}"));
                    continue;
                };
                let follows =
                    found.sequence == sequence.saturating_add(1) && Some(found.previous_hash) == hash;
                if !follows || found.computed_hash() != found.hash {
                    broken.push(format!("statement {}", found.sequence));
                }
                (sequence, hash) = (found.sequence, Some(found.hash));
                last.insert(own_text(&found.content.key), found.content);
            }
        }
        let head = sql::query("SELECT name, sequence, hash FROM key_statement_head WHERE name = $1")
            .bind(HEAD)
            .fetch_optional(&self.pool)
            .await?;
        let head = match &head {
            Some(row) => {
                let record = Record { table: "key_statement_head", row };
                (record.count("sequence")?, readable(record.parsed("hash"))?)
            }
            None => (0, Some(BEFORE_THE_FIRST)),
        };
        if head != (sequence, hash) {
            broken.push("the last statement".to_owned());
        }
        // Before the first start of a server there is no statement about any key.
        if last.is_empty() {
            return Ok(broken);
        }
        for row in &self.signing_key_rows().await? {
            let key = readable(signing_keys::signing_key(row))?;
            let content = key.as_ref().and_then(|key| Some((key, last.get(key.address.as_str())?)));
            if !content.is_some_and(|(key, content)| content.is_of(key)) {
                let record = Record { table: "signing_keys", row };
                broken.push(format!("key {} of {}", record.count("number")?, record.text("tenant_id")?));
            }
        }
        for row in &self.host_key_rows().await? {
            let key = readable(host_keys::host_key(row))?;
            let content = key.as_ref().and_then(|key| Some((key, last.get(key.address.as_str())?)));
            if !content.is_some_and(|(key, content)| content.is_of_host(key)) {
                let record = Record { table: "host_keys", row };
                broken.push(format!("the host's key of chain {}", record.count("chain_id")?));
            }
        }
        for row in &self.document_key_rows().await? {
            let key = readable(document_keys::document_key(row))?;
            let content = key.as_ref().and_then(|key| Some((key, last.get(&hex::encode(key.public_key))?)));
            if !content.is_some_and(|(key, content)| content.is_of_document_key(key)) {
                let record = Record { table: "document_keys", row };
                let (number, tenant) = (record.count("number")?, record.text("tenant_id")?);
                broken.push(format!("document key {number} of {tenant}"));
            }
        }
        Ok(broken)
    }
}

/// Returns the text that no other key has.
fn own_text(key: &StatedKey) -> String {
    key.address().map_or_else(|| key.public_key(), |address| address.as_str().to_owned())
}

/// Returns `None` for a row that can't be read.
fn readable<T>(read: Result<T>) -> Result<Option<T>> {
    match read {
        Err(Error::Inconsistent { .. }) => Ok(None),
        read => read.map(Some),
    }
}

impl WriteTx {
    /// Appends a statement about a key. Another one at the same moment waits for this transaction's end.
    pub async fn append_statement(&mut self, content: StatementContent, now_ms: i64) -> Result<KeyStatement> {
        sql::query(
            "INSERT INTO key_statement_head (name, sequence, hash) VALUES ($1, 0, $2) ON CONFLICT (name) DO NOTHING",
        )
        .bind(HEAD)
        .bind(BEFORE_THE_FIRST.to_string())
        .execute(self.connection())
        .await?;
        let row = sql::query(
            "UPDATE key_statement_head SET sequence = sequence + 1 WHERE name = $1 RETURNING name, sequence, hash",
        )
        .bind(HEAD)
        .fetch_one(self.connection())
        .await?;
        let record = Record { table: "key_statement_head", row: &row };
        let made = KeyStatement::new(record.count("sequence")?, content, now_ms, record.parsed("hash")?);
        let content = &made.content;
        let (chain_id, address) = content.key.columns();
        sql::query(
            "INSERT INTO key_statements (sequence, tenant_id, number, kind, key_id, chain_id, address, public_key, valid_from, valid_to, revoked_from, stated_at, previous_hash, hash)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        )
        .bind(bigint(made.sequence))
        .bind(content.tenant_id.as_ref().map(TenantId::as_str))
        .bind(bigint(content.number))
        .bind(content.kind.as_str())
        .bind(&content.key_id)
        .bind(bigint(chain_id))
        .bind(address)
        .bind(content.key.public_key())
        .bind(content.valid_from)
        .bind(content.valid_to)
        .bind(content.revoked_from)
        .bind(made.stated_at)
        .bind(made.previous_hash.to_string())
        .bind(made.hash.to_string())
        .execute(self.connection())
        .await?;
        let done = sql::query("UPDATE key_statement_head SET hash = $2 WHERE name = $1 AND sequence = $3")
            .bind(HEAD)
            .bind(made.hash.to_string())
            .bind(bigint(made.sequence))
            .execute(self.connection())
            .await?;
        exactly_one(done.rows_affected(), "the last statement")?;
        Ok(made)
    }

    /// Returns whether there is a statement about the key with this address.
    pub async fn is_stated(&mut self, address: &AccountAddress) -> Result<bool> {
        let found: Option<i64> =
            sql::query_scalar("SELECT sequence FROM key_statements WHERE address = $1 LIMIT 1")
                .bind(address.as_str())
                .fetch_optional(self.connection())
                .await?;
        Ok(found.is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::statement_content::StatementKind;
    use crate::onchain::PublicKeyCoordinates;

    const ADDRESS: &str = "0xb695B01217E9b9E55CF1E23814ac091352df7D12";

    fn chain_key(address: &str, x: u8) -> StatedKey {
        StatedKey::Chain {
            chain_id: 84532,
            address: address.parse().unwrap(),
            public_key: PublicKeyCoordinates::new([x; 32], [0xab; 32]),
        }
    }

    fn first() -> KeyStatement {
        let content = StatementContent {
            kind: StatementKind::Revoked,
            tenant_id: None,
            number: 1,
            key_id: "did:web:learncoin.example#tenant-01KPX4MQ005TCNKPH5QY15PQWV-key-1".into(),
            key: chain_key(ADDRESS, 0xab),
            valid_from: 1_776_945_301_234,
            valid_to: None,
            revoked_from: Some(1_777_000_000_000),
        };
        KeyStatement::new(7, content, 1_777_000_100_000, BEFORE_THE_FIRST)
    }

    #[test]
    fn the_text_that_is_hashed_has_twelve_lines() {
        let text = first().text();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 12);
        assert_eq!(lines[..4], ["learncoin key statement 1", "7", "0".repeat(64).as_str(), "revoked"]);
        assert_eq!(
            lines[8..],
            ["2026-04-23T11:55:01.234Z", "-", "2026-04-24T03:06:40.000Z", "2026-04-24T03:08:20.000Z"]
        );
        assert!(text.ends_with('\n'));
    }

    #[test]
    fn the_text_about_a_document_key_has_the_same_lines() {
        let mut statement = first();
        statement.content.key = StatedKey::Document { public_key: [0xcd; 32] };
        let text = statement.text();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 12);
        assert_eq!(lines[5..8], ["-", "-", "cd".repeat(32).as_str()]);
    }

    #[test]
    fn whatever_is_changed_changes_the_hash() {
        let whole = first();
        let changes: [fn(&mut KeyStatement); 9] = [
            |s| s.sequence += 1,
            |s| s.stated_at += 1,
            |s| s.previous_hash = StatementHash::new([0x11; 32]),
            |s| s.content.kind = StatementKind::Retired,
            |s| s.content.valid_from += 1,
            |s| s.content.valid_to = Some(1),
            |s| s.content.revoked_from = None,
            |s| s.content.key = chain_key(&format!("0x{}", "11".repeat(20)), 0xab),
            |s| s.content.key = chain_key(ADDRESS, 0xac),
        ];
        for change in changes {
            let mut other = whole.clone();
            change(&mut other);
            assert_ne!(other.computed_hash(), whole.hash);
        }
    }
}
