//! The parts of the state that the pages use which check credentials.

use std::sync::Arc;

use axum::extract::FromRef;
use learncoin_http_client::Egress;
use learncoin_issuance::Issuance;
use tokio::sync::Semaphore;

use crate::public::anchor_look_ups::AnchorLookUps;
use crate::public::browser_nodes::BrowserNodes;
use crate::public::did_documents::DidDocuments;
use crate::public::link_codes::LinkCodes;
use crate::public::status_lists::StatusListCache;
use crate::state::AppState;

/// The state of pages that check credentials, on the server or in the browser.
#[derive(Clone)]
pub(crate) struct PageState {
    /// The structs of the pipeline.
    pub(crate) issuance: Arc<Issuance>,
    /// The guard of requests to hosts of tenants and of other deployments.
    pub(crate) egress: Egress,
    /// The documents of tenants' own DIDs.
    pub(crate) did_documents: Arc<DidDocuments>,
    /// The look-ups of transactions for pages.
    pub(crate) anchor_look_ups: Arc<AnchorLookUps>,
    /// The permits for asking other hosts.
    pub(crate) foreign_checks: Arc<Semaphore>,
    /// The nodes that browsers may ask.
    pub(crate) browser_nodes: Arc<BrowserNodes>,
    /// The QR codes of links that were shown last.
    pub(crate) link_codes: Arc<LinkCodes>,
    /// The status lists that were made last.
    pub(crate) status_lists: Arc<StatusListCache>,
    /// Whether the deployment uses the embedded chain.
    pub(crate) has_dev_chain: bool,
}

impl FromRef<AppState> for PageState {
    fn from_ref(state: &AppState) -> Self {
        Self {
            issuance: Arc::clone(&state.issuance),
            egress: state.egress.clone(),
            did_documents: Arc::clone(&state.did_documents),
            anchor_look_ups: Arc::clone(&state.anchor_look_ups),
            foreign_checks: Arc::clone(&state.foreign_checks),
            browser_nodes: Arc::clone(&state.browser_nodes),
            link_codes: Arc::clone(&state.link_codes),
            status_lists: Arc::clone(&state.status_lists),
            has_dev_chain: state.dev_chain.is_some(),
        }
    }
}
