//! The texts of a credential's state.

use serde::Deserialize;

/// The status badges. Their English texts are part of the public contract.
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
    /// Being anchored again, because the chain was reorganized.
    pub reconfirming: String,
}

/// The verdicts, as in the page's title.
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
    /// Past its expiration date, with a proof that holds.
    pub expired: String,
    /// Before its issuance date, with a proof that holds.
    pub not_yet_valid: String,
    /// Unknown.
    pub could_not_check: String,
}

/// The first words about a credential whose checks all passed. In other states the badge comes first.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClaimWords {
    /// Valid.
    pub valid: String,
    /// Valid on a test network.
    pub valid_test: String,
    /// Valid on a development chain.
    pub valid_development: String,
}

/// The facts that follow the first words, each a part of one sentence.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FactWords {
    /// Issued by `{issuer}` on `{day}`.
    pub issued: String,
    /// Not revoked.
    pub not_revoked: String,
    /// The last `{day}` of an expired credential.
    pub was_valid_until: String,
    /// The first `{day}` of one that is not valid yet.
    pub valid_from: String,
}

/// The sentence under the status badge.
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
    /// Expired.
    pub expired: String,
    /// Valid from `{day}` on.
    pub not_yet_valid: String,
    /// Never issued.
    pub failed: String,
    /// A check failed.
    pub not_valid: String,
    /// A check could not be made.
    pub could_not_check: String,
    /// Being anchored again, because the chain was reorganized.
    pub reconfirming: String,
    /// Without a proof, because our records are incomplete.
    pub unproven: String,
}

/// The sentences under the headline.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DetailWords {
    /// The advice on a pending credential.
    pub pending: String,
    /// The reason why a credential was never issued.
    pub failed: String,
    /// The failed checks, with `{checks}`.
    pub not_valid: String,
    /// The checks that could not be made, with `{checks}`.
    pub could_not_check: String,
    /// The advice on an internal error.
    pub unproven: String,
    /// The explanation of a reorganization.
    pub reconfirming: String,
    /// The note that the proof of a revoked or expired credential still holds.
    pub proof_holds: String,
    /// The revocation reason: reissued.
    pub reissued: String,
    /// The revocation reason: issued in error.
    pub issuer_error: String,
    /// The revocation reason: requested by the recipient.
    pub recipient_request: String,
    /// The label of the issuer's own reason.
    pub reason: String,
    /// The note that a revoked credential has expired as well, with `{day}`.
    pub also_expired: String,
    /// The note that a credential was revoked before it was anchored.
    pub revoked_unanchored: String,
    /// The note that a credential was revoked and never issued.
    pub revoked_unissued: String,
}

/// The note on an issuance date far from the block's time.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DateGapWords {
    /// The date is `{apart}` before the block.
    pub before: String,
    /// The date is `{apart}` after the block.
    pub after: String,
    /// The distance between one and two days.
    pub a_day: String,
    /// The distance in `{days}`.
    pub days: String,
    /// The distance of more than `{years}` years.
    pub years: String,
}
