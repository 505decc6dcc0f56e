//! Values that are on a chain, or go there: hashes, addresses, public keys and signed transactions.
//!
//! Each has one text, which is what the database and the API hold. A row's text is parsed once, when the row is read.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

/// A text that is not of the expected form, which `expected` names.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected}")]
pub struct OnchainError {
    /// The form, for instance `64 digits of lower-case hex`.
    pub expected: &'static str,
}

/// Reads lower-case hexadecimal. Upper case is refused, so that each value has exactly one text.
fn decode(text: &str) -> Option<Vec<u8>> {
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) { None } else { hex::decode(text).ok() }
}

/// Reads 32 bytes in lower-case hexadecimal.
pub(crate) fn decode_32(text: &str) -> Option<[u8; 32]> {
    decode(text)?.try_into().ok()
}

macro_rules! text_form {
    ($name:ident) => {
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{self}")
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
    };
}

macro_rules! hash_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        ///
        /// Its text is 64 digits of lower-case hex without 0x.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; 32]);

        impl $name {
            /// Wraps the 32 bytes.
            pub const fn new(bytes: [u8; 32]) -> Self {
                Self(bytes)
            }

            /// Returns the 32 bytes.
            pub const fn as_bytes(&self) -> &[u8; 32] {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = OnchainError;

            fn from_str(text: &str) -> Result<Self, OnchainError> {
                decode_32(text).map(Self).ok_or(OnchainError { expected: "64 digits of lower-case hex" })
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&hex::encode(self.0))
            }
        }

        text_form!($name);
    };
}

hash_type!(
    /// The hash of a transaction: the Keccak-256 of its signed bytes.
    TxHash
);
hash_type!(
    /// The hash of a block.
    BlockHash
);
hash_type!(
    /// The root of a batch's Merkle tree.
    MerkleRoot
);
hash_type!(
    /// The hash of a key statement.
    StatementHash
);

/// The bytes of a signed transaction (EIP-2718). Their text is lower-case hex without 0x.
#[derive(Clone, PartialEq, Eq)]
pub struct RawTransaction(Vec<u8>);

impl RawTransaction {
    /// Wraps the bytes.
    pub const fn new(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// Returns the bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl FromStr for RawTransaction {
    type Err = OnchainError;

    fn from_str(text: &str) -> Result<Self, OnchainError> {
        decode(text).map(Self).ok_or(OnchainError { expected: "lower-case hex" })
    }
}

impl fmt::Display for RawTransaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(&self.0))
    }
}

text_form!(RawTransaction);

/// The address of an account: 20 bytes. It keeps the spelling that it was parsed from, whose capitals are its checksum
/// ([ERC-55](https://eips.ethereum.org/EIPS/eip-55)); they are not checked here.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountAddress {
    text: String,
    bytes: [u8; 20],
}

impl AccountAddress {
    /// Returns the text: 0x and 40 hex digits.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the 20 bytes.
    pub const fn as_bytes(&self) -> &[u8; 20] {
        &self.bytes
    }
}

impl FromStr for AccountAddress {
    type Err = OnchainError;

    fn from_str(text: &str) -> Result<Self, OnchainError> {
        let mut bytes = [0; 20];
        let digits = text.strip_prefix("0x").ok_or(OnchainError { expected: "0x and 40 hex digits" })?;
        hex::decode_to_slice(digits, &mut bytes)
            .map_err(|_| OnchainError { expected: "0x and 40 hex digits" })?;
        Ok(Self { text: text.to_owned(), bytes })
    }
}

impl fmt::Display for AccountAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

text_form!(AccountAddress);

/// A public key by its coordinates. Its text is both of them, 128 digits of lower-case hex.
///
/// Whether it is a point on the curve is not checked here.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PublicKeyCoordinates {
    x: [u8; 32],
    y: [u8; 32],
}

impl PublicKeyCoordinates {
    /// Creates a key from its coordinates, big-endian.
    pub const fn new(x: [u8; 32], y: [u8; 32]) -> Self {
        Self { x, y }
    }

    /// Returns the x coordinate, big-endian.
    pub const fn x(&self) -> &[u8; 32] {
        &self.x
    }

    /// Returns the y coordinate, big-endian.
    pub const fn y(&self) -> &[u8; 32] {
        &self.y
    }
}

impl FromStr for PublicKeyCoordinates {
    type Err = OnchainError;

    fn from_str(text: &str) -> Result<Self, OnchainError> {
        let coordinates = text.split_at_checked(64).and_then(|(x, y)| Some((decode_32(x)?, decode_32(y)?)));
        let (x, y) = coordinates.ok_or(OnchainError { expected: "128 digits of lower-case hex" })?;
        Ok(Self { x, y })
    }
}

impl fmt::Display for PublicKeyCoordinates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", hex::encode(self.x), hex::encode(self.y))
    }
}

text_form!(PublicKeyCoordinates);

#[cfg(test)]
mod tests {
    use super::*;

    const ADDRESS: &str = "0xb695B01217E9b9E55CF1E23814ac091352df7D12";

    #[test]
    fn each_value_is_written_as_it_was_read() {
        let hash = "0f".repeat(32);
        assert_eq!(hash.parse::<TxHash>().unwrap().to_string(), hash);
        assert_eq!(hash.parse(), Ok(MerkleRoot::new([15; 32])));
        assert_eq!("02f8".parse::<RawTransaction>().unwrap().to_string(), "02f8");
        assert_eq!("02f8".parse(), Ok(RawTransaction::new(vec![2, 0xf8])));
        let key = format!("{}{}", "01".repeat(32), "02".repeat(32));
        assert_eq!(key.parse(), Ok(PublicKeyCoordinates::new([1; 32], [2; 32])));
        assert_eq!(PublicKeyCoordinates::new([1; 32], [2; 32]).to_string(), key);
    }

    #[test]
    fn an_address_keeps_its_spelling() {
        let address: AccountAddress = ADDRESS.parse().unwrap();
        assert_eq!((address.to_string().as_str(), address.as_str()), (ADDRESS, ADDRESS));
        assert_eq!(address.as_bytes()[..3], [0xb6, 0x95, 0xb0]);
        assert_ne!(ADDRESS.to_lowercase().parse(), Ok(address));
    }

    #[test]
    fn texts_of_another_form_are_refused() {
        for text in ["", "0f", &"0F".repeat(32), &"0f".repeat(33), &format!("0x{}", "0f".repeat(31))] {
            assert!(text.parse::<TxHash>().is_err(), "{text:?}");
            assert!(text.parse::<PublicKeyCoordinates>().is_err(), "{text:?}");
        }
        for text in ["0", "0x02", "0F", "zz"] {
            assert!(text.parse::<RawTransaction>().is_err(), "{text:?}");
        }
        for text in ["", "0x", "0x00", &ADDRESS[2..], &format!("{ADDRESS}00"), &ADDRESS.replace("0x", "0X")] {
            assert!(text.parse::<AccountAddress>().is_err(), "{text:?}");
        }
        assert!(format!("{}é{}", "0".repeat(63), "0".repeat(63)).parse::<PublicKeyCoordinates>().is_err());
    }
}
