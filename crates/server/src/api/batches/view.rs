//! A batch as the API shows it.
//!
//! Every member is there in every status; what a status does not have is `null`. Only the 202 has five members.

use std::collections::HashMap;

use learncoin_issuance::Issuance;
use learncoin_issuance::context::{api_chain_name, verify_url};
use learncoin_issuance::time::iso8601;
use learncoin_store::anchor_transactions::AnchorTransaction;
use learncoin_store::batches::{Batch, BatchState};
use learncoin_store::credentials::CredentialSummary;
use learncoin_store::id::BatchId;
use learncoin_store::scope::TenantScope;
use serde::Serialize;

use crate::error::ApiError;

/// The five members of the 202.
#[derive(Serialize)]
struct AcceptedJson<'a> {
    id: &'a str,
    status: &'static str,
    credentials_count: u64,
    created_at: String,
    environment: &'static str,
}

/// A batch.
#[derive(Serialize)]
pub(super) struct BatchJson {
    id: String,
    status: &'static str,
    credentials_count: u64,
    created_at: String,
    environment: &'static str,
    anchored_at: Option<String>,
    merkle_root: Option<String>,
    anchor_transaction: Option<AnchorJson>,
    credentials: Vec<CredentialJson>,
    error: Option<String>,
}

#[derive(Serialize)]
struct AnchorJson {
    chain: &'static str,
    hash: String,
    block_number: Option<u64>,
    explorer_url: Option<String>,
}

#[derive(Serialize)]
struct CredentialJson {
    id: String,
    recipient_id: String,
    verify_url: String,
}

/// The body of the 202.
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

/// The batch with its credentials and its anchor.
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
    let ids = |wanted: fn(&Batch) -> bool| {
        batches.iter().filter(move |batch| wanted(batch)).map(|batch| &batch.id).collect::<Vec<_>>()
    };
    let store = &issuance.store;
    let mut credentials: HashMap<BatchId, Vec<CredentialSummary>> = HashMap::new();
    for one in store.list_credentials(scope, &ids(|_| true)).await? {
        credentials.entry(one.batch_id.clone()).or_default().push(one);
    }
    let anchored = ids(|batch| matches!(batch.state, BatchState::Anchored { .. }));
    let mut anchors: HashMap<BatchId, AnchorTransaction> = HashMap::new();
    for one in store.list_confirmed_transactions(&anchored).await? {
        anchors.entry(one.batch_id.clone()).or_insert(one);
    }
    let show = |batch: Batch| {
        let credentials = credentials.remove(&batch.id).unwrap_or_default();
        let anchor = anchors.remove(&batch.id);
        shown(issuance, batch, credentials, anchor)
    };
    Ok(batches.into_iter().map(show).collect())
}

fn shown(
    issuance: &Issuance,
    batch: Batch,
    credentials: Vec<CredentialSummary>,
    confirmed: Option<AnchorTransaction>,
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
        anchor_transaction: confirmed.map(|transaction| anchor(issuance, &batch, transaction)),
        credentials: credentials.into_iter().map(|one| credential(&batch, one)).collect(),
        error,
        id: batch.id.as_str().to_owned(),
    }
}

/// The confirmed transaction.
fn anchor(issuance: &Issuance, batch: &Batch, transaction: AnchorTransaction) -> AnchorJson {
    let chain = issuance.chains.by_id(batch.scope.environment, batch.chain_id);
    AnchorJson {
        chain: api_chain_name(batch.scope.environment),
        block_number: transaction.block.as_ref().map(|block| block.number),
        explorer_url: chain.map(|chain| chain.explorer_url(&transaction.hash)),
        hash: format!("0x{}", transaction.hash),
    }
}

fn credential(batch: &Batch, summary: CredentialSummary) -> CredentialJson {
    CredentialJson {
        verify_url: verify_url(&batch.public_url, &summary.id),
        id: summary.id.as_str().to_owned(),
        recipient_id: summary.recipient_id,
    }
}
