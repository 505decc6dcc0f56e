//! The places of credentials in status lists: as if drawn at random, and never twice.
//!
//! A tenant's credentials are numbered as they are accepted. A keyed permutation of each list's indexes turns the number into an
//! index: no place has to be looked for, none is ever used again, and without the key an index has nothing to do with the order. The
//! permutation is an alternating Feistel network of ten rounds over 8 and 9 bits. A round is SHA-256 of the key and the other half.

use crate::hash::Hash;

/// The entries of a list: the least that Bitstring Status List 1.0 allows, 16 KiB.
pub const LIST_LENGTH: u32 = 131_072;

const LOW_BITS: u32 = 9;
const LOW_MASK: u32 = 0x1FF;
const HIGH_MASK: u32 = 0xFF;
const ROUNDS: u8 = 10;

/// The places of a tenant's credentials.
#[derive(Clone, Copy)]
pub struct StatusPlaces<'a> {
    key: &'a [u8; 32],
}

impl<'a> StatusPlaces<'a> {
    /// Creates the places that follow from a tenant's secret key.
    pub fn new(key: &'a [u8; 32]) -> Self {
        Self { key }
    }

    /// Returns the number of the list, and the index in it, of the credential with this number.
    pub fn place(&self, number: u64) -> (u64, u32) {
        let length = u64::from(LIST_LENGTH);
        let list = number.checked_div(length).unwrap_or_default();
        let within = u32::try_from(number.checked_rem(length).unwrap_or_default()).unwrap_or_default();
        (list, permute(within, |round, half| self.round(list, round, half)))
    }

    /// Returns the indexes in a list of the credentials with these numbers, those of other lists left out. It is quicker than
    /// [`place`](Self::place) for many of them: a round has few inputs.
    pub fn indexes(&self, list: u64, numbers: impl IntoIterator<Item = u64>) -> Vec<u32> {
        let halves = LOW_MASK.saturating_add(1);
        let tables: Vec<Vec<u32>> = (0..ROUNDS)
            .map(|round| (0..halves).map(|half| self.round(list, round, half)).collect())
            .collect();
        let find = |round: u8, half: u32| {
            let table = tables.get(usize::from(round));
            let entry = usize::try_from(half).ok().and_then(|half| table.and_then(|table| table.get(half)));
            entry.copied().unwrap_or_default()
        };
        let length = u64::from(LIST_LENGTH);
        let within = numbers.into_iter().filter(|number| number.checked_div(length) == Some(list));
        let within = within.filter_map(|number| u32::try_from(number.checked_rem(length)?).ok());
        within.map(|within| permute(within, find)).collect()
    }

    fn round(&self, list: u64, round: u8, half: u32) -> u32 {
        let mut input = [0; 45];
        let parts =
            self.key.iter().copied().chain(list.to_be_bytes()).chain([round]).chain(half.to_be_bytes());
        for (byte, part) in input.iter_mut().zip(parts) {
            *byte = part;
        }
        let [first, second, ..] = *Hash::sha256(&input).as_bytes();
        u32::from(u16::from_be_bytes([first, second]))
    }
}

fn permute(within: u32, function: impl Fn(u8, u32) -> u32) -> u32 {
    let (mut high, mut low) = ((within >> LOW_BITS) & HIGH_MASK, within & LOW_MASK);
    for round in 0..ROUNDS {
        match round.is_multiple_of(2) {
            true => high ^= function(round, low) & HIGH_MASK,
            false => low ^= function(round, high) & LOW_MASK,
        }
    }
    (high << LOW_BITS) | low
}
