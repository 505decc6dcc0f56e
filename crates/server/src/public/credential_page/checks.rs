//! The five checks of this very moment, over this deployment's own store and chain.

use std::time::Duration;

use jiff::Timestamp;
use learncoin_credential::SignedCredential;
use learncoin_credential::did::DidDocument;
use learncoin_credential::verify::{
    Lookup, MinedTransaction, Parsed, Policy, Report, VerificationInputs, verify,
};
use learncoin_issuance::Chain;
use learncoin_issuance::credential::evidence::{gather, mined_transaction};
use learncoin_store::id::TenantId;

use crate::state::AppState;

/// How long a page waits for the chain before it says that it could not check.
const PATIENCE: Duration = Duration::from_secs(6);

/// What the checks found.
pub(super) struct CheckedCredential {
    /// The report.
    pub(super) report: Report,
    /// Whether the chain has lost the confirmed transaction, or has too few blocks on it again.
    pub(super) reconfirming: bool,
}

/// Checks a signed credential from the bytes that a download would give. `chain` is the one that it was anchored on,
/// if the deployment still talks to it.
pub(super) async fn check_credential(
    state: &AppState,
    tenant_id: &TenantId,
    signed: &SignedCredential,
    now: Timestamp,
    chain: Option<&Chain>,
) -> CheckedCredential {
    let parsed = match Parsed::read(signed.to_json().to_string().as_bytes()) {
        Ok(parsed) => parsed,
        Err(report) => return CheckedCredential { report: *report, reconfirming: false },
    };
    let policy = Policy {
        now,
        allow_development: chain.is_some_and(Chain::is_development),
        min_confirmations: chain.map_or(1, |chain| chain.confirmations),
    };
    let (own_did, transaction) = tokio::join!(own_did(state, &parsed), anchor(&parsed, chain));
    let evidence = gather(&state.issuance.host_documents, tenant_id, &parsed, own_did, transaction).await;
    CheckedCredential {
        report: verify(&parsed, &evidence, &policy),
        reconfirming: is_lost(&evidence, &policy),
    }
}

/// Asks the tenant's own host for the DID's document, where the tenant issues under a DID of its own.
pub(crate) async fn own_did(state: &AppState, parsed: &Parsed) -> Option<Lookup<DidDocument>> {
    if !parsed.has_own_did() {
        return None;
    }
    let now = state.issuance.clock.now_ms();
    Some(state.did_documents.find(&state.egress, &parsed.lookups().did_url, now).await)
}

/// Asks the chain for the anchor. What a node says when it fails is for the log: it can name the node's address,
/// which can hold a key.
pub(crate) async fn anchor(parsed: &Parsed, chain: Option<&Chain>) -> Lookup<MinedTransaction> {
    let Some(chain) = chain else {
        return Lookup::Unreachable("this deployment no longer talks to the credential's chain".to_owned());
    };
    let hash = parsed.lookups().transaction_hash;
    let answer = tokio::time::timeout(PATIENCE, mined_transaction(&chain.client, hash.as_bytes())).await;
    match answer.unwrap_or_else(|_| Lookup::Unreachable("no answer in time".to_owned())) {
        Lookup::Unreachable(reason) => {
            tracing::warn!(chain.id = chain.chain_id, reason, "a page could not look its anchor up");
            Lookup::Unreachable("the chain's node gave no usable answer".to_owned())
        }
        answer => answer,
    }
}

fn is_lost(evidence: &VerificationInputs, policy: &Policy) -> bool {
    match &evidence.transaction {
        Lookup::Absent => true,
        Lookup::Found(mined) => mined.confirmations < policy.min_confirmations,
        Lookup::Unreachable(_) => false,
    }
}
