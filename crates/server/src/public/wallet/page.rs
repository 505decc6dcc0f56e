//! `/c/{id}/wallet`: the page that adds a credential to a wallet. Programs that want JSON get the protocols of an interaction instead.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use learncoin_credential::document::Document;
use learncoin_credential::text::parse_timestamp;
use learncoin_issuance::Issuance;
use learncoin_issuance::credential::render::{IssuedCredential, Render as _, RenderError};
use learncoin_issuance::credential::wallet_offers::{NewOffer, NotOffered, OfferError, check_offered};
use learncoin_language::{Language, fill};
use learncoin_store::wallets::OfferedFormat;

use super::exchange::protocols;
use super::form::Form;
use super::issuer::identifier;
use super::view_model::{CodedLink, MadeOffer, WalletPage, Ways, offer_link};
use crate::error::ApiError;
use crate::middleware::body::SmallBody;
use crate::middleware::client_address::{ClientAddress, client_network};
use crate::public::credential_lookup::{IdInPath, find, unknown};
use crate::public::credential_page::compose::notice;
use crate::public::negotiate::Representation;
use crate::public::preferred_language::PreferredLanguage;
use crate::public::response::{self, HoldsSecrets};
use crate::public::shown_branding::shown_branding;
use crate::public::time::from_ms;

/// Serves `GET /c/{id}/wallet`.
pub(crate) async fn page(
    State(issuance): State<Arc<Issuance>>,
    id: IdInPath,
    PreferredLanguage(language): PreferredLanguage,
    headers: HeaderMap,
) -> Response {
    let wants_page = Representation::wanted(&headers) == Representation::Page;
    match find(&issuance, id).await {
        Ok(Some(issued)) if wants_page => respond(&issuance, &issued, language, Made::Nothing).await,
        Ok(Some(issued)) => protocols(&issuance, &issued),
        Ok(None) if wants_page => response::not_found(language, &language.words().page.not_found),
        Ok(None) => response::refusal(unknown()),
        Err(error) => response::trouble(language, &error),
    }
}

/// Serves `POST /c/{id}/wallet`: makes an offer, whose secrets are on the page that responds, this one time.
pub(crate) async fn make_offer(
    State(issuance): State<Arc<Issuance>>,
    id: IdInPath,
    PreferredLanguage(language): PreferredLanguage,
    ClientAddress(client): ClientAddress,
    body: Result<SmallBody, ApiError>,
) -> Result<Response, ApiError> {
    let form = Form::read(&body?.bytes);
    let Some(format) = form.member("format").flatten().and_then(|format| format.parse().ok()) else {
        return Ok(response::unclear_query(language));
    };
    let has_tx_code = form.member("tx_code").is_some();
    let client = client.map_or("unknown".to_owned(), |client| client_network(client).to_string());
    Ok(match find(&issuance, id).await {
        Ok(Some(issued)) => {
            let made = make(&issuance, &issued, (format, has_tx_code), &client).await;
            respond(&issuance, &issued, language, made).await
        }
        Ok(None) => response::not_found(language, &language.words().page.not_found),
        Err(error) => response::trouble(language, &error),
    })
}

/// The outcome of a request.
enum Made {
    /// Nothing: the page was asked for.
    Nothing,
    /// An offer.
    Offer(NewOffer),
    /// Nothing: the client made too many.
    TooMany,
    /// Nothing: the credential is not offered, as the page states.
    Refused,
    /// Nothing: it failed on our side.
    Trouble(learncoin_store::Error),
}

async fn make(
    issuance: &Issuance,
    issued: &IssuedCredential,
    (format, has_tx_code): (OfferedFormat, bool),
    client: &str,
) -> Made {
    match has_key(issuance, issued).await {
        Ok(true) => {}
        Ok(false) => return Made::Refused,
        Err(error) => return Made::Trouble(error),
    }
    match issuance.wallet_offers.create(issued, format, has_tx_code, client).await {
        Ok(offer) => Made::Offer(offer),
        Err(OfferError::TooMany) => Made::TooMany,
        Err(OfferError::NotOffered(_)) => Made::Refused,
        Err(OfferError::Store(error)) => Made::Trouble(error),
    }
}

/// Returns whether the tenant has a key that signs for wallets.
async fn has_key(issuance: &Issuance, issued: &IssuedCredential) -> learncoin_store::Result<bool> {
    let tenant_id = &issued.credential.scope.tenant_id;
    Ok(issuance.document_signer.document_key_in_use(tenant_id).await?.is_some())
}

async fn respond(issuance: &Issuance, issued: &IssuedCredential, language: Language, made: Made) -> Response {
    let status = match &made {
        Made::Nothing | Made::Offer(_) => StatusCode::OK,
        Made::TooMany => StatusCode::TOO_MANY_REQUESTS,
        Made::Refused => StatusCode::CONFLICT,
        Made::Trouble(error) => return response::trouble(language, error),
    };
    let is_secret = matches!(made, Made::Offer(_));
    match compose(issuance, issued, language, made).await {
        Ok(page) => {
            let mut response = response::with_form(response::page(status, language, &page));
            if is_secret {
                response.extensions_mut().insert(HoldsSecrets);
            }
            response
        }
        Err(error) => response::trouble(language, &error),
    }
}

async fn compose(
    issuance: &Issuance,
    issued: &IssuedCredential,
    language: Language,
    made: Made,
) -> Result<WalletPage, RenderError> {
    let words = &language.words().page.wallet;
    let document = issued.document()?;
    let shown = shown_branding(issuance, issued, &document).await?;
    let refusal = match check_offered(issued) {
        Ok(()) if has_key(issuance, issued).await? => None,
        Ok(()) => Some(words.no_key.as_str()),
        Err(NotOffered::Waiting) => Some(words.waiting.as_str()),
        Err(NotOffered::Failed) => Some(words.failed.as_str()),
        Err(NotOffered::Revoked) => Some(words.revoked.as_str()),
    };
    let mut notes: Vec<&'static str> = refusal.into_iter().collect();
    if refusal.is_none() {
        let now = from_ms(issuance.clock.now_ms());
        let is_over = |date: &str| parse_timestamp(date).is_ok_and(|end| end <= now);
        let is_expired = document.expiration_date.as_deref().is_some_and(is_over);
        notes.extend(is_expired.then_some(words.expired.as_str()));
        notes.extend(issued.credential.erased_at.map(|_| words.erased.as_str()));
        notes.extend(matches!(made, Made::TooMany).then_some(words.too_many.as_str()));
    }
    let address = issuance.host.credential_url(issued.credential.id.as_str());
    let tenant = identifier(&issuance.host, &issued.credential.scope.tenant_id);
    let Document { subject, issuer, .. } = document;
    Ok(WalletPage {
        language,
        words,
        id: issued.credential.id.to_string(),
        accent: shown.accent_color.as_deref().and_then(|color| color.strip_prefix('#')).map(str::to_owned),
        notice: notice(&language.words().page, issued.batch.chain_id),
        achievement: subject.achievement.name,
        issuer: issuer.name,
        notes,
        ways: refusal.is_none().then(|| Ways::new(words, &address)),
        made: match made {
            Made::Offer(offer) => Some(made_offer(language, &tenant, offer)),
            _ => None,
        },
    })
}

fn made_offer(language: Language, issuer: &str, offer: NewOffer) -> MadeOffer {
    let words = &language.words().page.wallet;
    let address = format!("{issuer}/wallet/offers/{}", offer.reference.expose());
    let time = language.second(from_ms(offer.ends_at));
    MadeOffer {
        link: CodedLink::new(words, offer_link(&address)),
        tx_code: offer.tx_code,
        ends: fill(&words.offer.ends, &[("time", &time)]),
    }
}
