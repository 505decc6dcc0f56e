//! The texts of the credential's page, of the embedded card and of the button.

mod state;
mod visitor;
mod wallet;

use serde::Deserialize;

pub use state::{BadgeWords, ClaimWords, DateGapWords, DetailWords, FactWords, HeadlineWords, VerdictWords};
pub use visitor::{ActionWords, HeaderWords, LiveCheckWords, MeaningWords};
pub use wallet::{WalletAddressWords, WalletExchangeWords, WalletOfferWords, WalletWords};

/// The texts of the credential's page.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PageWords {
    /// The skip link for keyboard users, which leads to the status.
    pub skip: String,
    /// The name of the language list, for screen readers.
    pub languages: String,
    /// The separator of list items within a sentence.
    pub separator: String,
    /// The label of the issuer's name.
    pub issued_by: String,
    /// The label of the recipient's name.
    pub awarded_to: String,
    /// The label of the achievement's name.
    pub achievement: String,
    /// The alternative text of the issuer's logo, with `{issuer}`.
    pub logo: String,
    /// The alternative text of the badge, with `{achievement}`.
    pub picture: String,
    /// The label of the issuance date.
    pub issued: String,
    /// The label of the expiration date.
    pub expires: String,
    /// The label of the date of the anchor's block.
    pub anchored: String,
    /// The label of the anchor's transaction hash.
    pub transaction: String,
    /// The label of the verdict.
    pub verdict_label: String,
    /// The label of the time of the checks.
    pub checked: String,
    /// The description for link previews, with `{issuer}`.
    pub description: String,
    /// The site's own line at the top of the page.
    pub header: HeaderWords,
    /// The link from a revoked credential to the one that takes its place.
    pub successor: String,
    /// The status badges.
    pub badge: BadgeWords,
    /// The verdicts in the page's title.
    pub verdict: VerdictWords,
    /// The first words about a credential that is valid.
    pub claim: ClaimWords,
    /// The facts that follow the first words.
    pub fact: FactWords,
    /// The sentence under the first words.
    pub headline: HeadlineWords,
    /// The sentences under the headline.
    pub detail: DetailWords,
    /// The row of actions.
    pub action: ActionWords,
    /// The checks that the visitor's browser makes when the page opens.
    pub live: LiveCheckWords,
    /// The explanation for people who never saw such a page.
    pub meaning: MeaningWords,
    /// The note on an issuance date far from the block's time.
    pub gap: DateGapWords,
    /// The banner of credentials on a test network or development chain.
    pub notice: NoticeWords,
    /// The replacements of an erased name.
    pub erasure: ErasureWords,
    /// The headings.
    pub heading: HeadingWords,
    /// The labels of the record.
    pub record: RecordWords,
    /// The five checks.
    pub check: CheckWords,
    /// The downloads.
    pub take: DownloadWords,
    /// The sharing options.
    pub share: ShareWords,
    /// The page that adds the credential to a wallet.
    pub wallet: WalletWords,
    /// The page for an unknown credential (404).
    pub not_found: ErrorPageWords,
    /// The page for a mistyped query (400).
    pub unclear_query: ErrorPageWords,
    /// The page for a request for a page without the name (400). `advice` has the `{address}` of the file.
    pub whole_only: ErrorPageWords,
    /// The page for an internal error (500).
    pub trouble: ErrorPageWords,
    /// The pages for other errors.
    pub error: ErrorPagesWords,
    /// The page about a skill.
    pub alignment: AlignmentWords,
}

/// The banner of credentials on a test network or development chain.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticeWords {
    /// The mark of a test network, in capitals if the script has them.
    pub test_word: String,
    /// The explanation of the mark.
    pub test: String,
    /// The mark of the development chain.
    pub development_word: String,
    /// The explanation of the mark.
    pub development: String,
}

/// The replacements of an erased name, and the notes on erasure.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErasureWords {
    /// The replacement of the name.
    pub name: String,
    /// The mark of an erased name in other places.
    pub mark: String,
    /// The note on an anchored credential: what was erased and what remains.
    pub anchored: String,
    /// The note on a credential that is not anchored yet.
    pub waiting: String,
    /// The note on a credential that was never issued.
    pub failed: String,
}

/// The headings.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeadingWords {
    /// The heading of a description that does not fit on the certificate.
    pub description: String,
    /// The heading of the criteria.
    pub criteria: String,
    /// The heading of the skills.
    pub skills: String,
    /// The heading of the evidence.
    pub evidence: String,
    /// The control that shows the proof: checks, hashes and record.
    pub proof: String,
    /// The heading of the record.
    pub record: String,
    /// The heading of the five checks.
    pub checks: String,
    /// The heading of the downloads.
    pub take: String,
    /// The heading of the sharing options.
    pub share: String,
}

/// The labels of the record.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordWords {
    /// The chain.
    pub chain: String,
    /// The chain with the anchor's block, with `{chain}` and `{block}`.
    pub chain_and_block: String,
    /// The name of Base Sepolia.
    pub base_sepolia: String,
    /// The name of the development chain.
    pub development_chain: String,
    /// The name of a chain that this version does not know.
    pub unknown_chain: String,
    /// The block's time.
    pub block_time: String,
    /// The issuance date.
    pub issuance_date: String,
    /// The expiration date.
    pub expiration_date: String,
    /// The issuer's name.
    pub issuer: String,
    /// The note that the operator has confirmed the issuer's name.
    pub confirmed: String,
    /// The note that the operator has not confirmed the issuer's name.
    pub unconfirmed: String,
    /// The issuer's DID.
    pub did: String,
    /// The achievement's id.
    pub achievement: String,
    /// The credential's id.
    pub credential: String,
    /// The Merkle root.
    pub merkle_root: String,
}

/// The five checks, each with its name and its question, and the outcomes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckWords {
    /// The introduction: who made the checks and when.
    pub introduction: String,
    /// The name of the schema check.
    pub schema: String,
    /// The question of the schema check.
    pub schema_question: String,
    /// The name of the signature check.
    pub signature: String,
    /// The question of the signature check.
    pub signature_question: String,
    /// The name of the issuer check.
    pub issuer: String,
    /// The question of the issuer check.
    pub issuer_question: String,
    /// The name of the anchor check.
    pub anchor: String,
    /// The question of the anchor check.
    pub anchor_question: String,
    /// The name of the revocation check.
    pub revocation: String,
    /// The question of the revocation check.
    pub revocation_question: String,
    /// The outcome: passed.
    pub passed: String,
    /// The outcome: failed.
    pub failed: String,
    /// The outcome: could not be made, because a lookup failed.
    pub could_not_check: String,
    /// The outcome: not reached, because an earlier check failed.
    pub not_reached: String,
    /// The outcome: there is nothing to check yet.
    pub not_yet: String,
}

/// The downloads: the name of each file and a note.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DownloadWords {
    /// The introduction.
    pub introduction: String,
    /// The certificate.
    pub certificate: String,
    /// The note on the certificate.
    pub certificate_note: String,
    /// The badge as PNG.
    pub png: String,
    /// The note on the PNG.
    pub png_note: String,
    /// The badge as SVG.
    pub svg: String,
    /// The note on the SVG.
    pub svg_note: String,
    /// The signed document.
    pub document: String,
    /// The note on the signed document with the name.
    pub document_note: String,
    /// The note on the signed document after erasure.
    pub erased_note: String,
    /// The redacted document.
    pub redacted: String,
    /// The note on the redacted document.
    pub redacted_note: String,
    /// The note on the document in the Open Badges layout.
    pub open_badges_note: String,
}

/// The sharing options: LinkedIn, card and button.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShareWords {
    /// The link that adds the credential to a LinkedIn profile.
    pub linkedin: String,
    /// The note on what is passed to LinkedIn.
    pub linkedin_note: String,
    /// The label of the page's address.
    pub link: String,
    /// The note on the QR code of the page's address.
    pub code: String,
    /// The control that shows the HTML for websites.
    pub site: String,
    /// The note on what card and button show.
    pub site_note: String,
    /// The label of the card's HTML.
    pub card: String,
    /// The label of the button's HTML.
    pub button: String,
    /// The card's link to the credential's page.
    pub proof: String,
    /// The text of the button.
    pub button_text: String,
}

/// The pages for errors that have nothing to do with a credential.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErrorPagesWords {
    /// There is nothing at this address (404).
    pub missing: ErrorPageWords,
    /// The credential is not anchored yet (404).
    pub not_yet: ErrorPageWords,
    /// The address has other methods (405).
    pub wrong_method: ErrorPageWords,
    /// The request is too large (413).
    pub too_large: ErrorPageWords,
    /// The request can't be understood (400 and others).
    pub unclear: ErrorPageWords,
}

/// The page about a skill that a document names by its address.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AlignmentWords {
    /// The title.
    pub title: String,
    /// The meaning of the code, with `{framework}`.
    pub explanation: String,
    /// The meaning of a code of an issuer's own framework.
    pub own: String,
}

/// An error page.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErrorPageWords {
    /// The title: what happened.
    pub title: String,
    /// The advice: what the visitor can do.
    pub advice: String,
}
