//! A master key under a passphrase: sealed under what Argon2id makes of it.
//!
//! The parameters are in the file, so that they can be raised later, and are sealed together with the key, so that they
//! can't be lowered.

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::clock::{Entropy, random_bytes};
use crate::error::{Error, Result};
use crate::seal::{MasterKey, open_with, seal_with};

const FORM: u32 = 1;
const KDF: &str = "argon2id";
/// More than this is not a parameter but an attack on the memory of the process that reads the file.
const MOST_MEMORY_KIB: u32 = 4 * 1024 * 1024;
const MOST_PASSES: u32 = 1_000;
const MOST_LANES: u32 = 64;

/// The cost of one guess at a passphrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// Memory, in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
    /// The degree of parallelism, `p` of the RFC.
    pub lanes: u32,
}

impl Default for Cost {
    /// Returns the second of the two recommended choices of
    /// [RFC 9106](https://www.rfc-editor.org/rfc/rfc9106#section-4), which needs no 2 GiB.
    fn default() -> Self {
        Self { memory_kib: 64 * 1024, passes: 3, lanes: 4 }
    }
}

/// A master key that only its passphrase opens, as it is written to a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProtectedKey {
    learncoin_master_key: u32,
    kdf: String,
    memory_kib: u32,
    passes: u32,
    lanes: u32,
    salt: String,
    sealed: String,
}

impl ProtectedKey {
    /// Protects a key.
    ///
    /// # Errors
    /// If Argon2id does not take the cost.
    pub fn protect(key: &MasterKey, passphrase: &str, cost: Cost, entropy: &dyn Entropy) -> Result<Self> {
        let mut made = Self {
            learncoin_master_key: FORM,
            kdf: KDF.to_owned(),
            memory_kib: cost.memory_kib,
            passes: cost.passes,
            lanes: cost.lanes,
            salt: BASE64.encode(random_bytes::<16>(entropy)),
            sealed: String::new(),
        };
        made.sealed = seal_with(&*made.derive(passphrase)?, entropy, &made.place(), key.bytes())?;
        Ok(made)
    }

    /// Reads what [`ProtectedKey::to_text`] wrote. `None` where the text is something else, such as a key in clear.
    pub fn read(text: &str) -> Option<Self> {
        let key: Self = serde_json::from_str(text).ok()?;
        (key.learncoin_master_key == FORM && key.kdf == KDF).then_some(key)
    }

    /// Returns the text of the file.
    pub fn to_text(&self) -> String {
        // Texts and numbers can always be written.
        serde_json::to_string_pretty(self).map(|text| text + "\n").unwrap_or_default()
    }

    /// Returns the cost of one guess.
    pub fn cost(&self) -> Cost {
        Cost { memory_kib: self.memory_kib, passes: self.passes, lanes: self.lanes }
    }

    /// Opens it.
    ///
    /// # Errors
    /// [`Error::MasterKey`] where this is not the passphrase, or the file was changed.
    pub fn open(&self, passphrase: &str) -> Result<MasterKey> {
        let key = self.derive(passphrase)?;
        let wrong = || Error::MasterKey("this is not its passphrase, or the file was changed".into());
        let bytes = open_with(&key, &self.place(), &self.sealed).map_err(|_| wrong())?;
        let bytes: [u8; 32] = bytes.as_slice().try_into().map_err(|_| wrong())?;
        Ok(MasterKey::from_bytes(bytes))
    }

    fn derive(&self, passphrase: &str) -> Result<Zeroizing<[u8; 32]>> {
        let refused = || Error::MasterKey("its parameters can't be used".into());
        let is_sane =
            self.memory_kib <= MOST_MEMORY_KIB && self.passes <= MOST_PASSES && self.lanes <= MOST_LANES;
        let params = Params::new(self.memory_kib, self.passes, self.lanes, Some(32)).ok().filter(|_| is_sane);
        let params = params.ok_or_else(refused)?;
        let salt = BASE64.decode(&self.salt).map_err(|_| refused())?;
        let mut key = Zeroizing::new([0; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(passphrase.as_bytes(), &salt, key.as_mut_slice())
            .map_err(|_| refused())?;
        Ok(key)
    }

    fn place(&self) -> String {
        let Self { memory_kib, passes, lanes, salt, .. } = self;
        format!("master_key/{FORM}/{KDF}/{memory_kib}/{passes}/{lanes}/{salt}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::testing::Counting;

    const CHEAP: Cost = Cost { memory_kib: 64, passes: 1, lanes: 1 };

    fn protected() -> ProtectedKey {
        let key = MasterKey::from_bytes([0xab; 32]);
        ProtectedKey::protect(&key, "correct horse", CHEAP, &Counting(1.into())).unwrap()
    }

    #[test]
    fn the_passphrase_opens_it_and_no_other_does() {
        let read = ProtectedKey::read(&protected().to_text()).unwrap();
        assert_eq!(*read.open("correct horse").unwrap().to_hex(), "ab".repeat(32));
        for wrong in ["", "correct horse ", "Correct horse"] {
            let error = read.open(wrong).err().unwrap().to_string();
            assert!(error.contains("not its passphrase"), "{error}");
        }
        assert!(!protected().to_text().contains("abab"));
    }

    #[test]
    fn a_change_of_any_member_is_noticed() {
        let changes: [fn(&mut ProtectedKey); 5] = [
            |key| key.memory_kib = 128,
            |key| key.passes = 2,
            |key| key.lanes = 2,
            |key| key.salt = BASE64.encode([9; 16]),
            |key| key.sealed = protected().sealed.replace('A', "B"),
        ];
        for change in changes {
            let mut key = protected();
            change(&mut key);
            assert_ne!(key, protected());
            assert!(key.open("correct horse").is_err());
        }
    }

    #[test]
    fn a_file_that_asks_for_too_much_is_refused_before_anything_is_computed() {
        for cost in [
            Cost { memory_kib: u32::MAX, ..CHEAP },
            Cost { passes: u32::MAX, ..CHEAP },
            Cost { lanes: 65, memory_kib: 1024, ..CHEAP },
        ] {
            let mut key = protected();
            (key.memory_kib, key.passes, key.lanes) = (cost.memory_kib, cost.passes, cost.lanes);
            assert!(key.open("correct horse").err().unwrap().to_string().contains("parameters"));
        }
    }

    #[test]
    fn a_key_in_clear_is_not_taken_for_one() {
        for text in ["", &"ab".repeat(32), "{}", "{\"learncoin_master_key\":1}"] {
            assert_eq!(ProtectedKey::read(text), None);
        }
    }
}
