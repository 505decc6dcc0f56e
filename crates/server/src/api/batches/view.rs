//! A batch as the API shows it.
//!
//! Every member is there in every status; what a status does not have is `null`. Only the 202 has five members.

use std::collections::{BTreeSet, HashMap};

use learncoin_issuance::Issuance;
use learncoin_issuance::time::iso8601;
use learncoin_store::batches::{Batch, BatchState, WaitingFor};
use learncoin_store::credentials::CredentialSummary;
use learncoin_store::id::{AnchorId, BatchId};
use learncoin_store::scope::TenantScope;
use learncoin_store::transactions::AnchorTransaction;
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::ApiError;
use crate::openapi::words;

/// A batch that was just accepted. Its credentials are listed from the first reading on.
#[derive(Serialize, ToSchema)]
#[schema(as = AcceptedBatch)]
pub(crate) struct AcceptedJson<'a> {
    #[schema(value_type = words::BatchId)]
    id: &'a str,
    #[schema(value_type = words::BatchStatus)]
    status: &'static str,
    /// The number of its credentials.
    #[schema(value_type = words::Count, inline)]
    credentials_count: u64,
    #[schema(value_type = words::IsoDateTime)]
    created_at: String,
    #[schema(value_type = words::Environment)]
    environment: &'static str,
}

/// A batch: credentials that are issued together, under one anchor.
#[derive(Serialize, ToSchema)]
#[schema(as = Batch)]
pub(crate) struct BatchJson {
    #[schema(value_type = words::BatchId)]
    id: String,
    #[schema(value_type = words::BatchStatus)]
    status: &'static str,
    /// The number of its credentials.
    #[schema(value_type = words::Count, inline)]
    credentials_count: u64,
    #[schema(value_type = words::IsoDateTime)]
    created_at: String,
    #[schema(value_type = words::Environment)]
    environment: &'static str,
    /// When the anchor was confirmed; `null` before.
    #[schema(value_type = Option<words::IsoDateTime>, required)]
    anchored_at: Option<String>,
    /// The Merkle root that the anchor's transaction carries. Batches that are anchored together share it. `null` until the batch is
    /// signed.
    #[schema(value_type = Option<words::Hash>, inline, required)]
    merkle_root: Option<String>,
    /// The confirmed transaction; `null` before.
    #[schema(required)]
    anchor_transaction: Option<AnchorJson>,
    credentials: Vec<BatchCredential>,
    /// Why the batch failed, as `<code>: <message>`; `null` where it did not.
    #[schema(required)]
    error: Option<String>,
    /// The thing that the batch waits for, since its last step failed for want of it. It is tried again by itself. Absent where nothing is
    /// amiss. An addition to the published API.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<words::WaitingFor>, inline, nullable = false)]
    waiting_for: Option<&'static str>,
    /// The same in a sentence, for people. Absent where nothing is amiss. An addition to the published API.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    waiting_for_message: Option<&'static str>,
}

/// The transaction that anchors a batch, alone or together with others.
#[derive(Serialize, ToSchema)]
#[schema(as = AnchorTransaction)]
pub(crate) struct AnchorJson {
    #[schema(value_type = words::Chain)]
    chain: &'static str,
    /// The transaction's hash.
    #[schema(value_type = words::Hash, inline)]
    hash: String,
    /// The block that includes it.
    #[schema(value_type = words::Count, inline)]
    block_number: u64,
    /// Its page in a block explorer. Absent where this deployment no longer knows the chain.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    explorer_url: Option<String>,
}

/// A credential of a batch.
#[derive(Serialize, ToSchema)]
pub(crate) struct BatchCredential {
    #[schema(value_type = words::CredentialId)]
    id: String,
    #[schema(value_type = words::RecipientId)]
    recipient_id: String,
    /// The page that shows and proves the credential.
    verify_url: String,
}

/// Returns the body of the 202.
pub(super) fn accepted(batch: &Batch) -> String {
    let json = AcceptedJson {
        id: batch.id.as_str(),
        status: batch.status().as_str(),
        credentials_count: batch.credentials_count,
        created_at: iso8601(batch.created_at),
        environment: batch.scope.environment.as_str(),
    };
    // Five texts and a number are always JSON.
    serde_json::to_string(&json).unwrap_or_default()
}

/// Returns the batch with its credentials and its anchor.
pub(super) async fn batch(issuance: &Issuance, batch: Batch) -> Result<BatchJson, ApiError> {
    let mut shown = batches(issuance, &batch.scope.clone(), vec![batch]).await?;
    shown.pop().ok_or_else(|| ApiError::internal("a batch that was read is not shown"))
}

/// Batches of one scope in the order given, all that belongs to them read at once.
pub(super) async fn batches(
    issuance: &Issuance,
    scope: &TenantScope,
    batches: Vec<Batch>,
) -> Result<Vec<BatchJson>, ApiError> {
    let ids: Vec<&BatchId> = batches.iter().map(|batch| &batch.id).collect();
    let store = &issuance.store;
    let mut credentials: HashMap<BatchId, Vec<CredentialSummary>> = HashMap::new();
    for one in store.list_credentials(scope, &ids).await? {
        credentials.entry(one.batch_id.clone()).or_default().push(one);
    }
    let anchored: BTreeSet<&AnchorId> = batches.iter().filter_map(anchored_in).collect();
    let anchored: Vec<&AnchorId> = anchored.into_iter().collect();
    let mut anchors: HashMap<AnchorId, AnchorTransaction> = HashMap::new();
    for one in store.list_confirmed_transactions(&anchored).await? {
        anchors.entry(one.anchor_id.clone()).or_insert(one);
    }
    let under_way: Vec<&BatchId> =
        batches.iter().filter(|batch| is_under_way(batch)).map(|batch| &batch.id).collect();
    let waiting: HashMap<BatchId, WaitingFor> =
        store.list_waiting_for(&under_way).await?.into_iter().collect();
    let show = |batch: Batch| {
        let credentials = credentials.remove(&batch.id).unwrap_or_default();
        let anchor = anchored_in(&batch).and_then(|id| anchors.get(id)).cloned();
        let waiting_for = waiting.get(&batch.id).copied();
        shown(issuance, batch, credentials, anchor, waiting_for)
    };
    Ok(batches.into_iter().map(show).collect())
}

/// Returns the anchor of an anchored batch.
fn anchored_in(batch: &Batch) -> Option<&AnchorId> {
    match &batch.state {
        BatchState::Anchored { anchor, .. } => Some(&anchor.anchor_id),
        BatchState::Pending | BatchState::Signed { .. } | BatchState::Failed { .. } => None,
    }
}

fn shown(
    issuance: &Issuance,
    batch: Batch,
    credentials: Vec<CredentialSummary>,
    confirmed: Option<AnchorTransaction>,
    waiting_for: Option<WaitingFor>,
) -> BatchJson {
    let (anchored_at, error) = match &batch.state {
        BatchState::Pending | BatchState::Signed { .. } => (None, None),
        BatchState::Anchored { anchored_at, .. } => (Some(iso8601(*anchored_at)), None),
        BatchState::Failed { error_code, error_message, .. } => {
            (None, Some(format!("{error_code}: {error_message}")))
        }
    };
    BatchJson {
        status: batch.status().as_str(),
        credentials_count: batch.credentials_count,
        created_at: iso8601(batch.created_at),
        environment: batch.scope.environment.as_str(),
        anchored_at,
        merkle_root: batch.merkle_root().map(|root| format!("0x{root}")),
        anchor_transaction: confirmed.and_then(|transaction| anchor(issuance, &batch, transaction)),
        credentials: credentials.into_iter().map(|one| credential(&batch, one)).collect(),
        error,
        waiting_for: waiting_for.map(WaitingFor::as_str),
        waiting_for_message: waiting_for.map(in_words),
        id: batch.id.as_str().to_owned(),
    }
}

/// Returns whether a batch is neither anchored nor failed.
fn is_under_way(batch: &Batch) -> bool {
    matches!(batch.state, BatchState::Pending | BatchState::Signed { .. })
}

/// Returns in a sentence what a batch waits for.
fn in_words(waiting_for: WaitingFor) -> &'static str {
    match waiting_for {
        WaitingFor::Funds => {
            "The signing key has too little ether for the transaction that anchors the batch. The operator of this deployment \
             sends it more; the batch then goes on by itself."
        }
        WaitingFor::Chain => {
            "No node of the chain answers, or takes the transaction that anchors the batch. It is tried again by itself."
        }
        WaitingFor::SigningKey => {
            "The signing key can't be used at the moment. It is tried again by itself; if this lasts, ask the operator of this \
             deployment."
        }
    }
}

/// Returns the confirmed transaction.
fn anchor(issuance: &Issuance, batch: &Batch, transaction: AnchorTransaction) -> Option<AnchorJson> {
    let block = transaction.block?;
    let chain = issuance.chains.by_id(batch.scope.environment, batch.chain_id);
    Some(AnchorJson {
        chain: batch.scope.environment.api_chain_name(),
        block_number: block.number,
        explorer_url: chain.map(|chain| chain.explorer_url(&transaction.hash)),
        hash: format!("0x{}", transaction.hash),
    })
}

fn credential(batch: &Batch, summary: CredentialSummary) -> BatchCredential {
    BatchCredential {
        verify_url: summary.id.page_url(&batch.public_url),
        id: summary.id.as_str().to_owned(),
        recipient_id: summary.recipient_id,
    }
}
