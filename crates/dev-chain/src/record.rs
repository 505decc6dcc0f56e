//! The record of a block in the file: one line of JSON, whose last member is a checksum over all before it.

use alloy_primitives::keccak256;
use serde::{Deserialize, Serialize};

use super::block::Block;
use super::rules::Accepted;
use learncoin_chain::hex::{parse_address, parse_data, parse_hash};

/// The first member of every line, which identifies the format.
const FORMAT: u32 = 1;
/// The first bytes of every chain's file.
const FIRST_BYTES: &str = r#"{"format":1,"number":0,"#;
const CHECK_MEMBER: &str = r#","check":""#;
const CHECK_BYTES: usize = 8;
const NOT_HEXADECIMAL: &str = "a transaction is not hexadecimal";

/// The stored members of a block. The header's other members follow from these and from the blocks before. The hash, which
/// is compared, covers all of them.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Record {
    format: u32,
    pub(crate) number: u64,
    hash: String,
    parent: String,
    pub(crate) time: u64,
    base_fee: u64,
    gas_used: u64,
    extra: String,
    transactions: Vec<RecordedTransaction>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RecordedTransaction {
    from: String,
    raw: String,
    /// Whether a caller submitted it; absent if the deployment did.
    #[serde(default, rename = "callers", skip_serializing_if = "std::ops::Not::not")]
    is_callers: bool,
}

impl Record {
    pub(crate) fn of(block: &Block) -> Record {
        let transactions = block.transactions.iter().map(|mined| RecordedTransaction {
            from: format!("{:#x}", mined.transaction.from),
            raw: format!("{:#x}", mined.transaction.raw),
            is_callers: mined.transaction.is_callers,
        });
        Record {
            format: FORMAT,
            number: block.header.number,
            hash: format!("{:#x}", block.hash),
            parent: format!("{:#x}", block.header.parent_hash),
            time: block.header.timestamp,
            base_fee: block.base_fee(),
            gas_used: block.header.gas_used,
            extra: format!("{:#x}", block.header.extra_data),
            transactions: transactions.collect(),
        }
    }

    /// Returns the line, with its line feed.
    pub(crate) fn to_line(&self) -> std::io::Result<String> {
        let mut line = serde_json::to_string(self)?;
        let check = check_sum(&line);
        line.pop();
        line.push_str(CHECK_MEMBER);
        line.push_str(&check);
        line.push_str("\"}\n");
        Ok(line)
    }

    /// Parses a line without its line feed.
    pub(crate) fn from_line(line: &[u8]) -> Result<Record, &'static str> {
        let line = std::str::from_utf8(line).map_err(|_| "it is not text")?;
        let (members, check) = line
            .strip_suffix("\"}")
            .and_then(|line| line.rsplit_once(CHECK_MEMBER))
            .ok_or("it does not end in a check sum")?;
        let object = format!("{members}}}");
        if check_sum(&object) != check {
            return Err("the check sum does not fit");
        }
        let record: Record = serde_json::from_str(&object).map_err(|_| "it is not a block")?;
        if record.format != FORMAT {
            return Err("it is of another format");
        }
        Ok(record)
    }

    pub(crate) fn hash(&self) -> Option<[u8; 32]> {
        parse_hash(&self.hash)
    }

    pub(crate) fn extra(&self) -> Option<Vec<u8>> {
        parse_data(&self.extra)
    }

    /// Returns the transactions; the error is the reason why one can't be read.
    pub(crate) fn transactions(&self) -> Result<Vec<Accepted>, &'static str> {
        let read = |one: &RecordedTransaction| {
            let raw = parse_data(&one.raw).ok_or(NOT_HEXADECIMAL)?;
            let from = parse_address(&one.from).ok_or(NOT_HEXADECIMAL)?;
            let accepted = Accepted::recorded(&raw, from).map_err(|_| "a transaction cannot be decoded")?;
            Ok(Accepted { is_callers: one.is_callers, ..accepted })
        };
        self.transactions.iter().map(read).collect()
    }
}

/// Returns whether this can be the part of the first line that a kill left.
pub(crate) fn is_torn_first_line(fragment: &[u8]) -> bool {
    let start = FIRST_BYTES.as_bytes();
    fragment.starts_with(start) || start.starts_with(fragment)
}

fn check_sum(text: &str) -> String {
    let hash = keccak256(text);
    let (check, _) = hash.split_at(CHECK_BYTES);
    alloy_primitives::hex::encode(check)
}
