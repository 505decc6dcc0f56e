//! The secrets of links, sessions, browsers and offers to wallets. Only their hashes are stored.

use std::fmt;

use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::clock::{Entropy, random_bytes};

/// The length of a token, in characters: 32 bytes in hexadecimal digits.
const CHARS: usize = 64;

/// A secret of 256 random bits. It has no `Debug` content.
#[derive(Clone)]
pub struct Token(Zeroizing<String>);

/// SHA-256 of a token, in lower-case hexadecimal digits. With 256 random bits in the token a slow hash would add nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenHash(String);

impl Token {
    /// Draws a new one.
    pub fn generate(entropy: &dyn Entropy) -> Self {
        Self(Zeroizing::new(hex::encode(Zeroizing::new(random_bytes::<32>(entropy)).as_slice())))
    }

    /// Parses a token as it was given out; `None` if it has another form.
    pub fn parse(text: &str) -> Option<Self> {
        let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        (text.len() == CHARS && text.bytes().all(is_hex)).then(|| Self(Zeroizing::new(text.to_owned())))
    }

    /// Returns the token as it is given out.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Returns the hash that is stored.
    pub fn hash(&self) -> TokenHash {
        TokenHash(hex::encode(Sha256::digest(self.0.as_bytes())))
    }

    /// Returns a token that follows from this one and `purpose`, as a token.
    pub fn derive_token(&self, purpose: &str) -> Self {
        Self(Zeroizing::new(self.derive(purpose)))
    }

    /// Returns the hash of the token and a text that goes with it. Without the token the text can't be guessed from it.
    pub fn hash_with(&self, text: &str) -> TokenHash {
        TokenHash(self.derive(text))
    }

    /// Returns a token that follows from this one and `purpose`, and from which this one can't be computed.
    pub fn derive(&self, purpose: &str) -> String {
        let mut hash = Sha256::new();
        hash.update(purpose.as_bytes());
        hash.update([0]);
        hash.update(self.0.as_bytes());
        hex::encode(hash.finalize())
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

impl TokenHash {
    pub(crate) fn from_column(text: String) -> Self {
        Self(text)
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed;
    impl Entropy for Fixed {
        fn fill(&self, buffer: &mut [u8]) {
            buffer.fill(0xab);
        }
    }

    #[test]
    fn a_token_is_stored_as_its_hash_and_shown_to_no_log() {
        let token = Token::generate(&Fixed);
        assert_eq!(token.expose(), "ab".repeat(32));
        assert_eq!(Token::parse(token.expose()).unwrap().hash(), token.hash());
        assert_ne!(token.hash().as_str(), token.expose());
        assert_ne!(token.derive("csrf"), token.derive("other"));
        assert_ne!(token.derive("csrf"), token.hash().as_str());
        assert_eq!(format!("{token:?}"), "Token(…)");
        for text in ["", "ab", &"AB".repeat(32), &"ab".repeat(33), &"zz".repeat(32)] {
            assert!(Token::parse(text).is_none(), "{text}");
        }
    }
}
