//! Puts the structs of this crate together.

use std::sync::Arc;

use learncoin_credential::Host;
use learncoin_store::Store;
use learncoin_store::clock::{Clock, Entropy};
use tokio::sync::Notify;

use crate::batch::accept::BatchAcceptor;
use crate::chains::Chains;
use crate::credential::change::CredentialChanges;
use crate::credential::erase::Eraser;
use crate::credential::erasure_log::ErasureLog;
use crate::credential::host_documents::HostDocuments;
use crate::credential::journal::Journal;
use crate::credential::replay::Erasures;
use crate::credential::revoke::Revoker;
use crate::credential::verifiability::Verifiability;
use crate::credential::wallet_forms::WalletForms;
use crate::credential::wallet_offers::WalletOffers;
use crate::key::document_keys::DocumentKeys;
use crate::key::document_signer::DocumentSigner;
use crate::key::host_keys::HostKeys;
use crate::key::life::Keys;
use crate::key::new::KeyFactory;
use crate::key::recent_signatures::RecentSignatures;
use crate::key::service::KeyService;
use crate::key::signing::KeySigner;
use crate::key::statements::KeyStatements;
use crate::options::PipelineOptions;
use crate::outgoing::ReconciledAccounts;
use crate::pipeline::Pipeline;
use crate::tenant::api_keys::ApiKeys;
use crate::tenant::branding::BrandingUpdates;
use crate::tenant::endpoints::Endpoints;
use crate::tenant::plans::Plans;
use crate::tenant::provision::Tenants;
use crate::worker::retention::Retention;

/// The parts that the structs of this crate are made from.
pub struct Parts {
    /// The database.
    pub store: Store,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness fit for keys.
    pub entropy: Arc<dyn Entropy>,
    /// The deployment's public origin.
    pub host: Host,
    /// The chains that batches are anchored on.
    pub chains: Chains,
    /// The limits of each plan.
    pub plans: Plans,
    /// The settings of the pipeline.
    pub options: PipelineOptions,
    /// Cloud KMS, if keys are in it or are to be made in it.
    pub kms: Option<KeyService>,
    /// The file that erasures are recorded in beside the database, if there is one.
    pub journal: Option<Journal>,
}

/// The structs of this crate, for one deployment. It has no behavior of its own: callers use the struct they need.
pub struct Issuance {
    /// The database.
    pub store: Store,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness fit for keys.
    pub entropy: Arc<dyn Entropy>,
    /// The deployment's public origin.
    pub host: Host,
    /// The chains that batches are anchored on.
    pub chains: Chains,
    /// The limits of each plan.
    pub plans: Plans,
    /// The settings of the pipeline.
    pub options: PipelineOptions,
    /// Creates and changes tenants.
    pub tenants: Tenants,
    /// Creates and revokes API keys.
    pub api_keys: ApiKeys,
    /// Updates the branding of tenants.
    pub branding: BrandingUpdates,
    /// Registers and deletes webhook endpoints.
    pub endpoints: Endpoints,
    /// Accepts batches.
    pub acceptor: BatchAcceptor,
    /// Moves accepted batches on.
    pub pipeline: Arc<Pipeline>,
    /// Revokes and erases credentials.
    pub changes: CredentialChanges,
    /// Replays erasures.
    pub erasures: Erasures,
    /// The erasures of this deployment.
    pub erasure_log: ErasureLog,
    /// Rotates, disables, revokes and expires signing keys.
    pub keys: Keys,
    /// Makes, rotates and revokes document keys.
    pub document_keys: DocumentKeys,
    /// Signs wallet forms and status lists.
    pub document_signer: DocumentSigner,
    /// Makes wallet forms and status lists.
    pub wallet_forms: WalletForms,
    /// Makes and redeems offers to wallets.
    pub wallet_offers: WalletOffers,
    /// Makes the keys of the host.
    pub host_keys: HostKeys,
    /// Serves the statements about keys.
    pub key_statements: KeyStatements,
    /// Serves the documents that verifiers fetch.
    pub host_documents: HostDocuments,
    /// Deletes what is kept for a limited time.
    pub retention: Retention,
}

impl Issuance {
    /// Creates the structs from their parts.
    pub fn new(parts: Parts) -> Self {
        let Parts { store, clock, entropy, host, chains, plans, options, kms, journal } = parts;
        let wake = Arc::new(Notify::new());
        let factory = KeyFactory {
            clock: Arc::clone(&clock),
            entropy: Arc::clone(&entropy),
            host: host.clone(),
            kms: kms.clone(),
        };
        let document_keys = DocumentKeys {
            store: store.clone(),
            clock: Arc::clone(&clock),
            entropy: Arc::clone(&entropy),
            host: host.clone(),
            kms: kms.clone(),
        };
        let document_signer =
            DocumentSigner { store: store.clone(), clock: Arc::clone(&clock), kms: kms.clone() };
        let host_documents = HostDocuments::new(store.clone(), host.clone(), chains.clone());
        let eraser =
            Eraser { store: store.clone(), clock: Arc::clone(&clock), entropy: Arc::clone(&entropy) };
        let verifiability = Verifiability {
            store: store.clone(),
            clock: Arc::clone(&clock),
            host: host.clone(),
            documents: host_documents.clone(),
        };
        let erasure_log = ErasureLog::new(store.clone(), journal);
        Self {
            tenants: Tenants {
                store: store.clone(),
                clock: Arc::clone(&clock),
                entropy: Arc::clone(&entropy),
            },
            api_keys: ApiKeys {
                store: store.clone(),
                clock: Arc::clone(&clock),
                entropy: Arc::clone(&entropy),
                chains: chains.clone(),
                live_keys_on_development_chain: options.live_keys_on_development_chain,
                factory: factory.clone(),
                document_keys: document_keys.clone(),
            },
            branding: BrandingUpdates {
                store: store.clone(),
                clock: Arc::clone(&clock),
                host: host.clone(),
                chains: chains.clone(),
            },
            endpoints: Endpoints {
                store: store.clone(),
                clock: Arc::clone(&clock),
                entropy: Arc::clone(&entropy),
            },
            acceptor: BatchAcceptor {
                store: store.clone(),
                clock: Arc::clone(&clock),
                entropy: Arc::clone(&entropy),
                host: host.clone(),
                chains: chains.clone(),
                plans: plans.clone(),
                wake: Arc::clone(&wake),
            },
            pipeline: Arc::new(Pipeline {
                store: store.clone(),
                clock: Arc::clone(&clock),
                entropy: Arc::clone(&entropy),
                chains: chains.clone(),
                options: options.clone(),
                signer: KeySigner { store: store.clone(), clock: Arc::clone(&clock), kms: kms.clone() },
                wake,
                reconciled: ReconciledAccounts::default(),
            }),
            changes: CredentialChanges {
                store: store.clone(),
                clock: Arc::clone(&clock),
                revoker: Revoker { clock: Arc::clone(&clock), entropy: Arc::clone(&entropy) },
                eraser: eraser.clone(),
                verifiability: verifiability.clone(),
                log: erasure_log.clone(),
            },
            erasures: Erasures { store: store.clone(), eraser, verifiability, log: erasure_log.clone() },
            erasure_log,
            wallet_forms: WalletForms {
                store: store.clone(),
                clock: Arc::clone(&clock),
                host: host.clone(),
                signer: document_signer.clone(),
                recent: RecentSignatures::default(),
            },
            document_signer,
            document_keys,
            keys: Keys {
                store: store.clone(),
                clock: Arc::clone(&clock),
                host: host.clone(),
                chains: chains.clone(),
                factory: factory.clone(),
                kms,
            },
            host_keys: HostKeys {
                store: store.clone(),
                clock: Arc::clone(&clock),
                entropy: Arc::clone(&entropy),
                host: host.clone(),
                chains: chains.clone(),
                factory,
            },
            key_statements: KeyStatements {
                store: store.clone(),
                host: host.clone(),
                chains: chains.clone(),
            },
            wallet_offers: WalletOffers {
                store: store.clone(),
                clock: Arc::clone(&clock),
                entropy: Arc::clone(&entropy),
            },
            host_documents,
            retention: Retention { store: store.clone(), clock: Arc::clone(&clock), plans: plans.clone() },
            store,
            clock,
            entropy,
            host,
            chains,
            plans,
            options,
        }
    }
}
