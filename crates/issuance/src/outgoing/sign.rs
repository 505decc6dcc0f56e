//! Sign: the first attempt at a payload is signed. The caller stores it before it is sent.

use learncoin_chain::{Address, SignedTransaction};

use super::fees::first_offer;
use super::owner::Signer;
use super::payload::Payload;
use crate::chains::Chain;
use crate::step::StepError;

/// Signs a transaction that carries the payload under this nonce, at the price of the moment. Nothing is stored.
///
/// # Errors
/// [`StepError::TooExpensive`] if the chain asks for more than a transaction may cost; the signer's errors.
pub(crate) async fn sign_first(
    chain: &Chain,
    sender: &Address,
    nonce: u64,
    payload: &Payload,
    signer: &impl Signer,
    now_ms: i64,
) -> Result<SignedTransaction, StepError> {
    let fees = first_offer(chain, now_ms).await?;
    signer.sign(payload.unsigned(chain.chain_id, sender, nonce, fees)).await
}
