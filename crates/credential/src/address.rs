//! Addresses and public keys of EVM accounts.

use std::fmt;
use std::str::FromStr;

use k256::elliptic_curve::sec1::ToSec1Point as _;
use sha3::{Digest as _, Keccak256};

/// A 20-byte account address, formatted with the checksum of [ERC-55](https://eips.ethereum.org/EIPS/eip-55).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address([u8; 20]);

/// The error of a text that is not `0x` and 40 hex digits, or whose mixed capitals are not the checksum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected 0x and 40 hex digits; mixed capitals must be the ERC-55 checksum")]
pub struct AddressError;

impl Address {
    /// Creates an address from its 20 bytes.
    pub const fn new(bytes: [u8; 20]) -> Self {
        Self(bytes)
    }

    /// Derives the address of a public key: the last 20 bytes of Keccak-256 over `x ‖ y`.
    pub fn from_public_key(x: &[u8; 32], y: &[u8; 32]) -> Self {
        let digest = Keccak256::new().chain_update(x).chain_update(y).finalize();
        let mut address = [0; 20];
        address.copy_from_slice(digest.split_at(12).1);
        Self(address)
    }

    /// Returns the 20 bytes.
    pub const fn as_bytes(&self) -> &[u8; 20] {
        &self.0
    }
}

impl fmt::Display for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lower = hex::encode(self.0);
        let digest = hex::encode(Keccak256::digest(lower.as_bytes()));
        formatter.write_str("0x")?;
        for (character, digit) in lower.chars().zip(digest.chars()) {
            let capital = digit >= '8';
            write!(formatter, "{}", if capital { character.to_ascii_uppercase() } else { character })?;
        }
        Ok(())
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Address({self})")
    }
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let digits = text.strip_prefix("0x").ok_or(AddressError)?;
        let mut bytes = [0; 20];
        hex::decode_to_slice(digits, &mut bytes).map_err(|_| AddressError)?;
        let address = Self(bytes);
        let one_case = !digits.bytes().any(|b| b.is_ascii_uppercase())
            || !digits.bytes().any(|b| b.is_ascii_lowercase());
        if one_case || address.to_string() == text { Ok(address) } else { Err(AddressError) }
    }
}

/// A secp256k1 public key, as the affine coordinates of its point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PublicKey {
    x: [u8; 32],
    y: [u8; 32],
}

/// The error of bytes that are not a point on secp256k1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected a point on the curve secp256k1")]
pub struct PublicKeyError;

impl PublicKey {
    /// Creates a key from its coordinates, big-endian.
    ///
    /// # Errors
    /// If the point is not on the curve.
    pub fn new(x: [u8; 32], y: [u8; 32]) -> Result<Self, PublicKeyError> {
        let mut sec1 = [4_u8; 65];
        let (_, coordinates) = sec1.split_at_mut(1);
        let (first, second) = coordinates.split_at_mut(32);
        first.copy_from_slice(&x);
        second.copy_from_slice(&y);
        Self::from_sec1(&sec1)
    }

    /// Parses an uncompressed point of 65 bytes or a compressed point of 33 bytes (SEC 1, section 2.3.3).
    ///
    /// # Errors
    /// If the length is another one, or if the point is not on the curve.
    pub fn from_sec1(bytes: &[u8]) -> Result<Self, PublicKeyError> {
        let key = k256::PublicKey::from_sec1_bytes(bytes).map_err(|_| PublicKeyError)?;
        let point = key.to_sec1_point(false);
        let (Some(x), Some(y)) = (point.x(), point.y()) else { return Err(PublicKeyError) };
        Ok(Self { x: (*x).into(), y: (*y).into() })
    }

    /// Returns the x coordinate, big-endian.
    pub const fn x(&self) -> &[u8; 32] {
        &self.x
    }

    /// Returns the y coordinate, big-endian.
    pub const fn y(&self) -> &[u8; 32] {
        &self.y
    }

    /// Derives the account address of the key.
    pub fn address(&self) -> Address {
        Address::from_public_key(&self.x, &self.y)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_erc_55_have_their_checksums() {
        for text in [
            "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
            "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
            "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
            "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
        ] {
            let address: Address = text.parse().unwrap();
            assert_eq!(address.to_string(), text);
            assert_eq!(text.to_lowercase().parse(), Ok(address));
            assert_eq!(format!("0x{}", text[2..].to_uppercase()).parse(), Ok(address));
        }
        for wrong in [
            "0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
            "5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
            "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe",
            "0X5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        ] {
            assert_eq!(wrong.parse::<Address>(), Err(AddressError), "{wrong}");
        }
    }

    #[test]
    fn points_off_the_curve_are_rejected() {
        assert_eq!(PublicKey::new([1; 32], [2; 32]), Err(PublicKeyError));
        assert_eq!(PublicKey::from_sec1(&[0]), Err(PublicKeyError), "the point at infinity");
    }
}
