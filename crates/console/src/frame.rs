//! The frame around the content of every page, and the responses of pages.

use askama::Template;
use axum::http::header::LOCATION;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use learncoin_language::Language;
use learncoin_language::words::ConsoleWords;
use learncoin_server::pages::{Subject, When, apology, from_ms, page};
use learncoin_store::Error as StoreError;
use learncoin_store::members::Role;
use learncoin_store::scope::Environment;

use crate::access::{Account, AtLeast, AuthorizedMember, Operator, Visit};
use crate::state::ConsoleState;

/// A page of the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// A page that is not in the navigation.
    Elsewhere,
    /// The overview.
    Overview,
    /// The credentials.
    Credentials,
    /// The batches.
    Batches,
    /// The spreadsheets.
    Uploads,
    /// Issuing.
    Issue,
    /// The templates.
    Templates,
    /// The API keys.
    Keys,
    /// The webhook endpoints.
    Webhooks,
    /// The mails.
    Mails,
    /// The branding.
    Branding,
    /// The audit log.
    Audit,
    /// The members.
    Members,
    /// The operators' list of tenants.
    Tenants,
    /// The health of the deployment.
    Health,
}

/// The frame around the content of every page.
pub(crate) struct Frame {
    /// The language.
    pub(crate) language: Language,
    /// The texts.
    pub(crate) words: &'static ConsoleWords,
    /// The token that every form carries.
    pub(crate) csrf: String,
    /// The member's address; `None` if no one is signed in.
    pub(crate) email: Option<String>,
    /// The tenant whose page it is.
    pub(crate) tenant: Option<TenantFrame>,
    /// The page's place in the navigation.
    pub(crate) place: Place,
    /// The message about what was done.
    pub(crate) done: Option<&'static str>,
    /// Whether the deployment anchors on its own development chain.
    pub(crate) is_development: bool,
}

/// The tenant whose page it is.
pub(crate) struct TenantFrame {
    /// Its name.
    pub(crate) name: String,
    /// The environment's name.
    pub(crate) environment: Environment,
    /// The beginning of the paths of its pages in this environment.
    pub(crate) base: String,
    /// The same in the test environment.
    pub(crate) test_base: String,
    /// The same in the live environment.
    pub(crate) live_base: String,
    /// The member's role.
    pub(crate) role: Role,
}

impl TenantFrame {
    /// Returns whether the page is of the live environment.
    pub(crate) fn is_live(&self) -> bool {
        self.environment == Environment::Live
    }
}

impl Frame {
    /// Creates the frame of a page for everyone.
    pub(crate) fn of_visit(state: &ConsoleState, visit: &Visit) -> Self {
        let words = visit.language.console();
        Self {
            language: visit.language,
            words,
            csrf: visit.form_token(),
            email: visit.signed_in.as_ref().map(|signed_in| signed_in.member.email.as_str().to_owned()),
            tenant: None,
            place: Place::Elsewhere,
            done: visit.query.text("done").and_then(|name| done(words, name)),
            is_development: state.is_development,
        }
    }

    /// Creates the frame of a page of a member's own account.
    pub(crate) fn of_account(state: &ConsoleState, account: &Account) -> Self {
        Self::of_visit(state, &account.visit)
    }

    /// Creates the frame of a page for operators.
    pub(crate) fn of_operator(state: &ConsoleState, operator: &Operator, place: Place) -> Self {
        Self { place, ..Self::of_visit(state, &operator.visit) }
    }

    /// Creates the frame of a tenant's page.
    pub(crate) fn of_tenant<R: AtLeast>(
        state: &ConsoleState,
        member: &AuthorizedMember<R>,
        place: Place,
    ) -> Self {
        let base = |environment: Environment| format!("/console/t/{}/{environment}", member.tenant.id);
        let tenant = TenantFrame {
            name: member.tenant.name.clone(),
            environment: member.scope.environment,
            base: member.base(),
            test_base: base(Environment::Test),
            live_base: base(Environment::Live),
            role: member.role,
        };
        Self { place, tenant: Some(tenant), ..Self::of_visit(state, &member.visit) }
    }

    /// Returns whether the member may issue for the tenant whose page it is.
    pub(crate) fn may_issue(&self) -> bool {
        self.has_role(Role::Issuer)
    }

    /// Returns whether the member manages the tenant whose page it is.
    pub(crate) fn may_manage(&self) -> bool {
        self.has_role(Role::Owner)
    }

    fn has_role(&self, least: Role) -> bool {
        self.tenant.as_ref().is_some_and(|tenant| tenant.role >= least)
    }

    /// Returns the pages of the navigation: the path, the name, and whether it is this one.
    pub(crate) fn navigation(&self) -> Vec<(String, &'static str, bool)> {
        let (words, base) = (self.words, self.base());
        let entries: [(&str, &'static str, Place); 12] = [
            ("", &words.overview.title, Place::Overview),
            ("/issue", &words.issue.title, Place::Issue),
            ("/uploads", &words.uploads.title, Place::Uploads),
            ("/templates", &words.templates.title, Place::Templates),
            ("/credentials", &words.credentials.title, Place::Credentials),
            ("/batches", &words.batches.title, Place::Batches),
            ("/mails", &words.mails.title, Place::Mails),
            ("/branding", &words.branding.title, Place::Branding),
            ("/keys", &words.keys.title, Place::Keys),
            ("/webhooks", &words.webhooks.title, Place::Webhooks),
            ("/audit", &words.audit.title, Place::Audit),
            ("/members", &words.members.title, Place::Members),
        ];
        let offered = entries.into_iter().filter(|(.., place)| *place != Place::Issue || self.may_issue());
        offered.map(|(path, name, place)| (format!("{base}{path}"), name, place == self.place)).collect()
    }

    /// Returns the beginning of the paths of the tenant's pages.
    pub(crate) fn base(&self) -> &str {
        self.tenant.as_ref().map_or("/console", |tenant| tenant.base.as_str())
    }

    /// Returns a time as the page shows it.
    pub(crate) fn when(&self, ms: i64) -> When {
        When::at(self.language, from_ms(ms))
    }
}

/// Returns the message about what was done, by the name that a redirection gave it.
fn done(words: &'static ConsoleWords, name: &str) -> Option<&'static str> {
    let done = &words.done;
    Some(match name {
        "session-ended" => &done.session_ended,
        "identity-linked" => &done.identity_linked,
        "identity-removed" => &done.identity_removed,
        "revoked" => &done.revoked,
        "erased" => &done.erased,
        "mailed" => &done.mailed,
        "restricted" => &done.restricted,
        "key-revoked" => &done.key_revoked,
        "replayed" => &done.replayed,
        "activated" => &done.activated,
        "endpoint-deleted" => &done.endpoint_deleted,
        "member-added" => &done.member_added,
        "member-invited" => &done.member_invited,
        "member-uninvited" => &done.member_uninvited,
        "role-changed" => &done.role_changed,
        "member-removed" => &done.member_removed,
        "template-saved" => &done.template_saved,
        "template-deleted" => &done.template_deleted,
        "issued" => &done.issued,
        "corrected" => &done.corrected,
        "tenant-created" => &done.tenant_created,
        "tenant-changed" => &done.tenant_changed,
        "upload-discarded" => &done.upload_discarded,
        "branding-saved" => &done.branding_saved,
        "wallet-saved" => &done.wallet_saved,
        _ => return None,
    })
}

/// Responds with a page.
pub(crate) fn respond(language: Language, template: &impl Template) -> Response {
    page(StatusCode::OK, language, template)
}

/// Responds with a page whose form may have had a fault, from which the status follows.
pub(crate) fn respond_to_form(language: Language, has_fault: bool, template: &impl Template) -> Response {
    let status = if has_fault { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    page(status, language, template)
}

/// Records for the audit log what the request was about.
pub(crate) fn about(mut response: Response, id: &impl std::fmt::Display) -> Response {
    response.extensions_mut().insert(Subject(id.to_string()));
    response
}

/// Leads the browser to another page, which it gets with GET.
pub(crate) fn see_other(path: &str) -> Response {
    match HeaderValue::from_str(path) {
        Ok(path) => (StatusCode::SEE_OTHER, [(LOCATION, path)]).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// A failure, which becomes a page.
#[derive(Debug)]
pub(crate) enum Failure {
    /// There is nothing under the path, or not this tenant's.
    Missing(Language),
    /// The member's role was taken since the request began.
    RightLost(Language),
    /// Something failed on our side. The text is for the log only.
    Internal(Language, String),
}

impl Failure {
    /// Returns a function that makes a failure of an error on our side.
    pub(crate) fn internal<E: std::fmt::Display>(language: Language) -> impl Fn(E) -> Self {
        move |error| Self::Internal(language, error.to_string())
    }

    /// Returns a function that makes a failure of an error of the store.
    pub(crate) fn store(language: Language) -> impl Fn(StoreError) -> Self {
        Self::internal(language)
    }
}

impl axum::response::IntoResponse for Failure {
    fn into_response(self) -> Response {
        match self {
            Self::Missing(language) => {
                let words = &language.console().refusals;
                apology(StatusCode::NOT_FOUND, language, &words.missing, &words.missing_advice)
            }
            Self::RightLost(language) => {
                let words = &language.console().refusals;
                apology(StatusCode::FORBIDDEN, language, &words.role, &words.role_advice)
            }
            Self::Internal(language, cause) => {
                tracing::error!(cause, "a page of the console failed on our side");
                let words = &language.words().page.trouble;
                apology(StatusCode::INTERNAL_SERVER_ERROR, language, &words.title, &words.advice)
            }
        }
    }
}
