//! The two hexadecimal forms of JSON-RPC, both ways: a *quantity* (a number, no leading zeros) and *data* (bytes, two
//! digits each), as the [execution API](https://ethereum.github.io/execution-apis/) defines them.
//! Writing is exact; reading is lenient about leading zeros, because some nodes pad `r` and `s`.

use alloy_primitives::{Address, U256, hex};
use serde_json::Value;

/// Writes a number as a quantity: `0x0`, `0x1a4`.
pub fn quantity(number: impl TryInto<U256>) -> Value {
    // Every caller passes an unsigned integer of at most 256 bits, for which the conversion cannot fail.
    number.try_into().map_or(Value::Null, |number| Value::String(format!("{number:#x}")))
}

/// Writes bytes as data: `0x`, `0x00ff`.
pub fn data(bytes: impl AsRef<[u8]>) -> Value {
    Value::String(hex::encode_prefixed(bytes))
}

/// Parses a quantity of at most 256 bits. Returns `None` if the text is none.
pub fn parse_quantity(text: &str) -> Option<U256> {
    let digits = text.strip_prefix("0x")?;
    if digits.is_empty() || digits.len() > 64 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    U256::from_str_radix(digits, 16).ok()
}

/// Parses a quantity of at most 64 bits.
pub fn parse_u64(text: &str) -> Option<u64> {
    parse_quantity(text)?.try_into().ok()
}

/// Parses data of any length; the `0x` in front is required.
pub fn parse_data(text: &str) -> Option<Vec<u8>> {
    hex::decode(text.strip_prefix("0x").filter(|digits| !digits.starts_with("0x"))?).ok()
}

/// Parses data of exactly 32 bytes.
pub fn parse_hash(text: &str) -> Option<[u8; 32]> {
    parse_data(text)?.try_into().ok()
}

/// Parses data of exactly 20 bytes; upper and lower case are not compared with the checksum of EIP-55.
pub fn parse_address(text: &str) -> Option<Address> {
    parse_data(text)?.try_into().ok().map(|bytes: [u8; 20]| Address::new(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantity_has_no_leading_zeros() {
        assert_eq!(quantity(0_u64), "0x0");
        assert_eq!(quantity(420_u64), "0x1a4");
        assert_eq!(quantity(U256::MAX), format!("0x{}", "f".repeat(64)));
    }

    #[test]
    fn data_keeps_its_zeros() {
        assert_eq!(data([]), "0x");
        assert_eq!(data([0, 255]), "0x00ff");
    }

    #[test]
    fn what_was_written_is_read_back() {
        assert_eq!(parse_quantity("0x1a4"), Some(U256::from(420)));
        assert_eq!(parse_u64("0x00ff"), Some(255));
        assert_eq!(parse_data("0x00FF"), Some(vec![0, 255]));
        assert_eq!(parse_hash(&format!("0x{}", "07".repeat(32))), Some([7; 32]));
        assert_eq!(parse_address(&format!("0x{}", "07".repeat(20))), Some(Address::new([7; 20])));
    }

    #[test]
    fn nonsense_is_refused() {
        for text in ["", "0x", "1a4", "0xg", "0x1_0", "0x-1", "0x+1", "0x 1", "0X1"] {
            assert_eq!(parse_quantity(text), None, "{text:?}");
        }
        assert_eq!(parse_quantity(&format!("0x1{}", "0".repeat(64))), None);
        assert_eq!(parse_u64("0x10000000000000000"), None);
        for text in ["", "00", "0x0", "0xzz", "0x0x00"] {
            assert_eq!(parse_data(text), None, "{text:?}");
        }
        assert_eq!(parse_hash("0x00"), None);
        assert_eq!(parse_address("0x00"), None);
    }
}
