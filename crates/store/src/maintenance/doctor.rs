//! The rules that hold for the rows, whatever happened to the processes that wrote them. Each statement finds the rows that
//! break one.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::batches::batch::{self, Batch};
use crate::credentials::document::address;
use crate::database::sql::{self, Record};
use crate::database::store::Store;
use crate::error::{Error, Result};

/// A rule, and what breaks it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule.
    pub rule: &'static str,
    /// The first ids that break it.
    pub broken_by: Vec<String>,
}

/// The most ids that a finding names.
const NAMED_AT_MOST: usize = 20;

/// The number of rows that are read at a time.
const ROWS_AT_A_TIME: i64 = 1000;

/// The number of shared parts that are read at a time. They may be large.
const PARTS_AT_A_TIME: i64 = 100;

const USAGE_RULE: &str =
    "a month's usage is the sum of the batches that were accepted in it and have not failed";

const STATEMENT_RULE: &str = "each statement about a key follows from the one before it, and each key is as the last statement about it says";

const PARTS_RULE: &str = "each shared part of documents has the address that follows from its content";

const AUDIT_RULE: &str = "each row of the audit log follows from the one before it, and none is missing";

/// Each rule, and the statement that finds what breaks it.
const RULES: [(&str, &str); 32] = [
    (
        "a batch has as many credentials as were accepted",
        "SELECT b.id FROM batches b
         WHERE b.credentials_count <> (SELECT COUNT(*) FROM credentials c WHERE c.batch_id = b.id)",
    ),
    (
        "a credential belongs to its batch's tenant and environment",
        "SELECT c.id FROM credentials c JOIN batches b ON b.id = c.batch_id
         WHERE c.tenant_id <> b.tenant_id OR c.environment <> b.environment",
    ),
    (
        "a batch with a tree, as each signed one is, has a root, and each of its credentials a place under it",
        "SELECT b.id FROM batches b
         WHERE (b.status IN ('signed', 'anchored') AND (b.tree_root IS NULL OR b.signed_at IS NULL))
            OR (b.tree_root IS NOT NULL AND EXISTS (
                SELECT 1 FROM credentials c WHERE c.batch_id = b.id
                    AND c.tree_place IS NULL AND (c.node_full IS NULL OR c.tree_path IS NULL)))",
    ),
    (
        "a credential has its document, its place and its person in one form each",
        "SELECT c.id FROM credentials c
         WHERE (c.document = '') <> (c.document_hash IS NOT NULL) OR (c.document_hash IS NULL) <> (c.document_own IS NULL)
            OR (c.tree_place IS NOT NULL AND (c.node_full IS NOT NULL OR c.tree_path IS NOT NULL))
            OR (c.person_sealed IS NOT NULL AND (c.personal_sealed IS NOT NULL OR c.data_key_sealed IS NOT NULL))",
    ),
    (
        "the part of its document that a credential shares is there",
        "SELECT c.id FROM credentials c WHERE c.document_hash IS NOT NULL AND NOT EXISTS (
             SELECT 1 FROM document_parts p WHERE p.tenant_id = c.tenant_id AND p.hash = c.document_hash)",
    ),
    (
        "no two batches have one tree",
        "SELECT b.id FROM batches b
         WHERE b.tree_root IN (SELECT tree_root FROM batches WHERE tree_root IS NOT NULL GROUP BY tree_root HAVING COUNT(*) > 1)",
    ),
    (
        "no two anchors have one root",
        "SELECT a.id FROM anchors a
         WHERE a.root IN (SELECT root FROM anchors GROUP BY root HAVING COUNT(*) > 1)",
    ),
    (
        "a signed batch is in an anchor of its tenant, environment, chain and key, under its root",
        "SELECT b.id FROM batches b WHERE b.status IN ('signed', 'anchored') AND ((b.anchor_path IS NULL) = (b.anchor_steps IS NULL) OR NOT EXISTS (
             SELECT 1 FROM anchors a WHERE a.id = b.anchor_id AND COALESCE(b.merkle_root, a.root) = a.root AND a.tenant_id = b.tenant_id
                 AND a.environment = b.environment AND a.chain_id = b.chain_id AND a.public_url = b.public_url
                 AND a.signing_key_number = b.signing_key_number AND a.verification_method = b.verification_method))",
    ),
    (
        "a batch that is not signed is in none",
        "SELECT b.id FROM batches b WHERE b.status IN ('pending', 'failed')
         AND (b.merkle_root IS NOT NULL OR b.anchor_id IS NOT NULL OR b.anchor_path IS NOT NULL OR b.anchor_steps IS NOT NULL)",
    ),
    (
        "an anchor has as many batches as were put into it",
        "SELECT a.id FROM anchors a
         WHERE a.batches_count <> (SELECT COUNT(*) FROM batches b WHERE b.anchor_id = a.id)",
    ),
    (
        "an anchored batch is in an anchor that is anchored",
        "SELECT b.id FROM batches b JOIN anchors a ON a.id = b.anchor_id WHERE b.status = 'anchored' AND a.status <> 'anchored'",
    ),
    (
        "an anchor has a transaction, and one that is anchored exactly one in a block",
        "SELECT a.id FROM anchors a WHERE NOT EXISTS (SELECT 1 FROM anchor_transactions t WHERE t.anchor_id = a.id)
             OR (a.status = 'anchored' AND 1 <> (
                 SELECT COUNT(*) FROM anchor_transactions t WHERE t.anchor_id = a.id AND t.block_number IS NOT NULL))",
    ),
    (
        "an anchor transaction carries its anchor's root",
        "SELECT t.hash FROM anchor_transactions t LEFT JOIN anchors a ON a.id = t.anchor_id
         WHERE a.root IS NULL OR t.raw NOT LIKE '%' || a.root || '%'",
    ),
    (
        "a transaction that is in a block names the block wholly",
        "SELECT t.hash FROM anchor_transactions t
         WHERE (CASE WHEN t.block_number IS NULL THEN 0 ELSE 1 END) + (CASE WHEN t.block_hash IS NULL THEN 0 ELSE 1 END)
             + (CASE WHEN t.block_time IS NULL THEN 0 ELSE 1 END) NOT IN (0, 3)",
    ),
    (
        "a batch has the times of what became of it, and no others",
        "SELECT b.id FROM batches b
         WHERE (b.status = 'anchored' AND b.anchored_at IS NULL) OR (b.status <> 'anchored' AND b.anchored_at IS NOT NULL)
            OR (b.status = 'failed' AND b.failed_at IS NULL) OR (b.status <> 'failed' AND b.failed_at IS NOT NULL)",
    ),
    (
        "a batch that failed says why",
        "SELECT b.id FROM batches b WHERE b.status = 'failed' AND (b.error_code IS NULL OR b.error_message IS NULL)",
    ),
    (
        "an event belongs to the tenant and environment of what it tells of",
        "SELECT e.id FROM events e LEFT JOIN batches b ON b.id = e.subject_id LEFT JOIN credentials c ON c.id = e.subject_id
         WHERE (b.id IS NOT NULL AND (b.tenant_id <> e.tenant_id OR b.environment <> e.environment))
            OR (c.id IS NOT NULL AND (c.tenant_id <> e.tenant_id OR c.environment <> e.environment))",
    ),
    (
        "no nonce carries two anchors",
        "SELECT t.hash FROM anchor_transactions t JOIN anchor_transactions o
         ON o.chain_id = t.chain_id AND o.address = t.address AND o.nonce = t.nonce AND o.anchor_id <> t.anchor_id",
    ),
    (
        "each nonce follows on the one before it",
        "SELECT t.hash FROM anchor_transactions t WHERE t.nonce > 0 AND NOT EXISTS (
             SELECT 1 FROM anchor_transactions o
             WHERE o.chain_id = t.chain_id AND o.address = t.address AND o.nonce = t.nonce - 1)
         AND NOT EXISTS (SELECT 1 FROM unknown_transactions s
             WHERE s.chain_id = t.chain_id AND s.address = t.address AND s.nonce = t.nonce - 1)",
    ),
    (
        "a key's next nonce is above all that were used",
        "SELECT t.hash FROM anchor_transactions t JOIN signing_keys k ON k.address = t.address
         WHERE t.nonce >= k.next_nonce OR t.chain_id <> k.chain_id",
    ),
    (
        "the transaction by which an anchor counts is signed by its key",
        "SELECT t.hash FROM anchor_transactions t JOIN anchors a ON a.id = t.anchor_id
         JOIN signing_keys k ON k.tenant_id = a.tenant_id AND k.number = a.signing_key_number
         WHERE t.block_number IS NOT NULL AND (k.address <> t.address OR a.chain_id <> t.chain_id)",
    ),
    (
        "a statement that was anchored stands in the list as it was anchored",
        "SELECT t.statement_hash FROM host_transactions t WHERE t.kind = 'statement' AND NOT EXISTS (
             SELECT 1 FROM key_statements s WHERE s.sequence = t.statement_sequence AND s.hash = t.statement_hash)",
    ),
    (
        "what the host signed to anchor a statement carries its hash",
        "SELECT a.hash FROM host_attempts a JOIN host_transactions t ON t.chain_id = a.chain_id AND t.nonce = a.nonce
         WHERE t.kind = 'statement' AND a.raw NOT LIKE '%' || t.statement_hash || '%'",
    ),
    (
        "a transaction of the host that is in the chain is one of those that it signed",
        "SELECT t.transaction_hash FROM host_transactions t WHERE t.transaction_hash IS NOT NULL AND NOT EXISTS (
             SELECT 1 FROM host_attempts a WHERE a.hash = t.transaction_hash AND a.chain_id = t.chain_id AND a.nonce = t.nonce)",
    ),
    (
        "the nonces of the host's key follow on each other, up to its next one",
        "SELECT k.address FROM host_keys k WHERE k.next_nonce <> (
             SELECT COUNT(*) FROM host_transactions t WHERE t.chain_id = k.chain_id AND t.nonce < k.next_nonce)
         + (SELECT COUNT(*) FROM unknown_transactions s WHERE s.chain_id = k.chain_id AND s.address = k.address AND s.nonce < k.next_nonce
             AND NOT EXISTS (SELECT 1 FROM host_transactions t WHERE t.chain_id = s.chain_id AND t.nonce = s.nonce))",
    ),
    (
        "each batch has told that it was accepted",
        "SELECT b.id FROM batches b
         WHERE NOT EXISTS (SELECT 1 FROM events e WHERE e.subject_id = b.id AND e.type = 'batch.created')",
    ),
    (
        "a batch has told of being signed exactly where it was",
        "SELECT b.id FROM batches b WHERE (CASE WHEN b.status IN ('signed', 'anchored') THEN 1 ELSE 0 END)
         <> (SELECT COUNT(*) FROM events e WHERE e.subject_id = b.id AND e.type = 'batch.signed')",
    ),
    (
        "a batch has told of being anchored exactly where it was",
        "SELECT b.id FROM batches b WHERE (CASE WHEN b.status = 'anchored' THEN 1 ELSE 0 END)
         <> (SELECT COUNT(*) FROM events e WHERE e.subject_id = b.id AND e.type = 'batch.anchored')",
    ),
    (
        "a batch has told of having failed exactly where it has",
        "SELECT b.id FROM batches b WHERE (CASE WHEN b.status = 'failed' THEN 1 ELSE 0 END)
         <> (SELECT COUNT(*) FROM events e WHERE e.subject_id = b.id AND e.type = 'batch.failed')",
    ),
    (
        "a credential has told of its revocation exactly where it is revoked",
        "SELECT c.id FROM credentials c WHERE (CASE WHEN c.revoked_at IS NULL THEN 0 ELSE 1 END)
         <> (SELECT COUNT(*) FROM events e WHERE e.subject_id = c.id AND e.type = 'credential.revoked')",
    ),
    (
        "a credential has told of its erasure exactly where it is erased",
        "SELECT c.id FROM credentials c WHERE (CASE WHEN c.erased_at IS NULL THEN 0 ELSE 1 END)
         <> (SELECT COUNT(*) FROM events e WHERE e.subject_id = c.id AND e.type = 'credential.erased')",
    ),
    (
        "an erased credential keeps nothing of the person, and any other one all of it",
        "SELECT c.id FROM credentials c
         WHERE (c.erased_at IS NOT NULL AND (c.person_sealed IS NOT NULL OR c.personal_sealed IS NOT NULL OR c.data_key_sealed IS NOT NULL
                                             OR c.revocation_reason IS NOT NULL OR c.replaced_by IS NOT NULL))
            OR (c.erased_at IS NULL AND c.person_sealed IS NULL AND (c.personal_sealed IS NULL OR c.data_key_sealed IS NULL))",
    ),
];

/// Tenant, environment, month.
type Month = (String, String, String);

impl Store {
    /// Checks every row against every rule. It reads everything, as of several moments: while batches are issued, a
    /// finding may be one of them on its way.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn examine(&self) -> Result<Vec<Finding>> {
        self.examine_reporting(|_| {}).await
    }

    /// Checks as [`Store::examine`] does. `report` is called with each rule before it is checked, which may take
    /// minutes where much is stored.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn examine_reporting(&self, mut report: impl FnMut(&'static str)) -> Result<Vec<Finding>> {
        let mut findings = Vec::with_capacity(RULES.len() + 4);
        for (rule, statement) in RULES {
            report(rule);
            let sql = format!("{statement} LIMIT {NAMED_AT_MOST}");
            let broken_by = sql::query_scalar(sql).long().fetch_all(&self.pool).await?;
            findings.push(Finding { rule, broken_by });
        }
        report(USAGE_RULE);
        findings.push(Finding { rule: USAGE_RULE, broken_by: self.miscounted_months().await? });
        report(PARTS_RULE);
        findings.push(Finding { rule: PARTS_RULE, broken_by: self.misplaced_parts().await? });
        report(STATEMENT_RULE);
        let mut statements = self.broken_statements().await?;
        statements.truncate(NAMED_AT_MOST);
        findings.push(Finding { rule: STATEMENT_RULE, broken_by: statements });
        report(AUDIT_RULE);
        let mut chains = self.broken_audit_chains(NAMED_AT_MOST).await?;
        chains.truncate(NAMED_AT_MOST);
        findings.push(Finding { rule: AUDIT_RULE, broken_by: chains });
        Ok(findings)
    }

    /// Returns the number of credentials of batches whose trees are closed.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn count_credentials_in_trees(&self) -> Result<i64> {
        // The sum of integers is a NUMERIC on PostgreSQL.
        sql::query_scalar(
            "SELECT CAST(COALESCE(SUM(credentials_count), 0) AS BIGINT) FROM batches WHERE tree_root IS NOT NULL",
        )
        .long()
        .fetch_one(&self.pool)
        .await
    }

    /// Returns at most `limit` batches whose trees are closed, by their ids, from the one after this.
    ///
    /// # Errors
    /// If the database fails, or a row can't be read.
    pub async fn batches_with_tree_after(&self, last: &str, limit: u32) -> Result<Vec<Batch>> {
        sql::query(format!(
            "SELECT {} FROM batches WHERE id > $1 AND tree_root IS NOT NULL ORDER BY id LIMIT $2",
            batch::COLUMNS
        ))
        .bind(last)
        .bind(i64::from(limit))
        .long()
        .fetch_all(&self.pool)
        .await?
        .iter()
        .map(batch::batch)
        .collect()
    }

    /// Returns the first shared parts of documents whose addresses do not follow from their contents.
    async fn misplaced_parts(&self) -> Result<Vec<String>> {
        let mut wrong = Vec::new();
        let (mut tenant, mut hash) = (String::new(), Vec::new());
        loop {
            let parts = sql::query(
                "SELECT tenant_id, hash, content FROM document_parts
                 WHERE (tenant_id, hash) > ($1, $2) ORDER BY tenant_id, hash LIMIT $3",
            )
            .bind(&tenant)
            .bind(hash)
            .bind(PARTS_AT_A_TIME)
            .long()
            .fetch_all(&self.pool)
            .await?;
            let Some(last) = parts.last() else { break };
            let last = Record { table: "document_parts", row: last };
            (tenant, hash) = (last.text("tenant_id")?, last.bytes("hash")?);
            for row in &parts {
                let record = Record { table: "document_parts", row };
                let (tenant, hash) = (record.text("tenant_id")?, record.bytes("hash")?);
                if address(&record.text("content")?).as_bytes().as_slice() != hash {
                    wrong.push(format!("{tenant} {}", hex::encode(hash)));
                }
            }
        }
        wrong.truncate(NAMED_AT_MOST);
        Ok(wrong)
    }

    async fn miscounted_months(&self) -> Result<Vec<String>> {
        let mut accepted: BTreeMap<Month, i64> = BTreeMap::new();
        let mut last = String::new();
        loop {
            let batches = sql::query(
                "SELECT id, tenant_id, environment, created_at, credentials_count FROM batches
                 WHERE status <> 'failed' AND id > $1 ORDER BY id LIMIT $2",
            )
            .bind(&last)
            .bind(ROWS_AT_A_TIME)
            .long()
            .fetch_all(&self.pool)
            .await?;
            let Some(newest) = batches.last() else { break };
            last = newest.first().map_err(Error::Database)?;
            for row in &batches {
                let record = Record { table: "batches", row };
                let month = (
                    record.text("tenant_id")?,
                    record.text("environment")?,
                    month(record.int("created_at")?),
                );
                let sum = accepted.entry(month).or_default();
                *sum = sum.saturating_add(record.int("credentials_count")?);
            }
        }
        let counted = sql::query("SELECT tenant_id, environment, month, credentials FROM usage_by_month")
            .long()
            .fetch_all(&self.pool)
            .await?;
        let mut wrong = Vec::new();
        for row in &counted {
            let record = Record { table: "usage_by_month", row };
            let month = (record.text("tenant_id")?, record.text("environment")?, record.text("month")?);
            if accepted.remove(&month).unwrap_or(0) != record.int("credentials")? {
                wrong.push(named(&month));
            }
        }
        // What is left was accepted and never counted.
        wrong.extend(accepted.keys().map(named));
        wrong.truncate(NAMED_AT_MOST);
        Ok(wrong)
    }
}

fn named((tenant_id, environment, month): &Month) -> String {
    format!("{tenant_id} {environment} {month}")
}

/// Returns the month in UTC, `2026-11`.
fn month(milliseconds: i64) -> String {
    let moment = Timestamp::from_millisecond(milliseconds).unwrap_or(Timestamp::UNIX_EPOCH);
    moment.to_zoned(TimeZone::UTC).strftime("%Y-%m").to_string()
}
