//! The constants of the development chain, and the checks of a transaction that need no account: decoding, signature,
//! gas. Fork rules are those of Prague as far as they concern a transfer with calldata.

use alloy_consensus::{Signed, TxEip1559, transaction::SignerRecoverable};
use alloy_eips::eip1559::{
    BaseFeeParams, ETHEREUM_BLOCK_GAS_LIMIT_30M, INITIAL_BASE_FEE, calc_effective_gas_price,
};
use alloy_eips::eip2930::AccessList;
use alloy_eips::eip7623::{STANDARD_TOKEN_COST, tokens_in_calldata, transaction_floor_cost};
use alloy_primitives::{Address, B256, Bytes, TxKind, U256, keccak256};

use super::error::SubmitError;
use learncoin_chain::Fees;

/// The chain's id, which no real chain has.
pub(crate) const CHAIN_ID: u64 = learncoin_chain::network::DEVELOPMENT;
/// The gas limit of a block: about 1,300 anchors.
pub(crate) const BLOCK_GAS_LIMIT: u64 = ETHEREUM_BLOCK_GAS_LIMIT_30M;
/// The base fee of the first block, in wei, below which it never falls: 1 gwei.
pub(crate) const BASE_FEE_FLOOR: u64 = INITIAL_BASE_FEE;
/// The tip that the chain recommends, in wei for one unit of gas.
pub(crate) const RECOMMENDED_TIP: u64 = 1_000_000;
/// The most calldata that is accepted, in bytes. A Merkle root has 32.
pub(crate) const MAX_CALLDATA_BYTES: usize = 1024;
/// The largest transaction that is accepted, in bytes: calldata, and room for everything else.
pub(crate) const MAX_TRANSACTION_BYTES: usize = 2 * 1024;
/// The most gas of a block that transactions of callers use. It is half of what a block may use without raising the base fee, so that
/// callers can't make anchors dear.
pub(crate) const CALLERS_BLOCK_GAS: u64 = BLOCK_GAS_LIMIT / 4;
/// The initial balance of every address, in wei: 1,000 ether.
pub(crate) const FAUCET_WEI: U256 = U256::from_limbs([0x35c9_adc5_dea0_0000, 0x36, 0, 0]);

const TYPE_EIP1559: u8 = 2;
const TRANSACTION_GAS: u64 = 21_000;
const ACCESS_LIST_ADDRESS_GAS: u64 = 2_400;
const ACCESS_LIST_KEY_GAS: u64 = 1_900;

/// Returns the base fee of the block after one with this base fee and gas: the rule of EIP-1559, with a floor.
pub(crate) fn next_base_fee(base_fee: u64, gas_used: u64) -> u64 {
    BaseFeeParams::ethereum().next_block_base_fee(gas_used, BLOCK_GAS_LIMIT, base_fee).max(BASE_FEE_FLOOR)
}

/// Returns the gas that a call without code uses: the intrinsic gas or the floor for its calldata (EIP-7623), whichever is
/// more.
pub(crate) fn gas_of(input: &[u8], access_list: &AccessList) -> u64 {
    let tokens = tokens_in_calldata(input);
    let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    let lists = count(access_list.len())
        .saturating_mul(ACCESS_LIST_ADDRESS_GAS)
        .saturating_add(count(access_list.storage_keys_count()).saturating_mul(ACCESS_LIST_KEY_GAS));
    let intrinsic =
        TRANSACTION_GAS.saturating_add(tokens.saturating_mul(STANDARD_TOKEN_COST)).saturating_add(lists);
    intrinsic.max(transaction_floor_cost(tokens))
}

/// A decoded transaction with its sender.
#[derive(Debug, Clone)]
pub(crate) struct Accepted {
    pub(crate) signed: Signed<TxEip1559>,
    pub(crate) raw: Bytes,
    pub(crate) hash: B256,
    pub(crate) from: Address,
    pub(crate) to: Address,
    /// The gas that it will use, with any limit.
    pub(crate) gas_used: u64,
    /// Whether a caller of the JSON-RPC submitted it, and not the deployment itself.
    pub(crate) is_callers: bool,
}

impl Accepted {
    /// Decodes a transaction and checks everything that needs no account.
    pub(crate) fn check(raw: &[u8]) -> Result<Accepted, SubmitError> {
        if raw.len() > MAX_TRANSACTION_BYTES {
            return Err(SubmitError::TooLarge);
        }
        let (signed, to) = decode(raw)?;
        let transaction = signed.tx();
        if transaction.input.len() > MAX_CALLDATA_BYTES {
            return Err(SubmitError::TooLarge);
        }
        if transaction.chain_id != CHAIN_ID {
            return Err(SubmitError::WrongChain { have: transaction.chain_id });
        }
        // This one of the two recoveries refuses a high `s`, as EIP-2 requires.
        let from = SignerRecoverable::recover_signer(&signed).map_err(|_| SubmitError::BadSignature)?;
        if transaction.max_priority_fee_per_gas > transaction.max_fee_per_gas {
            return Err(SubmitError::TipAboveMaxFee);
        }
        if transaction.gas_limit > BLOCK_GAS_LIMIT {
            return Err(SubmitError::GasLimitTooHigh);
        }
        let accepted = Accepted::of(signed, to, from, raw);
        if accepted.tx().gas_limit < accepted.gas_used {
            return Err(SubmitError::GasTooLow { have: accepted.tx().gas_limit, want: accepted.gas_used });
        }
        if accepted.tx().nonce == u64::MAX {
            return Err(SubmitError::NonceAtMaximum);
        }
        Ok(accepted)
    }

    /// Decodes a transaction that was checked before it was recorded. Recovering the sender again would cost a thousand
    /// times the decoding, and the record that names the sender is covered by a checksum. It may be larger than those of today.
    pub(crate) fn recorded(raw: &[u8], from: Address) -> Result<Accepted, SubmitError> {
        let (signed, to) = decode(raw)?;
        Ok(Accepted::of(signed, to, from, raw))
    }

    fn of(signed: Signed<TxEip1559>, to: Address, from: Address, raw: &[u8]) -> Accepted {
        let gas_used = gas_of(&signed.tx().input, &signed.tx().access_list);
        let (raw, hash) = (Bytes::copy_from_slice(raw), keccak256(raw));
        Accepted { raw, hash, from, to, gas_used, signed, is_callers: false }
    }

    pub(crate) fn tx(&self) -> &TxEip1559 {
        self.signed.tx()
    }

    pub(crate) fn fees(&self) -> Fees {
        Fees {
            max_fee_per_gas: self.tx().max_fee_per_gas,
            max_priority_fee_per_gas: self.tx().max_priority_fee_per_gas,
        }
    }

    /// Returns the balance that the sender must have, in wei: the value, and the whole gas limit at the highest fee.
    pub(crate) fn max_cost(&self) -> U256 {
        let gas = U256::from(self.tx().gas_limit).saturating_mul(U256::from(self.tx().max_fee_per_gas));
        gas.saturating_add(self.tx().value)
    }

    /// Returns the price that it pays for one unit of gas in a block with this base fee, in wei.
    pub(crate) fn gas_price(&self, base_fee: u64) -> u128 {
        calc_effective_gas_price(
            self.tx().max_fee_per_gas,
            self.tx().max_priority_fee_per_gas,
            Some(base_fee),
        )
    }
}

fn decode(raw: &[u8]) -> Result<(Signed<TxEip1559>, Address), SubmitError> {
    match raw.first() {
        None => return Err(SubmitError::Undecodable),
        Some(&TYPE_EIP1559) => {}
        Some(_) => return Err(SubmitError::UnsupportedType),
    }
    let signed = Signed::<TxEip1559>::eip2718_decode(&mut &*raw).map_err(|_| SubmitError::Undecodable)?;
    let mut canonical = Vec::with_capacity(raw.len());
    signed.eip2718_encode(&mut canonical);
    // A transaction has one hash, so only one encoding is accepted. This refuses trailing bytes too.
    if canonical != raw {
        return Err(SubmitError::Undecodable);
    }
    match signed.tx().to {
        TxKind::Call(to) => Ok((signed, to)),
        TxKind::Create => Err(SubmitError::ContractCreation),
    }
}
