//! Mails: one for each credential whose recipient has an address.

pub(crate) mod mail;
pub(crate) mod settings;
pub(crate) mod token;

pub use mail::{Mail, MailFilter, MailLease, MailOutcome, MailState, MailStatus, MailStatusError, MailsDue};
pub use settings::MailSettings;
pub use token::{MailToken, MailTokenError};
