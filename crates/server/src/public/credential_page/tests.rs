//! The page of a sample credential in every state, and with a hostile text in every place.

use std::sync::Arc;

use askama::Template;
use jiff::Timestamp;
use learncoin_badge::LinkCode;
use learncoin_credential::Host;
use learncoin_credential::contexts::ContextSet;
use learncoin_credential::document::{Achievement, Alignment, Document, Evidence, Issuer, Subject};
use learncoin_credential::merkle::MerklePath;
use learncoin_credential::verify::{Check, CheckName, CheckOutcome, Report, Verdict};
use learncoin_issuance::credential::render::IssuedCredential;
use learncoin_language::Language;
use learncoin_store::batches::{Batch, BatchState, PlaceInAnchor};
use learncoin_store::credentials::{Credential, Revocation, RevocationCode, StoredDocument};
use learncoin_store::onchain::{BlockHash, MerkleRoot, RawTransaction};
use learncoin_store::scope::{Environment, TenantScope};
use learncoin_store::transactions::{AnchorTransaction, BlockPosition};

use super::compose::{PageContext, compose};

mod hostile;
mod languages;

/// Returns the place of a batch alone in an anchor of its own.
pub(super) fn place() -> PlaceInAnchor {
    PlaceInAnchor {
        anchor_id: "anc_01KPX4MQ005TCNKPH5QY15PQWV".parse().unwrap(),
        merkle_root: MerkleRoot::new([0x4d; 32]),
        path: MerklePath::default(),
    }
}

pub(super) fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Creates a report with these outcomes, in the order of the checks.
pub(super) fn report(verdict: Verdict, outcomes: [CheckOutcome; 5]) -> Report {
    let mut outcomes = outcomes.into_iter();
    let checks = CheckName::ALL.map(|name| {
        let outcome = outcomes.next().unwrap();
        let reason = (outcome != CheckOutcome::Passed).then(|| "the reason of the check".to_owned());
        Check { name, outcome, reason, evidence: vec![("looked at", "the evidence of the check".to_owned())] }
    });
    Report { verdict, checks }
}

pub(super) fn signed_state() -> BatchState {
    BatchState::Signed { signed_at: 0, anchor: place() }
}

const HASH: &str = "78ba2ca57283e497f3bdcfa9a52a67037f9b034e088a66de79a6d30d034031a4";
const PASSED: [CheckOutcome; 5] = [CheckOutcome::Passed; 5];

/// A credential as a test wants it; what it starts as is valid on Base.
struct Sample {
    language: Language,
    document: Document,
    state: BatchState,
    chain_id: u64,
    revocation: Option<Revocation>,
    report: Option<Report>,
    reconfirming: bool,
    name_confirmed: bool,
    logo_hash: Option<&'static str>,
    block_time: u64,
}

impl Sample {
    fn new() -> Self {
        let host = Host::parse("https://learncoin.me").unwrap();
        Self {
            language: Language::English,
            document: Document {
                contexts: ContextSet::new(&host),
                id: "https://learncoin.me/c/crd_01KPX4MQ00REJFE5FBD8QX9Y5A".into(),
                issuer: Issuer {
                    id: "did:web:learncoin.me#tenant-01KPX4MQ005TCNKPH5QY15PQWV".into(),
                    name: "Example University".into(),
                    url: None,
                    image: None,
                },
                issuance_date: "2026-04-23T12:00:00Z".into(),
                expiration_date: Some("2031-04-23T12:00:00Z".into()),
                nonce: "c45ba76511437ecabd9d2cebcc3ce36e".into(),
                subject: Subject {
                    id: "urn:uuid:4e0c7f2e-6b1a-4f5a-9c8e-8a1b2c3d4e5f".into(),
                    name: Some("Ada Lovelace".into()),
                    achievement: Achievement {
                        id: Some("https://yourschool.edu/credentials/intro-ml".into()),
                        name: "Introduction to Machine Learning".into(),
                        description: "Completed the 12-week introductory course with distinction.".into(),
                        criteria: "Passing grade (≥ 70%).".into(),
                        alignment: vec![Alignment {
                            target_framework: "ESCO".into(),
                            target_code: "S1.4.0".into(),
                            target_name: "Machine learning".into(),
                            target_url: "https://esco.ec.europa.eu/S1.4.0".into(),
                        }],
                    },
                },
                evidence: vec![Evidence {
                    id: Some("https://yourschool.edu/projects/1".into()),
                    narrative: Some("A classifier for bird song.".into()),
                }],
            },
            state: BatchState::Anchored { signed_at: 0, anchored_at: 0, anchor: place() },
            chain_id: 8453,
            revocation: None,
            report: Some(report(Verdict::Valid, PASSED)),
            reconfirming: false,
            name_confirmed: true,
            logo_hash: None,
            block_time: 1_776_945_658,
        }
    }

    fn html(&self) -> String {
        let scope = TenantScope {
            tenant_id: "tnt_01KPX4MQ005TCNKPH5QY15PQWV".parse().unwrap(),
            environment: Environment::Live,
        };
        let batch_id: learncoin_store::id::BatchId = "bat_01KPX4MQ005TCNKPH5QY15PQWV".parse().unwrap();
        let issued = IssuedCredential {
            credential: Credential {
                id: "crd_01KPX4MQ00REJFE5FBD8QX9Y5A".parse().unwrap(),
                batch_id: batch_id.clone(),
                position: 0,
                scope: scope.clone(),
                recipient_id: self.document.subject.id.clone(),
                document: StoredDocument::Whole(String::new()),
                personal: None,
                node: None,
                node_full: None,
                image: None,
                revocation: self.revocation.clone(),
                erased_at: None,
            },
            anchor: matches!(self.state, BatchState::Anchored { .. }).then(|| AnchorTransaction {
                hash: HASH.parse().unwrap(),
                anchor_id: place().anchor_id,
                chain_id: self.chain_id,
                address: "0xb695B01217E9b9E55CF1E23814ac091352df7D12".parse().unwrap(),
                nonce: 0,
                raw: RawTransaction::new(Vec::new()),
                created_at: 0,
                sent_at: Some(0),
                block: Some(BlockPosition {
                    number: 12,
                    hash: BlockHash::new([0xaa; 32]),
                    time: self.block_time,
                }),
            }),
            batch: Batch {
                id: batch_id,
                scope,
                credentials_count: 1,
                public_url: "https://learncoin.me".into(),
                verification_method: "did:web:learncoin.me#tenant-01KPX4MQ005TCNKPH5QY15PQWV-key-1".into(),
                signing_key_number: 1,
                chain_id: self.chain_id,
                created_at: 0,
                tree_root: Some(MerkleRoot::new([0x4d; 32])),
                state: self.state.clone(),
                first_status_number: 0,
                attempts: 0,
            },
            anchor_is_final: false,
        };
        let context = PageContext {
            language: self.language,
            now: time("2026-05-01T00:00:00Z"),
            origin: "https://learncoin.me",
            explorer_url: issued.anchor.is_some().then(|| format!("https://basescan.org/tx/0x{HASH}")),
            name_confirmed: self.name_confirmed,
            logo_hash: self.logo_hash,
            accent_color: None,
            code: issued.anchor.as_ref().and_then(|_| LinkCode::of(&self.document.id)).map(Arc::new),
            report: self.report.as_ref().filter(|_| issued.anchor.is_some()),
            reconfirming: self.reconfirming,
        };
        compose(&issued, &self.document, &context).render().unwrap()
    }

    fn erased(mut self) -> Self {
        self.document = self.document.redacted();
        self
    }

    fn failing(verdict: Verdict, outcomes: [CheckOutcome; 5]) -> Self {
        Self { report: Some(report(verdict, outcomes)), ..Self::new() }
    }

    fn revoked(mut self) -> Self {
        let reason = Some("Superseded after grading correction.".to_owned());
        let (revoked_at, code) = (1_777_000_000_000, RevocationCode::Reissued);
        self.revocation = Some(Revocation { revoked_at, code, reason, replaced_by: None });
        self.report = Some(report(
            Verdict::NotValid,
            [
                CheckOutcome::Passed,
                CheckOutcome::Passed,
                CheckOutcome::Passed,
                CheckOutcome::Passed,
                CheckOutcome::Failed,
            ],
        ));
        self
    }
}

/// Returns the text that a reader sees: without tags and runs of blanks.
fn text(html: &str) -> String {
    let body = html.split_once("<body>").unwrap().1;
    let spaced = body.replace('<', " <");
    let mut text = String::new();
    let mut tag = false;
    for character in spaced.chars() {
        match character {
            '<' => tag = true,
            '>' => tag = false,
            _ if !tag => text.push(character),
            _ => {}
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn title(html: &str) -> &str {
    html.split_once("<title>").unwrap().1.split_once("</title>").unwrap().0
}

const FULL_LINE: &str = "Cryptographically verified by LearnCoin · Powered by Blockcerts";

fn attribution(html: &str) -> &'static str {
    let text = text(html);
    if text.ends_with(FULL_LINE) {
        FULL_LINE
    } else {
        assert!(text.ends_with("Powered by Blockcerts"), "{text}");
        assert!(!text.contains("erified by LearnCoin"), "{text}");
        "Powered by Blockcerts"
    }
}

#[test]
fn the_seven_points_of_the_walkthrough_are_there() {
    let html = Sample::new().html();
    let text = text(&html);
    for point in [
        "Issued by Example University",
        "Awarded to Ada Lovelace",
        "For Introduction to Machine Learning Completed the 12-week introductory course with distinction.",
        "Valid · issued by Example University on 23 April 2026 · not revoked Anchored All five checks passed just now.",
        "Proof Verdict: valid , checked 1 May 2026, 00:00:00 UTC",
    ] {
        assert!(text.contains(point), "{point} in {text}");
    }
    assert!(html.contains("class=\"page tone-good\""));
    assert!(html.contains(&format!(
        "<a class=\"hash\" dir=\"ltr\" href=\"https://basescan.org/tx/0x{HASH}\" rel=\"noopener nofollow noreferrer\">0x{HASH}</a>"
    )));
    assert_eq!(attribution(&html), FULL_LINE);
    assert_eq!(title(&html), "Introduction to Machine Learning · valid");
}

#[test]
fn the_rest_of_the_credential_is_there() {
    let text = text(&Sample::new().html());
    for part in [
        "Issued 23 April 2026 Valid until 23 April 2031 Anchored 23 April 2026",
        "Criteria Passing grade (≥ 70%).",
        "Skills ESCO Machine learning S1.4.0",
        "Evidence A classifier for bird song. https://yourschool.edu/projects/1",
        "Chain Base, block 12 Block time 23 April 2026, 12:00:58 UTC Issuance date 23 April 2026, 12:00:00 UTC",
        "Issuer, as signed Example University Name confirmed by the operator of this site.",
        "Issuer’s DID did:web:learncoin.me#tenant-01KPX4MQ005TCNKPH5QY15PQWV",
        "Signed document with the name, JSON Without the name",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    for check in ["Schema passed", "Signature passed", "Issuer passed", "Anchor passed", "Revocation passed"]
    {
        assert!(text.contains(check), "{check} in {text}");
    }
}

/// Returns state, title, badge and attribution of a page.
fn summary(sample: &Sample) -> (String, String, &'static str) {
    let html = sample.html();
    let badge = html.split_once("id=\"status\">").unwrap().1.split_once("<span>").unwrap().1;
    let badge = badge.split_once("</span>").unwrap().0.to_owned();
    let state = title(&html).split_once(" · ").unwrap().1.to_owned();
    (state, badge, attribution(&html))
}

#[test]
fn every_state_has_its_own_truthful_words() {
    use CheckOutcome::{CouldNotCheck, Failed, NotReached, Passed};
    let short = "Powered by Blockcerts";
    let on = |chain_id, verdict| Sample { chain_id, ..Sample::failing(verdict, PASSED) };
    let in_state = |state| Sample { state, ..Sample::new() };
    let failed = BatchState::Failed {
        failed_at: 0,
        error_code: "internal_error".into(),
        error_message: "inside".into(),
    };
    let mut expired = Sample::failing(Verdict::NotValid, [Passed, Passed, Passed, Passed, Failed]);
    expired.document.expiration_date = Some("2026-04-30T00:00:00Z".into());
    let mut early = Sample::failing(Verdict::NotValid, [Passed, Passed, Passed, Passed, Failed]);
    early.document.issuance_date = "2026-06-01T00:00:00Z".into();
    let wrong_root = Sample::failing(Verdict::NotValid, [Passed, Failed, NotReached, NotReached, NotReached]);
    let no_chain = Sample::failing(Verdict::CouldNotCheck, [Passed, Passed, Passed, CouldNotCheck, Passed]);
    let mut lost = Sample::failing(Verdict::NotValid, [Passed, Passed, Passed, Failed, Passed]);
    lost.reconfirming = true;
    for (sample, state, badge, line) in [
        (Sample::new(), "valid", "Anchored", FULL_LINE),
        (on(84532, Verdict::ValidTest), "valid, TEST", "Anchored", FULL_LINE),
        (on(31337, Verdict::ValidDevelopment), "valid, DEVELOPMENT", "Anchored", FULL_LINE),
        (in_state(BatchState::Pending), "Pending", "Pending", short),
        (in_state(signed_state()), "Pending", "Pending", short),
        (in_state(failed), "Failed", "Failed", short),
        (Sample::new().revoked(), "Status: Revoked, not valid", "Status: Revoked", FULL_LINE),
        (expired, "expired", "Expired", FULL_LINE),
        (early, "not yet valid", "Not yet valid", FULL_LINE),
        (wrong_root, "not valid", "Not valid", short),
        (no_chain, "could not check", "Could not check", short),
        (lost, "Anchored, re-confirming, not valid", "Anchored, re-confirming", short),
        (Sample::new().erased(), "valid", "Anchored", FULL_LINE),
    ] {
        assert_eq!(summary(&sample), (state.to_owned(), badge.to_owned(), line));
    }
}

#[test]
fn only_a_valid_credential_is_shown_in_green() {
    for (chain_id, verdict, tone) in [
        (84532, Verdict::ValidTest, "trial"),
        (31337, Verdict::ValidDevelopment, "trial"),
        (8453, Verdict::Valid, "good"),
    ] {
        let html = Sample { chain_id, ..Sample::failing(verdict, PASSED) }.html();
        assert!(html.contains(&format!("class=\"page tone-{tone}\"")), "{html}");
    }
}

#[test]
fn a_development_chain_is_called_one_wherever_a_person_looks() {
    let html = Sample { chain_id: 31337, ..Sample::failing(Verdict::ValidDevelopment, PASSED) }.html();
    let text = text(&html);
    assert!(
        text.starts_with(
            "Skip to the status LearnCoin Verify a credential Documentation DEVELOPMENT Issued on a development chain"
        ),
        "{text}"
    );
    assert!(text.contains("All five checks passed just now, on a development chain."), "{text}");
    assert!(text.contains("Chain Development chain, block 12"), "{text}");
}

#[test]
fn an_erased_name_is_marked_outside_of_the_name() {
    let html = Sample::new().erased().html();
    assert!(
        html.contains(
            "<bdi>Redacted on recipient request</bdi></p>\n<p class=\"erasure\"><strong>Erased.</strong>"
        ),
        "{html}"
    );
    assert!(!html.contains("Lovelace"));
    assert!(!html.contains("bird song"));
    assert!(!html.contains("redacted=true"));
    let mut pretender = Sample::new();
    pretender.document.subject.name = Some("Redacted on recipient request".into());
    assert!(!pretender.html().contains("erasure"), "a name cannot pass for an erased one");
}

#[test]
fn a_revocation_is_shown_with_its_reason() {
    let text = text(&Sample::new().revoked().html());
    assert!(
        text.contains(
            "Status: Revoked · issued by Example University on 23 April 2026 The issuer revoked this credential on 24 April 2026. \
         It was issued again: another credential has taken its place. \
         The issuer’s reason: Superseded after grading correction."
        ),
        "{text}"
    );
}

#[test]
fn each_check_gives_its_evidence_and_its_reason() {
    use CheckOutcome::{CouldNotCheck, Failed, Passed};
    let text =
        text(&Sample::failing(Verdict::NotValid, [Passed, Passed, Passed, CouldNotCheck, Failed]).html());
    assert!(text.contains("Anchor could not check Does the chain hold the proof, sent by that key? the reason of the check looked at the evidence of the check"), "{text}");
    assert!(
        text.contains("Revocation failed Is it neither revoked nor out of date? the reason of the check"),
        "{text}"
    );
}

#[test]
fn a_gap_between_the_date_and_the_block_is_pointed_out() {
    assert!(!Sample::new().html().contains("before the block"));
    let late = Sample { block_time: 1_776_945_658 + 3 * 86_400, ..Sample::new() }.html();
    assert!(text(&late).contains("12:00:00 UTC This date is 3 days before the block."), "{late}");
}

#[test]
fn a_name_that_the_operator_does_not_know_is_called_unconfirmed() {
    let html = Sample { name_confirmed: false, ..Sample::new() }.html();
    assert!(text(&html).contains("Name not confirmed by the operator of this site."));
}

#[test]
fn a_logo_stands_in_the_place_of_the_initial() {
    let html = Sample::new().html();
    assert!(html.contains("class=\"monogram\"") && !html.contains("class=\"logo\""));
    let html = Sample { logo_hash: Some("abc"), ..Sample::new() }.html();
    assert!(html.contains(r#"<img class="logo" src="/assets/logo/abc" alt="Logo of Example University">"#));
    assert!(!html.contains("monogram"));
}

#[test]
fn nothing_of_the_person_stands_in_the_head_or_in_an_address() {
    let html = Sample::new().html();
    let (head, body) = html.split_once("<body>").unwrap();
    assert!(!head.contains("Lovelace") && !head.contains("bird song"), "{head}");
    for attribute in ["href=\"", "src=\""] {
        for part in body.split(attribute).skip(1) {
            assert!(!part.split('"').next().unwrap().contains("Lovelace"));
        }
    }
    assert!(head.contains("<meta name=\"robots\" content=\"noindex, noarchive\">"));
}

#[test]
fn only_web_addresses_are_links() {
    let mut sample = Sample::new();
    sample.document.subject.achievement.id = Some("urn:uuid:4e0c7f2e-6b1a-4f5a-9c8e-8a1b2c3d4e5f".into());
    sample.document.subject.achievement.alignment[0].target_url =
        "https://learncoin.me/alignments/esco/S1.4.0".into();
    sample.document.evidence[0].id = Some("did:web:example.org".into());
    let html = sample.html();
    for linked in ["href=\"urn:", "href=\"did:", "href=\"https://learncoin.me/alignments"] {
        assert!(!html.contains(linked), "{linked}");
    }
    assert!(html.contains("urn:uuid:4e0c7f2e-6b1a-4f5a-9c8e-8a1b2c3d4e5f"));
}

#[test]
fn a_long_description_follows_the_certificate() {
    let certificate = |sample: &Sample| sample.html().split_once("</article>").unwrap().0.to_owned();
    let mut sample = Sample::new();
    assert!(certificate(&sample).contains("12-week"));
    sample.document.subject.achievement.description = "A very long course. ".repeat(20);
    assert!(!certificate(&sample).contains("A very long course."));
    assert!(text(&sample.html()).contains("Description A very long course. A very long course."));
}
