//! Step 7: the transaction, decoded from its raw bytes, and the validity of the key at the block's time.

use jiff::Timestamp;

use super::issuer::AuthorizedKey;
use super::report::{Check, CheckName, CheckOutcome};
use super::{Lookup, MinedTransaction, ParsedCredential, VerificationInputs, VerificationPolicy};
use crate::profile::IssuerProfile;
use crate::proof::AnchorChain;
use crate::text;
use crate::transaction::DecodedTransaction;

/// The distance between issuance date and block time from which it is noted.
const REPORTED_GAP_SECONDS: i64 = 24 * 60 * 60;

pub(super) fn check(
    parsed: &ParsedCredential,
    key: Option<&AuthorizedKey>,
    issuer: CheckOutcome,
    inputs: &VerificationInputs,
    policy: &VerificationPolicy,
) -> Check {
    let mut check = Check::new(CheckName::Anchor);
    check.add_evidence("chain", format!("{} ({})", parsed.proof.chain.name(), parsed.proof.chain.chain_id()));
    check.add_evidence("transaction", format!("0x{}", parsed.proof.transaction_hash));
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
    check.add_evidence("block", mined.block_number);
    check.add_evidence("block time", block_time);
    check.add_evidence("sender", transaction.sender);
    check.add_evidence("confirmations", mined.confirmations);
    if let Some(note) = date_gap_note(&parsed.credential.document.issuance_date, block_time) {
        check.add_evidence("note", note);
    }
    if !mined.succeeded {
        return check.failed("the transaction failed on the chain");
    }
    let Some(key) = key else {
        return match issuer {
            CheckOutcome::Failed => Check { outcome: CheckOutcome::NotReached, ..check },
            _ => check.could_not_check("the issuer's key could not be looked up"),
        };
    };
    if transaction.sender != key.address {
        return check.failed("the transaction was signed by another key than the one that the proof names");
    }
    if let Err(error) = check_key_validity(key, &inputs.issuer_profile, block_time, &mut check) {
        return match error {
            KeyWindowError::Failed(reason) => check.failed(reason),
            KeyWindowError::CouldNotCheck(reason) => check.could_not_check(reason),
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

/// Decodes the transaction, and checks that it is the one of the proof and has the form of an anchor.
fn decode_anchor<'a>(
    parsed: &ParsedCredential,
    mined: &'a MinedTransaction,
) -> Result<&'a DecodedTransaction, String> {
    let decoded = mined.raw.decoded();
    let transaction = decoded.map_err(|error| format!("the transaction cannot be read: {error}"))?;
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

enum KeyWindowError {
    Failed(&'static str),
    CouldNotCheck(String),
}

/// Checks that the key was valid at the block's time, according to the issuer profile and to an end in the DID
/// document.
fn check_key_validity(
    key: &AuthorizedKey,
    profile: &Lookup<IssuerProfile>,
    block_time: Timestamp,
    check: &mut Check,
) -> Result<(), KeyWindowError> {
    let profile = match profile {
        Lookup::Found(profile) => profile,
        Lookup::Absent => {
            return Err(KeyWindowError::CouldNotCheck(
                "the host answers that it has no such issuer profile".to_owned(),
            ));
        }
        Lookup::Unreachable(why) => {
            return Err(KeyWindowError::CouldNotCheck(format!(
                "the issuer profile could not be read: {why}"
            )));
        }
    };
    let mut entries = profile.keys_of(key.address).peekable();
    if entries.peek().is_none() {
        return Err(KeyWindowError::Failed("the issuer profile does not list the key"));
    }
    let mut valid = key.ended.is_none_or(|end| block_time < end);
    for entry in entries {
        if let Some(created) = entry.created {
            check.add_evidence("key valid from", created);
        }
        if let Some(end) = [entry.end(), key.ended].into_iter().flatten().min() {
            check.add_evidence("key valid until", end);
        }
        // If a profile lists a key twice, both entries must hold.
        valid &= entry.is_valid_at(block_time);
    }
    if valid { Ok(()) } else { Err(KeyWindowError::Failed("the key was not valid at the time of the block")) }
}

/// Returns a note if issuance date and block time are more than a day apart.
fn date_gap_note(issuance_date: &str, block_time: Timestamp) -> Option<String> {
    let issued = text::parse_timestamp(issuance_date).ok()?;
    let seconds = block_time.as_second().saturating_sub(issued.as_second());
    let distance = seconds.saturating_abs();
    if distance <= REPORTED_GAP_SECONDS {
        return None;
    }
    let side = if seconds > 0 { "before" } else { "after" };
    Some(format!("the issuance date lies {} {side} the block", written_gap(distance / 86_400)))
}

/// Returns a distance of whole days as people write it, from two years on in years.
fn written_gap(days: i64) -> String {
    match days {
        ..=1 => "more than a day".to_owned(),
        2..732 => format!("{days} days"),
        _ => format!("more than {} years", days / 366),
    }
}
