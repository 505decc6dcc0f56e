//! The page of every state in every language.

use learncoin_credential::text::REDACTED;
use learncoin_credential::verify::{CheckOutcome, Verdict};
use learncoin_language::Language;
use learncoin_store::batches::BatchState;

use super::{FULL_LINE, PASSED, Sample, attribution, signed_state, text, title};

/// Returns a sample of every state, and of combined states.
fn samples() -> Vec<(&'static str, Sample)> {
    use CheckOutcome::{CouldNotCheck, Failed, NotReached, Passed};
    let in_state = |state| Sample { state, ..Sample::new() };
    let failed = || BatchState::Failed {
        failed_at: 0,
        error_code: "internal_error".into(),
        error_message: "x".into(),
    };
    let world_failed = [Passed, Passed, Passed, Passed, Failed];
    let mut expired = Sample::failing(Verdict::NotValid, world_failed);
    expired.document.expiration_date = Some("2026-04-30T00:00:00Z".into());
    let mut revoked_late = Sample::new().revoked();
    revoked_late.document.expiration_date = Some("2026-04-30T00:00:00Z".into());
    let mut early = Sample::failing(Verdict::NotValid, world_failed);
    early.document.issuance_date = "2026-06-01T00:00:00Z".into();
    let mut lost = Sample::failing(Verdict::NotValid, [Passed, Passed, Passed, Failed, Passed]);
    lost.reconfirming = true;
    vec![
        ("valid", Sample::new()),
        ("test", Sample { chain_id: 84532, ..Sample::failing(Verdict::ValidTest, PASSED) }),
        ("development", Sample { chain_id: 31337, ..Sample::failing(Verdict::ValidDevelopment, PASSED) }),
        ("pending", in_state(BatchState::Pending)),
        ("signed", in_state(signed_state())),
        ("failed", in_state(failed())),
        ("revoked", Sample::new().revoked()),
        ("expired", expired),
        ("not yet valid", early),
        (
            "not valid",
            Sample::failing(Verdict::NotValid, [Passed, Failed, NotReached, NotReached, NotReached]),
        ),
        (
            "could not check",
            Sample::failing(Verdict::CouldNotCheck, [Passed, Passed, Passed, CouldNotCheck, Passed]),
        ),
        ("re-confirming", lost),
        ("erased", Sample::new().erased()),
        ("erased pending", in_state(BatchState::Pending).erased()),
        ("erased failed", in_state(failed()).erased()),
        ("erased revoked", Sample::new().revoked().erased()),
        ("expired revoked", revoked_late),
        ("pending revoked", in_state(BatchState::Pending).revoked()),
        ("failed revoked", in_state(failed()).revoked()),
        ("unconfirmed", Sample { name_confirmed: false, ..Sample::new() }),
    ]
}

#[test]
fn every_state_is_told_in_every_language_and_no_place_is_left_open() {
    for (state, mut sample) in samples() {
        let mut texts = std::collections::BTreeSet::new();
        for language in Language::ALL {
            sample.language = language;
            let html = sample.html();
            let html_tag = format!("<html lang=\"{}\" dir=\"{}\">", language.tag(), language.direction());
            assert!(html.contains(&html_tag), "{state}");
            assert!(!html.contains('{') && !html.contains('}'), "{state} {language:?}: {html}");
            assert!(!badge(&html).is_empty());
            attribution(&html);
            texts.insert(text(&html));
        }
        assert_eq!(texts.len(), Language::ALL.len(), "{state}");
    }
}

fn badge(html: &str) -> &str {
    let (_, status) = html.split_once("id=\"status\">").unwrap();
    status.split_once("<span>").unwrap().1.split_once("</span>").unwrap().0
}

#[test]
fn what_is_not_verified_is_called_so_in_no_language() {
    for (state, mut sample) in samples() {
        let lines = Language::ALL.map(|language| {
            sample.language = language;
            attribution(&sample.html())
        });
        let expected = lines[0];
        assert!(lines.iter().all(|line| *line == expected), "{state}");
        let unproven = ["pending", "signed", "failed", "not valid", "could not check", "re-confirming"];
        let words: Vec<&str> = state.split(' ').collect();
        let is_unproven =
            unproven.contains(&state) || words.iter().any(|word| ["pending", "failed"].contains(word));
        assert_eq!(expected == FULL_LINE, !is_unproven, "{state}");
    }
}

#[test]
fn english_words_are_those_of_the_contract() {
    let words = &Language::English.words().page;
    assert_eq!(words.erasure.name, REDACTED);
    assert_eq!(
        [&words.badge.anchored, &words.badge.pending, &words.badge.revoked],
        ["Anchored", "Pending", "Status: Revoked"]
    );
    for (verdict, expected) in [
        (Verdict::Valid, &words.verdict.valid),
        (Verdict::ValidTest, &words.verdict.valid_test),
        (Verdict::ValidDevelopment, &words.verdict.valid_development),
        (Verdict::NotValid, &words.verdict.not_valid),
        (Verdict::CouldNotCheck, &words.verdict.could_not_check),
    ] {
        assert_eq!(verdict.words(), expected);
    }
}

#[test]
fn the_title_gives_the_verdict_in_the_readers_language() {
    let mut sample = Sample::new();
    sample.language = Language::French;
    assert_eq!(title(&sample.html()), "Introduction to Machine Learning · valide");
    let mut sample = sample.revoked();
    assert_eq!(
        title(&sample.html()),
        "Introduction to Machine Learning · Statut\u{a0}: révoquée, non valide"
    );
    sample.language = Language::Arabic;
    assert_eq!(title(&sample.html()), "Introduction to Machine Learning · الحالة: ملغاة، غير صالحة");
}

#[test]
fn only_what_can_be_presented_is_offered_to_profiles_and_sites() {
    for (state, sample) in samples() {
        let offered = sample.html().contains("linkedin.com");
        let presentable = [
            "valid",
            "test",
            "development",
            "expired",
            "not yet valid",
            "could not check",
            "re-confirming",
            "unconfirmed",
        ];
        assert_eq!(offered, presentable.contains(&state), "{state}");
    }
}

#[test]
fn a_broken_proof_is_told_even_where_the_credential_was_revoked() {
    use CheckOutcome::{Failed, NotReached, Passed};
    let mut sample = Sample::new().revoked();
    sample.report =
        Some(super::report(Verdict::NotValid, [Passed, Failed, NotReached, NotReached, NotReached]));
    let text = text(&sample.html());
    assert!(text.contains("Status: Revoked") && text.contains("What failed: Signature."), "{text}");
    assert!(!text.contains("proof itself still holds"), "{text}");
}

#[test]
fn skills_stand_under_their_frameworks() {
    let mut sample = Sample::new();
    let skill = sample.document.subject.achievement.alignment[0].clone();
    for (framework, code, name) in
        [("e-CF", "B.1", "Application Development"), ("ESCO", "S1.4.1", "Statistics")]
    {
        let mut other = skill.clone();
        (other.target_framework, other.target_code, other.target_name) =
            (framework.into(), code.into(), name.into());
        sample.document.subject.achievement.alignment.push(other);
    }
    let text = text(&sample.html());
    assert!(
        text.contains(
            "Skills ESCO Machine learning S1.4.0 Statistics S1.4.1 e-CF Application Development B.1"
        ),
        "{text}"
    );
}
