//! Mails: each recipient that has an address is told once of the credential, when it is anchored.
//!
//! In: the queue that the store holds. Out: a mail to a mail server, or a file; and what became of it. Not here: which
//! mails there are, which the transactions of the pipeline say.
//!
//! - Invariant: the bytes of a mail are written only after the store has noted that they are about to be. A process that
//!   dies before that has sent nothing, and the mail is sent later; one that dies after it leaves a mail that is
//!   *unsure*, which is sent again only when somebody asks.
//! - Invariant: an address is read when it is needed, and stands in no log and no row but the credential's own.
//! - Invariant: nothing in a mail is fetched from anywhere when it is read.
//!
//! Begin reading at [`worker`]; `letter` is what a mail tells, `compose` the mail, `smtp` the way to a mail server,
//! [`folder`] the files of development, [`bounce`] what comes back.

mod answer;
pub mod bounce;
mod compose;
mod content;
pub mod folder;
mod letter;
mod paint;
pub mod resend;
mod smtp;
pub mod worker;

use lettre::Address;
use lettre::address::AddressError;

pub use folder::MailFolder;
pub use smtp::{Encryption, Smtp, SmtpError, SmtpOptions};

/// Who a deployment's mails are from.
#[derive(Debug, Clone)]
pub struct Sender {
    from: Address,
    bounce: Address,
    host: String,
}

/// A setting that names no address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name}: {text:?} is no mail address: {cause}")]
pub struct SenderError {
    /// Which setting.
    pub name: &'static str,
    /// What it says.
    pub text: String,
    /// What is wrong with it.
    pub cause: AddressError,
}

impl Sender {
    /// Mails are from the address `from`; what can't be delivered goes back to `bounce`, with the mail's token after a
    /// `+`. Where either is empty it is `no-reply` at the deployment's host. `origin` is the deployment's public URL.
    ///
    /// # Errors
    /// Where one is no address.
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

/// Reads an address, which must be one that every mail server can be told: its name in ASCII, its domain made so.
///
/// # Errors
/// Where it is none.
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
    fn an_address_is_one_that_every_mail_server_can_be_told() {
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
        let error = Sender::new("nobody", "", "https://learncoin.example").unwrap_err();
        assert!(error.to_string().starts_with("mail.from: \"nobody\" is no mail address"), "{error}");
    }
}
