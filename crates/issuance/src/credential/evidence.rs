//! Evidence about credentials of this deployment: what a third party would fetch over HTTP, read from the store.

use learncoin_chain::rpc::{Client, Inclusion};
use learncoin_credential::did::DidDocument;
use learncoin_credential::profile::IssuerProfile;
use learncoin_credential::revocation::RevocationList;
use learncoin_credential::verify::{Lookup, MinedTransaction, Parsed, VerificationInputs};
use learncoin_store::Result;
use learncoin_store::id::TenantId;
use serde_json::Value;

use crate::credential::host_documents::HostDocuments;

/// Gathers the evidence for a credential of this deployment and this tenant, without HTTP calls, around the `transaction` that
/// was looked up on its chain ([`mined_transaction`]). `own_did` is the document of the issuer's DID if that is the tenant's own,
/// which only the tenant's host can serve.
///
/// Not for a foreign deployment's document: nothing of that is taken from this deployment's store.
pub async fn gather(
    host: &HostDocuments,
    tenant_id: &TenantId,
    parsed: &Parsed,
    own_did: Option<Lookup<DidDocument>>,
    transaction: Lookup<MinedTransaction>,
) -> VerificationInputs {
    let did_document = match own_did {
        Some(found) => found,
        None => written(host.did_document_of(tenant_id).await, DidDocument::read),
    };
    let issuer_profile = match host.tenant_profile(tenant_id).await.transpose() {
        Some(profile) => written(profile, IssuerProfile::read),
        None => Lookup::Absent,
    };
    let revocation =
        written(host.revocation_list(&parsed.credential().document.id).await, RevocationList::read);
    VerificationInputs { did_document, issuer_profile, transaction, revocation }
}

/// Looks the transaction up on a node. The caller has made sure that the node is on the right chain.
pub async fn mined_transaction(client: &Client, hash: &[u8; 32]) -> Lookup<MinedTransaction> {
    match client.inclusion(hash).await {
        Ok(Inclusion::Included(found)) => Lookup::Found(MinedTransaction {
            raw: found.raw,
            block_number: found.block_number,
            block_time: i64::try_from(found.block_time).unwrap_or(i64::MAX),
            succeeded: found.succeeded,
            confirmations: found.confirmations,
        }),
        Ok(Inclusion::Unknown | Inclusion::Pending) => Lookup::Absent,
        Err(error) => Lookup::Unreachable(error.to_string()),
    }
}

/// Parses a document as a third party that fetched it would.
fn written<T, E: std::fmt::Display>(
    document: Result<Value>,
    read: impl Fn(&[u8]) -> std::result::Result<T, E>,
) -> Lookup<T> {
    match document {
        Ok(document) => Lookup::from_read(read(document.to_string().as_bytes())),
        // The store's error is for the log, not for a page.
        Err(error) => {
            tracing::error!(%error, "evidence could not be read from the store");
            Lookup::Unreachable("the deployment's own records could not be read".into())
        }
    }
}
