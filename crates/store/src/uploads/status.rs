//! The statuses of uploads, and the problems that stop them.

use std::fmt;
use std::str::FromStr;

/// The status of an upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UploadStatus {
    /// It was checked, and waits for a person's decision. Nothing of it is issued.
    Draft,
    /// A person confirmed it, and its batches are being accepted.
    Issuing,
    /// Something keeps its batches from being accepted, until a person lets it go on.
    Stopped,
    /// All of its batches are accepted.
    Issued,
    /// All of its batches are anchored or have failed.
    Ended,
}

/// None of the statuses of an upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected the status of an upload")]
pub struct UploadStatusError;

impl UploadStatus {
    /// Returns the status's name.
    pub fn as_str(self) -> &'static str {
        match self {
            UploadStatus::Draft => "draft",
            UploadStatus::Issuing => "issuing",
            UploadStatus::Stopped => "stopped",
            UploadStatus::Issued => "issued",
            UploadStatus::Ended => "ended",
        }
    }
}

impl fmt::Display for UploadStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for UploadStatus {
    type Err = UploadStatusError;

    fn from_str(text: &str) -> Result<Self, UploadStatusError> {
        use UploadStatus::{Draft, Ended, Issued, Issuing, Stopped};
        let all = [Draft, Issuing, Stopped, Issued, Ended];
        all.into_iter().find(|status| status.as_str() == text).ok_or(UploadStatusError)
    }
}

/// The reason why an upload stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UploadProblem {
    /// The month's quota would be passed.
    Quota,
    /// The member who confirmed it may not issue any more.
    RightLost,
    /// The tenant has no key that may sign, or the deployment has no chain.
    CannotSign,
    /// Its file was deleted: a person in it was erased, or it is too old.
    FileDeleted,
    /// The rules have changed since the dry run, or a program of another release checked it.
    Refused,
}

/// None of the problems of an upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected the problem of an upload")]
pub struct UploadProblemError;

impl UploadProblem {
    /// Returns the problem's name.
    pub fn as_str(self) -> &'static str {
        match self {
            UploadProblem::Quota => "quota",
            UploadProblem::RightLost => "right_lost",
            UploadProblem::CannotSign => "cannot_sign",
            UploadProblem::FileDeleted => "file_deleted",
            UploadProblem::Refused => "refused",
        }
    }
}

impl FromStr for UploadProblem {
    type Err = UploadProblemError;

    fn from_str(text: &str) -> Result<Self, UploadProblemError> {
        use UploadProblem::{CannotSign, FileDeleted, Quota, Refused, RightLost};
        let all = [Quota, RightLost, CannotSign, FileDeleted, Refused];
        all.into_iter().find(|problem| problem.as_str() == text).ok_or(UploadProblemError)
    }
}
