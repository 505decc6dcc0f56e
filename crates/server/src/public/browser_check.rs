//! Verification in the visitor's own browser: the settings that a page hands to the script, the origins that the script may
//! reach, and the script itself (`web/verify`, plain modules that are served as they are).
//!
//! In: the language, and which credential or none. Out: the settings as JSON for the element that the script reads, and the
//! page's policy. Not here: any check; the script makes them all by itself, and takes no result from the server.
//!
//! - Invariant: a browser is never given the address of the deployment's own node.
//! - Invariant: a page's policy names every origin that the script may ask, and no other.

pub(crate) mod assets;

use std::collections::BTreeMap;

use axum::http::HeaderValue;
use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::response::Response;
use learncoin_chain::network::{BASE_MAINNET, BASE_SEPOLIA, DEVELOPMENT};
use learncoin_credential::did::did_web_url;
use learncoin_language::Language;
use learncoin_language::words::{DateWords, FormWords, ScriptWords, VerifyWords};
use serde::Serialize;
use url::Url;

use crate::public::page_state::PageState;

/// The JSON-RPC path of the embedded chain on the page's own origin: the only node that such a chain has.
const EMBEDDED_RPC: &str = "/dev/chain/rpc";

/// The part of a credential's page that lets the browser check it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BrowserCheck {
    /// The texts of the page's language.
    pub(crate) words: &'static VerifyWords,
    /// Whether the credential is anchored on the embedded chain.
    pub(crate) development: bool,
    /// The settings of the script, as JSON.
    pub(crate) settings: String,
    /// The origins that the script may ask, beside the page's own one.
    pub(crate) connect: Vec<String>,
}

/// The settings of the script.
#[derive(Serialize)]
struct Settings<'a> {
    words: &'static ScriptWords,
    dates: &'static DateWords,
    #[serde(skip_serializing_if = "Option::is_none")]
    form: Option<&'static FormWords>,
    /// The deployment's public origin.
    origin: &'a str,
    /// By chain id.
    nodes: BTreeMap<u64, Node>,
    #[serde(skip_serializing_if = "Option::is_none")]
    credential: Option<PageCredential<'a>>,
}

/// A node that the browser may ask.
#[derive(Serialize)]
struct Node {
    url: String,
    confirmations: u64,
}

/// The credential that a page is about.
#[derive(Serialize)]
struct PageCredential<'a> {
    /// The URL at the page's own origin.
    url: String,
    /// The id that its document must have.
    id: &'a str,
}

impl BrowserCheck {
    /// Creates the check for the page of a credential. `id` and `issuer_did` are those of its document.
    pub(crate) fn of_credential(
        state: &PageState,
        language: Language,
        id: &str,
        issuer_did: &str,
        chain_id: u64,
    ) -> Self {
        let origin = state.issuance.host.origin();
        let mut nodes = nodes(state);
        nodes.retain(|of_chain, _| *of_chain == chain_id);
        // A tenant's own DID has its document on the tenant's host; a part of ours has it here.
        let own_did = did_web_url(issuer_did).ok().filter(|_| !issuer_did.contains('#'));
        let mut connect = reachable(origin, &nodes);
        connect.extend(own_did.map(|url| url.origin().ascii_serialization()));
        let path = id.strip_prefix(origin).unwrap_or(id).to_owned();
        let words = &language.words().verify;
        let settings = Settings {
            words: &words.script,
            dates: &language.words().dates,
            form: None,
            origin,
            nodes,
            credential: Some(PageCredential { url: path, id }),
        };
        Self { words, development: chain_id == DEVELOPMENT, settings: json(&settings), connect }
    }

    /// Creates the check for the page that checks any credential.
    pub(crate) fn of_any(state: &PageState, language: Language) -> Self {
        let origin = state.issuance.host.origin();
        let nodes = nodes(state);
        let mut connect = reachable(origin, &nodes);
        connect.push("https:".to_owned());
        if origin.starts_with("http:") {
            // A deployment on one machine reads those beside it, as `learncoin verify` does.
            connect.extend(["http://localhost:*", "http://*.localhost:*"].map(str::to_owned));
        }
        let words = &language.words().verify;
        let form = Some(&words.form);
        let dates = &language.words().dates;
        let settings = Settings { words: &words.script, dates, form, origin, nodes, credential: None };
        Self { words, development: false, settings: json(&settings), connect }
    }

    /// Lets the page run our script, and the script ask whom it must. `sends` is whether the page may send its form to us.
    pub(crate) fn permit(&self, response: Response, sends: bool) -> Response {
        permit_script(response, &self.connect, sends)
    }
}

/// Lets a page run our script, which may ask the page's own origin and these. `sends` is whether the page may send a form to us.
pub(crate) fn permit_script(mut response: Response, connect: &[String], sends: bool) -> Response {
    let connect = connect.join(" ");
    let form = if sends { "'self'" } else { "'none'" };
    let policy = format!(
        "default-src 'none'; script-src 'self'; connect-src 'self' {connect}; style-src 'self'; img-src 'self'; \
         frame-ancestors 'none'; base-uri 'none'; form-action {form}; require-trusted-types-for 'script'; \
         trusted-types 'none'"
    );
    // Every origin in it was serialized from a parsed URL.
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// Returns every node that a browser may ask, with the confirmations that this deployment requires itself.
fn nodes(state: &PageState) -> BTreeMap<u64, Node> {
    let chains = &state.issuance.chains;
    let confirmations = |chain_id: u64| {
        let known = [&chains.test, &chains.live].into_iter().flatten().find(|one| one.chain_id == chain_id);
        known.map_or(1, |chain| chain.confirmations)
    };
    let embedded = state.has_dev_chain.then(|| (DEVELOPMENT, EMBEDDED_RPC.to_owned()));
    let named = [(BASE_SEPOLIA, &state.browser_nodes.test), (BASE_MAINNET, &state.browser_nodes.live)];
    let named = named.into_iter().filter_map(|(chain_id, url)| Some((chain_id, url.as_ref()?.to_string())));
    let node = |(chain_id, url)| (chain_id, Node { url, confirmations: confirmations(chain_id) });
    named.chain(embedded).map(node).collect()
}

/// Returns the public origin, which need not be the one at which the page was reached, and those of the nodes.
fn reachable(origin: &str, nodes: &BTreeMap<u64, Node>) -> Vec<String> {
    let of_nodes = nodes.values().filter_map(|node| Url::parse(&node.url).ok());
    let of_nodes = of_nodes.map(|url| url.origin().ascii_serialization());
    std::iter::once(origin.to_owned()).chain(of_nodes).collect()
}

fn json(settings: &Settings<'_>) -> String {
    // Texts and numbers can always be written.
    serde_json::to_string(settings).unwrap_or_default()
}
