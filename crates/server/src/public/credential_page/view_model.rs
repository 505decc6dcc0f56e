//! The contents of the page, as plain values: every decision is made before the template sees it.
//!
//! The template only places these and escapes them. Where a text came from outside (a name, a description, a
//! piece of evidence) it is held as it was given; nothing here is HTML.

use std::sync::Arc;

use askama::Template;
use learncoin_badge::LinkCode;
use learncoin_language::words::{CheckWords, PageWords};
use learncoin_language::{Language, fill};

use crate::public::browser_check::BrowserCheck;
use crate::public::preview::{PREVIEW_HEIGHT, PREVIEW_WIDTH, Preview, Sharing};
use crate::public::time::When;

/// The element of the achievement's name: the heading of the page.
const HEADING: &str = "h1";

/// The appearance of a state. Only [`Tone::Good`] is green, and only the verdict *valid* has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    /// Valid on the chain that counts.
    Good,
    /// Every check passed, on a chain that proves nothing to the world.
    Trial,
    /// Nothing wrong, nothing finished.
    Wait,
    /// The proof holds, with a reservation: it is out of date, or the issuer's name is not confirmed.
    Caution,
    /// Something could not be looked at.
    Unknown,
    /// Revoked, failed, or not what it claims to be.
    Bad,
}

impl Tone {
    /// Returns the class of the style sheet.
    pub(crate) fn class(self) -> &'static str {
        match self {
            Tone::Good => "good",
            Tone::Trial => "trial",
            Tone::Wait => "wait",
            Tone::Caution => "caution",
            Tone::Unknown => "unknown",
            Tone::Bad => "bad",
        }
    }
}

/// A sentence about the whole page, above everything else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NoticeView {
    /// The verdict's own word, such as `TEST` or `DEVELOPMENT`.
    pub(crate) word: &'static str,
    /// The explanation.
    pub(crate) text: &'static str,
}

/// The state of the credential in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Status {
    /// The color family.
    pub(crate) tone: Tone,
    /// The first words: `Valid`, …; the badge in every other state.
    pub(crate) claim: &'static str,
    /// The facts that follow the first words in the same sentence.
    pub(crate) facts: Vec<Fact>,
    /// The badge, in English `Anchored`, `Pending`, `Status: Revoked`, …
    pub(crate) badge: &'static str,
    /// The verdict, in the words of the title; none before there is anything to verify.
    pub(crate) verdict: Option<&'static str>,
    /// One sentence of explanation.
    pub(crate) headline: String,
    /// More sentences.
    pub(crate) details: Vec<Sentence>,
}

impl Status {
    /// Returns whether the badge is more than the first words.
    pub(crate) fn has_badge_of_its_own(&self) -> bool {
        self.badge != self.claim
    }

    /// Returns whether the verdict alone states as much as the badge with it.
    fn is_implied_by(&self, verdict: &str, words: &PageWords) -> bool {
        self.badge == words.badge.anchored || self.badge.to_lowercase() == verdict.to_lowercase()
    }
}

/// A part of a sentence, with at most one text in it that came from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fact {
    /// Our words before it.
    pub(crate) before: String,
    /// The text from outside.
    pub(crate) theirs: Option<String>,
    /// Our words after it.
    pub(crate) after: String,
}

impl Fact {
    /// Creates a fact in our own words.
    pub(crate) fn ours(text: impl Into<String>) -> Self {
        Self { before: text.into(), theirs: None, after: String::new() }
    }

    /// Creates a fact from our words, which have the text from outside at a placeholder such as `{issuer}`. Words without it stay
    /// as they are.
    pub(crate) fn naming(words: &str, placeholder: &str, theirs: &str) -> Self {
        match words.split_once(placeholder) {
            Some((before, after)) => {
                Self { before: before.to_owned(), theirs: Some(theirs.to_owned()), after: after.to_owned() }
            }
            None => Self::ours(words),
        }
    }
}

/// A sentence with, at most, one text in it that came from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sentence {
    /// Our words before it.
    pub(crate) ours: String,
    /// The text from outside.
    pub(crate) theirs: Option<String>,
}

impl Sentence {
    /// Creates a sentence of our own.
    pub(crate) fn ours(text: impl Into<String>) -> Self {
        Self { ours: text.into(), theirs: None }
    }

    /// Creates a sentence of our words, and then a text from outside.
    pub(crate) fn quoting(ours: impl Into<String>, theirs: impl Into<String>) -> Self {
        Self { ours: ours.into(), theirs: Some(theirs.into()) }
    }
}

/// The issuer that signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct IssuerView {
    /// The name in the document.
    pub(crate) name: String,
    /// The name's first letter or digit, in the place of a logo.
    pub(crate) initial: String,
    /// The path at which this deployment serves the issuer's logo.
    pub(crate) logo: Option<String>,
    /// The DID in the document.
    pub(crate) did: String,
    /// The issuer's own site, if the document names one.
    pub(crate) url: Option<String>,
    /// Whether the operator of this deployment has confirmed the name.
    pub(crate) confirmed: bool,
}

/// Whose credential it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Recipient {
    /// The name that the issuer gave.
    Named(String),
    /// The name is gone. `words` is shown in its place.
    Erased {
        /// In English the words of the contract.
        words: &'static str,
        /// A note on what was erased and what stays.
        note: &'static str,
    },
}

/// A text, and where it leads if it leads anywhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Linked {
    /// The text.
    pub(crate) text: String,
    /// An http or https address.
    pub(crate) href: Option<String>,
}

/// The skills of one framework.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Framework {
    /// Its name.
    pub(crate) name: String,
    /// Its entries, in the document's order.
    pub(crate) skills: Vec<Skill>,
}

/// A skill of a framework.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Skill {
    /// The entry's name, leading to the entry.
    pub(crate) name: Linked,
    /// The entry's code.
    pub(crate) code: String,
}

/// A piece of evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EvidenceItem {
    /// The text.
    pub(crate) narrative: Option<String>,
    /// Its identifier, leading to it where that is a web address.
    pub(crate) id: Linked,
}

/// The achievement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AchievementView {
    /// Its name.
    pub(crate) name: String,
    /// Its description.
    pub(crate) description: String,
    /// Its criteria, if they contain more than the description.
    pub(crate) criteria: Option<String>,
    /// Its identifier.
    pub(crate) id: Linked,
    /// The skills that it shows, by framework.
    pub(crate) frameworks: Vec<Framework>,
    /// The evidence.
    pub(crate) evidence: Vec<EvidenceItem>,
}

/// The anchor on the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AnchorView {
    /// The chain's name, with the block once it is known.
    pub(crate) chain: String,
    /// The transaction's hash with 0x.
    pub(crate) hash: String,
    /// The page of the transaction, as long as the deployment knows one.
    pub(crate) href: Option<String>,
    /// The block's time.
    pub(crate) block_time: Option<When>,
    /// The Merkle root with 0x.
    pub(crate) root: String,
    /// Points out that the issuance date and the block are more than 24 hours apart.
    pub(crate) gap: Option<String>,
}

/// The outcome of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OutcomeView {
    /// It passed.
    Passed,
    /// It failed.
    Failed,
    /// A host or node that it needs did not answer.
    CouldNotCheck,
    /// An earlier check failed.
    NotReached,
    /// There is nothing to check yet.
    NotYet,
}

impl OutcomeView {
    /// Returns the outcome in words.
    pub(crate) fn words(self, words: &'static CheckWords) -> &'static str {
        match self {
            OutcomeView::Passed => &words.passed,
            OutcomeView::Failed => &words.failed,
            OutcomeView::CouldNotCheck => &words.could_not_check,
            OutcomeView::NotReached => &words.not_reached,
            OutcomeView::NotYet => &words.not_yet,
        }
    }

    /// Returns the class of the style sheet.
    pub(crate) fn class(self) -> &'static str {
        match self {
            OutcomeView::Passed => "passed",
            OutcomeView::Failed => "failed",
            OutcomeView::CouldNotCheck => "unchecked",
            OutcomeView::NotReached | OutcomeView::NotYet => "idle",
        }
    }

    /// Returns whether its evidence is shown unfolded.
    pub(crate) fn is_open(self) -> bool {
        matches!(self, OutcomeView::Failed | OutcomeView::CouldNotCheck)
    }
}

/// One of the five checks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CheckView {
    /// The name by which the script knows it.
    pub(crate) key: &'static str,
    /// Its name.
    pub(crate) name: &'static str,
    /// The question that it answers.
    pub(crate) question: &'static str,
    /// The outcome.
    pub(crate) outcome: OutcomeView,
    /// Why it did not pass.
    pub(crate) reason: Option<String>,
    /// The values that it looked at: label and value.
    pub(crate) evidence: Vec<(&'static str, String)>,
}

/// The page of one credential.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "credential.html")]
pub(crate) struct CredentialPage {
    /// The language that it speaks.
    pub(crate) language: Language,
    /// That language's texts.
    pub(crate) words: &'static PageWords,
    /// The credential's id.
    pub(crate) id: String,
    /// The tenant's color, as six hexadecimal digits: the name of its sheet, which uses it where it can be seen.
    pub(crate) accent: Option<String>,
    /// The notice above everything else.
    pub(crate) notice: Option<NoticeView>,
    /// The state.
    pub(crate) status: Status,
    /// The issuer.
    pub(crate) issuer: IssuerView,
    /// The recipient.
    pub(crate) recipient: Recipient,
    /// The achievement.
    pub(crate) achievement: AchievementView,
    /// The issuance date of the document.
    pub(crate) issued: When,
    /// The expiration date of the document, with the last day that it covers.
    pub(crate) expires: Option<When>,
    /// The anchor, once there is one.
    pub(crate) anchor: Option<AnchorView>,
    /// The five checks; none where there will never be anything to check.
    pub(crate) checks: Vec<CheckView>,
    /// When the checks ran.
    pub(crate) checked: When,
    /// Whether there is a signed document to take away.
    pub(crate) downloadable: bool,
    /// Whether the page waits for the anchor, and reloads when it is there.
    pub(crate) waits: bool,
    /// Whether the proof is shown unfolded, because it is what the reader must look at.
    pub(crate) proof_is_open: bool,
    /// Whether the four cryptographic checks passed just now.
    pub(crate) verified: bool,
    /// The QR code of the page's address.
    pub(crate) code: Option<Arc<LinkCode>>,
    /// The data for previews of the link.
    pub(crate) preview: Preview,
    /// The ways to show it elsewhere, if there is something to be proud of.
    pub(crate) sharing: Option<Sharing>,
    /// The settings for checking it in the browser, once there is something to check.
    pub(crate) browser_check: Option<BrowserCheck>,
    /// The id of the credential that takes its place, if it was revoked in favor of one.
    pub(crate) successor: Option<String>,
}

/// From this many characters on a name is set smaller, so that the state stays in sight on a phone.
const LONG_NAME: usize = 48;
/// From this many characters on it is set smaller again.
const VERY_LONG_NAME: usize = 120;

/// From this many characters on a description follows the certificate instead of standing in it.
const LONG_DESCRIPTION: usize = 200;

/// Returns the class of a name's size.
pub(crate) fn size(name: &str) -> &'static str {
    let is_longer_than = |length| name.chars().nth(length).is_some();
    if is_longer_than(VERY_LONG_NAME) {
        "long longer"
    } else if is_longer_than(LONG_NAME) {
        "long"
    } else {
        "short"
    }
}

/// Returns the first letter or digit of an issuer's name, which is in the place of a logo.
pub(crate) fn initial(name: &str) -> String {
    let initial = name.chars().find(|character| character.is_alphanumeric()).unwrap_or('·');
    initial.to_uppercase().collect()
}

impl AchievementView {
    /// Returns whether the description is too long for the certificate.
    pub(crate) fn description_follows(&self) -> bool {
        self.description.chars().nth(LONG_DESCRIPTION).is_some() || self.description.lines().nth(5).is_some()
    }
}

impl CredentialPage {
    /// Returns the title: the achievement and the state, never the person.
    pub(crate) fn title(&self) -> String {
        let state = match self.status.verdict {
            Some(verdict) if self.status.is_implied_by(verdict, self.words) => verdict.to_owned(),
            Some(verdict) => format!("{}{}{verdict}", self.status.badge, self.words.separator),
            None => self.status.badge.to_owned(),
        };
        format!("{} · {state}", self.achievement.name)
    }

    /// Returns the text of a preview of the link.
    pub(crate) fn description(&self) -> String {
        fill(&self.words.description, &[("issuer", &self.issuer.name)])
    }

    /// Describes the QR code.
    pub(crate) fn code_name(&self) -> String {
        fill(&self.language.words().files.code_of, &[("link", &self.preview.page)])
    }

    /// Describes the badge's picture.
    pub(crate) fn picture(&self) -> String {
        fill(&self.words.picture, &[("achievement", &self.achievement.name)])
    }

    /// Returns the address of the badge, if there is one to show.
    pub(crate) fn badge_source(&self) -> Option<String> {
        self.downloadable.then(|| format!("/c/{}/badge.svg?plain=true", self.id))
    }

    /// Describes the logo.
    pub(crate) fn logo(&self) -> String {
        fill(&self.words.logo, &[("issuer", &self.issuer.name)])
    }
}
