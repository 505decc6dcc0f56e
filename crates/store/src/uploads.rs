//! Spreadsheets of recipients, from the dry run to the end of their batches.

pub(crate) mod file;
pub(crate) mod part;
pub(crate) mod status;
pub(crate) mod upload;
pub(crate) mod work;

pub use file::FilePart;
pub use part::{UploadBatch, UploadPartKey, UploadProgress, UploadedCredential};
pub use status::{UploadProblem, UploadProblemError, UploadStatus, UploadStatusError};
pub use upload::{NewUpload, Upload};
