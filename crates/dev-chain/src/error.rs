//! The errors of the development chain's file, and of transactions that are submitted.

use learncoin_chain::network::DEVELOPMENT;

/// Why the chain's file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DevChainError {
    /// The operating system refused to read or write it.
    #[error("the development chain's file cannot be {action}")]
    Io {
        /// The failed operation: `opened`, `read`, `written`, …
        action: &'static str,
        /// The operating system's error.
        source: std::io::Error,
    },
    /// Another process, or another [`super::DevChain`] in this one, has it open.
    #[error("the development chain's file is in use")]
    InUse,
    /// The file does not begin with a development chain's first block.
    #[error("the file is not a development chain")]
    NotAChain,
    /// A line is not what was written, and is not a torn last line.
    #[error("line {line} of the development chain's file is damaged: {reason}")]
    Damaged {
        /// Its number; block n is on line n + 1.
        line: u64,
        /// The reason.
        reason: &'static str,
    },
}

impl DevChainError {
    /// Returns a function that makes an error of the operating system's error during `action`.
    pub(crate) fn io(action: &'static str) -> impl FnOnce(std::io::Error) -> DevChainError {
        move |source| DevChainError::Io { action, source }
    }
}

/// Why a transaction is refused. The texts are those of common nodes, because wallets parse them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SubmitError {
    /// Not the bytes of a signed transaction.
    #[error("the transaction cannot be decoded")]
    Undecodable,
    /// Another type than 2 (EIP-1559).
    #[error("transaction type not supported")]
    UnsupportedType,
    /// More than 2 KiB, or more than 1 KiB of calldata.
    #[error("oversized data: a transaction has at most 2048 bytes, 1024 of them calldata")]
    TooLarge,
    /// Signed for another chain.
    #[error("invalid chain id for signer: have {have} want {DEVELOPMENT}")]
    WrongChain {
        /// The chain it was signed for.
        have: u64,
    },
    /// No sender can be recovered, or the signature's `s` is high (EIP-2).
    #[error("invalid sender: invalid transaction v, r, s values")]
    BadSignature,
    /// It has no receiver. There is no EVM here, so there are no contracts.
    #[error("contract creation is not supported: this chain runs no code")]
    ContractCreation,
    /// The tip is above the highest total fee.
    #[error("max priority fee per gas higher than max fee per gas")]
    TipAboveMaxFee,
    /// It offers less than the next block's base fee.
    #[error("max fee per gas less than block base fee: maxFeePerGas: {max_fee}, baseFee: {base_fee}")]
    MaxFeeBelowBaseFee {
        /// The offered fee, in wei.
        max_fee: u128,
        /// The base fee of the next block, in wei.
        base_fee: u64,
    },
    /// Its gas limit does not cover its bytes.
    #[error("intrinsic gas too low: gas {have}, minimum needed {want}")]
    GasTooLow {
        /// The limit.
        have: u64,
        /// The gas that it uses.
        want: u64,
    },
    /// Its gas limit is above a block's.
    #[error("exceeds block gas limit")]
    GasLimitTooHigh,
    /// A transaction with this nonce is in a block already.
    #[error("nonce too low: next nonce {next}, tx nonce {nonce}")]
    NonceTooLow {
        /// The nonce that comes next.
        next: u64,
        /// The transaction's.
        nonce: u64,
    },
    /// No nonce could follow (EIP-2681).
    #[error("nonce has max value")]
    NonceAtMaximum,
    /// The sender cannot pay for it and for those that wait before it.
    #[error("insufficient funds for gas * price + value")]
    InsufficientFunds,
    /// The same bytes wait already.
    #[error("already known")]
    AlreadyKnown,
    /// Another one with its nonce waits, and it does not offer a tenth more.
    #[error("replacement transaction underpriced")]
    Underpriced,
    /// Too many transactions wait.
    #[error("txpool is full")]
    PoolFull,
    /// Too many transactions of this sender wait.
    #[error("account limit exceeded: {most} transactions of an account wait")]
    AccountFull {
        /// The most that wait.
        most: usize,
    },
    /// A caller submitted it, and the chain takes transactions from the deployment itself only.
    #[error(
        "this chain is read-only: it takes transactions from its own deployment, and from others if chain.development_chain_transactions \
         says so"
    )]
    ReadOnly,
    /// A caller submitted it, and the chain has taken as many from callers as it may.
    #[error(
        "this chain takes no more transactions: chain.development_chain_transactions allows {most} in all"
    )]
    AllowanceUsedUp {
        /// The number in the settings.
        most: u64,
    },
}
