//! What a step of the pipeline may come to.

use learncoin_chain::rpc::RpcError;
use learncoin_kms::KmsError;
use learncoin_store::Error as StoreError;

use crate::batch::documents::StoredDocumentError;
use crate::metrics::Reason;

/// The code that a batch fails with, as the API's catalog names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FailureCode {
    /// The key is disabled or does not open.
    SigningKeyUnavailable,
    /// The chain did not answer.
    AnchoringChainUnavailable,
    /// Our fault.
    InternalError,
}

impl FailureCode {
    /// The name in the API.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            FailureCode::SigningKeyUnavailable => "signing_key_unavailable",
            FailureCode::AnchoringChainUnavailable => "anchoring_chain_unavailable",
            FailureCode::InternalError => "internal_error",
        }
    }

    /// What a caller may be told. It names no cause from the inside.
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

/// Why a step did not move its batch on. Each of these passes or is mended; the step is tried again.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StepError {
    /// The store failed, or somebody else moved the batch.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The chain did not answer as a chain does.
    #[error("chain: {0}")]
    Chain(#[from] RpcError),
    /// The node did not take the transaction, and does not know it.
    #[error("the node refused the transaction ({code}): {message}")]
    Refused {
        /// The node's code.
        code: i64,
        /// The node's words.
        message: String,
    },
    /// The sender can't pay for it.
    #[error("{address} owns {balance} wei, and needs {needed} for the transaction")]
    Funds {
        /// Who can't pay.
        address: String,
        /// What it owns, in wei.
        balance: u128,
        /// What it needs, in wei.
        needed: u128,
    },
    /// The chain asks for more than an anchor may cost.
    #[error("a unit of gas costs {price} wei, and may cost {cap}")]
    TooExpensive {
        /// What it costs, in wei.
        price: u128,
        /// What it may cost, in wei.
        cap: u128,
    },
    /// The key sent transactions that this database does not know of, and where they will stand is not certain yet.
    #[error("the chain has {sent} transactions of the key, and {known} are known")]
    ChainAhead {
        /// How many it sent, those included that wait at the nodes.
        sent: u64,
        /// How many are known here.
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
    /// Cloud KMS did not sign: it is away for now, or the key is disabled there.
    #[error("the signing key can't be used: {0}")]
    Kms(#[from] KmsError),
    /// A stored document can't be read.
    #[error(transparent)]
    Document(#[from] StoredDocumentError),
    /// What should not be.
    #[error("{0}")]
    Inconsistent(&'static str),
    /// A task did not come back: it panicked, which the log tells, or the process ends.
    #[error("a task of the step ended early")]
    Aborted,
}

impl StepError {
    /// What a batch that never gets past this fails with.
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

    /// Under which reason it is counted.
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
