//! Where a credential stands, in words.

use serde::Deserialize;

/// The badges of the states. In English they are the words of the contract.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BadgeWords {
    /// Not signed, or not on the chain yet.
    pub pending: String,
    /// On the chain, and every check passed.
    pub anchored: String,
    /// Revoked by the issuer.
    pub revoked: String,
    /// Past its expiration date.
    pub expired: String,
    /// Before its issuance date.
    pub not_yet_valid: String,
    /// Never issued.
    pub failed: String,
    /// A check failed.
    pub not_valid: String,
    /// A check could not be made.
    pub could_not_check: String,
    /// The chain lost the anchor, and takes it again.
    pub reconfirming: String,
}

/// The verdicts, as they stand in the title.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VerdictWords {
    /// Valid.
    pub valid: String,
    /// Valid on a test network.
    pub valid_test: String,
    /// Valid on a development chain.
    pub valid_development: String,
    /// Not valid.
    pub not_valid: String,
    /// Unknown.
    pub could_not_check: String,
}

/// The sentence under the badge.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeadlineWords {
    /// Accepted.
    pub pending: String,
    /// Signed.
    pub signed: String,
    /// Every check passed.
    pub valid: String,
    /// Every check passed, on a test network.
    pub valid_test: String,
    /// Every check passed, on a development chain.
    pub valid_development: String,
    /// Revoked on `{day}`.
    pub revoked: String,
    /// Expired on `{day}`.
    pub expired: String,
    /// Valid from `{day}` on.
    pub not_yet_valid: String,
    /// Never issued.
    pub failed: String,
    /// A check failed.
    pub not_valid: String,
    /// A check could not be made.
    pub could_not_check: String,
    /// The chain takes the anchor again.
    pub reconfirming: String,
    /// Our own records are incomplete.
    pub unproven: String,
}

/// The sentences under the headline.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DetailWords {
    /// What a reader of a pending one may do.
    pub pending: String,
    /// Why nothing was issued.
    pub failed: String,
    /// What failed, of `{checks}`.
    pub not_valid: String,
    /// What got no answer, of `{checks}`.
    pub could_not_check: String,
    /// What to make of a failure of ours.
    pub unproven: String,
    /// What happened to the chain.
    pub reconfirming: String,
    /// That the cryptography of a revoked or outdated one holds.
    pub proof_holds: String,
    /// Revoked because it was issued again.
    pub reissued: String,
    /// Revoked because of an error.
    pub issuer_error: String,
    /// Revoked because the recipient wished it.
    pub recipient_request: String,
    /// Before the issuer's own words.
    pub reason: String,
    /// That a revoked one is past its date as well, of `{day}`.
    pub also_expired: String,
    /// That it was revoked and is not anchored yet.
    pub revoked_unanchored: String,
    /// That it was revoked and never issued.
    pub revoked_unissued: String,
}

/// The note on a document's date that is far from its block.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DateGapWords {
    /// The date is `{apart}` before the block.
    pub before: String,
    /// The date is `{apart}` after the block.
    pub after: String,
    /// Between one and two days apart.
    pub a_day: String,
    /// `{days}` days apart.
    pub days: String,
    /// More than `{years}` years apart.
    pub years: String,
}
