//! Mails: one for each credential whose recipient has an address.

mod daily;
mod leases;
mod listing;
pub(crate) mod mail;
pub(crate) mod settings;
pub(crate) mod status;
pub(crate) mod token;

pub use daily::MailDay;
pub use listing::MailPlace;
pub use settings::MailSettings;
pub use status::{
    Mail, MailFilter, MailLease, MailOutcome, MailState, MailStatus, MailStatusError, MailsDue,
};
pub use token::{MailToken, MailTokenError};
