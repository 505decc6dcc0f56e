//! Step 7: the transaction, read from its own bytes, and the key's validity at the block's time.

use jiff::Timestamp;

use super::issuer::Key;
use super::report::{Check, CheckName, Outcome};
use super::{Lookup, MinedTransaction, Parsed, Policy, VerificationInputs};
use crate::profile::IssuerProfile;
use crate::proof::AnchorChain;
use crate::text;
use crate::transaction::DecodedTransaction;

/// A gap between the issuance date and the block's time is pointed out from here on.
const REPORTED_GAP_SECONDS: i64 = 24 * 60 * 60;

pub(super) fn check(
    parsed: &Parsed,
    key: Option<&Key>,
    issuer: Outcome,
    inputs: &VerificationInputs,
    policy: &Policy,
) -> Check {
    let mut check = Check::new(CheckName::Anchor);
    check.show("chain", format!("{} ({})", parsed.proof.chain.name(), parsed.proof.chain.chain_id()));
    check.show("transaction", format!("0x{}", parsed.proof.transaction_hash));
    if parsed.proof.chain == AnchorChain::Development && !policy.allow_development {
        return check.failed("the anchor is on a development chain, which proves nothing to others");
    }
    let mined = match &inputs.transaction {
        Lookup::Found(mined) => mined,
        Lookup::Absent => return check.failed("the chain has no such transaction in a block"),
        Lookup::Unreachable(why) => {
            return check.could_not_check(format!("the transaction could not be looked up: {why}"));
        }
    };
    let transaction = match decode_anchor(parsed, mined) {
        Ok(transaction) => transaction,
        Err(reason) => return check.failed(reason),
    };
    let Ok(block_time) = Timestamp::from_second(mined.block_time) else {
        return check.could_not_check("the node gives the block a time that cannot be");
    };
    check.show("block", mined.block_number);
    check.show("block time", block_time);
    check.show("sender", transaction.sender);
    check.show("confirmations", mined.confirmations);
    if let Some(note) = gap(&parsed.credential.document.issuance_date, block_time) {
        check.show("note", note);
    }
    if !mined.succeeded {
        return check.failed("the transaction failed on the chain");
    }
    let Some(key) = key else {
        return match issuer {
            Outcome::Failed => Check { outcome: Outcome::NotReached, ..check },
            _ => check.could_not_check("the issuer's key could not be looked up"),
        };
    };
    if transaction.sender != key.address {
        return check.failed("the transaction was signed by another key than the one that the proof names");
    }
    if let Err(refused) = key_window(key, &inputs.issuer_profile, block_time, &mut check) {
        return match refused {
            Refused::Failed(reason) => check.failed(reason),
            Refused::CouldNotCheck(reason) => check.could_not_check(reason),
        };
    }
    if mined.confirmations < policy.min_confirmations {
        return check.could_not_check(format!(
            "the transaction has {} of {} confirmations; try again later",
            mined.confirmations, policy.min_confirmations
        ));
    }
    check
}

/// The transaction, if it is the one that the proof names and says what an anchor says.
fn decode_anchor(parsed: &Parsed, mined: &MinedTransaction) -> Result<DecodedTransaction, String> {
    let transaction = DecodedTransaction::decode(&mined.raw)
        .map_err(|error| format!("the transaction cannot be read: {error}"))?;
    if transaction.hash != parsed.proof.transaction_hash {
        return Err("the node gave another transaction than the one that the proof names".to_owned());
    }
    if transaction.chain_id != parsed.proof.chain.chain_id() {
        return Err("the transaction was signed for another chain".to_owned());
    }
    if transaction.to != Some(transaction.sender) {
        return Err("the transaction does not go from the key to itself".to_owned());
    }
    if transaction.value != 0 {
        return Err("the transaction moves value, which an anchor does not".to_owned());
    }
    if transaction.data != parsed.proof.merkle_root.as_bytes() {
        return Err("the transaction's calldata is not the Merkle root".to_owned());
    }
    Ok(transaction)
}

enum Refused {
    Failed(&'static str),
    CouldNotCheck(String),
}

/// Whether the key was valid when the block was made: according to the issuer profile, and to the DID document
/// where that ends it too.
fn key_window(
    key: &Key,
    profile: &Lookup<IssuerProfile>,
    block_time: Timestamp,
    check: &mut Check,
) -> Result<(), Refused> {
    let profile = match profile {
        Lookup::Found(profile) => profile,
        Lookup::Absent => {
            return Err(Refused::CouldNotCheck(
                "the host answers that it has no such issuer profile".to_owned(),
            ));
        }
        Lookup::Unreachable(why) => {
            return Err(Refused::CouldNotCheck(format!("the issuer profile could not be read: {why}")));
        }
    };
    let mut entries = profile.keys_of(key.address).peekable();
    if entries.peek().is_none() {
        return Err(Refused::Failed("the issuer profile does not list the key"));
    }
    let mut valid = key.ended.is_none_or(|end| block_time < end);
    for entry in entries {
        if let Some(created) = entry.created {
            check.show("key valid from", created);
        }
        if let Some(end) = [entry.end(), key.ended].into_iter().flatten().min() {
            check.show("key valid until", end);
        }
        // Where a profile lists a key twice, both entries must hold: the stricter reading is the safe one.
        valid &= entry.is_valid_at(block_time);
    }
    if valid { Ok(()) } else { Err(Refused::Failed("the key was not valid at the time of the block")) }
}

/// What a reader should know when the issuance date and the block are more than a day apart.
fn gap(issuance_date: &str, block_time: Timestamp) -> Option<String> {
    let issued = text::parse_timestamp(issuance_date).ok()?;
    let seconds = block_time.as_second().saturating_sub(issued.as_second());
    let hours = seconds.saturating_abs() / 3600;
    if seconds.saturating_abs() <= REPORTED_GAP_SECONDS {
        None
    } else if seconds > 0 {
        Some(format!("the issuance date lies {hours} hours before the block"))
    } else {
        Some(format!("the issuance date lies {hours} hours after the block"))
    }
}
