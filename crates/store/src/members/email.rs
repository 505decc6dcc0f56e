//! The address by which a member is known.

use std::fmt;
use std::str::FromStr;

/// The longest address ([RFC 5321](https://www.rfc-editor.org/rfc/rfc5321#section-4.5.3.1.3) section 4.5.3.1.3), in characters.
const MAX_CHARS: usize = 254;

/// A mail address, in lower case. It is personal data, so its `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Email(String);

/// A text that is no address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected a mail address such as ada@example.edu")]
pub struct EmailError;

impl Email {
    /// Returns the address, in lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Email {
    type Err = EmailError;

    /// Parses an address. White space around it is removed, and letters become small: `Ada@` and `ada@` are one member.
    fn from_str(text: &str) -> Result<Self, EmailError> {
        let text = text.trim();
        let (user, domain) = text.rsplit_once('@').ok_or(EmailError)?;
        let is_plain = |byte: u8| byte.is_ascii_graphic() && !b"\"(),:;<>[\\]@".contains(&byte);
        let is_host = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'-';
        let is_address = text.len() <= MAX_CHARS
            && !user.is_empty()
            && user.bytes().all(is_plain)
            && domain.bytes().all(is_host)
            && domain
                .split('.')
                .all(|label| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-'));
        if is_address { Ok(Self(text.to_ascii_lowercase())) } else { Err(EmailError) }
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Email(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_in_lower_case_and_shown_to_no_log() {
        for (text, expected) in [
            (" Ada.Lovelace@Example.EDU ", Some("ada.lovelace@example.edu")),
            ("ada+console@localhost", Some("ada+console@localhost")),
            ("o'hara@example.edu", Some("o'hara@example.edu")),
            ("ada", None),
            ("@example.edu", None),
            ("ada@", None),
            ("ada@.edu", None),
            ("ada@-x.edu", None),
            ("a da@example.edu", None),
            ("Ada <ada@example.edu>", None),
            ("ada@example.edu\r\nBcc: eve@example.edu", None),
            ("ada@example.edu,eve@example.edu", None),
            ("äda@example.edu", None),
        ] {
            assert_eq!(text.parse::<Email>().ok().as_ref().map(Email::as_str), expected, "{text:?}");
        }
        assert!(format!("{}@example.edu", "a".repeat(243)).parse::<Email>().is_err());
        assert_eq!(format!("{:?}", "ada@example.edu".parse::<Email>().unwrap()), "Email(…)");
    }
}
