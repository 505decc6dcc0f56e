//! A reader of the part of CBOR ([RFC 8949](https://www.rfc-editor.org/rfc/rfc8949)) that a proof needs: definite
//! lengths and shortest heads, as deterministic encoding (section 4.2.1) requires.

/// The error of bytes that are not CBOR in deterministic encoding, end early, or hold another type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CborError;

/// An integer, by its sign and argument (RFC 8949, section 3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Integer {
    /// The value itself.
    Unsigned(u64),
    /// -1 minus this.
    Negative(u64),
}

const UNSIGNED: u8 = 0;
const NEGATIVE: u8 = 1;
const BYTES: u8 = 2;
const TEXT: u8 = 3;
const ARRAY: u8 = 4;
const MAP: u8 = 5;
const TAG: u8 = 6;

/// A reader of the remaining bytes.
pub(super) struct CborReader<'b>(pub(super) &'b [u8]);

impl<'b> CborReader<'b> {
    pub(super) fn is_at_end(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn unsigned(&mut self) -> Result<u64, CborError> {
        self.head_of(UNSIGNED)
    }

    pub(super) fn integer(&mut self) -> Result<Integer, CborError> {
        match self.head()? {
            (UNSIGNED, value) => Ok(Integer::Unsigned(value)),
            (NEGATIVE, value) => Ok(Integer::Negative(value)),
            _ => Err(CborError),
        }
    }

    /// Reads the head of an array and returns the number of its items.
    pub(super) fn array(&mut self) -> Result<u64, CborError> {
        self.head_of(ARRAY)
    }

    pub(super) fn bytes(&mut self) -> Result<&'b [u8], CborError> {
        let length = self.head_of(BYTES)?;
        self.take(length)
    }

    pub(super) fn text(&mut self) -> Result<&'b str, CborError> {
        let length = self.head_of(TEXT)?;
        std::str::from_utf8(self.take(length)?).map_err(|_| CborError)
    }

    /// Skips one item with all of its content. It counts instead of recursing, so that no nesting is too deep.
    pub(super) fn skip(&mut self) -> Result<(), CborError> {
        let mut open = 1_u64;
        while open > 0 {
            open -= 1;
            let within = match self.head()? {
                (BYTES | TEXT, length) => self.take(length).map(|_| 0)?,
                (ARRAY, items) => items,
                (MAP, pairs) => pairs.checked_mul(2).ok_or(CborError)?,
                (TAG, _) => 1,
                _ => 0,
            };
            open = open.checked_add(within).ok_or(CborError)?;
        }
        Ok(())
    }

    fn head_of(&mut self, expected: u8) -> Result<u64, CborError> {
        let (major, argument) = self.head()?;
        if major == expected { Ok(argument) } else { Err(CborError) }
    }

    /// Reads a major type and its argument, which must have the shortest form (except for floating-point numbers).
    fn head(&mut self) -> Result<(u8, u64), CborError> {
        let [first] = self.array_of_bytes()?;
        let (major, info) = (first >> 5, first & 0x1f);
        let (argument, smallest) = match info {
            0..24 => return Ok((major, u64::from(info))),
            24 => (u64::from(u8::from_be_bytes(self.array_of_bytes()?)), 24),
            25 => (u64::from(u16::from_be_bytes(self.array_of_bytes()?)), 1 << 8),
            26 => (u64::from(u32::from_be_bytes(self.array_of_bytes()?)), 1 << 16),
            27 => (u64::from_be_bytes(self.array_of_bytes()?), 1 << 32),
            _ => return Err(CborError),
        };
        if argument < smallest && major <= TAG { Err(CborError) } else { Ok((major, argument)) }
    }

    fn take(&mut self, length: u64) -> Result<&'b [u8], CborError> {
        let length = usize::try_from(length).map_err(|_| CborError)?;
        let (taken, rest) = self.0.split_at_checked(length).ok_or(CborError)?;
        self.0 = rest;
        Ok(taken)
    }

    fn array_of_bytes<const N: usize>(&mut self) -> Result<[u8; N], CborError> {
        let (taken, rest) = self.0.split_first_chunk().ok_or(CborError)?;
        self.0 = rest;
        Ok(*taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reader(hex: &str) -> Vec<u8> {
        hex::decode(hex).unwrap()
    }

    #[test]
    fn the_examples_of_the_rfc_are_read() {
        // RFC 8949, appendix A.
        for (hex, value) in [
            ("00", 0),
            ("17", 23),
            ("1818", 24),
            ("1903e8", 1_000),
            ("1a000f4240", 1_000_000),
            ("1bffffffffffffffff", u64::MAX),
        ] {
            assert_eq!(CborReader(&reader(hex)).unsigned(), Ok(value), "{hex}");
        }
        assert_eq!(CborReader(&reader("20")).integer(), Ok(Integer::Negative(0)));
        assert_eq!(CborReader(&reader("3863")).integer(), Ok(Integer::Negative(99)));
        assert_eq!(CborReader(&reader("4401020304")).bytes(), Ok([1, 2, 3, 4].as_slice()));
        assert_eq!(CborReader(&reader("62c3bc")).text(), Ok("ü"));
    }

    #[test]
    fn longer_heads_indefinite_lengths_and_early_ends_are_refused() {
        for hex in ["1817", "190017", "1a000003e8", "1b00000000000f4240", "1c", "1f", "18", "19ff", ""] {
            assert_eq!(CborReader(&reader(hex)).unsigned(), Err(CborError), "{hex}");
        }
        for hex in ["5f42010243030405ff", "5803", "4401"] {
            assert_eq!(CborReader(&reader(hex)).bytes(), Err(CborError), "{hex}");
        }
        assert_eq!(CborReader(&reader("9f01ff")).array(), Err(CborError));
        assert_eq!(CborReader(&reader("61ff")).text(), Err(CborError));
    }

    #[test]
    fn skip_passes_over_whole_items() {
        for hex in [
            "00",
            "3903e7",
            "83010203",
            "8301820203820405",
            "a201020304",
            "a26161016162820203",
            "c11a514b67b0",
            "f97c00",
            "fb3ff199999999999a",
            "f5",
            "80",
            "60",
        ] {
            let mut bytes = reader(hex);
            bytes.push(0xaa);
            let mut cbor = CborReader(&bytes);
            cbor.skip().unwrap();
            assert_eq!(cbor.0, [0xaa], "{hex}");
        }
        for hex in ["8301", "a101", "9bffffffffffffffff", "bbffffffffffffffff", "c1", "5b7fffffffffffffff00"]
        {
            assert_eq!(CborReader(&reader(hex)).skip(), Err(CborError), "{hex}");
        }
    }
}
