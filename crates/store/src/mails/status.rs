//! The states of a mail, and what is read of it.

use std::str::FromStr;

use crate::id::{CredentialId, TenantId};
use crate::mails::token::MailToken;
use crate::scope::TenantScope;

/// The status of a mail, without the times that belong to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MailStatus {
    /// Nothing was sent. It waits until the operator turns the tenant's mails of live credentials on.
    Held,
    /// Nothing was sent. It is tried when it is due.
    Waiting,
    /// Nothing was sent. The tenant's mails of the day are used up, and it waits for the next one.
    Postponed,
    /// A worker prepares it; nothing was sent.
    Leased,
    /// Its bytes are being written to the mail server.
    Transmitting,
    /// The mail server took it.
    Sent,
    /// It can't be sent, or was refused until that was given up.
    Failed,
    /// The mail server took it, and later it came back.
    Bounced,
    /// The mail server took it, and something came back about it of unclear meaning.
    Returned,
    /// The credential was erased or revoked before it was sent, or the operator turned the tenant's mails off.
    Cancelled,
    /// It was transmitted, and its process ended before the outcome was known.
    Unknown,
}

impl MailStatus {
    /// Every status, in the order of a mail's life.
    pub const ALL: [MailStatus; 11] = [
        MailStatus::Held,
        MailStatus::Waiting,
        MailStatus::Postponed,
        MailStatus::Leased,
        MailStatus::Transmitting,
        MailStatus::Sent,
        MailStatus::Failed,
        MailStatus::Bounced,
        MailStatus::Returned,
        MailStatus::Cancelled,
        MailStatus::Unknown,
    ];

    /// Returns its name.
    pub fn as_str(self) -> &'static str {
        match self {
            MailStatus::Held => "held",
            MailStatus::Waiting => "waiting",
            MailStatus::Postponed => "postponed",
            MailStatus::Leased => "leased",
            MailStatus::Transmitting => "transmitting",
            MailStatus::Sent => "sent",
            MailStatus::Failed => "failed",
            MailStatus::Bounced => "bounced",
            MailStatus::Returned => "returned",
            MailStatus::Cancelled => "cancelled",
            MailStatus::Unknown => "unknown",
        }
    }
}

/// A text that names no status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected held, waiting, postponed, leased, transmitting, sent, failed, bounced, returned, cancelled or unknown"
)]
pub struct MailStatusError;

impl FromStr for MailStatus {
    type Err = MailStatusError;

    fn from_str(text: &str) -> std::result::Result<Self, MailStatusError> {
        MailStatus::ALL.into_iter().find(|status| status.as_str() == text).ok_or(MailStatusError)
    }
}

/// The state of a mail. Times are milliseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailState {
    /// See [`MailStatus::Held`].
    Held,
    /// See [`MailStatus::Waiting`].
    Waiting {
        /// When it is tried.
        due_at: i64,
    },
    /// See [`MailStatus::Postponed`].
    Postponed {
        /// When the next day begins.
        until: i64,
    },
    /// See [`MailStatus::Leased`].
    Leased {
        /// When the lease ends.
        until: i64,
    },
    /// See [`MailStatus::Transmitting`].
    Transmitting {
        /// When it was.
        transmitted_at: i64,
        /// When the lease ends.
        until: i64,
    },
    /// See [`MailStatus::Sent`].
    Sent {
        /// When its bytes were about to be written.
        transmitted_at: i64,
        /// When that it was taken was written down.
        settled_at: i64,
    },
    /// See [`MailStatus::Failed`].
    Failed {
        /// When.
        settled_at: i64,
    },
    /// See [`MailStatus::Bounced`].
    Bounced {
        /// When that was reported.
        settled_at: i64,
    },
    /// See [`MailStatus::Returned`].
    Returned {
        /// When that was reported.
        settled_at: i64,
    },
    /// See [`MailStatus::Cancelled`].
    Cancelled {
        /// When.
        settled_at: i64,
    },
    /// See [`MailStatus::Unknown`].
    Unknown {
        /// When its bytes were about to be written.
        transmitted_at: i64,
        /// When its outcome was given up.
        settled_at: i64,
    },
}

impl MailState {
    /// Returns the status.
    pub fn status(&self) -> MailStatus {
        match self {
            MailState::Held => MailStatus::Held,
            MailState::Waiting { .. } => MailStatus::Waiting,
            MailState::Postponed { .. } => MailStatus::Postponed,
            MailState::Leased { .. } => MailStatus::Leased,
            MailState::Transmitting { .. } => MailStatus::Transmitting,
            MailState::Sent { .. } => MailStatus::Sent,
            MailState::Failed { .. } => MailStatus::Failed,
            MailState::Bounced { .. } => MailStatus::Bounced,
            MailState::Returned { .. } => MailStatus::Returned,
            MailState::Cancelled { .. } => MailStatus::Cancelled,
            MailState::Unknown { .. } => MailStatus::Unknown,
        }
    }
}

/// A mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// Its credential.
    pub credential_id: CredentialId,
    /// Whose credential that is.
    pub tenant_id: TenantId,
    /// Its token.
    pub token: MailToken,
    /// The number of times that it was sent, this time included.
    pub edition: u64,
    /// Its state.
    pub state: MailState,
    /// Attempts of its present round whose outcome is known.
    pub attempts: u64,
    /// When its present round began, in milliseconds since 1970.
    pub queued_at: i64,
    /// The mail server's last reply.
    pub answer: Option<String>,
}

/// A mail that is leased: no other worker takes it until the lease ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailLease {
    /// The credential.
    pub credential_id: CredentialId,
    /// Whose it is, and in which environment.
    pub scope: TenantScope,
    /// Its token.
    pub token: MailToken,
    /// The number of times that it was sent, this time included.
    pub edition: u64,
    /// Attempts of its present round before this one.
    pub attempts: u64,
    /// When its present round began, in milliseconds since 1970.
    pub queued_at: i64,
    /// Until when, in milliseconds since 1970.
    pub until: i64,
}

/// The outcome of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailOutcome {
    /// The mail server took it.
    Sent,
    /// It was not taken, and is tried again at this time, in milliseconds since 1970.
    RetryAt(i64),
    /// It was not taken, and is not tried again.
    Failed,
    /// Its bytes were written, and no answer came.
    Unknown,
    /// The credential is erased or revoked.
    Cancelled,
}

impl MailOutcome {
    pub(super) fn status(self) -> MailStatus {
        match self {
            MailOutcome::Sent => MailStatus::Sent,
            MailOutcome::RetryAt(_) => MailStatus::Waiting,
            MailOutcome::Failed => MailStatus::Failed,
            MailOutcome::Unknown => MailStatus::Unknown,
            MailOutcome::Cancelled => MailStatus::Cancelled,
        }
    }
}

/// When there is something to do, in milliseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MailsDue {
    /// When the next mail is to be tried.
    pub next_attempt: Option<i64>,
    /// When the next lease ends.
    pub next_lease_end: Option<i64>,
    /// When the next mail that was postponed is to be released.
    pub next_release: Option<i64>,
}

/// A filter for the list of mails. `None`: all.
#[derive(Debug, Clone, Default)]
pub struct MailFilter {
    /// Of this tenant.
    pub tenant_id: Option<TenantId>,
    /// In this status.
    pub status: Option<MailStatus>,
}
