//! Every route, on one page.

use std::sync::Arc;

use axum::extract::{FromRequestParts as _, Request, State};
use axum::http::header::{CONTENT_TYPE, HeaderMap};
use axum::http::{Extensions, StatusCode, Version};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{MethodRouter, get, options, post};
use axum::{Extension, Router};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::{self, batches, credentials, health, tenants, webhooks};
use crate::docs::Docs;
use crate::error::ApiError;
use crate::middleware::authentication::Caller;
use crate::middleware::boundary::boundary;
use crate::middleware::local_visitor::local_visitor;
use crate::middleware::metrics;
use crate::middleware::unread::unread;
use crate::openapi::description::Description;
use crate::public::assets;
use crate::public::browser_check::assets as browser_assets;
use crate::public::credential_page::{embed, handler as credential_page, linkedin};
use crate::public::cross_origin::preflight;
use crate::public::error_pages::error_pages;
use crate::public::mangled_links::redirect_mangled_links;
use crate::public::parameters::check_parameters;
use crate::public::response::HoldsSecrets;
use crate::public::wallet::{
    credential as wallet_credential, exchange, metadata, nonce, offer, page as wallet_page,
    preflight as wallet_preflight, token,
};
use crate::public::{
    alignments, brand, files, front_page, host_documents, logos, oembed, site_files, status_lists,
    verify_form, wallet_did,
};
use crate::state::AppState;
use crate::{dev_chain, docs, mailbox, openapi};

/// Creates every route of a deployment without a console, ready to be served.
pub fn router(state: AppState) -> Router {
    router_with(state, Router::new())
}

/// Creates every route of a deployment, with those of a console, ready to be served.
pub fn router_with(state: AppState, console: Router<AppState>) -> Router {
    let description = Description::new(state.issuance.host.origin(), describe);
    let docs = Arc::new(Docs::new(Arc::clone(&state.issuance), description.clone()));
    let routes = Router::from(api())
        // The API's description.
        .merge(openapi::serve::routes(&description))
        // What verifiers look up, from any origin.
        .route("/.well-known/did.json", get(host_documents::did_document).merge(options(preflight)))
        .route("/issuer.json", get(host_documents::host_profile).merge(options(preflight)))
        .route("/tenants/{ulid}/issuer.json", get(host_documents::tenant_profile).merge(options(preflight)))
        .route("/t/{ulid}/did.json", get(wallet_did::did_document).merge(options(preflight)))
        .route("/t/{ulid}/status/revocation/{list}", get(status_lists::status_list).merge(options(preflight)))
        .route(
            "/.well-known/learncoin-keys.json",
            get(host_documents::key_statements).merge(options(preflight)),
        )
        .route("/revocations", get(host_documents::revocations).merge(options(preflight)))
        .route("/contexts/v1", get(host_documents::context).merge(options(preflight)))
        // What people read.
        .route("/c/{id}", get(credential_page::credential).merge(options(preflight)))
        .route("/c/{id}/credential.json", get(credential_page::download).merge(options(preflight)))
        .route("/c/{id}/embed", get(embed::embed))
        .route("/c/{id}/linkedin", get(linkedin::linkedin))
        .route("/oembed", get(oembed::oembed).merge(options(preflight)))
        // What people take away.
        .route("/c/{id}/badge.svg", get(files::svg).merge(options(preflight)))
        .route("/c/{id}/badge.png", get(files::png).merge(options(preflight)))
        .route("/c/{id}/certificate.pdf", get(files::certificate).merge(options(preflight)))
        .route("/c/{id}/card.png", get(files::card).merge(options(preflight)))
        // The addresses of skills, which documents carry.
        .route("/alignments/{framework}/{code}", get(alignments::alignment))
        // Checks of what visitors bring, and what pages are made of.
        .route("/verify", get(verify_form::form).post(verify_form::check))
        .route("/assets/verify.css", get(browser_assets::style))
        .route("/assets/verify-plain.css", get(browser_assets::plain_style))
        .route("/assets/verify/{name}", get(browser_assets::module))
        .route("/assets/vendor/noble.js", get(browser_assets::noble))
        .route("/assets/page.css", get(assets::style))
        .route("/assets/embed.css", get(assets::embed_style))
        .route("/assets/button/{language}", get(assets::button))
        .route("/assets/accent/{color}", get(assets::accent))
        .route("/assets/mark.svg", get(assets::mark))
        .route("/assets/logo/{hash}", get(logos::logo))
        .route("/assets/brand/{hash}", get(brand::picture))
        // The way in.
        .route("/", get(front_page::front_page))
        .route("/assets/front.css", get(front_page::style))
        .route("/robots.txt", get(site_files::robots))
        .route("/favicon.ico", get(site_files::icon))
        .route("/llms.txt", get(site_files::llms))
        // The documentation.
        .route("/docs", get(docs::page))
        .route("/docs.md", get(docs::page))
        .route("/docs/{*page}", get(docs::page))
        .route("/docs/search", get(docs::search_page::search))
        .route("/pricing", get(docs::page))
        .route("/pricing.md", get(docs::page))
        .route("/assets/docs.css", get(docs::style))
        .route("/assets/docs.js", get(docs::script))
        // The embedded chain.
        .route("/dev/chain/rpc", post(dev_chain::rpc).merge(options(preflight)))
        .route("/dev/chain", get(dev_chain::blocks))
        .route("/dev/chain/tx/{hash}", get(dev_chain::transaction))
        .merge(shows_people(&state))
        .merge(wallets())
        // For whatever watches the process.
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .fallback(api::endpoint_not_found)
        .method_not_allowed_fallback(api::method_not_allowed)
        .layer(Extension(docs))
        .layer(Extension(front_page::HasConsole(console.has_routes())))
        .layer(from_fn(check_parameters))
        .layer(from_fn(redirect_mangled_links))
        .merge(console);
    layered(routes, state)
}

/// Creates the ways into a wallet.
fn wallets() -> Router<AppState> {
    let with_preflight = |route: MethodRouter<AppState>| route.merge(options(wallet_preflight));
    let issuer = || with_preflight(get(metadata::credential_issuer));
    let server = || with_preflight(get(metadata::authorization_server));
    Router::new()
        // For people, and the interaction URL.
        .route("/c/{id}/wallet", with_preflight(get(wallet_page::page).post(wallet_page::make_offer)))
        .route("/c/{id}/exchange", with_preflight(post(exchange::exchange)))
        // OpenID4VCI: each tenant is an issuer, and its own authorization server.
        .route("/.well-known/openid-credential-issuer/t/{ulid}", issuer())
        .route("/t/{ulid}/.well-known/openid-credential-issuer", issuer())
        .route("/.well-known/oauth-authorization-server/t/{ulid}", server())
        .route("/t/{ulid}/.well-known/oauth-authorization-server", server())
        .route("/.well-known/openid-configuration/t/{ulid}", server())
        .route("/t/{ulid}/.well-known/openid-configuration", server())
        .route("/t/{ulid}/wallet/offers/{reference}", with_preflight(get(offer::offer)))
        .route("/t/{ulid}/wallet/token", with_preflight(post(token::token)))
        .route("/t/{ulid}/wallet/nonce", with_preflight(post(nonce::nonce)))
        .route("/t/{ulid}/wallet/credential", with_preflight(post(wallet_credential::credential)))
}

/// Creates the routes under `/dev` that show people, which only a visitor on the deployment's own machine reaches.
fn shows_people(state: &AppState) -> Router<AppState> {
    Router::new()
        // The mails of development.
        .route("/dev/mail", get(mailbox::list))
        .route("/dev/mail/{token}", get(mailbox::mail))
        .route("/dev/mail/{token}/html", get(mailbox::html))
        .route_layer(from_fn_with_state(state.clone(), local_visitor))
}

/// Returns the API's description in OpenAPI 3.1, for a deployment with that origin.
pub fn describe(origin: &str) -> serde_json::Value {
    openapi::complete(api().into_openapi(), origin)
}

/// Creates the API, with its description. A handler's arguments are its middleware: key, size.
pub(crate) fn api() -> OpenApiRouter<AppState> {
    OpenApiRouter::with_openapi(openapi::frame())
        .routes(routes!(batches::create, batches::list))
        .routes(routes!(batches::get))
        .routes(routes!(credentials::get))
        .routes(routes!(credentials::revoke))
        .routes(routes!(credentials::erase))
        .routes(routes!(tenants::me, tenants::update))
        .routes(routes!(tenants::get))
        .routes(routes!(webhooks::create, webhooks::list))
        .routes(routes!(webhooks::delete))
        .routes(routes!(webhooks::test::test))
}

/// Puts routes inside what every answer passes: request id, error bodies, headers, and the net under a panic.
pub fn layered(routes: Router<AppState>, state: AppState) -> Router {
    routes
        .layer(from_fn(unread))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn(error_pages))
        .layer(from_fn_with_state(state.clone(), boundary))
        .layer(from_fn_with_state(state.clone(), brand::with_brand))
        .layer(CompressionLayer::new().compress_when(is_of_a_page))
        .with_state(state)
}

/// Returns whether the response is compressed for callers that accept it: pages and what they are made of. The API's
/// responses never are: some hold secrets, and the length of what was compressed can reveal its contents.
fn is_of_a_page(_: StatusCode, _: Version, headers: &HeaderMap, extensions: &Extensions) -> bool {
    if extensions.get::<HoldsSecrets>().is_some() {
        return false;
    }
    let media_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    ["text/html", "text/css", "text/javascript", "text/markdown", "image/svg+xml"]
        .iter()
        .any(|known| media_type.starts_with(known))
}

/// Authenticates a request before it goes on, for routes that are not this crate's own.
pub async fn authenticated(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    match Caller::from_request_parts(&mut parts, &state).await {
        Ok(_) => next.run(Request::from_parts(parts, body)).await,
        Err(error) => error.into_response(),
    }
}

/// Returns the response after a panic, which is an internal error like any other. The panic's message may repeat what
/// caused it, so it goes nowhere; the place of the panic is in the log.
fn panicked(_: Box<dyn std::any::Any + Send + 'static>) -> Response {
    metrics::panicked();
    ApiError::internal("a handler panicked").into_response()
}
