//! The state of a credential in words: the badge, the verdict, and the sentences under it.
//!
//! Invariant: no text contains *valid* or *verified* unless a [`Report`] of this very moment does.
//!
//! Invariant: only the verdict *valid* is [`Tone::Good`].

#[cfg(test)]
mod tests;

use jiff::Timestamp;
use learncoin_credential::verify::{CheckName, CheckOutcome, Report, Verdict};
use learncoin_language::words::PageWords;
use learncoin_language::{Language, fill};
use learncoin_store::batches::BatchState;
use learncoin_store::credentials::{Revocation, RevocationCode};

use super::view_model::{Fact, Sentence, Status, Tone};
use crate::public::time::{from_ms, until};

/// The inputs that decide on the state.
pub(crate) struct StatusInputs<'a> {
    /// The language of the words.
    pub(crate) language: Language,
    /// The name of the issuer, as it is signed.
    pub(crate) issuer: &'a str,
    /// Whether the operator has confirmed that name.
    pub(crate) name_confirmed: bool,
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
    /// The report of the checks that were just run; none before there is a proof.
    pub(crate) report: Option<&'a Report>,
    /// Whether the chain has lost the confirmed transaction, as after a deep reorganization.
    pub(crate) reconfirming: bool,
}

impl StatusInputs<'_> {
    /// Returns whether the four checks that are cryptography passed just now. The fifth is about revocation and dates.
    pub(crate) fn proof_holds(&self) -> bool {
        self.report.is_some_and(|report| cryptography(report).all(|outcome| outcome == CheckOutcome::Passed))
    }

    /// Returns the state in words. Decisions of people (revoked) come before failures, failures before dates, dates before
    /// what is unknown; the sentences still mention what comes later.
    pub(crate) fn status(&self) -> Status {
        let words = self.words();
        if let Some(revocation) = self.revocation {
            return self.revoked(revocation);
        }
        match self.state {
            BatchState::Pending => return self.pending(&words.headline.pending),
            BatchState::Signed { .. } => return self.pending(&words.headline.signed),
            BatchState::Failed { .. } => {
                return Status {
                    tone: Tone::Bad,
                    claim: &words.badge.failed,
                    facts: Vec::new(),
                    badge: &words.badge.failed,
                    verdict: None,
                    headline: words.headline.failed.clone(),
                    details: vec![Sentence::ours(&*words.detail.failed)],
                };
            }
            BatchState::Anchored { .. } => {}
        }
        let Some(report) = self.report else { return self.unproven() };
        if self.is_broken() {
            return self.broken(report);
        }
        if let Some(expires) = self.expired() {
            let day = until(self.language, expires, self.now);
            let was_valid = Fact::ours(fill(&words.fact.was_valid_until, &[("day", &day)]));
            return Status {
                facts: [Some(was_valid), self.issued_fact(), Some(self.not_revoked())]
                    .into_iter()
                    .flatten()
                    .collect(),
                ..self.out_of_date(
                    &words.badge.expired,
                    &words.verdict.expired,
                    words.headline.expired.clone(),
                )
            };
        }
        if let Some(issued) = self.issued.filter(|issued| self.now < *issued) {
            let day = self.language.day(issued);
            let headline = fill(&words.headline.not_yet_valid, &[("day", &day)]);
            let valid_from = Fact::ours(fill(&words.fact.valid_from, &[("day", &day)]));
            return Status {
                facts: vec![valid_from, self.not_revoked()],
                ..self.out_of_date(&words.badge.not_yet_valid, &words.verdict.not_yet_valid, headline)
            };
        }
        if self.reconfirming {
            return self.reconfirming(report);
        }
        match report.verdict {
            Verdict::Valid => {
                self.valid(Tone::Good, report.verdict, &words.claim.valid, &words.headline.valid)
            }
            Verdict::ValidTest => {
                self.valid(Tone::Trial, report.verdict, &words.claim.valid_test, &words.headline.valid_test)
            }
            Verdict::ValidDevelopment => self.valid(
                Tone::Trial,
                report.verdict,
                &words.claim.valid_development,
                &words.headline.valid_development,
            ),
            Verdict::NotValid => self.broken(report),
            Verdict::CouldNotCheck => self.unchecked(),
        }
    }

    /// Returns whether a check of the proof failed. An anchor that the chain is including again does not count.
    pub(crate) fn is_broken(&self) -> bool {
        self.report.is_some_and(|report| {
            let mut failed =
                report.checks.iter().take(4).filter(|check| check.outcome == CheckOutcome::Failed);
            failed.any(|check| !(self.reconfirming && check.name == CheckName::Anchor))
        })
    }

    /// Returns by whom and when it was issued. A date that can't be parsed is shown in the record alone.
    fn issued_fact(&self) -> Option<Fact> {
        let day = self.language.day(self.issued?);
        let words = fill(&self.words().fact.issued, &[("day", &day)]);
        Some(Fact::naming(&words, "{issuer}", self.issuer))
    }

    fn not_revoked(&self) -> Fact {
        Fact::ours(&*self.words().fact.not_revoked)
    }

    fn words(&self) -> &'static PageWords {
        &self.language.words().page
    }

    fn expired(&self) -> Option<Timestamp> {
        self.expires.filter(|expires| *expires <= self.now)
    }

    fn revoked(&self, revocation: &Revocation) -> Status {
        let words = self.words();
        let mut details = Vec::new();
        details.extend(reason_in_words(words, revocation.code).map(Sentence::ours));
        details.extend(
            revocation.reason.as_deref().map(|reason| Sentence::quoting(&*words.detail.reason, reason)),
        );
        details.extend(self.expired().map(|expires| {
            Sentence::ours(fill(
                &words.detail.also_expired,
                &[("day", &until(self.language, expires, self.now))],
            ))
        }));
        details.extend(match self.state {
            BatchState::Pending | BatchState::Signed { .. } => {
                Some(Sentence::ours(&*words.detail.revoked_unanchored))
            }
            BatchState::Failed { .. } => Some(Sentence::ours(&*words.detail.revoked_unissued)),
            BatchState::Anchored { .. } => self.proof_note(),
        });
        let day = self.language.day(from_ms(revocation.revoked_at));
        Status {
            tone: Tone::Bad,
            claim: &words.badge.revoked,
            facts: self.issued_fact().filter(|_| self.proof_holds()).into_iter().collect(),
            badge: &words.badge.revoked,
            verdict: Some(&words.verdict.not_valid),
            headline: fill(&words.headline.revoked, &[("day", &day)]),
            details,
        }
    }

    /// Returns the state of a credential that is out of date. That is no fault of it, so it is not called *not valid*.
    fn out_of_date(&self, badge: &'static str, verdict: &'static str, headline: String) -> Status {
        Status {
            tone: Tone::Caution,
            claim: badge,
            facts: Vec::new(),
            badge,
            verdict: Some(verdict),
            headline,
            details: self.proof_note().into_iter().collect(),
        }
    }

    /// Returns the sentence about the proof, if the state is about something else.
    fn proof_note(&self) -> Option<Sentence> {
        let detail = &self.words().detail;
        if self.is_broken() {
            return Some(self.failed_checks());
        }
        if self.reconfirming {
            return Some(Sentence::ours(&*detail.reconfirming));
        }
        if self.proof_holds() {
            return Some(Sentence::ours(&*detail.proof_holds));
        }
        self.report.map(|_| self.unanswered_checks())
    }

    fn failed_checks(&self) -> Sentence {
        Sentence::ours(fill(&self.words().detail.not_valid, &[("checks", &self.names(CheckOutcome::Failed))]))
    }

    fn unanswered_checks(&self) -> Sentence {
        let names = self.names(CheckOutcome::CouldNotCheck);
        Sentence::ours(fill(&self.words().detail.could_not_check, &[("checks", &names)]))
    }

    /// Returns the names of the checks with this outcome.
    fn names(&self, outcome: CheckOutcome) -> String {
        let words = self.words();
        let checks = self.report.iter().flat_map(|report| &report.checks);
        let names = checks.filter(|check| check.outcome == outcome).map(|check| name_of(words, check.name));
        names.collect::<Vec<_>>().join(&words.separator)
    }
}

impl StatusInputs<'_> {
    fn pending(&self, headline: &str) -> Status {
        let words = self.words();
        Status {
            tone: Tone::Wait,
            claim: &words.badge.pending,
            facts: Vec::new(),
            badge: &words.badge.pending,
            verdict: None,
            headline: headline.to_owned(),
            details: vec![Sentence::ours(&*words.detail.pending)],
        }
    }

    /// Returns the state of an anchored batch whose transaction can't be found in our own records.
    fn unproven(&self) -> Status {
        let words = self.words();
        Status {
            tone: Tone::Unknown,
            claim: &words.badge.could_not_check,
            facts: Vec::new(),
            badge: &words.badge.could_not_check,
            verdict: Some(&words.verdict.could_not_check),
            headline: words.headline.unproven.clone(),
            details: vec![Sentence::ours(&*words.detail.unproven)],
        }
    }

    fn reconfirming(&self, report: &Report) -> Status {
        let words = self.words();
        Status {
            tone: Tone::Wait,
            claim: &words.badge.reconfirming,
            facts: Vec::new(),
            badge: &words.badge.reconfirming,
            verdict: Some(verdict_in_words(words, report.verdict)),
            headline: words.headline.reconfirming.clone(),
            details: vec![Sentence::ours(&*words.detail.reconfirming)],
        }
    }

    fn broken(&self, report: &Report) -> Status {
        let words = self.words();
        Status {
            tone: Tone::Bad,
            claim: &words.badge.not_valid,
            facts: Vec::new(),
            badge: &words.badge.not_valid,
            verdict: Some(verdict_in_words(words, report.verdict)),
            headline: words.headline.not_valid.clone(),
            details: vec![self.failed_checks()],
        }
    }

    fn unchecked(&self) -> Status {
        let words = self.words();
        Status {
            tone: Tone::Unknown,
            claim: &words.badge.could_not_check,
            facts: Vec::new(),
            badge: &words.badge.could_not_check,
            verdict: Some(&words.verdict.could_not_check),
            headline: words.headline.could_not_check.clone(),
            details: vec![self.unanswered_checks()],
        }
    }

    fn valid(&self, tone: Tone, verdict: Verdict, claim: &'static str, headline: &str) -> Status {
        let words = self.words();
        let doubt = Some(&words.record.unconfirmed).filter(|_| !self.name_confirmed);
        Status {
            tone: if self.name_confirmed { tone } else { Tone::Caution },
            claim,
            facts: self.issued_fact().into_iter().chain([self.not_revoked()]).collect(),
            badge: &words.badge.anchored,
            verdict: Some(verdict_in_words(words, verdict)),
            headline: headline.to_owned(),
            details: doubt.map(|words| Sentence::ours(words.as_str())).into_iter().collect(),
        }
    }
}

fn cryptography(report: &Report) -> impl Iterator<Item = CheckOutcome> {
    report.checks.iter().take(4).map(|check| check.outcome)
}

/// Returns the verdict in words for people.
fn verdict_in_words(words: &'static PageWords, verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Valid => &words.verdict.valid,
        Verdict::ValidTest => &words.verdict.valid_test,
        Verdict::ValidDevelopment => &words.verdict.valid_development,
        Verdict::NotValid => &words.verdict.not_valid,
        Verdict::CouldNotCheck => &words.verdict.could_not_check,
    }
}

/// Returns the name of a check.
pub(crate) fn name_of(words: &'static PageWords, name: CheckName) -> &'static str {
    match name {
        CheckName::Schema => &words.check.schema,
        CheckName::Signature => &words.check.signature,
        CheckName::Issuer => &words.check.issuer,
        CheckName::Anchor => &words.check.anchor,
        CheckName::Revocation => &words.check.revocation,
    }
}

fn reason_in_words(words: &'static PageWords, code: RevocationCode) -> Option<&'static str> {
    match code {
        RevocationCode::Reissued => Some(&words.detail.reissued),
        RevocationCode::IssuerError => Some(&words.detail.issuer_error),
        RevocationCode::RecipientRequest => Some(&words.detail.recipient_request),
        RevocationCode::Other => None,
    }
}
