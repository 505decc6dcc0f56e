//! The append-only log of statements about the lives of keys: how it grows, and how it is served.

use learncoin_credential::Host;
use learncoin_store::keys::{KeyStatement, SigningKey, StatementContent, StatementKind};
use learncoin_store::transactions::{HostPurpose, HostTransaction};
use learncoin_store::{Result, Store, WriteTx};
use serde_json::{Value, json};

use crate::chains::Chains;
use crate::key::hosted::begins_at;
use crate::time::iso8601;

/// The number of statements on a page.
const PAGE: u32 = 500;

/// Appends a statement about a tenant's key as it is now.
///
/// # Errors
/// If the store fails.
pub(crate) async fn append_statement(
    tx: &mut WriteTx,
    host: &Host,
    key: &SigningKey,
    kind: StatementKind,
    now_ms: i64,
) -> Result<()> {
    let key_id = host.verification_method(key.tenant_id.ulid(), key.number);
    tx.append_statement(StatementContent::of(key, kind, key_id, begins_at(key.created_at)), now_ms).await?;
    Ok(())
}

/// The statements, as they are served.
#[derive(Clone)]
pub struct KeyStatements {
    pub(crate) store: Store,
    pub(crate) host: Host,
    pub(crate) chains: Chains,
}

impl KeyStatements {
    /// Returns `/.well-known/learncoin-keys.json?after=`: the statements after that sequence number, at most a page of them.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn page(&self, after: u64) -> Result<Value> {
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

    /// Returns the newest anchored statement with its transaction.
    fn anchored_json(&self, transaction: &HostTransaction) -> Option<Value> {
        let HostPurpose::Statement { sequence, hash } = &transaction.purpose else { return None };
        let mined = transaction.mined.as_ref()?;
        let chain = [&self.chains.test, &self.chains.live].into_iter().flatten();
        let chain = chain.into_iter().find(|chain| chain.chain_id == transaction.chain_id);
        let block_time = i64::try_from(mined.block.time.saturating_mul(1_000)).ok()?;
        Some(json!({
            "sequence": sequence,
            "hash": hash,
            "chain_id": transaction.chain_id,
            "transaction": format!("0x{}", mined.hash),
            "block_number": mined.block.number,
            "block_time": iso8601(block_time),
            "explorer_url": chain.map(|chain| chain.explorer_url(&mined.hash)),
        }))
    }
}

fn statement_json(statement: &KeyStatement) -> Value {
    let content = &statement.content;
    json!({
        "sequence": statement.sequence,
        "previous": statement.previous_hash,
        "kind": content.kind.as_str(),
        "key": content.key_id,
        "chain_id": content.key.chain_id(),
        "address": content.key.address(),
        "public_key": content.key.public_key(),
        "from": iso8601(content.valid_from),
        "to": content.valid_to.map(iso8601),
        "revoked_from": content.revoked_from.map(iso8601),
        "stated_at": iso8601(statement.stated_at),
        "hash": statement.hash,
    })
}
