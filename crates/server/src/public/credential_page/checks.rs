//! The five checks at the moment of the request, over this deployment's own store and chain.

use jiff::Timestamp;
use learncoin_credential::SignedCredential;
use learncoin_credential::verify::{
    Lookup, ParsedCredential, Report, VerificationInputs, VerificationPolicy, verify,
};
use learncoin_issuance::Chain;
use learncoin_issuance::credential::evidence::gather;
use learncoin_issuance::credential::render::IssuedCredential;

use crate::public::evidence::OwnSource;
use crate::public::page_state::PageState;

/// The result of the checks.
pub(super) struct CheckedCredential {
    /// The report.
    pub(super) report: Report,
    /// Whether the chain has lost the confirmed transaction, or has too few blocks on it again.
    pub(super) reconfirming: bool,
}

/// Checks a signed credential from the bytes of its download. `chain` is the one on which it was anchored, if the deployment still
/// uses it.
pub(super) async fn check_credential(
    state: &PageState,
    issued: &IssuedCredential,
    signed: &SignedCredential,
    now: Timestamp,
    chain: Option<&Chain>,
) -> CheckedCredential {
    let parsed = match ParsedCredential::read(signed.to_json().to_string().as_bytes()) {
        Ok(parsed) => parsed,
        Err(report) => return CheckedCredential { report: *report, reconfirming: false },
    };
    let policy = VerificationPolicy {
        now,
        allow_development: chain.is_some_and(Chain::is_development),
        min_confirmations: chain.map_or(1, |chain| chain.confirmations),
    };
    let evidence = gather(&OwnSource::new(state, issued, &parsed, chain), &parsed).await;
    CheckedCredential {
        report: verify(&parsed, &evidence, &policy),
        reconfirming: is_lost(&evidence, &policy),
    }
}

fn is_lost(evidence: &VerificationInputs, policy: &VerificationPolicy) -> bool {
    match &evidence.transaction {
        Lookup::Absent => true,
        Lookup::Found(mined) => mined.confirmations < policy.min_confirmations,
        Lookup::Unreachable(_) => false,
    }
}
