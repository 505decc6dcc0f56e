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
//! - Invariant: every link of a mail leads to the deployment itself, to an address under the credential's page.
//!
//! Begin reading at [`worker`]. `letter` reads the contents of a mail, `badge` draws its picture, `compose` writes the mail, `smtp` transmits it to a
//! mail server, [`folder`] writes the files of development, [`bounce`] reads mails that come back.

mod badge;
pub mod bounce;
mod compose;
mod content;
pub mod folder;
mod headers;
mod letter;
mod links;
pub mod member_mail;
mod paint;
mod reply;
pub mod resend;
mod smtp;
mod transport;
pub mod worker;

use learncoin_badge::Brand;
use lettre::Address;
use lettre::address::AddressError;

pub use folder::MailFolder;
pub use links::has_link as holds_link;
pub use smtp::{Encryption, Smtp, SmtpError, SmtpLogin, SmtpOptions, SmtpSecret, TlsError};

/// The time for which a link that signs in works, in milliseconds. The file of its mail is kept as long.
pub const LINK_MS: i64 = 15 * 60 * 1000;

/// The sender of a deployment's mails.
#[derive(Debug, Clone)]
pub struct Sender {
    from: Address,
    bounce: Address,
    host: String,
    brand: Brand,
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
        Ok(Self {
            from: read("mail.from", from)?,
            bounce: read("mail.bounce_address", bounce)?,
            host,
            brand: Brand::default(),
        })
    }

    /// Names the deployment by its own brand.
    #[must_use]
    pub fn with_brand(mut self, brand: Brand) -> Self {
        self.brand = brand;
        self
    }
}

/// Parses an address that every mail server accepts: its name is ASCII, and its domain is converted to ASCII.
///
/// # Errors
/// If it is not such an address.
pub fn address(text: &str) -> Result<Address, AddressError> {
    let address = recipient_address(text)?;
    match address.user().is_ascii() {
        true => Ok(address),
        false => Err(AddressError::InvalidUser),
    }
}

/// Parses the address of a recipient. Its domain is converted to ASCII. A name beyond ASCII needs a mail server that takes
/// such addresses ([RFC 6531](https://www.rfc-editor.org/rfc/rfc6531)).
fn recipient_address(text: &str) -> Result<Address, AddressError> {
    let (user, domain) = text.trim().rsplit_once('@').ok_or(AddressError::MissingParts)?;
    // The library takes every character beyond ASCII for a letter.
    if user.chars().any(|character| !character.is_ascii() && !is_visible(character)) {
        return Err(AddressError::InvalidUser);
    }
    let domain = match url::Host::parse(domain) {
        Ok(url::Host::Domain(domain)) => domain,
        _ => return Err(AddressError::InvalidDomain),
    };
    Address::new(user, domain)
}

/// Returns whether a text is the address of a recipient, without white space around it: one that some mail server could take.
pub fn is_recipient_address(text: &str) -> bool {
    text.trim() == text && recipient_address(text).is_ok()
}

/// Returns whether a character is visible where an address is shown: it is no space, control or direction.
fn is_visible(character: char) -> bool {
    let is_hidden = matches!(character,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff0}'..='\u{ffff}' | '\u{e0000}'..='\u{e0fff}');
    !character.is_whitespace() && !character.is_control() && !is_hidden
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
    fn a_recipients_name_may_be_in_any_script_and_its_domain_is_converted() {
        for (text, expected) in [
            ("ada@b\u{fc}cher.example", Some("ada@xn--bcher-kva.example")),
            ("\u{e4}d\u{e4}@b\u{fc}cher.example", Some("\u{e4}d\u{e4}@xn--bcher-kva.example")),
            ("\u{7528}\u{6237}@example.edu", Some("\u{7528}\u{6237}@example.edu")),
            ("ad\u{202e}a@example.edu", None),
            ("ad\u{a0}a@example.edu", None),
            ("\u{e4}d\u{e4} <ada@example.edu>", None),
            ("\u{e4}\r\nd\u{e4}@example.edu", None),
        ] {
            assert_eq!(recipient_address(text).ok().as_ref().map(Address::as_ref), expected, "{text:?}");
            assert_eq!(is_recipient_address(text), expected.is_some(), "{text:?}");
        }
        assert!(!is_recipient_address(" ada@example.edu") && !is_recipient_address("ada@example.edu\u{a0}"));
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
