//! Mails: each recipient that has an address is notified once of the credential, when it is anchored.
//!
//! In: the queue in the store. Out: a mail to a mail server, or a file; and its outcome in the store. Not here: which
//! mails are queued, which the transactions of the pipeline decide.
//!
//! - Invariant: the bytes of a mail are sent only after the store has recorded that it is being transmitted. If the process
//!   dies before that, it has sent nothing, and the mail is sent later. If it dies after that, the outcome of the mail is
//!   *unknown*, and it is sent again only on request.
//! - Invariant: an address is read when it is needed. No log contains it, and no row except the credential's own.
//! - Invariant: a mail contains everything that it shows, so a mail reader fetches nothing.
//!
//! Begin reading at [`worker`]. `letter` reads the contents of a mail, `compose` writes the mail, `smtp` transmits it to a
//! mail server, [`folder`] writes the files of development, [`bounce`] reads mails that come back.

pub mod bounce;
mod compose;
mod content;
pub mod folder;
mod letter;
mod paint;
mod reply;
pub mod resend;
mod smtp;
mod transport;
pub mod worker;

use lettre::Address;
use lettre::address::AddressError;

pub use folder::MailFolder;
pub use smtp::{Encryption, Smtp, SmtpError, SmtpOptions};

/// The sender of a deployment's mails.
#[derive(Debug, Clone)]
pub struct Sender {
    from: Address,
    bounce: Address,
    host: String,
}

/// A setting that is not a mail address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name}: {text:?} is no mail address: {cause}")]
pub struct SenderError {
    /// The name of the setting.
    pub name: &'static str,
    /// Its value.
    pub text: String,
    /// The reason.
    pub cause: AddressError,
}

impl Sender {
    /// Creates the sender. Mails are from the address `from`; those that can't be delivered go back to `bounce`, with the
    /// mail's token after a `+`. An empty `from` means `no-reply` at the host of `origin`, the deployment's public URL. An
    /// empty `bounce` means `from`.
    ///
    /// # Errors
    /// If one is not an address.
    pub fn new(from: &str, bounce: &str, origin: &str) -> Result<Self, SenderError> {
        let host = origin.split_once("://").map_or(origin, |(_, rest)| rest);
        let host = host.split([':', '/']).next().unwrap_or(host).to_owned();
        let default = format!("no-reply@{host}");
        let from = if from.is_empty() { &default } else { from };
        let bounce = if bounce.is_empty() { from } else { bounce };
        let read = |name, text: &str| {
            address(text).map_err(|cause| SenderError { name, text: text.to_owned(), cause })
        };
        Ok(Self { from: read("mail.from", from)?, bounce: read("mail.bounce_address", bounce)?, host })
    }
}

/// Parses an address that every mail server accepts: its name is ASCII, and its domain is converted to ASCII.
///
/// # Errors
/// If it is not such an address.
pub fn address(text: &str) -> Result<Address, AddressError> {
    let (user, domain) = text.trim().rsplit_once('@').ok_or(AddressError::MissingParts)?;
    if !user.is_ascii() {
        return Err(AddressError::InvalidUser);
    }
    let domain = match url::Host::parse(domain) {
        Ok(url::Host::Domain(domain)) => domain,
        _ => return Err(AddressError::InvalidDomain),
    };
    Address::new(user, domain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_one_that_every_mail_server_accepts() {
        for (text, expected) in [
            ("ada@example.edu", Some("ada@example.edu")),
            (" ada@example.edu ", Some("ada@example.edu")),
            ("ada+thesis@Bücher.Example", Some("ada+thesis@xn--bcher-kva.example")),
            ("no-reply@localhost", Some("no-reply@localhost")),
            ("ada", None),
            ("ada@", None),
            ("@example.edu", None),
            ("ädä@example.edu", None),
            ("Ada <ada@example.edu>", None),
            ("ada@example.edu, eve@example.edu", None),
            ("ada@example.edu\r\nBcc: eve@example.edu", None),
            ("ada\r\n@example.edu", None),
            ("ada@[127.0.0.1]", None),
            ("ada@127.0.0.1", None),
        ] {
            assert_eq!(address(text).ok().as_ref().map(Address::as_ref), expected, "{text:?}");
        }
    }

    #[test]
    fn without_settings_mails_are_from_the_deployments_host() {
        let sender = Sender::new("", "", "http://localhost:8080").unwrap();
        assert_eq!(AsRef::<str>::as_ref(&sender.from), "no-reply@localhost");
        let sender = Sender::new("", "bounces@mail.example", "https://learncoin.example").unwrap();
        let texts: [&str; 2] = [sender.from.as_ref(), sender.bounce.as_ref()];
        assert_eq!(texts, ["no-reply@learncoin.example", "bounces@mail.example"]);
        let error = Sender::new("no-address", "", "https://learncoin.example").unwrap_err();
        assert!(error.to_string().starts_with("mail.from: \"no-address\" is no mail address"), "{error}");
    }
}
