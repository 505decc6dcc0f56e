//! The name of a mail outside this deployment.

use std::fmt;
use std::str::FromStr;

use crate::clock::{Entropy, random_bytes};

/// The beginning of the names of mails to members, which are about no credential.
const FOR_MEMBERS: &str = "00000000";

/// The name of a mail outside: 32 random hexadecimal digits, which reveal nothing of the credential.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MailToken(String);

impl MailToken {
    /// Draws one.
    pub fn generate(entropy: &dyn Entropy) -> Self {
        Self(hex::encode(random_bytes::<16>(entropy)))
    }

    /// Draws one for a mail to a member, which is about no credential. It begins with zeros, which distinguish its file from those about credentials.
    pub fn generate_for_member(entropy: &dyn Entropy) -> Self {
        Self(format!("{FOR_MEMBERS}{}", hex::encode(random_bytes::<12>(entropy))))
    }

    /// Returns whether it is of a mail to a member.
    pub fn is_for_member(&self) -> bool {
        self.0.starts_with(FOR_MEMBERS)
    }

    /// Returns the digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for MailToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text that is no mail's token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected 32 hexadecimal digits in lower case")]
pub struct MailTokenError;

impl FromStr for MailToken {
    type Err = MailTokenError;

    fn from_str(text: &str) -> std::result::Result<Self, MailTokenError> {
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        let is_token = text.len() == 32 && text.bytes().all(is_digit);
        is_token.then(|| Self(text.to_owned())).ok_or(MailTokenError)
    }
}
