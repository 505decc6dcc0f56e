//! A tenant's branding: what it is, what a change of it is seen on, a preview before it is saved, and the change. And whether wallet forms
//! carry the recipient's hashed address.

mod form;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use learncoin_issuance::tenant::provision::{TenantError, TenantUpdate};
use learncoin_language::fill;
use learncoin_language::words::BrandingWords;
use learncoin_server::error::{ApiError, ErrorCode};
use learncoin_server::operations::{AwardPreview, PreviewTexts};
use learncoin_server::pages::{When, page};
use learncoin_store::scope::{Environment, TenantScope};
use learncoin_store::tenants::Branding;

use self::form::BrandingForm;
use super::overview::grouped;
use crate::access::{AtLeast, Auditor, AuthorizedMember, HasDrawings, Owner};
use crate::frame::{Failure, Frame, Place, about, see_other};
use crate::state::ConsoleState;

#[derive(Template)]
#[template(path = "branding.html")]
struct BrandingPage {
    frame: Frame,
    form: BrandingForm,
    /// The number of pages that show it, in words.
    effect: String,
    /// Whether the operator has confirmed it, in words.
    state: String,
    /// When a change was made that waits to be confirmed.
    changed: Option<When>,
    /// The path of the logo that is kept.
    logo: Option<String>,
    /// Whether the member may change it here.
    may_change: bool,
    /// Whether it is changed in the live environment alone.
    is_live_only: bool,
    may_have_did: bool,
    /// Whether wallet forms carry the recipient's hashed address.
    has_wallet_email: bool,
    fault: Option<BrandingFault>,
    preview: Option<AwardPreview>,
}

/// A fault of the form that was sent.
struct BrandingFault {
    /// The field's label, if it is one field's.
    label: Option<String>,
    text: String,
    /// Whether the text is the API's, which is English.
    is_english: bool,
}

impl BrandingPage {
    /// Returns the values with their labels, for those who only read.
    fn facts(&self) -> Vec<(String, String)> {
        let (words, form) = (&self.frame.words.branding, &self.form);
        let mut facts = vec![
            (words.name.clone(), form.name.clone()),
            (words.color.clone(), form.color.clone()),
            (words.logo.clone(), form.logo.clone()),
        ];
        for (signer, number) in form.signers.iter().zip(["1", "2"]) {
            facts.push((numbered(&words.signer, number), signer.name.clone()));
            facts.push((numbered(&words.signer_title, number), signer.title.clone()));
        }
        let number = if form.shows_number { &words.yes } else { &words.no };
        facts.push((words.number.clone(), number.clone()));
        for (label, value) in
            [(&words.body_name, &form.body_name), (&words.body_url, &form.body_url), (&words.did, &form.did)]
        {
            facts.push((label.clone(), value.clone()));
        }
        facts
    }
}

/// Returns a label of one of the persons who sign.
fn numbered(label: &str, number: impl AsRef<str>) -> String {
    fill(label, &[("number", number.as_ref())])
}

/// Serves `GET …/branding`.
pub(crate) async fn branding(
    State(state): State<ConsoleState>,
    member: AuthorizedMember<Auditor>,
) -> Result<Response, Failure> {
    let stored = stored(&state, &member).await?;
    let form = BrandingForm::of_branding(&member.tenant.name, &stored);
    let template = compose(&state, &member, &stored, form).await?;
    Ok(page(StatusCode::OK, member.visit.language, &template))
}

/// Serves `POST …/branding/preview`: the form again, with what it would look like. Nothing is saved.
pub(crate) async fn preview(
    State(state): State<ConsoleState>,
    member: AuthorizedMember<Owner>,
) -> Result<Response, Failure> {
    let language = member.visit.language;
    let stored = stored(&state, &member).await?;
    let form = BrandingForm::of_form(&member.visit.form);
    let body = form.patch(&BrandingForm::of_branding(&member.tenant.name, &stored)).to_string();
    let words = &language.console().branding;
    let texts = PreviewTexts {
        person: &words.person,
        achievement: &words.achievement,
        description: &words.description,
    };
    let reader = (language, member.visit.client);
    let drawn = state.branding.preview(&member.scope, &member.tenant, body.as_bytes(), texts, reader).await;
    let drawn = match drawn {
        Ok(drawn) => drawn,
        Err(error) => return refused(&state, &member, &stored, form, error).await,
    };
    let template = compose(&state, &member, &stored, form).await?;
    let template = BrandingPage { preview: Some(drawn), ..template };
    let mut response = page(StatusCode::OK, language, &template);
    response.extensions_mut().insert(HasDrawings);
    Ok(about(response, &member.tenant.id))
}

/// Serves `POST …/branding`: changes it as the API does.
pub(crate) async fn save(
    State(state): State<ConsoleState>,
    member: AuthorizedMember<Owner>,
) -> Result<Response, Failure> {
    let stored = stored(&state, &member).await?;
    let form = BrandingForm::of_form(&member.visit.form);
    let body = form.patch(&BrandingForm::of_branding(&member.tenant.name, &stored)).to_string();
    let changed = state.branding.change(member.actor(), &member.scope, &member.tenant, body.as_bytes()).await;
    match changed {
        Ok(_) => {
            let to = format!("{}/branding?done=branding-saved", member.base());
            Ok(about(see_other(&to), &member.tenant.id))
        }
        Err(error) => refused(&state, &member, &stored, form, error).await,
    }
}

/// Serves `POST …/branding/wallet-email`: turns the recipient's hashed address in wallet forms on or off, as the command does.
pub(crate) async fn switch_wallet_email(
    State(state): State<ConsoleState>,
    member: AuthorizedMember<Owner>,
) -> Result<Response, Failure> {
    let language = member.visit.language;
    let is_on = match member.visit.form.text("switch") {
        Some("on") => true,
        Some("off") => false,
        // The page's own form has one of the two. Another one changes nothing.
        _ => {
            let stored = stored(&state, &member).await?;
            let form = BrandingForm::of_branding(&member.tenant.name, &stored);
            let template = compose(&state, &member, &stored, form).await?;
            return Ok(page(StatusCode::UNPROCESSABLE_ENTITY, language, &template));
        }
    };
    let update = TenantUpdate { wallet_email: Some(is_on), ..TenantUpdate::default() };
    match state.issuance.tenants.update_tenant_as(member.actor(), &member.tenant.id, update).await {
        Ok(_) => {}
        Err(TenantError::RightLost) => return Err(Failure::RightLost(language)),
        Err(error) => return Err(Failure::internal(language)(error)),
    }
    let to = format!("{}/branding?done=wallet-saved", member.base());
    Ok(about(see_other(&to), &member.tenant.id))
}

async fn stored<R: AtLeast>(state: &ConsoleState, member: &AuthorizedMember<R>) -> Result<Branding, Failure> {
    let stored = state.issuance.store.get_branding(&member.tenant.id).await;
    stored.map_err(Failure::store(member.visit.language))
}

/// Responds with the form and its fault.
async fn refused(
    state: &ConsoleState,
    member: &AuthorizedMember<Owner>,
    stored: &Branding,
    form: BrandingForm,
    error: ApiError,
) -> Result<Response, Failure> {
    let language = member.visit.language;
    let words = &language.console().branding;
    let ours = |text: &str| BrandingFault { label: None, text: text.to_owned(), is_english: false };
    let fault = match error.code {
        ErrorCode::InternalError => return Err(Failure::internal(language)(error.message)),
        ErrorCode::ApiKeyRevoked => return Err(Failure::RightLost(language)),
        ErrorCode::RateLimited => ours(&words.busy),
        ErrorCode::EnvironmentMismatch => ours(&words.live_only),
        _ => fault(words, &error.message),
    };
    let template = compose(state, member, stored, form).await?;
    let template = BrandingPage { fault: Some(fault), ..template };
    Ok(about(page(StatusCode::UNPROCESSABLE_ENTITY, language, &template), &member.tenant.id))
}

/// Returns the API's message as a fault of the form: with the label of the field in place of the member's path.
fn fault(words: &BrandingWords, message: &str) -> BrandingFault {
    let found = message.split_once(": ").and_then(|(path, text)| Some((form::label(words, path)?, text)));
    match found {
        Some((label, text)) => BrandingFault { label: Some(label), text: text.to_owned(), is_english: true },
        None => BrandingFault { label: None, text: message.to_owned(), is_english: true },
    }
}

async fn compose<R: AtLeast>(
    state: &ConsoleState,
    member: &AuthorizedMember<R>,
    stored: &Branding,
    form: BrandingForm,
) -> Result<BrandingPage, Failure> {
    let language = member.visit.language;
    let frame = Frame::of_tenant(state, member, Place::Branding);
    let (words, store, tenant) = (&frame.words.branding, &state.issuance.store, &member.tenant);
    let count = async |environment| {
        let scope = TenantScope { tenant_id: tenant.id.clone(), environment };
        store.usage_in_all_months(&scope).await.map(grouped).map_err(Failure::store(language))
    };
    let (live, test) = (count(Environment::Live).await?, count(Environment::Test).await?);
    let is_live_only = member.scope.environment == Environment::Test
        && store.had_live_api_key(&tenant.id).await.map_err(Failure::store(language))?;
    let confirmed = stored.effective_branding(Environment::Live, &tenant.name);
    let has_wallet_email = store.has_wallet_email(&tenant.id).await.map_err(Failure::store(language))?;
    Ok(BrandingPage {
        effect: fill(&words.effect, &[("live", &live), ("test", &test)]),
        state: match stored.changed_at {
            Some(_) => fill(&words.waits, &[("name", &format!("“{}”", confirmed.issuer_name))]),
            None => words.confirmed.clone(),
        },
        changed: stored.changed_at.map(|at| frame.when(at)),
        logo: stored.public_branding(&tenant.name).logo_hash.map(|hash| format!("/assets/logo/{hash}")),
        may_change: frame.may_manage() && !is_live_only,
        is_live_only,
        may_have_did: tenant.plan.allows_own_did(),
        has_wallet_email,
        fault: None,
        preview: None,
        form,
        frame,
    })
}
