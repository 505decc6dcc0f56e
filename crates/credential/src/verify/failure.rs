//! Why a credential is not valid, in one word.

use serde::Serialize;

use super::report::{CheckName, CheckOutcome, Report};
use super::{status, wallet};

/// The reasons for the verdict *not valid*: what the first failed check means to people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NotValidReason {
    /// It does not have the form of a LearnCoin credential.
    Malformed,
    /// It is not the document that was signed.
    Altered,
    /// It was not signed by the issuer that it names.
    WrongIssuer,
    /// The issuer has withdrawn the key that signed it.
    KeyWithdrawn,
    /// The chain does not hold its proof.
    Unproven,
    /// The issuer has withdrawn it.
    Revoked,
    /// Its time has not begun.
    NotYetValid,
    /// Its time is over.
    Expired,
}

impl NotValidReason {
    /// Every reason.
    pub const ALL: [Self; 8] = [
        Self::Malformed,
        Self::Altered,
        Self::WrongIssuer,
        Self::KeyWithdrawn,
        Self::Unproven,
        Self::Revoked,
        Self::NotYetValid,
        Self::Expired,
    ];

    /// Returns whether the credential is genuine, and only its time is not now.
    pub const fn is_about_time(self) -> bool {
        matches!(self, Self::NotYetValid | Self::Expired)
    }
}

impl Report {
    /// Returns why the credential is not valid; `None` for every other verdict.
    pub fn failure(&self) -> Option<NotValidReason> {
        let failed = self.checks.iter().find(|check| check.outcome == CheckOutcome::Failed)?;
        Some(match failed.name {
            CheckName::Schema => NotValidReason::Malformed,
            CheckName::Signature => NotValidReason::Altered,
            CheckName::Issuer => match failed.reason.as_deref() {
                Some(wallet::KEY_WITHDRAWN) => NotValidReason::KeyWithdrawn,
                _ => NotValidReason::WrongIssuer,
            },
            CheckName::Anchor => NotValidReason::Unproven,
            CheckName::Revocation => match failed.reason.as_deref() {
                Some(status::EXPIRED) => NotValidReason::Expired,
                Some(status::NOT_YET_VALID) => NotValidReason::NotYetValid,
                _ => NotValidReason::Revoked,
            },
        })
    }
}
