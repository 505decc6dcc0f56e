//! What the host has said about the lives of keys, as it is served.

use learncoin_store::Result;
use learncoin_store::host_transactions::{HostPurpose, HostTransaction};
use learncoin_store::key_statements::Statement;
use serde_json::{Value, json};

use crate::context::Issuance;
use crate::time::iso8601;

/// How many statements a page holds.
const PAGE: u32 = 500;

impl Issuance {
    /// `/.well-known/learncoin-keys.json?after=`: the statements that follow on that one, at most a page of them.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn key_statements(&self, after: u64) -> Result<Value> {
        let statements = self.store.list_statements(after, PAGE).await?;
        let newest = self.store.newest_statement().await?;
        let last = statements.last().map(|statement| statement.sequence);
        let has_more = newest.as_ref().is_some_and(|newest| last.is_some_and(|last| last < newest.sequence));
        let next = last
            .filter(|_| has_more)
            .map(|last| format!("{}/.well-known/learncoin-keys.json?after={last}", self.host.origin()));
        let anchored = self.store.newest_anchored_statement().await?;
        let anchored = anchored.and_then(|anchored| self.anchored_json(&anchored));
        let newest = newest.map(|newest| json!({ "sequence": newest.sequence, "hash": newest.hash }));
        Ok(json!({
            "form": "learncoin key statement 1",
            "statements": statements.iter().map(statement_json).collect::<Vec<_>>(),
            "newest": newest,
            "anchored": anchored,
            "next": next,
        }))
    }

    /// Where the newest statement stands that was anchored.
    fn anchored_json(&self, transaction: &HostTransaction) -> Option<Value> {
        let HostPurpose::Statement { sequence, hash } = &transaction.purpose else { return None };
        let stands = transaction.stands.as_ref()?;
        let chain = [&self.chains.test, &self.chains.live].into_iter().flatten();
        let chain = chain.into_iter().find(|chain| chain.chain_id == transaction.chain_id);
        let block_time = i64::try_from(stands.block.time.saturating_mul(1_000)).ok()?;
        Some(json!({
            "sequence": sequence,
            "hash": hash,
            "chain_id": transaction.chain_id,
            "transaction": format!("0x{}", stands.hash),
            "block_number": stands.block.number,
            "block_time": iso8601(block_time),
            "explorer_url": chain.map(|chain| chain.explorer_url(&stands.hash)),
        }))
    }
}

fn statement_json(statement: &Statement) -> Value {
    let said = &statement.said;
    json!({
        "sequence": statement.sequence,
        "previous": statement.previous_hash,
        "kind": said.kind.as_str(),
        "key": said.key_id,
        "chain_id": said.chain_id,
        "address": said.address,
        "public_key": said.public_key,
        "from": iso8601(said.valid_from),
        "to": said.valid_to.map(iso8601),
        "revoked_from": said.revoked_from.map(iso8601),
        "stated_at": iso8601(statement.stated_at),
        "hash": statement.hash,
    })
}
