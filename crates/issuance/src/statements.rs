//! What the host has said about the lives of keys, as it is served.

use learncoin_store::Result;
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
        let newest = newest.map(|newest| json!({ "sequence": newest.sequence, "hash": newest.hash }));
        Ok(json!({
            "form": "learncoin key statement 1",
            "statements": statements.iter().map(statement_json).collect::<Vec<_>>(),
            "newest": newest,
            "next": next,
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
