//! The embedded development chain, for verifiers and wallets (`/dev/chain/rpc`) and for people (`/dev/chain`, a page
//! per transaction).
//!
//! If a deployment uses a real chain, none of these routes exist. For callers the chain is read-only, unless the settings allow them a number of
//! transactions.

pub(crate) mod rpc;
mod view;

use std::sync::Arc;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use learncoin_credential::Hash;
use learncoin_dev_chain::DevChain;
use learncoin_language::Language;

use self::rpc::ChainRpc;
use self::view::{ChainPage, TransactionPage};
use crate::error::{ApiError, ErrorCode};
use crate::middleware::body::SmallBody;
use crate::middleware::client_address::ClientAddress;
use crate::public::response;

/// The language of the chain's pages, which only developers read.
const LANGUAGE: Language = Language::English;

/// The number of blocks in the list.
const LISTED_BLOCKS: usize = 25;

/// Serves `POST /dev/chain/rpc`: JSON-RPC 2.0, readable from every origin.
pub(crate) async fn rpc(
    State(chain): State<Option<DevChain>>,
    State(rpc): State<Arc<ChainRpc>>,
    ClientAddress(client): ClientAddress,
    body: Result<SmallBody, ApiError>,
) -> Response {
    let mut response = match (chain, body) {
        (None, _) => ApiError::new(ErrorCode::EndpointNotFound, "This deployment has no development chain.")
            .into_response(),
        (Some(_), Err(error)) => error.into_response(),
        (Some(chain), Ok(body)) => rpc.answer(chain, client, body.bytes).await,
    };
    response.headers_mut().insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Serves `GET /dev/chain`: the latest blocks.
pub(crate) async fn blocks(State(chain): State<Option<DevChain>>) -> Response {
    match &chain {
        Some(chain) => {
            let page = ChainPage::new(&chain.latest_blocks(LISTED_BLOCKS), chain.pending_count());
            response::page(StatusCode::OK, LANGUAGE, &page)
        }
        None => no_chain(),
    }
}

/// Serves `GET /dev/chain/tx/{hash}`: one transaction. The hash may have its 0x or not.
pub(crate) async fn transaction(
    State(chain): State<Option<DevChain>>,
    hash: Result<Path<String>, PathRejection>,
) -> Response {
    let Some(chain) = &chain else { return no_chain() };
    let hash = hash.ok().and_then(|Path(hash)| read_hash(&hash));
    match hash.and_then(|hash| chain.transaction(hash.as_bytes())) {
        Some(transaction) => response::page(StatusCode::OK, LANGUAGE, &TransactionPage::new(&transaction)),
        None => missing(
            "No such transaction",
            "This deployment’s development chain holds no transaction with this hash. Was the link copied whole?",
        ),
    }
}

fn read_hash(text: &str) -> Option<Hash> {
    text.strip_prefix("0x").unwrap_or(text).to_ascii_lowercase().parse().ok()
}

fn no_chain() -> Response {
    missing("No development chain here", "This deployment anchors on a real chain.")
}

fn missing(title: &str, advice: &str) -> Response {
    response::apology(StatusCode::NOT_FOUND, LANGUAGE, title, advice)
}
