//! From what is known of a credential to the values of its page.

use std::sync::Arc;

use learncoin_badge::LinkCode;
use learncoin_credential::document::{self, Document};
use learncoin_credential::proof::AnchorChain;
use learncoin_credential::text::parse_timestamp;
use learncoin_credential::verify::{self, CheckName, Report};
use learncoin_issuance::credential::render::IssuedCredential;
use learncoin_language::words::PageWords;
use learncoin_language::{Language, fill};
use learncoin_store::batches::BatchState;
use learncoin_store::transactions::AnchorTransaction;

use jiff::Timestamp;

use super::status::{StatusInputs, name_of};
use super::view_model::{
    AchievementView, AnchorView, CheckView, CredentialPage, EvidenceItem, Framework, IssuerView, Linked,
    NoticeView, OutcomeView, Recipient, Skill, Tone, initial,
};
use crate::public::preview::{LinkedCredential, Preview, Sharing};
use crate::public::time::{self, When};

/// The contents of the page that are not in the credential itself.
pub(crate) struct PageContext<'a> {
    /// The reader's language.
    pub(crate) language: Language,
    /// The present.
    pub(crate) now: Timestamp,
    /// The deployment's public origin.
    pub(crate) origin: &'a str,
    /// The page of the anchor's transaction.
    pub(crate) explorer_url: Option<String>,
    /// Whether the operator has confirmed the issuer's name.
    pub(crate) name_confirmed: bool,
    /// The tenant's color, `#RRGGBB`, where it may be shown.
    pub(crate) accent_color: Option<&'a str>,
    /// The hash of the tenant's logo, where it may be shown.
    pub(crate) logo_hash: Option<&'a str>,
    /// The QR code of the page's address, once it leads to a document.
    pub(crate) code: Option<Arc<LinkCode>>,
    /// The report of the checks that were run for this page.
    pub(crate) report: Option<&'a Report>,
    /// Whether the chain has lost the confirmed transaction.
    pub(crate) reconfirming: bool,
}

/// Puts the page together. `document` is the one that the page shows: the full one, unless it was erased.
pub(crate) fn compose(
    issued: &IssuedCredential,
    document: &Document,
    context: &PageContext<'_>,
) -> CredentialPage {
    let credential = &issued.credential;
    let language = context.language;
    let words = &language.words().page;
    let status_inputs = status_inputs(issued, document, context);
    let checks = match (context.report, &issued.batch.state) {
        (Some(report), _) => report.checks.iter().map(|found| check(words, found)).collect(),
        (None, BatchState::Failed { .. }) => Vec::new(),
        (None, _) => CheckName::ALL.map(|name| not_yet(words, name)).into(),
    };
    let shown = LinkedCredential {
        origin: context.origin,
        id: credential.id.as_str(),
        achievement: &document.subject.achievement.name,
        issuer: &document.issuer.name,
    };
    let presentable = issued.anchor.is_some()
        && credential.revocation.is_none()
        && document.subject.name.is_some()
        && !status_inputs.is_broken();
    CredentialPage {
        language,
        words,
        id: credential.id.to_string(),
        accent: context.accent_color.and_then(|color| color.strip_prefix('#')).map(str::to_owned),
        notice: notice(words, issued.batch.chain_id),
        status: status_inputs.status(),
        issuer: issuer(&document.issuer, context),
        recipient: recipient(words, document, &issued.batch.state),
        achievement: achievement(document, context.origin),
        issued: When::written(language, &document.issuance_date),
        expires: document.expiration_date.as_deref().map(|date| When::until(language, date, context.now)),
        anchor: issued.anchor.as_ref().map(|transaction| {
            let root = issued.batch.merkle_root().map(|root| root.to_string()).unwrap_or_default();
            anchor(language, transaction, &root, context.explorer_url.clone(), status_inputs.issued)
        }),
        checks,
        checked: When::at(language, context.now),
        downloadable: issued.anchor.is_some(),
        waits: matches!(issued.batch.state, BatchState::Pending | BatchState::Signed { .. }),
        proof_is_open: issued.credential.revocation.is_none()
            && !matches!(status_inputs.status().tone, Tone::Good | Tone::Trial | Tone::Caution)
            && issued.anchor.is_some(),
        code: context.code.clone(),
        verified: status_inputs.proof_holds(),
        browser_check: None,
        successor: credential
            .revocation
            .as_ref()
            .and_then(|one| one.replaced_by.as_ref())
            .map(|id| id.to_string()),
        preview: Preview::new(context.origin, credential.id.as_str()),
        sharing: presentable
            .then(|| Sharing::new(&shown, language, status_inputs.issued, status_inputs.expires))
            .flatten(),
    }
}

/// Returns the inputs that decide on the state.
pub(crate) fn status_inputs<'a>(
    issued: &'a IssuedCredential,
    document: &'a Document,
    context: &PageContext<'a>,
) -> StatusInputs<'a> {
    StatusInputs {
        language: context.language,
        issuer: &document.issuer.name,
        name_confirmed: context.name_confirmed,
        state: &issued.batch.state,
        revocation: issued.credential.revocation.as_ref(),
        issued: parse_timestamp(&document.issuance_date).ok(),
        expires: document.expiration_date.as_deref().and_then(|date| parse_timestamp(date).ok()),
        now: context.now,
        report: context.report,
        reconfirming: context.reconfirming,
    }
}

/// Returns the notice above a credential that is anchored on a chain which proves nothing.
pub(crate) fn notice(words: &'static PageWords, chain_id: u64) -> Option<NoticeView> {
    let words = &words.notice;
    match AnchorChain::from_chain_id(chain_id)? {
        AnchorChain::BaseMainnet => None,
        AnchorChain::BaseSepolia => Some(NoticeView { word: &words.test_word, text: &words.test }),
        AnchorChain::Development => {
            Some(NoticeView { word: &words.development_word, text: &words.development })
        }
    }
}

/// Returns the person whose credential it is.
pub(crate) fn recipient(words: &'static PageWords, document: &Document, state: &BatchState) -> Recipient {
    let erasure = &words.erasure;
    match &document.subject.name {
        Some(name) => Recipient::Named(name.clone()),
        None => Recipient::Erased {
            words: &erasure.name,
            note: match state {
                BatchState::Pending | BatchState::Signed { .. } => &erasure.waiting,
                BatchState::Failed { .. } => &erasure.failed,
                BatchState::Anchored { .. } => &erasure.anchored,
            },
        },
    }
}

/// Returns the issuer that signed.
pub(crate) fn issuer(issuer: &document::Issuer, context: &PageContext<'_>) -> IssuerView {
    IssuerView {
        name: issuer.name.clone(),
        initial: initial(&issuer.name),
        did: issuer.id.clone(),
        url: issuer.url.clone().filter(|url| is_web(url)),
        logo: context.logo_hash.map(|hash| format!("/assets/logo/{hash}")),
        confirmed: context.name_confirmed,
    }
}

/// Returns the achievement.
pub(crate) fn achievement(document: &Document, origin: &str) -> AchievementView {
    let achievement = &document.subject.achievement;
    let evidence = |evidence: &document::Evidence| EvidenceItem {
        narrative: evidence.narrative.clone(),
        id: linked(evidence.id.clone().unwrap_or_default()),
    };
    AchievementView {
        name: achievement.name.clone(),
        description: achievement.description.clone(),
        criteria: Some(achievement.criteria.clone()).filter(|criteria| *criteria != achievement.description),
        id: linked(achievement.id.clone().unwrap_or_default()),
        frameworks: frameworks(&achievement.alignment, origin),
        evidence: document.evidence.iter().map(evidence).collect(),
    }
}

/// Groups the skills by framework, in the order in which the frameworks first occur.
fn frameworks(alignment: &[document::Alignment], origin: &str) -> Vec<Framework> {
    let mut frameworks: Vec<Framework> = Vec::new();
    for entry in alignment {
        let skill = Skill {
            name: Linked {
                text: entry.target_name.clone(),
                href: leads_on(&entry.target_url, origin).then(|| entry.target_url.clone()),
            },
            code: entry.target_code.clone(),
        };
        match frameworks.iter_mut().find(|framework| framework.name == entry.target_framework) {
            Some(framework) => framework.skills.push(skill),
            None => frameworks.push(Framework { name: entry.target_framework.clone(), skills: vec![skill] }),
        }
    }
    frameworks
}

fn linked(text: String) -> Linked {
    Linked { href: is_web(&text).then(|| text.clone()), text }
}

/// Returns whether a browser opens this link as a page. Any other one is shown and not linked.
fn is_web(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}

/// Returns whether an alignment's address was given by the issuer. The ones that we made up name the entry, and open nothing.
fn leads_on(url: &str, origin: &str) -> bool {
    let made_up = url.strip_prefix(origin).is_some_and(|path| path.starts_with("/alignments/"));
    is_web(url) && !made_up
}

fn anchor(
    language: Language,
    transaction: &AnchorTransaction,
    root: &str,
    href: Option<String>,
    issued: Option<Timestamp>,
) -> AnchorView {
    let words = &language.words().page.record;
    let block_time = transaction.block.as_ref().and_then(|block| time::from_seconds(block.time));
    let chain = match AnchorChain::from_chain_id(transaction.chain_id) {
        Some(AnchorChain::BaseMainnet) => "Base",
        Some(AnchorChain::BaseSepolia) => &words.base_sepolia,
        Some(AnchorChain::Development) => &words.development_chain,
        None => &words.unknown_chain,
    };
    AnchorView {
        chain: match &transaction.block {
            Some(block) => {
                fill(&words.chain_and_block, &[("chain", chain), ("block", &block.number.to_string())])
            }
            None => chain.to_owned(),
        },
        hash: format!("0x{}", transaction.hash),
        href,
        gap: issued.zip(block_time).and_then(|(issued, block)| time::gap(language, issued, block)),
        block_time: block_time.map(|time| When::at(language, time)),
        root: format!("0x{root}"),
    }
}

fn check(words: &'static PageWords, check: &verify::Check) -> CheckView {
    CheckView {
        outcome: match check.outcome {
            verify::CheckOutcome::Passed => OutcomeView::Passed,
            verify::CheckOutcome::Failed => OutcomeView::Failed,
            verify::CheckOutcome::CouldNotCheck => OutcomeView::CouldNotCheck,
            // The page checks the anchored form, to which every check applies.
            verify::CheckOutcome::NotReached | verify::CheckOutcome::NotApplicable => OutcomeView::NotReached,
        },
        reason: check.reason.clone(),
        evidence: check.evidence.clone(),
        ..not_yet(words, check.name)
    }
}

fn not_yet(words: &'static PageWords, name: CheckName) -> CheckView {
    let question = match name {
        CheckName::Schema => &words.check.schema_question,
        CheckName::Signature => &words.check.signature_question,
        CheckName::Issuer => &words.check.issuer_question,
        CheckName::Anchor => &words.check.anchor_question,
        CheckName::Revocation => &words.check.revocation_question,
    };
    CheckView {
        key: name.as_str(),
        name: name_of(words, name),
        question,
        outcome: OutcomeView::NotYet,
        reason: None,
        evidence: Vec::new(),
    }
}
