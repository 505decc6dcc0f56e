//! Send: the bytes of an attempt are handed to the chain. Sending them again is harmless.

use learncoin_chain::rpc::{Inclusion, SendOutcome};
use learncoin_store::kill;

use super::attempt::Attempt;
use crate::chains::Chain;
use crate::step::StepError;

/// Sends an attempt. `sent` is the kill point behind the call.
///
/// # Errors
/// [`StepError::Refused`] if no node accepted it and none has it.
pub(super) async fn send(chain: &Chain, attempt: &Attempt, sent: &'static str) -> Result<(), StepError> {
    let response = chain.client.send_raw_transaction(attempt.raw.as_bytes()).await;
    kill::reached(sent);
    if response == Ok(SendOutcome::Accepted) {
        return Ok(());
    }
    // "Already known" and "nonce too low" may mean that the node has it, and so may a broken connection. Nodes word it in
    // many ways, so the hash is looked up instead.
    if chain.client.inclusion(attempt.hash.as_bytes()).await? != Inclusion::Unknown {
        return Ok(());
    }
    match response? {
        SendOutcome::Accepted => Ok(()),
        SendOutcome::Refused { code, message } => Err(StepError::Refused { code, message }),
    }
}
