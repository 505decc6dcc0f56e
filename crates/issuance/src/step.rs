//! The errors of a pipeline step, and the failure of a batch that they lead to.

use learncoin_chain::money::in_ether;
use learncoin_chain::rpc::RpcError;
use learncoin_kms::KmsError;
use learncoin_store::Error as StoreError;
use learncoin_store::batches::WaitingFor;
use learncoin_store::credentials::StoredDocumentError;

use crate::metrics::Reason;

/// The error code of a failed batch, as the API's catalog names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FailureCode {
    /// The key is disabled, or its secret can't be decrypted.
    SigningKeyUnavailable,
    /// The chain was not available.
    AnchoringChainUnavailable,
    /// A fault of this deployment.
    InternalError,
}

impl FailureCode {
    /// Returns the name in the API.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            FailureCode::SigningKeyUnavailable => "signing_key_unavailable",
            FailureCode::AnchoringChainUnavailable => "anchoring_chain_unavailable",
            FailureCode::InternalError => "internal_error",
        }
    }

    /// Returns the message for callers. It names no internal cause.
    pub(crate) fn message(self) -> &'static str {
        match self {
            FailureCode::SigningKeyUnavailable => {
                "The tenant's signing key was not available within the give-up window."
            }
            FailureCode::AnchoringChainUnavailable => {
                "The anchoring chain was not available within the give-up window."
            }
            FailureCode::InternalError => "The batch could not be signed within the give-up window.",
        }
    }
}

/// The reason why a step did not move its batch on. Each of these is temporary or gets repaired; the step is retried.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StepError {
    /// The store failed, or another node moved the batch.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The node did not respond, or not as a node of a chain does.
    #[error("chain: {0}")]
    Chain(#[from] RpcError),
    /// The node did not accept the transaction, and does not know it.
    #[error("the node refused the transaction ({code}): {message}")]
    Refused {
        /// The node's code.
        code: i64,
        /// The node's message.
        message: String,
    },
    /// The sender can't pay for it.
    #[error("{address} owns {}, and needs {} for the transaction", in_ether(*.balance), in_ether(*.needed))]
    Funds {
        /// The sender.
        address: String,
        /// Its balance, in wei.
        balance: u128,
        /// The most that the transaction may cost, in wei.
        needed: u128,
    },
    /// The current price on the chain exceeds the cap on the cost of an anchor.
    #[error("a unit of gas costs {price} wei, and may cost {cap}")]
    TooExpensive {
        /// The current price of a unit of gas, in wei.
        price: u128,
        /// The highest price that the cap allows, in wei.
        cap: u128,
    },
    /// The key sent transactions that this database does not know of, and their final position in the chain is not certain yet.
    #[error("the chain has {sent} transactions of the key, and {known} are known")]
    ChainAhead {
        /// The number of transactions it sent, with those that are pending at the nodes.
        sent: u64,
        /// The number of transactions that this database knows of.
        known: u64,
    },
    /// No chain is configured for the batch's environment, or another than it was accepted for.
    #[error("the batch's chain {chain_id} is not configured")]
    NoChain {
        /// The chain of the batch.
        chain_id: u64,
    },
    /// The signing key is disabled, or its secret does not open.
    #[error("the signing key can't be used: {0}")]
    SigningKey(&'static str),
    /// Cloud KMS did not sign: it is not available, or the key is disabled there.
    #[error("the signing key can't be used: {0}")]
    Kms(#[from] KmsError),
    /// A stored document can't be read.
    #[error(transparent)]
    Document(#[from] StoredDocumentError),
    /// Stored data contradicts itself.
    #[error("{0}")]
    Inconsistent(&'static str),
    /// A task ended early: it panicked, which is in the log, or the process ends.
    #[error("a task of the step ended early")]
    Aborted,
}

impl StepError {
    /// Returns the code that a batch fails with if this error lasts until the end of the give-up window.
    pub(crate) fn failure_code(&self) -> FailureCode {
        match self {
            StepError::Chain(_)
            | StepError::Refused { .. }
            | StepError::Funds { .. }
            | StepError::TooExpensive { .. }
            | StepError::ChainAhead { .. }
            | StepError::NoChain { .. } => FailureCode::AnchoringChainUnavailable,
            StepError::SigningKey(_) | StepError::Kms(_) | StepError::Store(StoreError::Unsealed) => {
                FailureCode::SigningKeyUnavailable
            }
            StepError::Store(_)
            | StepError::Document(_)
            | StepError::Inconsistent(_)
            | StepError::Aborted => FailureCode::InternalError,
        }
    }

    /// Returns what the batch waits for, as its tenant may know it; `None` if the fault is this deployment's own.
    pub(crate) fn waiting_for(&self) -> Option<WaitingFor> {
        match self {
            StepError::Funds { .. } => Some(WaitingFor::Funds),
            StepError::Chain(_)
            | StepError::Refused { .. }
            | StepError::TooExpensive { .. }
            | StepError::ChainAhead { .. }
            | StepError::NoChain { .. } => Some(WaitingFor::Chain),
            StepError::SigningKey(_) | StepError::Kms(_) | StepError::Store(StoreError::Unsealed) => {
                Some(WaitingFor::SigningKey)
            }
            StepError::Store(_)
            | StepError::Document(_)
            | StepError::Inconsistent(_)
            | StepError::Aborted => None,
        }
    }

    /// Returns the reason that the metrics count it under.
    pub(crate) fn reason(&self) -> Reason {
        match self {
            StepError::Store(StoreError::Unsealed) | StepError::SigningKey(_) | StepError::Kms(_) => {
                Reason::SigningKey
            }
            StepError::Store(_) => Reason::Store,
            StepError::Chain(_) | StepError::ChainAhead { .. } | StepError::NoChain { .. } => Reason::Chain,
            StepError::Refused { .. } => Reason::Refused,
            StepError::Funds { .. } => Reason::Funds,
            StepError::TooExpensive { .. } => Reason::FeeCap,
            StepError::Document(_) | StepError::Inconsistent(_) | StepError::Aborted => Reason::Internal,
        }
    }
}
