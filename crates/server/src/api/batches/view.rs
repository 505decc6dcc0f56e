//! A batch as the API shows it.
//!
//! Every member is there in every status; what a status does not have is `null`. Only the 202 has five members.

use learncoin_issuance::Issuance;
use learncoin_issuance::context::{api_chain_name, verify_url};
use learncoin_issuance::time::iso8601;
use learncoin_store::batches::{Batch, BatchState};
use learncoin_store::credentials::CredentialSummary;
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
    let store = &issuance.store;
    let credentials = store.list_credentials(&batch.scope, &batch.id, &batch.id).await?;
    let (anchored_at, anchor, error) = match &batch.state {
        BatchState::Pending | BatchState::Signed { .. } => (None, None, None),
        BatchState::Anchored { anchored_at, .. } => {
            (Some(iso8601(*anchored_at)), anchor(issuance, &batch).await?, None)
        }
        BatchState::Failed { error_code, error_message, .. } => {
            (None, None, Some(format!("{error_code}: {error_message}")))
        }
    };
    Ok(BatchJson {
        status: batch.status().as_str(),
        credentials_count: batch.credentials_count,
        created_at: iso8601(batch.created_at),
        environment: batch.scope.environment.as_str(),
        anchored_at,
        merkle_root: batch.merkle_root().map(|root| format!("0x{root}")),
        anchor_transaction: anchor,
        credentials: credentials.into_iter().map(|one| credential(&batch, one)).collect(),
        error,
        id: batch.id.as_str().to_owned(),
    })
}

/// The confirmed transaction.
async fn anchor(issuance: &Issuance, batch: &Batch) -> Result<Option<AnchorJson>, ApiError> {
    let transactions = issuance.store.list_anchor_transactions(&batch.id).await?;
    let confirmed =
        transactions.into_iter().find_map(|transaction| Some((transaction.hash, transaction.block?)));
    let chain = issuance.chains.of(batch.scope.environment).filter(|chain| chain.chain_id == batch.chain_id);
    Ok(confirmed.map(|(hash, block)| AnchorJson {
        chain: api_chain_name(batch.scope.environment),
        block_number: Some(block.number),
        explorer_url: chain.map(|chain| chain.explorer_url(&hash)),
        hash: format!("0x{hash}"),
    }))
}

fn credential(batch: &Batch, summary: CredentialSummary) -> CredentialJson {
    CredentialJson {
        verify_url: verify_url(&batch.public_url, &summary.id),
        id: summary.id.as_str().to_owned(),
        recipient_id: summary.recipient_id,
    }
}
