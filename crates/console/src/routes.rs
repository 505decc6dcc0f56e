//! Every route of the console, on one page, each with those whom it is for.

use axum::Router;
use axum::handler::Handler;
use axum::http::Method;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodFilter, get, on};
use learncoin_server::AppState;
use learncoin_spreadsheet::read::MAX_FILE_BYTES;
use learncoin_store::members::Role;

use crate::access::{Access, gate};
use crate::assets;
use crate::form::FormKind;
use crate::oidc::CALLBACK;
use crate::pages::{
    account, api_keys, audit, batches, branding, correct, credential, credentials, health, home, issue,
    mails, members, oidc, operators, overview, sign_in, templates, upload, uploads, webhook, webhooks,
};
use crate::state::ConsoleState;

/// The beginning of the paths of a tenant's pages.
const TENANT: &str = "/console/t/{tenant}/{environment}";

/// A route of the console.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteInfo {
    /// The method: `GET` or `POST`.
    pub method: Method,
    /// The path, with its parameters in braces.
    pub path: String,
    /// The visitors that it is for.
    pub access: Access,
}

/// Routes that are put together. None is added without its access.
struct Routes {
    state: ConsoleState,
    router: Router<ConsoleState>,
    listed: Vec<RouteInfo>,
}

impl Routes {
    fn add<H, T>(mut self, method: Method, path: &str, access: Access, kind: FormKind, handler: H) -> Self
    where
        H: Handler<T, ConsoleState>,
        T: 'static,
    {
        let filter = if method == Method::POST { MethodFilter::POST } else { MethodFilter::GET };
        let gate = from_fn_with_state((self.state.clone(), access, kind), gate);
        let gated = on(filter, handler).route_layer(gate);
        self.router = self.router.route(path, gated);
        self.listed.push(RouteInfo { method, path: path.to_owned(), access });
        self
    }

    fn get<H, T>(self, path: &str, access: Access, handler: H) -> Self
    where
        H: Handler<T, ConsoleState>,
        T: 'static,
    {
        self.add(Method::GET, path, access, FormKind::Fields, handler)
    }

    fn post<H, T>(self, path: &str, access: Access, handler: H) -> Self
    where
        H: Handler<T, ConsoleState>,
        T: 'static,
    {
        self.add(Method::POST, path, access, FormKind::Fields, handler)
    }

    /// Adds a page of a tenant, for those who have at least the role.
    fn page<H, T>(self, path: &str, role: Role, handler: H) -> Self
    where
        H: Handler<T, ConsoleState>,
        T: 'static,
    {
        self.get(&format!("{TENANT}{path}"), Access::Tenant(role), handler)
    }

    /// Adds an action whose form comes with a spreadsheet, for those who have at least the role.
    fn action_with_file<H, T>(self, path: &str, role: Role, handler: H) -> Self
    where
        H: Handler<T, ConsoleState>,
        T: 'static,
    {
        let kind = FormKind::WithFile(MAX_FILE_BYTES);
        self.add(Method::POST, &format!("{TENANT}{path}"), Access::Tenant(role), kind, handler)
    }

    /// Adds an action on a tenant's page, for those who have at least the role.
    fn action<H, T>(self, path: &str, role: Role, handler: H) -> Self
    where
        H: Handler<T, ConsoleState>,
        T: 'static,
    {
        self.post(&format!("{TENANT}{path}"), Access::Tenant(role), handler)
    }
}

fn all(state: &ConsoleState) -> Routes {
    let empty = Routes { state: state.clone(), router: Router::new(), listed: Vec::new() };
    empty
        // Signing in and out.
        .get("/console/sign-in", Access::Public, sign_in::form)
        .post("/console/sign-in", Access::Public, sign_in::ask)
        .get("/console/link/{token}", Access::Public, sign_in::link)
        .post("/console/link", Access::Public, sign_in::use_link)
        .get("/console/oidc", Access::Public, sign_in::form)
        .post("/console/oidc", Access::Public, oidc::begin)
        .get(CALLBACK, Access::Public, oidc::callback)
        .post("/console/sign-out", Access::Account, sign_in::sign_out)
        // The member's own account.
        .get("/console", Access::Account, home::home)
        .get("/console/account", Access::Account, account::account)
        .post("/console/account/sessions/{session}/end", Access::Account, account::end)
        .post("/console/account/identity", Access::Account, oidc::begin_link)
        .post("/console/account/identities/{identity}/remove", Access::Account, account::remove_identity)
        // A tenant's pages.
        .page("", Role::Auditor, overview::overview)
        .page("/credentials", Role::Auditor, credentials::credentials)
        .page("/credentials/{id}", Role::Auditor, credential::credential)
        .action("/credentials/{id}/revoke", Role::Issuer, credential::revoke)
        .action("/credentials/{id}/erase", Role::Issuer, credential::erase)
        .action("/credentials/{id}/resend", Role::Issuer, credential::resend_mail)
        .page("/credentials/{id}/correct", Role::Issuer, correct::form)
        // Those who choose another language on a preview, or reload it, get the form.
        .page("/credentials/{id}/correct/preview", Role::Issuer, correct::form)
        .action("/credentials/{id}/correct/preview", Role::Issuer, correct::preview)
        .action("/credentials/{id}/correct", Role::Issuer, correct::correct)
        .page("/issue", Role::Issuer, issue::form)
        .page("/issue/preview", Role::Issuer, issue::form)
        .action("/issue/preview", Role::Issuer, issue::preview)
        .action("/issue", Role::Issuer, issue::issue)
        .page("/templates", Role::Auditor, templates::templates)
        .action("/templates", Role::Issuer, templates::create)
        .page("/templates/new", Role::Issuer, templates::new)
        .page("/templates/{id}", Role::Auditor, templates::template)
        .action("/templates/{id}", Role::Issuer, templates::change)
        .page("/templates/{id}/delete", Role::Issuer, templates::confirm_deletion)
        .action("/templates/{id}/delete", Role::Issuer, templates::delete)
        .page("/batches", Role::Auditor, batches::batches)
        .page("/batches/{id}", Role::Auditor, batches::batch)
        .page("/uploads", Role::Auditor, uploads::uploads)
        .action_with_file("/uploads", Role::Issuer, uploads::upload_file)
        .page("/uploads/example.csv", Role::Auditor, uploads::example)
        .page("/uploads/{id}", Role::Auditor, upload::upload)
        .page("/uploads/{id}/result.csv", Role::Issuer, upload::result)
        .action("/uploads/{id}/columns", Role::Issuer, upload::decide)
        .action("/uploads/{id}/confirm", Role::Issuer, upload::confirm)
        .action("/uploads/{id}/resume", Role::Issuer, upload::resume)
        .action("/uploads/{id}/discard", Role::Issuer, upload::discard)
        .page("/keys", Role::Auditor, api_keys::keys)
        .action("/keys", Role::Owner, api_keys::create)
        .page("/keys/{id}", Role::Auditor, api_keys::key)
        .action("/keys/{id}/networks", Role::Owner, api_keys::restrict)
        .action("/keys/{id}/revoke", Role::Owner, api_keys::revoke)
        .page("/webhooks", Role::Auditor, webhooks::webhooks)
        .action("/webhooks", Role::Owner, webhooks::add)
        .page("/webhooks/{id}", Role::Auditor, webhook::webhook)
        .action("/webhooks/{id}/test", Role::Owner, webhook::test)
        .action("/webhooks/{id}/replay", Role::Owner, webhook::replay)
        .action("/webhooks/{id}/rotate", Role::Owner, webhook::rotate_secret)
        .action("/webhooks/{id}/activate", Role::Owner, webhook::activate)
        .action("/webhooks/{id}/delete", Role::Owner, webhook::delete)
        .page("/mails", Role::Auditor, mails::mails)
        .page("/branding", Role::Auditor, branding::branding)
        .action("/branding", Role::Owner, branding::save)
        .action("/branding/preview", Role::Owner, branding::preview)
        .action("/branding/wallet-email", Role::Owner, branding::switch_wallet_email)
        .page("/audit", Role::Auditor, audit::audit)
        .page("/audit.csv", Role::Auditor, audit::export)
        .page("/members", Role::Auditor, members::members)
        .action("/members", Role::Owner, members::add)
        .action("/members/{id}/role", Role::Owner, members::role)
        .action("/members/{id}/remove", Role::Owner, members::remove)
        // The operators' pages.
        .get("/console/operator", Access::Operator, operators::tenants)
        .get("/console/operator/health", Access::Operator, health::health)
        .post("/console/operator/tenants", Access::Operator, operators::create)
        .get("/console/operator/tenants/{tenant}", Access::Operator, operators::tenant)
        .post("/console/operator/tenants/{tenant}", Access::Operator, operators::update)
        .post("/console/operator/tenants/{tenant}/mails", Access::Operator, operators::mails)
        .post("/console/operator/tenants/{tenant}/members", Access::Operator, operators::add_owner)
        .post(
            "/console/operator/tenants/{tenant}/members/{member}/remove",
            Access::Operator,
            operators::remove_member,
        )
}

/// Creates the console's routes, ready to be merged into those of the server.
pub fn router(state: &ConsoleState) -> Router<AppState> {
    // What pages are made of is the same for everyone, and needs no gate.
    let router = all(state).router;
    let router = router.route("/console/assets/console.css", get(assets::style));
    let router = router.route("/console/assets/local-times.js", get(assets::script));
    router.with_state(state.clone())
}

/// Lists the console's routes.
pub fn routes(state: &ConsoleState) -> Vec<RouteInfo> {
    all(state).listed
}
