//! The names of resources in Cloud KMS: `projects/P/locations/L/keyRings/R/cryptoKeys/K/cryptoKeyVersions/V`.

use std::fmt;
use std::str::FromStr;

/// A text that is not a name of the expected form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected {0}")]
pub struct NameError(&'static str);

const RING: &str = "projects/PROJECT/locations/LOCATION/keyRings/RING";
const VERSION: &str =
    "projects/PROJECT/locations/LOCATION/keyRings/RING/cryptoKeys/KEY/cryptoKeyVersions/VERSION";

/// Returns whether `text` has this form: fixed words as they are, and a name for each word in capitals.
fn has_form(text: &str, form: &str) -> bool {
    let is_name = |part: &str| {
        !part.is_empty()
            && part.len() <= 100
            // Projects of a domain have a colon.
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':'))
            && part.bytes().any(|byte| byte != b'.')
    };
    let (mut parts, mut words) = (text.split('/'), form.split('/'));
    loop {
        match (parts.next(), words.next()) {
            (None, None) => return true,
            (Some(part), Some(word)) => {
                let fits = match word.bytes().all(|byte| byte.is_ascii_uppercase()) {
                    true => is_name(part),
                    false => part == word,
                };
                if !fits {
                    return false;
                }
            }
            _ => return false,
        }
    }
}

/// A key ring: `projects/P/locations/L/keyRings/R`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRing(String);

impl KeyRing {
    /// Returns the name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the name of the first version of the key `id` in this ring. A key never gets another version: a new key has
    /// a new name.
    pub(crate) fn first_version(&self, id: &str) -> KeyVersion {
        KeyVersion(format!("{}/cryptoKeys/{id}/cryptoKeyVersions/1", self.0))
    }
}

impl FromStr for KeyRing {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        if has_form(text, RING) { Ok(Self(text.to_owned())) } else { Err(NameError(RING)) }
    }
}

impl fmt::Display for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The name of one version of a key. Signatures are made by a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyVersion(String);

impl KeyVersion {
    /// Returns the name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for KeyVersion {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        if has_form(text, VERSION) { Ok(Self(text.to_owned())) } else { Err(NameError(VERSION)) }
    }
}

impl fmt::Display for KeyVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_their_form_and_nothing_that_leads_elsewhere() {
        let ring: KeyRing =
            "projects/example.com:p-1/locations/europe-west1/keyRings/learncoin".parse().unwrap();
        let version = ring.first_version("tenant-x-key-1");
        assert_eq!(version.as_str().parse::<KeyVersion>().unwrap(), version);
        for text in [
            "",
            "projects/p/locations/l/keyRings",
            "projects/p/locations/l/keyRings/",
            "projects/p/locations/l/keyRings/r/",
            "projects/p/locations/l/keyRings/r/cryptoKeys/k",
            "/projects/p/locations/l/keyRings/r",
            "projects/p/locations/l/keyrings/r",
            "projects/../locations/l/keyRings/r",
            "projects/p?/locations/l/keyRings/r",
            "projects/p%2f/locations/l/keyRings/r",
        ] {
            assert!(text.parse::<KeyRing>().is_err(), "{text}");
            assert!(text.parse::<KeyVersion>().is_err(), "{text}");
        }
    }
}
