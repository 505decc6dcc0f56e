//! From what is known of a credential to the values of its page.

use learncoin_credential::document::{self, Document};
use learncoin_credential::proof::AnchorChain;
use learncoin_credential::text::{REDACTED, parse_timestamp};
use learncoin_credential::verify::{self, CheckName, Report};
use learncoin_issuance::render::Published;
use learncoin_store::anchor_transactions::AnchorTransaction;
use learncoin_store::batches::BatchState;

use jiff::Timestamp;

use super::moment;
use super::standing::Facts;
use super::view::{
    Achievement, Anchor, Check, CredentialPage, EvidenceItem, Issuer, Linked, Notice, Outcome, Recipient,
    Skill, When,
};

/// What the page says beside what the credential itself holds.
pub(crate) struct Surroundings<'a> {
    /// The present.
    pub(crate) now: Timestamp,
    /// The deployment's public origin.
    pub(crate) origin: &'a str,
    /// The page of the anchor's transaction.
    pub(crate) explorer_url: Option<String>,
    /// Whether the operator stands for the issuer's name.
    pub(crate) name_confirmed: bool,
    /// The tenant's color, `#RRGGBB`, where it may be shown.
    pub(crate) accent_color: Option<&'a str>,
    /// The hash of the tenant's logo, where it may be shown.
    pub(crate) logo_hash: Option<&'a str>,
    /// What the checks found just now.
    pub(crate) report: Option<&'a Report>,
    /// Whether the chain has lost the confirmed transaction.
    pub(crate) reconfirming: bool,
}

/// Puts the page together. `document` is the one that the page shows: the full one, unless it was erased.
pub(crate) fn compose(
    published: &Published,
    document: &Document,
    around: &Surroundings<'_>,
) -> CredentialPage {
    let credential = &published.credential;
    let issued = parse_timestamp(&document.issuance_date).ok();
    let facts = Facts {
        state: &published.batch.state,
        revocation: credential.revocation.as_ref(),
        issued,
        expires: document.expiration_date.as_deref().and_then(|date| parse_timestamp(date).ok()),
        now: around.now,
        report: around.report,
        reconfirming: around.reconfirming,
    };
    let checks = match (around.report, &published.batch.state) {
        (Some(report), _) => report.checks.iter().map(check).collect(),
        (None, BatchState::Failed { .. }) => Vec::new(),
        (None, _) => CheckName::ALL.map(not_yet).into(),
    };
    CredentialPage {
        id: credential.id.to_string(),
        accent: around.accent_color.and_then(|color| color.strip_prefix('#')).map(str::to_owned),
        notice: notice(published.batch.chain_id),
        status: facts.status(),
        issuer: issuer(&document.issuer, around),
        recipient: match &document.subject.name {
            Some(name) => Recipient::Named(name.clone()),
            None => Recipient::Erased { words: REDACTED },
        },
        achievement: achievement(document, around.origin),
        issued: When::written(&document.issuance_date),
        expires: document.expiration_date.as_deref().map(When::written),
        anchor: published.anchor.as_ref().map(|transaction| {
            let root = published.batch.merkle_root().unwrap_or_default();
            anchor(transaction, root, around.explorer_url.clone(), issued)
        }),
        checks,
        checked: When::at(around.now),
        downloadable: published.anchor.is_some(),
        verified: facts.proof_holds(),
        browser_check: None,
    }
}

fn notice(chain_id: u64) -> Option<Notice> {
    match AnchorChain::from_chain_id(chain_id)? {
        AnchorChain::BaseMainnet => None,
        AnchorChain::BaseSepolia => Some(Notice {
            word: "TEST",
            text: "Issued for testing, on the Base Sepolia test network. It certifies nothing.",
        }),
        AnchorChain::Development => Some(Notice {
            word: "DEVELOPMENT",
            text: "Issued on a development chain that only this deployment keeps. It certifies nothing.",
        }),
    }
}

fn issuer(issuer: &document::Issuer, around: &Surroundings<'_>) -> Issuer {
    let initial = issuer.name.chars().find(|character| character.is_alphanumeric()).unwrap_or('·');
    Issuer {
        name: issuer.name.clone(),
        initial: initial.to_uppercase().collect(),
        did: issuer.id.clone(),
        url: issuer.url.clone().filter(|url| is_web(url)),
        logo: around.logo_hash.map(|hash| format!("/assets/logo/{hash}")),
        confirmed: around.name_confirmed,
    }
}

fn achievement(document: &Document, origin: &str) -> Achievement {
    let achievement = &document.subject.achievement;
    let skill = |alignment: &document::Alignment| Skill {
        name: Linked {
            text: alignment.target_name.clone(),
            href: leads_on(&alignment.target_url, origin).then(|| alignment.target_url.clone()),
        },
        framework: alignment.target_framework.clone(),
        code: alignment.target_code.clone(),
    };
    let evidence = |evidence: &document::Evidence| EvidenceItem {
        narrative: evidence.narrative.clone(),
        id: linked(evidence.id.clone().unwrap_or_default()),
    };
    Achievement {
        name: achievement.name.clone(),
        description: achievement.description.clone(),
        criteria: Some(achievement.criteria.clone()).filter(|criteria| *criteria != achievement.description),
        id: linked(achievement.id.clone().unwrap_or_default()),
        skills: achievement.alignment.iter().map(skill).collect(),
        evidence: document.evidence.iter().map(evidence).collect(),
    }
}

fn linked(text: String) -> Linked {
    Linked { href: is_web(&text).then(|| text.clone()), text }
}

/// Whether a link to this is one that a browser opens as a page. Anything else is shown and not linked.
fn is_web(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}

/// Whether an alignment's address was given by the issuer. The ones that we made up name the entry, and open nothing.
fn leads_on(url: &str, origin: &str) -> bool {
    let made_up = url.strip_prefix(origin).is_some_and(|path| path.starts_with("/alignments/"));
    is_web(url) && !made_up
}

fn anchor(
    transaction: &AnchorTransaction,
    root: &str,
    href: Option<String>,
    issued: Option<Timestamp>,
) -> Anchor {
    let block_time = transaction.block.as_ref().and_then(|block| moment::from_seconds(block.time));
    Anchor {
        chain: match AnchorChain::from_chain_id(transaction.chain_id) {
            Some(AnchorChain::BaseMainnet) => "Base",
            Some(AnchorChain::BaseSepolia) => "Base Sepolia, a test network",
            Some(AnchorChain::Development) => "Development chain",
            None => "Unknown chain",
        },
        hash: format!("0x{}", transaction.hash),
        href,
        block: transaction.block.as_ref().map(|block| block.number),
        gap: issued.zip(block_time).and_then(|(issued, block)| moment::gap(issued, block)),
        block_time: block_time.map(When::at),
        root: format!("0x{root}"),
    }
}

fn check(check: &verify::Check) -> Check {
    Check {
        outcome: match check.outcome {
            verify::Outcome::Passed => Outcome::Passed,
            verify::Outcome::Failed => Outcome::Failed,
            verify::Outcome::CouldNotCheck => Outcome::CouldNotCheck,
            verify::Outcome::NotReached => Outcome::NotReached,
        },
        reason: check.reason.clone(),
        evidence: check.evidence.clone(),
        ..not_yet(check.name)
    }
}

fn not_yet(name: CheckName) -> Check {
    let (name, question) = match name {
        CheckName::Schema => ("Schema", "Is the document well formed, and nothing hidden in it?"),
        CheckName::Signature => ("Signature", "Does the proof belong to exactly this document?"),
        CheckName::Issuer => ("Issuer", "Is the key that signed the issuer’s own?"),
        CheckName::Anchor => ("Anchor", "Does the chain hold the proof, sent by that key?"),
        CheckName::Revocation => ("Revocation", "Is it neither revoked nor out of date?"),
    };
    Check { name, question, outcome: Outcome::NotYet, reason: None, evidence: Vec::new() }
}
