//! The state's words, from its facts.

use learncoin_credential::merkle::MerklePath;
use learncoin_store::batches::PlaceInAnchor;
use learncoin_store::onchain::MerkleRoot;

use super::*;
use crate::public::credential_page::tests::{report, signed_state, time};

fn status_inputs<'a>(state: &'a BatchState, report: Option<&'a Report>) -> StatusInputs<'a> {
    StatusInputs {
        language: Language::English,
        issuer: "Example University",
        name_confirmed: true,
        state,
        revocation: None,
        issued: Some(time("2026-04-23T12:00:00Z")),
        expires: Some(time("2031-04-23T12:00:00Z")),
        now: time("2026-05-01T00:00:00Z"),
        report,
        reconfirming: false,
    }
}

const PASSED: [CheckOutcome; 5] = [CheckOutcome::Passed; 5];

fn anchored() -> BatchState {
    BatchState::Anchored {
        signed_at: 0,
        anchored_at: 0,
        anchor: PlaceInAnchor {
            anchor_id: "anc_01KPX4MQ005TCNKPH5QY15PQWV".parse().unwrap(),
            merkle_root: MerkleRoot::new([0; 32]),
            path: MerklePath::default(),
        },
    }
}

#[test]
fn only_the_verdict_valid_is_green() {
    for (verdict, tone) in [
        (Verdict::Valid, Tone::Good),
        (Verdict::ValidTest, Tone::Trial),
        (Verdict::ValidDevelopment, Tone::Trial),
    ] {
        let status = status_inputs(&anchored(), Some(&report(verdict, PASSED))).status();
        assert_eq!((status.tone, status.badge, status.verdict), (tone, "Anchored", Some(verdict.words())));
    }
}

/// Returns the first words, and the facts that follow them.
fn sentence(status: &Status) -> String {
    let facts = status.facts.iter().map(|fact| {
        format!(" · {}{}{}", fact.before, fact.theirs.as_deref().unwrap_or_default(), fact.after)
    });
    std::iter::once(status.claim.to_owned()).chain(facts).collect()
}

#[test]
fn the_first_words_are_the_verdict_by_whom_and_when() {
    for (verdict, claim) in [
        (Verdict::Valid, "Valid"),
        (Verdict::ValidTest, "Valid, TEST"),
        (Verdict::ValidDevelopment, "Valid, DEVELOPMENT"),
    ] {
        let status = status_inputs(&anchored(), Some(&report(verdict, PASSED))).status();
        let expected = format!("{claim} · issued by Example University on 23 April 2026 · not revoked");
        assert_eq!(sentence(&status), expected);
    }
}

#[test]
fn a_name_that_is_not_confirmed_makes_the_whole_panel_one_of_caution() {
    let (state, report) = (anchored(), report(Verdict::Valid, PASSED));
    let status = StatusInputs { name_confirmed: false, ..status_inputs(&state, Some(&report)) }.status();
    assert_eq!((status.tone, status.verdict), (Tone::Caution, Some("valid")));
    assert_eq!(status.details, [Sentence::ours("Name not confirmed by the operator of this site.")]);
}

#[test]
fn before_the_anchor_there_is_no_verdict() {
    for (state, badge) in [
        (BatchState::Pending, "Pending"),
        (signed_state(), "Pending"),
        (
            BatchState::Failed { failed_at: 0, error_code: "x".into(), error_message: "secret".into() },
            "Failed",
        ),
    ] {
        let status_inputs = status_inputs(&state, None);
        let status = status_inputs.status();
        assert_eq!((status.badge, status.verdict), (badge, None));
        assert!(!format!("{status:?}").contains("secret"));
        assert!(!status_inputs.proof_holds());
    }
}

#[test]
fn a_failed_check_is_told_from_one_that_could_not_be_made() {
    let failed = [
        CheckOutcome::Passed,
        CheckOutcome::Failed,
        CheckOutcome::NotReached,
        CheckOutcome::NotReached,
        CheckOutcome::NotReached,
    ];
    let failed = report(Verdict::NotValid, failed);
    let unchecked = [
        CheckOutcome::Passed,
        CheckOutcome::Passed,
        CheckOutcome::CouldNotCheck,
        CheckOutcome::CouldNotCheck,
        CheckOutcome::Passed,
    ];
    let unchecked = report(Verdict::CouldNotCheck, unchecked);
    let (broken, unknown) = (
        status_inputs(&anchored(), Some(&failed)).status(),
        status_inputs(&anchored(), Some(&unchecked)).status(),
    );
    assert_eq!((broken.tone, broken.badge, broken.verdict), (Tone::Bad, "Not valid", Some("not valid")));
    assert_eq!(
        (unknown.tone, unknown.badge, unknown.verdict),
        (Tone::Unknown, "Could not check", Some("could not check"))
    );
    assert_eq!(broken.details, [Sentence::ours("What failed: Signature. Do not rely on it.")]);
    assert!(unknown.details[0].ours.contains("What got no answer: Issuer, Anchor."), "{:?}", unknown.details);
}

#[test]
fn dates_are_judged_by_the_clock() {
    let state = anchored();
    let mut outcomes = PASSED;
    outcomes[4] = CheckOutcome::Failed;
    let report = report(Verdict::NotValid, outcomes);
    let at = |now| StatusInputs { now: time(now), ..status_inputs(&state, Some(&report)) }.status();
    let expired = at("2031-04-23T12:00:00Z");
    assert_eq!((expired.badge, expired.verdict, expired.tone), ("Expired", Some("expired"), Tone::Caution));
    assert_eq!(
        sentence(&expired),
        "Expired · was valid until 23 April 2031, 12:00:00 UTC · issued by Example University on 23 April 2026 · not revoked"
    );
    let long_ago = sentence(&at("2031-05-23T12:00:00Z"));
    assert!(long_ago.starts_with("Expired · was valid until 23 April 2031 · issued"), "{long_ago}");
    let early = at("2026-04-23T11:59:59Z");
    assert_eq!(
        (early.badge, early.headline.as_str()),
        ("Not yet valid", "This credential is valid from 23 April 2026 on.")
    );
    assert_eq!(expired.details.len(), 1, "the proof still holds");
}

#[test]
fn a_revocation_outweighs_everything_and_gives_its_reason() {
    let reason = Some("Superseded".to_owned());
    let (revoked_at, code) = (1_777_000_000_000, RevocationCode::Reissued);
    let revocation = Revocation { revoked_at, code, reason, replaced_by: None };
    for state in [BatchState::Pending, anchored()] {
        let report = report(Verdict::NotValid, PASSED);
        let status_inputs = StatusInputs {
            revocation: Some(&revocation),
            expires: Some(time("2026-04-24T00:00:00Z")),
            ..status_inputs(&state, (state != BatchState::Pending).then_some(&report))
        };
        let status = status_inputs.status();
        assert_eq!(
            (status.tone, status.badge, status.verdict),
            (Tone::Bad, "Status: Revoked", Some("not valid"))
        );
        assert_eq!(status.headline, "The issuer revoked this credential on 24 April 2026.");
        assert!(status.details.contains(&Sentence::quoting("The issuer’s reason:", "Superseded")));
    }
}

#[test]
fn an_anchor_that_the_chain_lost_is_being_confirmed_again() {
    let mut outcomes = PASSED;
    outcomes[3] = CheckOutcome::Failed;
    let report = report(Verdict::NotValid, outcomes);
    let status = StatusInputs { reconfirming: true, ..status_inputs(&anchored(), Some(&report)) }.status();
    assert_eq!(
        (status.tone, status.badge, status.verdict),
        (Tone::Wait, "Anchored, re-confirming", Some("not valid"))
    );
}
