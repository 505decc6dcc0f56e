//! A batch as the API shows it.
//!
//! Every member is there in every status; what a status does not have is `null`. Only the 202 has five members.

use learncoin_issuance::Issuance;
use learncoin_issuance::context::{api_chain_name, verify_url};
use learncoin_issuance::time::iso8601;
use learncoin_store::batches::{Batch, BatchState};
use learncoin_store::credentials::CredentialSummary;
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
    #[schema(value_type = words::Count, inline)]
    credentials_count: u64,
    #[schema(value_type = words::IsoDateTime)]
    created_at: String,
    #[schema(value_type = words::Environment)]
    environment: &'static str,
    /// When the anchor was confirmed; `null` before.
    #[schema(value_type = Option<words::IsoDateTime>, required)]
    anchored_at: Option<String>,
    /// The root of the batch's Merkle tree; `null` until the batch is signed.
    #[schema(value_type = Option<words::Hash>, inline, required)]
    merkle_root: Option<String>,
    /// The confirmed transaction; `null` before.
    #[schema(required)]
    anchor_transaction: Option<AnchorTransaction>,
    credentials: Vec<BatchCredential>,
    /// Why the batch failed, as `<code>: <message>`; `null` where it did not.
    #[schema(required)]
    error: Option<String>,
}

/// The transaction that carries a batch's root.
#[derive(Serialize, ToSchema)]
pub(crate) struct AnchorTransaction {
    #[schema(value_type = words::Chain)]
    chain: &'static str,
    /// The transaction's hash.
    #[schema(value_type = words::Hash, inline)]
    hash: String,
    /// The block that it stands in.
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
async fn anchor(issuance: &Issuance, batch: &Batch) -> Result<Option<AnchorTransaction>, ApiError> {
    let transactions = issuance.store.list_anchor_transactions(&batch.id).await?;
    let confirmed =
        transactions.into_iter().find_map(|transaction| Some((transaction.hash, transaction.block?)));
    let chain = issuance.chains.of(batch.scope.environment).filter(|chain| chain.chain_id == batch.chain_id);
    Ok(confirmed.map(|(hash, block)| AnchorTransaction {
        chain: api_chain_name(batch.scope.environment),
        block_number: block.number,
        explorer_url: chain.map(|chain| chain.explorer_url(&hash)),
        hash: format!("0x{hash}"),
    }))
}

fn credential(batch: &Batch, summary: CredentialSummary) -> BatchCredential {
    BatchCredential {
        verify_url: verify_url(&batch.public_url, &summary.id),
        id: summary.id.as_str().to_owned(),
        recipient_id: summary.recipient_id,
    }
}
