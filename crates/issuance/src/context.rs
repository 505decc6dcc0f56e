//! What every stage of the pipeline is given: store, time, randomness, host, chains, limits.

use std::sync::{Arc, Mutex};

use learncoin_credential::Host;
use learncoin_store::Store;
use learncoin_store::clock::{Clock, Entropy};
use tokio::sync::Notify;

use crate::anchor::recovery::Reconciled;
use crate::chains::Chains;
use crate::credential::erasures::{Erasures, Journal};
use crate::credential::host_documents;
use crate::key::signing::KeyService;
use crate::options::PipelineOptions;
use crate::tenant::plans::Plans;

/// The pipeline's context.
pub struct Issuance {
    /// The database.
    pub store: Store,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness fit for keys.
    pub entropy: Arc<dyn Entropy>,
    /// The deployment's public origin.
    pub host: Host,
    /// Where batches are anchored.
    pub chains: Chains,
    /// What each plan includes.
    pub plans: Plans,
    /// How patient the pipeline is.
    pub options: PipelineOptions,
    /// Cloud KMS, where there are keys in it or are to be.
    pub kms: Option<KeyService>,
    /// Wakes the worker: there is something to do.
    pub(crate) wake: Notify,
    /// What verifiers were told last.
    pub(crate) host_document_cache: host_documents::HostDocumentCache,
    /// The keys whose nonces this process has held against the chain.
    pub(crate) reconciled: Reconciled,
    /// Where erasures are noted so that they outlive the database.
    pub(crate) erasures: Erasures,
}

impl Issuance {
    /// Puts the parts together.
    pub fn new(
        store: Store,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        host: Host,
        chains: Chains,
        plans: Plans,
        options: PipelineOptions,
    ) -> Self {
        Self {
            store,
            clock,
            entropy,
            host,
            chains,
            plans,
            options,
            kms: None,
            wake: Notify::new(),
            host_document_cache: Mutex::default(),
            reconciled: Reconciled::default(),
            erasures: Erasures::default(),
        }
    }

    /// Notes erasures in this journal too. What is missing there is noted by [`Issuance::reconcile_erasures`].
    #[must_use]
    pub fn with_erasure_journal(mut self, journal: Journal) -> Self {
        self.erasures = Erasures::journaled_in(journal);
        self
    }

    /// Signs in Cloud KMS too.
    #[must_use]
    pub fn with_kms(mut self, kms: Option<KeyService>) -> Self {
        self.kms = kms;
        self
    }
}
