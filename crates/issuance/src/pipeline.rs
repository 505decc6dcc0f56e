//! The context that the stages of the pipeline share.

use std::sync::Arc;

use learncoin_store::Store;
use learncoin_store::clock::{Clock, Entropy};
use tokio::sync::Notify;

use crate::chains::Chains;
use crate::key::signing::KeySigner;
use crate::options::PipelineOptions;
use crate::outgoing::ReconciledAccounts;

/// Moves batches from acceptance to their end: signs, anchors, confirms and watches them, or fails them.
pub struct Pipeline {
    pub(crate) store: Store,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) chains: Chains,
    pub(crate) options: PipelineOptions,
    pub(crate) signer: KeySigner,
    /// Wakes the worker.
    pub(crate) wake: Arc<Notify>,
    /// The keys whose nonces this process has compared with the chain.
    pub(crate) reconciled: ReconciledAccounts,
}
