//! What the credential's page says, and what shows a credential elsewhere: the embedded card, the button.

mod state;

use serde::Deserialize;

pub use state::{BadgeWords, DateGapWords, DetailWords, HeadlineWords, VerdictWords};

/// What the credential's page says.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PageWords {
    /// The link for keyboards that leads past everything to the status.
    pub skip: String,
    /// The name of the list of languages, for screen readers.
    pub languages: String,
    /// What stands between the items of a list in a sentence.
    pub separator: String,
    /// Over the issuer's name.
    pub issued_by: String,
    /// Over the recipient's name.
    pub awarded_to: String,
    /// Over the achievement's name.
    pub achievement: String,
    /// What the issuer's logo is, of `{issuer}`.
    pub logo: String,
    /// What the badge's picture is, of `{achievement}`.
    pub picture: String,
    /// Over the day of issuance.
    pub issued: String,
    /// Over the day of expiration.
    pub expires: String,
    /// Over the day of the anchor's block.
    pub anchored: String,
    /// Over the hash of the anchor's transaction.
    pub transaction: String,
    /// Before the verdict.
    pub verdict_label: String,
    /// Before the time of the checks.
    pub checked: String,
    /// What the page is, for previews of links, of `{issuer}`.
    pub description: String,
    /// The badges of the states.
    pub badge: BadgeWords,
    /// The verdicts.
    pub verdict: VerdictWords,
    /// The sentence under the badge.
    pub headline: HeadlineWords,
    /// The sentences under that.
    pub detail: DetailWords,
    /// The note on two dates that lie far apart.
    pub gap: DateGapWords,
    /// The strip above a credential that certifies nothing.
    pub notice: NoticeWords,
    /// What stands in the place of an erased name.
    pub erasure: ErasureWords,
    /// The headings.
    pub heading: HeadingWords,
    /// The labels of the record.
    pub record: RecordWords,
    /// The five checks.
    pub check: CheckWords,
    /// What can be taken away.
    pub take: DownloadWords,
    /// What shows the credential elsewhere.
    pub share: ShareWords,
    /// The page of an address that names nothing.
    pub not_found: ErrorPageWords,
    /// The page of a failure of ours.
    pub trouble: ErrorPageWords,
}

/// The strip above a credential that certifies nothing.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticeWords {
    /// The word for a test network, in capitals where the script has them.
    pub test_word: String,
    /// What that means.
    pub test: String,
    /// The word for the development chain.
    pub development_word: String,
    /// What that means.
    pub development: String,
}

/// What stands in the place of an erased name.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErasureWords {
    /// In the place of the name.
    pub name: String,
    /// The mark outside of the name.
    pub mark: String,
    /// What was erased and what stays.
    pub anchored: String,
    /// The same before the anchor.
    pub waiting: String,
    /// The same where nothing was issued.
    pub failed: String,
}

/// The headings.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeadingWords {
    /// Over a description that is too long for the certificate.
    pub description: String,
    /// Over the criteria.
    pub criteria: String,
    /// Over the skills.
    pub skills: String,
    /// Over the evidence.
    pub evidence: String,
    /// Over the record.
    pub record: String,
    /// Over the five checks.
    pub checks: String,
    /// Over what can be taken away.
    pub take: String,
    /// Over what shows the credential elsewhere.
    pub share: String,
}

/// The labels of the record.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordWords {
    /// The chain.
    pub chain: String,
    /// The chain with the anchor's block, of `{chain}` and `{block}`.
    pub chain_and_block: String,
    /// The name of Base Sepolia.
    pub base_sepolia: String,
    /// The name of the development chain.
    pub development_chain: String,
    /// The name of a chain that this program does not know.
    pub unknown_chain: String,
    /// When the block was made.
    pub block_time: String,
    /// The date of issuance.
    pub issuance_date: String,
    /// The date of expiration.
    pub expiration_date: String,
    /// The issuer's name.
    pub issuer: String,
    /// That the operator stands for that name.
    pub confirmed: String,
    /// That the operator does not.
    pub unconfirmed: String,
    /// The issuer's DID.
    pub did: String,
    /// The identifier of the achievement.
    pub achievement: String,
    /// The identifier of the credential.
    pub credential: String,
    /// The Merkle root.
    pub merkle_root: String,
}

/// The five checks: what each is called, the question that it answers, and what can become of it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckWords {
    /// Who made them, when, and that their evidence is English.
    pub introduction: String,
    /// The schema.
    pub schema: String,
    /// Its question.
    pub schema_question: String,
    /// The signature.
    pub signature: String,
    /// Its question.
    pub signature_question: String,
    /// The issuer.
    pub issuer: String,
    /// Its question.
    pub issuer_question: String,
    /// The anchor.
    pub anchor: String,
    /// Its question.
    pub anchor_question: String,
    /// The revocation.
    pub revocation: String,
    /// Its question.
    pub revocation_question: String,
    /// It passed.
    pub passed: String,
    /// It failed.
    pub failed: String,
    /// What it needs did not answer.
    pub could_not_check: String,
    /// An earlier one failed.
    pub not_reached: String,
    /// There is nothing to check yet.
    pub not_yet: String,
}

/// What can be taken away: the name of each file, and what it is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DownloadWords {
    /// What all of it is good for.
    pub introduction: String,
    /// The certificate.
    pub certificate: String,
    /// What it is.
    pub certificate_note: String,
    /// The badge as PNG.
    pub png: String,
    /// What it is.
    pub png_note: String,
    /// The badge as SVG.
    pub svg: String,
    /// What it is.
    pub svg_note: String,
    /// The signed document.
    pub document: String,
    /// What it is, where it has the name.
    pub document_note: String,
    /// What it is, where the name was erased.
    pub erased_note: String,
    /// The document without the name.
    pub redacted: String,
    /// What it is.
    pub redacted_note: String,
    /// What the document in the layout of Open Badges is for.
    pub open_badges_note: String,
}

/// What shows the credential elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShareWords {
    /// The link that adds it to a profile of LinkedIn.
    pub linkedin: String,
    /// What that sends where.
    pub linkedin_note: String,
    /// What unfolds the code for web sites.
    pub site: String,
    /// What the card and the button show and what not.
    pub site_note: String,
    /// The label of the card's code.
    pub card: String,
    /// The label of the button's code.
    pub button: String,
    /// The link of the card that leads to the page.
    pub proof: String,
    /// What the button says.
    pub button_text: String,
}

/// A page that has nothing to show.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErrorPageWords {
    /// What happened.
    pub title: String,
    /// What the reader may do.
    pub advice: String,
}
