//! The state of a running deployment. Handlers take the parts of it that they use.

use std::ops::Deref;
use std::sync::Arc;

use axum::extract::FromRef;
use ipnet::IpNet;
use learncoin_badge::Brand;
use learncoin_credential::Host;
use learncoin_dev_chain::{CallerOptions, DevChain};
use learncoin_http_client::{Egress, SystemResolver};
use learncoin_issuance::Issuance;
use learncoin_issuance::credential::host_documents::HostDocuments;
use learncoin_issuance::key::statements::KeyStatements;
use learncoin_store::Store;
use tokio::sync::Semaphore;

use crate::dev_chain::rpc::ChainRpc;
use crate::mailbox::store::Mailbox;
use crate::middleware::audit::AuditLog;
use crate::middleware::authentication::Authentication;
use crate::middleware::boundary::BoundaryState;
use crate::middleware::key_uses::KeyUses;
use crate::middleware::large_body::{BodyBudget, BodyWork, LargeBodies};
use crate::middleware::rate_limit::RateLimiter;
use crate::public::anchor_look_ups::AnchorLookUps;
use crate::public::brand::PageBrand;
use crate::public::browser_nodes::BrowserNodes;
use crate::public::did_documents::DidDocuments;
use crate::public::host_files::HostFiles;
use crate::public::link_codes::LinkCodes;
use crate::public::picture_cache::PictureCache;
use crate::public::render_permits::RenderPermits;
use crate::public::status_lists::{self, StatusListCache};
use crate::stopping::Stopping;
use crate::turns::Turns;

/// The most other hosts that are asked at a time. A document of another deployment takes three requests.
const FOREIGN_CHECKS: usize = 8;

/// The state of a running deployment. A copy costs one count: each layer and each handler of a request takes one.
#[derive(Clone)]
pub struct AppState(Arc<AppParts>);

/// The parts of a running deployment.
#[derive(Clone)]
pub struct AppParts {
    /// The pipeline's context: store, clock, randomness, host, chains.
    pub issuance: Arc<Issuance>,
    /// The embedded chain, if the deployment uses one.
    pub dev_chain: Option<DevChain>,
    /// The turns of requests to the embedded chain.
    pub(crate) chain_rpc: Arc<ChainRpc>,
    /// The networks of the proxies whose `X-Forwarded-For` is believed.
    pub(crate) trusted_proxies: Arc<[IpNet]>,
    /// The guard of requests to the targets that tenants name.
    pub(crate) egress: Egress,
    /// The documents of tenants' own DIDs.
    pub(crate) did_documents: Arc<DidDocuments>,
    /// The files about all tenants.
    pub(crate) host_files: Arc<HostFiles>,
    /// The nodes that browsers may ask.
    pub(crate) browser_nodes: Arc<BrowserNodes>,
    /// The look-ups of transactions for pages.
    pub(crate) anchor_look_ups: Arc<AnchorLookUps>,
    /// The permits for asking hosts of others: for documents of other deployments, and for tenants' own DIDs.
    pub(crate) foreign_checks: Arc<Semaphore>,
    /// The mails that went into files.
    pub mailbox: Mailbox,
    /// Counts requests.
    pub(crate) rate_limiter: Arc<RateLimiter>,
    /// The bytes of large bodies that may be in memory.
    pub(crate) body_budget: Arc<BodyBudget>,
    /// The permits for reading large bodies.
    pub(crate) body_work: Arc<BodyWork>,
    /// The order of identical requests.
    pub(crate) idempotency_turns: Arc<Turns>,
    /// The audit log.
    pub(crate) audit: Arc<AuditLog>,
    /// The permits for drawing files.
    pub(crate) render_permits: Arc<RenderPermits>,
    /// The deployment's name and mark.
    pub(crate) brand: PageBrand,
    /// The pictures that were asked for last.
    pub(crate) picture_cache: Arc<PictureCache>,
    /// The QR codes of links that were shown last.
    pub(crate) link_codes: Arc<LinkCodes>,
    /// The status lists that were made last.
    pub(crate) status_lists: Arc<StatusListCache>,
    key_uses: Arc<KeyUses>,
    stopping: Stopping,
}

impl AppState {
    /// Puts the parts together. No proxy is trusted, nothing is reached that is not out in the world, and callers of the embedded chain
    /// only read.
    pub fn new(issuance: Arc<Issuance>, dev_chain: Option<DevChain>) -> Self {
        let foreign_checks = Arc::new(Semaphore::new(FOREIGN_CHECKS));
        Self(Arc::new(AppParts {
            chain_rpc: Arc::default(),
            trusted_proxies: Arc::default(),
            egress: Egress::new(false, Arc::new(SystemResolver)),
            did_documents: Arc::new(DidDocuments::new(Arc::clone(&foreign_checks))),
            host_files: Arc::new(HostFiles::new(issuance.host_documents.clone())),
            browser_nodes: Arc::default(),
            anchor_look_ups: Arc::default(),
            foreign_checks,
            mailbox: Mailbox::default(),
            body_budget: Arc::default(),
            body_work: Arc::default(),
            idempotency_turns: Arc::default(),
            rate_limiter: Arc::default(),
            audit: Arc::new(AuditLog::new(&issuance)),
            render_permits: Arc::default(),
            brand: PageBrand::default(),
            picture_cache: Arc::default(),
            link_codes: Arc::default(),
            status_lists: Arc::new(status_lists::cache()),
            key_uses: Arc::default(),
            stopping: Stopping::default(),
            issuance,
            dev_chain,
        }))
    }

    /// Trusts the `X-Forwarded-For` of these proxies.
    #[must_use]
    pub fn with_trusted_proxies(mut self, trusted_proxies: Vec<IpNet>) -> Self {
        self.parts().trusted_proxies = trusted_proxies.into();
        self
    }

    /// Lets callers of the embedded chain's JSON-RPC do this, besides reading.
    #[must_use]
    pub fn with_chain_callers(mut self, options: CallerOptions) -> Self {
        self.parts().chain_rpc = Arc::new(ChainRpc::new(options));
        self
    }

    /// Names to browsers the nodes they may ask.
    #[must_use]
    pub fn with_browser_nodes(mut self, nodes: BrowserNodes) -> Self {
        self.parts().browser_nodes = Arc::new(nodes);
        self
    }

    /// Reaches the targets that tenants name through this guard.
    #[must_use]
    pub fn with_egress(mut self, egress: Egress) -> Self {
        self.parts().egress = egress;
        self
    }

    /// Shows these mails, and removes those of credentials that are erased.
    #[must_use]
    pub fn with_mailbox(mut self, mailbox: Mailbox) -> Self {
        self.parts().mailbox = mailbox;
        self
    }

    /// Shows this name and mark on pages and drawings.
    #[must_use]
    pub fn with_brand(mut self, brand: Brand) -> Self {
        self.parts().brand = brand.into();
        self
    }

    /// Returns the parts, which no other copy sees change.
    fn parts(&mut self) -> &mut AppParts {
        Arc::make_mut(&mut self.0)
    }

    /// Marks this process as about to end: it is no longer ready, and asks its callers to connect anew for their next
    /// requests. What comes is answered as before.
    pub fn begin_stopping(&self) {
        self.stopping.begin();
    }

    /// Writes when the keys that were presented since the last call were used. To be called about once a minute:
    /// reading then costs no write, and a key's time of use is right to the minute.
    ///
    /// # Errors
    /// If the store fails. The uses are then written by a later call.
    pub async fn flush_key_uses(&self) -> learncoin_store::Result<()> {
        self.key_uses.flush(&self.issuance.store, self.issuance.clock.now_ms()).await
    }

    /// Writes the numbers of refused requests of the last minute into the audit log. To be called a few times a minute.
    pub async fn write_refusal_counts(&self) {
        self.audit.write_counts().await;
    }

    /// Writes the numbers of refused requests of the current minute too. To be called when no request is served any more.
    pub async fn write_last_refusal_counts(&self) {
        self.audit.write_last_counts().await;
    }
}

impl Deref for AppState {
    type Target = AppParts;

    fn deref(&self) -> &AppParts {
        &self.0
    }
}

/// Lets handlers take a part of the state instead of all of it.
macro_rules! parts {
    ($($part:ty => $state:ident . $($field:ident).+;)*) => {$(
        impl FromRef<AppState> for $part {
            fn from_ref($state: &AppState) -> Self {
                $state.$($field).+.clone()
            }
        }
    )*};
}

parts! {
    Arc<Issuance> => state.issuance;
    Store => state.issuance.store;
    Host => state.issuance.host;
    HostDocuments => state.issuance.host_documents;
    KeyStatements => state.issuance.key_statements;
    Option<DevChain> => state.dev_chain;
    Arc<ChainRpc> => state.chain_rpc;
    Arc<[IpNet]> => state.trusted_proxies;
    Egress => state.egress;
    Arc<HostFiles> => state.host_files;
    Arc<DidDocuments> => state.did_documents;
    Arc<StatusListCache> => state.status_lists;
    Arc<BodyBudget> => state.body_budget;
    Arc<BodyWork> => state.body_work;
    Mailbox => state.mailbox;
    Stopping => state.stopping;
    PageBrand => state.brand;
}

impl FromRef<AppState> for LargeBodies {
    fn from_ref(state: &AppState) -> Self {
        Self(Arc::clone(&state.body_budget))
    }
}

impl FromRef<AppState> for Authentication {
    fn from_ref(state: &AppState) -> Self {
        Self {
            issuance: Arc::clone(&state.issuance),
            trusted_proxies: Arc::clone(&state.trusted_proxies),
            rate_limiter: Arc::clone(&state.rate_limiter),
            key_uses: Arc::clone(&state.key_uses),
        }
    }
}

impl FromRef<AppState> for BoundaryState {
    fn from_ref(state: &AppState) -> Self {
        Self {
            issuance: Arc::clone(&state.issuance),
            audit: Arc::clone(&state.audit),
            trusted_proxies: Arc::clone(&state.trusted_proxies),
            stopping: state.stopping.clone(),
        }
    }
}
