//! Where a credential stands, in words: the badge, the verdict, and the sentences under it.
//!
//! Invariant: nothing says *valid* or *verified* that a [`Report`] of this very moment does not say.
//!
//! Invariant: only the verdict *valid* is [`Tone::Good`].

use jiff::Timestamp;
use learncoin_credential::verify::{CheckName, Outcome, Report, Verdict};
use learncoin_store::batches::BatchState;
use learncoin_store::credentials::Revocation;

use super::moment::from_ms;
use super::view::{Sentence, Status, Tone, When};

/// What decides on the state.
pub(crate) struct Facts<'a> {
    /// The batch's state.
    pub(crate) state: &'a BatchState,
    /// The revocation.
    pub(crate) revocation: Option<&'a Revocation>,
    /// From when on the document is valid.
    pub(crate) issued: Option<Timestamp>,
    /// From when on it no longer is.
    pub(crate) expires: Option<Timestamp>,
    /// The present.
    pub(crate) now: Timestamp,
    /// What the checks found just now; none before there is a proof.
    pub(crate) report: Option<&'a Report>,
    /// Whether the chain has lost the confirmed transaction, as after a deep reorganization.
    pub(crate) reconfirming: bool,
}

impl Facts<'_> {
    /// Whether the four checks that are cryptography passed just now. The fifth is about the world.
    pub(crate) fn proof_holds(&self) -> bool {
        self.report.is_some_and(proof_holds)
    }

    /// The state in words. What people decided (revoked) comes before what failed, that before what is unknown.
    pub(crate) fn status(&self) -> Status {
        if let Some(revocation) = self.revocation {
            return self.revoked(revocation);
        }
        match self.state {
            BatchState::Pending => return pending("Accepted, and about to be signed."),
            BatchState::Signed { .. } => return pending("Signed, and waiting for its place on the chain."),
            BatchState::Failed { .. } => return failed(),
            BatchState::Anchored { .. } => {}
        }
        let Some(report) = self.report else { return unproven() };
        if self.reconfirming {
            return reconfirming(report);
        }
        if cryptography(report).any(|outcome| outcome == Outcome::Failed) {
            return broken(report);
        }
        if let Some(expires) = self.expires.filter(|expires| *expires <= self.now) {
            return self
                .out_of_date("Expired", format!("This credential expired on {}.", When::at(expires).day));
        }
        if let Some(issued) = self.issued.filter(|issued| self.now < *issued) {
            return self.out_of_date(
                "Not yet valid",
                format!("This credential is valid from {} on.", When::at(issued).day),
            );
        }
        match report.verdict {
            Verdict::Valid => valid(Tone::Good, report.verdict, "All five checks passed just now."),
            Verdict::ValidTest => {
                valid(Tone::Trial, report.verdict, "All five checks passed just now, on a test network.")
            }
            Verdict::ValidDevelopment => {
                valid(Tone::Trial, report.verdict, "All five checks passed just now, on a development chain.")
            }
            Verdict::NotValid => broken(report),
            Verdict::CouldNotCheck => unchecked(report),
        }
    }

    fn revoked(&self, revocation: &Revocation) -> Status {
        let day = When::at(from_ms(revocation.revoked_at)).day;
        let mut details = Vec::new();
        details.extend(reason_in_words(&revocation.code).map(Sentence::ours));
        details.extend(
            revocation.reason.as_deref().map(|reason| Sentence::quoting("The issuer’s reason:", reason)),
        );
        details.extend(self.proof_note());
        Status {
            tone: Tone::Bad,
            badge: "Status: Revoked",
            verdict: Some(Verdict::NotValid.words()),
            headline: format!("The issuer revoked this credential on {day}."),
            details,
        }
    }

    fn out_of_date(&self, badge: &'static str, headline: String) -> Status {
        let details = self.proof_note().into_iter().collect();
        Status { tone: Tone::Bad, badge, verdict: Some(Verdict::NotValid.words()), headline, details }
    }

    fn proof_note(&self) -> Option<Sentence> {
        let note = "The proof itself still holds: this is what the issuer signed and anchored.";
        self.proof_holds().then(|| Sentence::ours(note))
    }
}

/// Whether the schema, the signature, the issuer and the anchor passed.
fn proof_holds(report: &Report) -> bool {
    cryptography(report).all(|outcome| outcome == Outcome::Passed)
}

fn cryptography(report: &Report) -> impl Iterator<Item = Outcome> {
    report.checks.iter().take(4).map(|check| check.outcome)
}

fn names(report: &Report, outcome: Outcome) -> String {
    let names: Vec<&str> = report
        .checks
        .iter()
        .filter(|check| check.outcome == outcome)
        .map(|check| spoken(check.name))
        .collect();
    match names.as_slice() {
        [one] => format!("the check of the {one}"),
        [first @ .., last] => format!("the checks of the {} and the {last}", first.join(", the ")),
        [] => "something".to_owned(),
    }
}

fn spoken(name: CheckName) -> &'static str {
    match name {
        CheckName::Schema => "schema",
        CheckName::Signature => "signature",
        CheckName::Issuer => "issuer",
        CheckName::Anchor => "anchor",
        CheckName::Revocation => "revocation",
    }
}

fn pending(headline: &str) -> Status {
    Status {
        tone: Tone::Wait,
        badge: "Pending",
        verdict: None,
        headline: headline.to_owned(),
        details: vec![Sentence::ours("There is nothing to verify yet. Reload this page in a minute.")],
    }
}

fn failed() -> Status {
    let detail = "Its batch could not be signed, so nothing was anchored. The issuer can issue it again.";
    Status {
        tone: Tone::Bad,
        badge: "Failed",
        verdict: None,
        headline: "This credential was not issued.".to_owned(),
        details: vec![Sentence::ours(detail)],
    }
}

/// An anchored batch whose transaction can't be found in our own records.
fn unproven() -> Status {
    Status {
        tone: Tone::Unknown,
        badge: "Could not check",
        verdict: Some(Verdict::CouldNotCheck.words()),
        headline: "The proof could not be put together just now.".to_owned(),
        details: vec![Sentence::ours(
            "That says nothing against the credential. Please try again in a minute.",
        )],
    }
}

fn reconfirming(report: &Report) -> Status {
    let detail = "The chain was rearranged after the credential was anchored. Its transaction is sent again until the chain confirms it anew.";
    Status {
        tone: Tone::Wait,
        badge: "Anchored, re-confirming",
        verdict: Some(report.verdict.words()),
        headline: "The chain is confirming the anchor again.".to_owned(),
        details: vec![Sentence::ours(detail)],
    }
}

fn broken(report: &Report) -> Status {
    Status {
        tone: Tone::Bad,
        badge: "Not valid",
        verdict: Some(Verdict::NotValid.words()),
        headline: "This credential did not pass its checks.".to_owned(),
        details: vec![Sentence::ours(format!(
            "What failed: {}. Do not rely on it.",
            names(report, Outcome::Failed)
        ))],
    }
}

fn unchecked(report: &Report) -> Status {
    let what = names(report, Outcome::CouldNotCheck);
    Status {
        tone: Tone::Unknown,
        badge: "Could not check",
        verdict: Some(Verdict::CouldNotCheck.words()),
        headline: "Not everything could be checked just now.".to_owned(),
        details: vec![Sentence::ours(format!(
            "What got no answer: {what}. That says nothing against the credential. Please try again in a minute."
        ))],
    }
}

fn valid(tone: Tone, verdict: Verdict, headline: &str) -> Status {
    Status {
        tone,
        badge: "Anchored",
        verdict: Some(verdict.words()),
        headline: headline.to_owned(),
        details: Vec::new(),
    }
}

fn reason_in_words(code: &str) -> Option<&'static str> {
    match code {
        "reissued" => Some("It was issued again: another credential has taken its place."),
        "issuer_error" => Some("It was issued in error."),
        "recipient_request" => Some("The recipient asked for it."),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify_page::tests::{report, signed_state, time};

    fn facts<'a>(state: &'a BatchState, report: Option<&'a Report>) -> Facts<'a> {
        Facts {
            state,
            revocation: None,
            issued: Some(time("2026-04-23T12:00:00Z")),
            expires: Some(time("2031-04-23T12:00:00Z")),
            now: time("2026-05-01T00:00:00Z"),
            report,
            reconfirming: false,
        }
    }

    const PASSED: [Outcome; 5] = [Outcome::Passed; 5];

    fn anchored() -> BatchState {
        BatchState::Anchored { signed_at: 0, anchored_at: 0, merkle_root: String::new() }
    }

    #[test]
    fn only_the_verdict_valid_is_green() {
        for (verdict, tone) in [
            (Verdict::Valid, Tone::Good),
            (Verdict::ValidTest, Tone::Trial),
            (Verdict::ValidDevelopment, Tone::Trial),
        ] {
            let status = facts(&anchored(), Some(&report(verdict, PASSED))).status();
            assert_eq!(
                (status.tone, status.badge, status.verdict),
                (tone, "Anchored", Some(verdict.words()))
            );
        }
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
            let facts = facts(&state, None);
            let status = facts.status();
            assert_eq!((status.badge, status.verdict), (badge, None));
            assert!(!format!("{status:?}").contains("secret"));
            assert!(!facts.proof_holds());
        }
    }

    #[test]
    fn a_failed_check_is_told_from_one_that_could_not_be_made() {
        let failed =
            [Outcome::Passed, Outcome::Failed, Outcome::NotReached, Outcome::NotReached, Outcome::NotReached];
        let failed = report(Verdict::NotValid, failed);
        let unchecked = [
            Outcome::Passed,
            Outcome::Passed,
            Outcome::CouldNotCheck,
            Outcome::CouldNotCheck,
            Outcome::Passed,
        ];
        let unchecked = report(Verdict::CouldNotCheck, unchecked);
        let (broken, unknown) =
            (facts(&anchored(), Some(&failed)).status(), facts(&anchored(), Some(&unchecked)).status());
        assert_eq!((broken.tone, broken.badge, broken.verdict), (Tone::Bad, "Not valid", Some("not valid")));
        assert_eq!(
            (unknown.tone, unknown.badge, unknown.verdict),
            (Tone::Unknown, "Could not check", Some("could not check"))
        );
        assert_eq!(
            broken.details,
            [Sentence::ours("What failed: the check of the signature. Do not rely on it.")]
        );
        assert!(
            unknown.details[0].ours.contains("the checks of the issuer and the anchor."),
            "{:?}",
            unknown.details
        );
    }

    #[test]
    fn dates_are_judged_by_the_clock() {
        let state = anchored();
        let mut outcomes = PASSED;
        outcomes[4] = Outcome::Failed;
        let report = report(Verdict::NotValid, outcomes);
        let at = |now| Facts { now: time(now), ..facts(&state, Some(&report)) }.status();
        let expired = at("2031-04-23T12:00:00Z");
        assert_eq!(
            (expired.badge, expired.headline.as_str()),
            ("Expired", "This credential expired on 23 April 2031.")
        );
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
        let revocation = Revocation { revoked_at: 1_777_000_000_000, code: "reissued".into(), reason };
        for state in [BatchState::Pending, anchored()] {
            let report = report(Verdict::NotValid, PASSED);
            let facts = Facts {
                revocation: Some(&revocation),
                expires: Some(time("2026-04-24T00:00:00Z")),
                ..facts(&state, (state != BatchState::Pending).then_some(&report))
            };
            let status = facts.status();
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
        outcomes[3] = Outcome::Failed;
        let report = report(Verdict::NotValid, outcomes);
        let status = Facts { reconfirming: true, ..facts(&anchored(), Some(&report)) }.status();
        assert_eq!(
            (status.tone, status.badge, status.verdict),
            (Tone::Wait, "Anchored, re-confirming", Some("not valid"))
        );
    }
}
