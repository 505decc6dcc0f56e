//! Access to routes, decided in one place, before the route's handler runs.
//!
//! A route is registered with its [`Access`] ([`mod@crate::routes`]), and [`gate`] lets in only those who have it. A handler's argument
//! ([`AuthorizedMember`], [`Operator`], [`Account`]) names what it needs once more, so that a handler under the wrong access serves no one.

use std::marker::PhantomData;
use std::net::IpAddr;

use axum::extract::{FromRequestParts, RawPathParams, Request, State};
use axum::http::header::{
    AUTHORIZATION, CONTENT_SECURITY_POLICY, LOCATION, REFERRER_POLICY, SET_COOKIE, USER_AGENT, VARY,
};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use learncoin_issuance::keyed_write::Actor;
use learncoin_language::Language;
use learncoin_server::error::{ApiError, ErrorCode};
use learncoin_server::pages::{
    ClientAddress, HoldsSecrets, PreferredLanguage, RequestRecord, apology, chosen,
};
use learncoin_store::Error as StoreError;
use learncoin_store::id::{MemberId, TenantId};
use learncoin_store::members::{Role, Token};
use learncoin_store::scope::{Environment, TenantScope};
use learncoin_store::tenants::Tenant;

use crate::cookies::{self, Cookie};
use crate::forgery;
use crate::form::{BESIDE_FILE_BYTES, Form, FormError, FormKind};
use crate::sign_in::{self, SignedIn};
use crate::state::ConsoleState;

/// The page where visitors sign in.
pub(crate) const SIGN_IN: &str = "/console/sign-in";
/// The policy of every page: our own style sheets, script and pictures, and forms that lead to this site.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
);
/// The policy of a page that shows drawings which have no address, since nothing of them is stored.
const POLICY_WITH_DRAWINGS: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
);
/// With `no-referrer`, as other pages have it, browsers would name no origin when they send a form.
const REFERRER: HeaderValue = HeaderValue::from_static("same-origin");

/// The mark of a response whose page shows drawings that have no address, in its extensions.
#[derive(Clone, Copy)]
pub(crate) struct HasDrawings;

/// The visitors that a route is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Everyone: signing in.
    Public,
    /// Every member who is signed in: their own account.
    Account,
    /// The members of the tenant in the path who have at least this role.
    Tenant(Role),
    /// The operators of the deployment.
    Operator,
}

/// A visitor and the request, as far as they are known.
#[derive(Clone)]
pub(crate) struct Visit {
    /// The language of the pages.
    pub(crate) language: Language,
    /// The secret of the browser, for those who are not signed in.
    pub(crate) browser: Token,
    /// The member, if the visitor is signed in.
    pub(crate) signed_in: Option<SignedIn>,
    /// The form that was sent. Its token is right.
    pub(crate) form: Form,
    /// The query.
    pub(crate) query: Form,
    /// The visitor's address.
    pub(crate) client: Option<IpAddr>,
    /// The name of the browser.
    pub(crate) agent: String,
    /// The record of the request, for the audit log.
    record: Option<RequestRecord>,
}

impl Visit {
    /// Returns the token that the visitor's forms carry.
    pub(crate) fn form_token(&self) -> String {
        forgery::form_token(self.form_secret())
    }

    /// Records for the audit log the member who acts, in a tenant or not.
    pub(crate) fn record(&self, member_id: &MemberId, tenant_id: Option<&TenantId>) {
        if let Some(record) = &self.record {
            record.record_member(member_id, tenant_id);
        }
    }

    fn form_secret(&self) -> &Token {
        self.signed_in.as_ref().map_or(&self.browser, |signed_in| &signed_in.token)
    }
}

/// The tenant whose page is visited.
#[derive(Clone)]
struct VisitedTenant {
    tenant: Tenant,
    scope: TenantScope,
    role: Role,
}

/// The mark of a visit by an operator to a page for operators.
#[derive(Clone)]
struct VisitByOperator;

/// A refusal, which becomes a page.
#[derive(Debug)]
enum Refusal {
    /// An API key was presented.
    ApiKey,
    /// No one is signed in.
    SignedOut,
    /// There is nothing here for this member.
    Missing,
    /// The member's role does not include it.
    Role,
    /// The form is not one of this browser's.
    Forged,
    /// The form can't be read.
    Form(FormError),
    /// The store failed.
    Store(StoreError),
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Lets a request reach its route if the visitor has access to it.
pub(crate) async fn gate(
    State((state, access, kind)): State<(ConsoleState, Access, FormKind)>,
    request: Request,
    next: Next,
) -> Response {
    let (mut parts, body) = request.into_parts();
    let is_https = state.is_https();
    let Ok(PreferredLanguage(preferred)) = PreferredLanguage::from_request_parts(&mut parts, &()).await;
    let Ok(ClientAddress(client)) = ClientAddress::from_request_parts(&mut parts, &state).await;
    let asked = chosen(parts.uri.query().unwrap_or_default());
    let language = asked.or_else(|| cookies::language(&parts.headers, is_https)).unwrap_or(preferred);
    let known_browser = Cookie::Browser.token(&parts.headers, is_https);
    let is_new_browser = known_browser.is_none();
    let agent = parts.headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut visit = Visit {
        language,
        browser: known_browser.unwrap_or_else(|| Token::generate(&*state.issuance.entropy)),
        signed_in: None,
        form: Form::default(),
        query: Form::of(parts.uri.query().unwrap_or_default().as_bytes()),
        client,
        agent: agent.to_owned(),
        record: parts.extensions.get::<RequestRecord>().cloned(),
    };
    let browser = visit.browser.clone();
    let admitted = admit(&state, (access, kind), &mut visit, &mut parts, body).await;
    let is_signed_in = visit.signed_in.is_some();
    let mut response = match admitted {
        Ok(()) => {
            parts.extensions.insert(visit);
            next.run(Request::from_parts(parts, axum::body::Body::empty())).await
        }
        Err(refusal) => refuse(&refusal, language, &parts.method),
    };
    let has_drawings = response.extensions().get::<HasDrawings>().is_some();
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, if has_drawings { POLICY_WITH_DRAWINGS } else { POLICY });
    headers.insert(REFERRER_POLICY, REFERRER);
    headers.append(VARY, HeaderValue::from_static("Cookie"));
    let kept_browser = (access == Access::Public && is_new_browser && !is_signed_in)
        .then(|| Cookie::Browser.set_token(&browser, is_https));
    let kept_language = asked.map(|language| cookies::keep_language(language, is_https));
    for cookie in [kept_browser, kept_language].into_iter().flatten().flatten() {
        headers.append(SET_COOKIE, cookie);
    }
    response.extensions_mut().insert(HoldsSecrets);
    response
}

/// Decides about a request. What it finds out is in the visit and in the request's extensions.
async fn admit(
    state: &ConsoleState,
    (access, kind): (Access, FormKind),
    visit: &mut Visit,
    parts: &mut Parts,
    body: axum::body::Body,
) -> Result<(), Refusal> {
    if parts.headers.get_all(AUTHORIZATION).iter().any(is_bearer) {
        return Err(Refusal::ApiKey);
    }
    let issuance = &state.issuance;
    if let Some(token) = Cookie::Session.token(&parts.headers, state.is_https()) {
        visit.signed_in = sign_in::authenticate(&issuance.store, &*issuance.clock, token).await?;
    }
    let is_change = parts.method != Method::GET && parts.method != Method::HEAD;
    match access {
        Access::Public => {}
        Access::Account => {
            let signed_in = visit.signed_in.as_ref().ok_or(Refusal::SignedOut)?;
            record(visit, is_change, signed_in, None);
        }
        Access::Operator => {
            let signed_in = visit.signed_in.as_ref().ok_or(Refusal::SignedOut)?;
            if !signed_in.member.is_operator() {
                return Err(Refusal::Missing);
            }
            record(visit, is_change, signed_in, None);
            parts.extensions.insert(VisitByOperator);
        }
        Access::Tenant(least) => {
            let signed_in = visit.signed_in.as_ref().ok_or(Refusal::SignedOut)?;
            let visited = visited_tenant(state, signed_in, parts).await?;
            record(visit, is_change, signed_in, Some(&visited.tenant.id));
            if visited.role < least {
                return Err(Refusal::Role);
            }
            parts.extensions.insert(visited);
        }
    }
    if is_change {
        if !forgery::is_same_origin(&parts.headers, issuance.host.origin()) {
            return Err(Refusal::Forged);
        }
        visit.form = match (kind, parts.extensions.get::<VisitedTenant>()) {
            (FormKind::WithFile(most), Some(visited)) => {
                let tenant_id = &visited.tenant.id;
                let limit = most.saturating_add(BESIDE_FILE_BYTES);
                let body = state.large_bodies.read(tenant_id, &parts.headers, body, limit).await;
                let body = body.map_err(|error| Refusal::Form(unread(&error)))?;
                let form = Form::with_file(&parts.headers, body.bytes.clone(), most).await;
                form.map_err(Refusal::Form)?.holding(body)
            }
            _ => Form::read(&parts.headers, body).await.map_err(Refusal::Form)?,
        };
        if !forgery::is_form_token(visit.form_secret(), visit.form.text(forgery::FIELD)) {
            return Err(Refusal::Forged);
        }
    }
    Ok(())
}

/// Returns why a body was not read.
fn unread(error: &ApiError) -> FormError {
    match error.code {
        ErrorCode::PayloadTooLarge => FormError::TooLong,
        ErrorCode::RateLimited => FormError::Busy,
        _ => FormError::Malformed,
    }
}

/// Returns whether the header presents a key. One for a proxy before this server (`Basic`) is none of ours.
fn is_bearer(value: &HeaderValue) -> bool {
    value.as_bytes().get(..7).is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"bearer "))
}

/// Records the member for the audit log, if the request changes something.
fn record(visit: &Visit, is_change: bool, signed_in: &SignedIn, tenant_id: Option<&TenantId>) {
    if is_change {
        visit.record(&signed_in.member.id, tenant_id);
    }
}

/// Returns the tenant in the path with the member's role in it. An operator reads every tenant's pages.
async fn visited_tenant(
    state: &ConsoleState,
    signed_in: &SignedIn,
    parts: &mut Parts,
) -> Result<VisitedTenant, Refusal> {
    let params = RawPathParams::from_request_parts(parts, &()).await.map_err(|_| Refusal::Missing)?;
    let param = |name: &str| params.iter().find(|(known, _)| *known == name).map(|(_, value)| value);
    let tenant_id: TenantId = param("tenant").and_then(|id| id.parse().ok()).ok_or(Refusal::Missing)?;
    let environment: Environment =
        param("environment").and_then(|name| name.parse().ok()).ok_or(Refusal::Missing)?;
    let store = &state.issuance.store;
    let role = match store.find_role(&signed_in.member.id, &tenant_id).await? {
        Some(role) => role,
        None if signed_in.member.is_operator() => Role::Auditor,
        None => return Err(Refusal::Missing),
    };
    let tenant = store.find_tenant(&tenant_id).await?.ok_or(Refusal::Missing)?;
    Ok(VisitedTenant { tenant, scope: TenantScope { tenant_id, environment }, role })
}

/// Responds to a request that is refused.
fn refuse(refusal: &Refusal, language: Language, method: &Method) -> Response {
    let words = &language.console().refusals;
    let (status, title, advice) = match refusal {
        Refusal::SignedOut if *method == Method::GET || *method == Method::HEAD => {
            let to = [(LOCATION, HeaderValue::from_static(SIGN_IN))];
            return (StatusCode::SEE_OTHER, to).into_response();
        }
        Refusal::SignedOut => (StatusCode::UNAUTHORIZED, &words.signed_out, &words.signed_out_advice),
        Refusal::ApiKey => (StatusCode::UNAUTHORIZED, &words.api_key, &words.api_key_advice),
        Refusal::Missing => (StatusCode::NOT_FOUND, &words.missing, &words.missing_advice),
        Refusal::Role => (StatusCode::FORBIDDEN, &words.role, &words.role_advice),
        Refusal::Forged => (StatusCode::FORBIDDEN, &words.forged, &words.forged_advice),
        Refusal::Form(FormError::TooLong) => {
            (StatusCode::PAYLOAD_TOO_LARGE, &words.too_long, &words.too_long_advice)
        }
        Refusal::Form(FormError::Busy) => (StatusCode::TOO_MANY_REQUESTS, &words.busy, &words.busy_advice),
        Refusal::Form(FormError::Malformed) => {
            (StatusCode::BAD_REQUEST, &words.malformed, &words.malformed_advice)
        }
        Refusal::Store(error) => {
            tracing::error!(%error, "a request to the console failed on our side");
            let words = &language.words().page.trouble;
            (StatusCode::INTERNAL_SERVER_ERROR, &words.title, &words.advice)
        }
    };
    apology(status, language, title, advice)
}

/// A role, as the type of an argument.
pub(crate) trait AtLeast: Send + Sync {
    /// The role.
    const ROLE: Role;
}

/// The role of those who read.
pub(crate) struct Auditor;
/// The role of those who issue.
pub(crate) struct Issuer;
/// The role of those who manage.
pub(crate) struct Owner;

impl AtLeast for Auditor {
    const ROLE: Role = Role::Auditor;
}
impl AtLeast for Issuer {
    const ROLE: Role = Role::Issuer;
}
impl AtLeast for Owner {
    const ROLE: Role = Role::Owner;
}

/// A member of the tenant in the path, whose role is at least `R`.
pub(crate) struct AuthorizedMember<R> {
    /// The visit.
    pub(crate) visit: Visit,
    /// The member and the session.
    pub(crate) signed_in: SignedIn,
    /// The tenant.
    pub(crate) tenant: Tenant,
    /// The tenant and the environment in the path.
    pub(crate) scope: TenantScope,
    /// The member's role.
    pub(crate) role: Role,
    least: PhantomData<R>,
}

impl<R: AtLeast> AuthorizedMember<R> {
    /// Returns the member as writes check it.
    pub(crate) fn actor(&self) -> Actor<'_> {
        Actor::Member(&self.signed_in.member.id, R::ROLE)
    }

    /// Returns the beginning of the paths of the tenant's pages in this environment.
    pub(crate) fn base(&self) -> String {
        format!("/console/t/{}/{}", self.tenant.id, self.scope.environment)
    }
}

/// A member who is signed in.
pub(crate) struct Account {
    /// The visit.
    pub(crate) visit: Visit,
    /// The member and the session.
    pub(crate) signed_in: SignedIn,
}

/// An operator.
pub(crate) struct Operator {
    /// The visit.
    pub(crate) visit: Visit,
}

/// Responds to a request whose route has other access than its handler needs.
fn wrong_access() -> Response {
    tracing::error!("a route of the console is registered with other access than its handler needs");
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}

impl<S: Sync> FromRequestParts<S> for Visit {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        parts.extensions.get::<Visit>().cloned().ok_or_else(wrong_access)
    }
}

impl<S: Sync> FromRequestParts<S> for Account {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let visit = Visit::from_request_parts(parts, state).await?;
        let signed_in = visit.signed_in.clone().ok_or_else(wrong_access)?;
        Ok(Self { visit, signed_in })
    }
}

impl<S: Sync> FromRequestParts<S> for Operator {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        parts.extensions.get::<VisitByOperator>().ok_or_else(wrong_access)?;
        let Account { visit, .. } = Account::from_request_parts(parts, state).await?;
        Ok(Self { visit })
    }
}

impl<S: Sync, R: AtLeast> FromRequestParts<S> for AuthorizedMember<R> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let Account { visit, signed_in } = Account::from_request_parts(parts, state).await?;
        let visited = parts.extensions.get::<VisitedTenant>().cloned().ok_or_else(wrong_access)?;
        let VisitedTenant { tenant, scope, role } = visited;
        if role < R::ROLE {
            return Err(wrong_access());
        }
        Ok(Self { visit, signed_in, tenant, scope, role, least: PhantomData })
    }
}
