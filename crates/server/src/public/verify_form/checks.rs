//! The five checks on a document that a visitor sent. The evidence about a credential of this deployment is read from its own
//! store, the evidence about another one is fetched from its host.

use jiff::Timestamp;
use learncoin_chain::network::DEVELOPMENT;
use learncoin_credential::verify::{
    Lookup, ParsedCredential, ParsedForm, Report, VerificationInputs, VerificationPolicy, verify,
};
use learncoin_issuance::Chain;
use learncoin_issuance::credential::evidence::{gather, stored_revocation};

use super::own_records::{BUSY, DEVELOPMENT_ELSEWHERE, NEVER_ISSUED, UNREADABLE, chain_with_id, issued_as};
use super::wallet_checks;
use crate::public::evidence::{ForeignSource, OwnSource};
use crate::public::page_state::PageState;

/// Checks the bytes of a document of either form.
pub(super) async fn check_document(state: &PageState, bytes: &[u8], now: Timestamp) -> Report {
    match ParsedForm::read(bytes) {
        Ok(ParsedForm::Anchored(parsed)) => check_anchored(state, *parsed, now).await,
        Ok(ParsedForm::Wallet(parsed)) => wallet_checks::check(state, &parsed, now).await,
        Err(report) => *report,
    }
}

async fn check_anchored(state: &PageState, parsed: ParsedCredential, now: Timestamp) -> Report {
    let is_ours = *parsed.host() == state.issuance.host;
    let chain = chain_with_id(state, parsed.lookups().chain.chain_id());
    let policy = VerificationPolicy {
        now,
        // Another deployment's development chain proves nothing to others.
        allow_development: is_ours && chain.is_some_and(Chain::is_development),
        min_confirmations: chain.map_or(1, |chain| chain.confirmations),
    };
    let evidence = if is_ours {
        evidence_of_ours(state, &parsed, chain).await
    } else if parsed.lookups().chain.chain_id() == DEVELOPMENT {
        // Such a document fails whatever its host answers, so its host is not asked.
        nothing_looked_up(DEVELOPMENT_ELSEWHERE)
    } else {
        match state.foreign_checks.try_acquire() {
            Ok(_permit) => {
                let (egress, anchor_look_ups) = (&state.egress, &*state.anchor_look_ups);
                gather(&ForeignSource { egress, anchor_look_ups, chain }, &parsed).await
            }
            Err(_) => nothing_looked_up(BUSY),
        }
    };
    verify(&parsed, &evidence, &policy)
}

async fn evidence_of_ours(
    state: &PageState,
    parsed: &ParsedCredential,
    chain: Option<&Chain>,
) -> VerificationInputs {
    match issued_as(state, &parsed.credential().document.id).await {
        Ok(Some(issued)) => gather(&OwnSource::new(state, &issued, parsed, chain), parsed).await,
        // The revocation list has an entry for every id that was never issued here.
        Ok(None) => {
            let id = &parsed.credential().document.id;
            let revocation = stored_revocation(&state.issuance.host_documents, id).await;
            VerificationInputs { revocation, ..nothing_looked_up(NEVER_ISSUED) }
        }
        Err(error) => {
            tracing::error!(%error, "a document that was sent could not be looked up");
            nothing_looked_up(UNREADABLE)
        }
    }
}

/// Returns the evidence of which nothing was looked up, for one reason.
fn nothing_looked_up(reason: &str) -> VerificationInputs {
    VerificationInputs {
        did_document: Lookup::Unreachable(reason.to_owned()),
        issuer_profile: Lookup::Unreachable(reason.to_owned()),
        transaction: Lookup::Unreachable(reason.to_owned()),
        revocation: Lookup::Unreachable(reason.to_owned()),
    }
}
