//! The provider: its description and keys, which are asked for when they are needed, and the address where a person signs in.
//!
//! Nothing is asked when the server starts, so that a provider that is away keeps no server from starting.

use std::sync::Arc;

use learncoin_http_client::{Proxy, is_confidential};
use learncoin_language::Language;
use openidconnect::core::{CoreAuthenticationFlow, CoreClientAuthMethod, CoreProviderMetadata};
use openidconnect::{
    AuthType, ClientId, ClientSecret, CsrfToken, DiscoveryError, IssuerUrl, LanguageTag, Nonce,
    PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope,
};
use tokio::sync::Mutex;
use url::Url;

use super::claims::ProviderClient;
use super::failure::ProviderFailure;
use super::http::{ProviderHttp, ProviderHttpError};
use super::options::{ProviderOptions, ProviderOptionsError};
use super::secrets::FlowSecrets;
use super::{CALLBACK, MAX_AGE_MS, REFRESH_PAUSE_MS};

/// An identity provider, with its description.
pub struct IdentityProvider {
    pub(super) options: ProviderOptions,
    pub(super) http: ProviderHttp,
    issuer: IssuerUrl,
    redirect: RedirectUrl,
    known: Mutex<KnownProvider>,
}

/// The description of a provider, with its keys. One request at a time asks for it.
#[derive(Default)]
struct KnownProvider {
    metadata: Option<Arc<CoreProviderMetadata>>,
    /// When it was received.
    received_at: i64,
    /// When it was asked for last, whether or not it was received.
    asked_at: Option<i64>,
}

impl KnownProvider {
    /// Returns whether something happened less than `ms` ago. What lies ahead was written by a clock that was wrong.
    fn is_within(at: i64, now_ms: i64, ms: i64) -> bool {
        (0..ms).contains(&now_ms.saturating_sub(at))
    }
}

impl IdentityProvider {
    /// Creates one. Nothing is asked yet. `origin` is that of this deployment.
    ///
    /// # Errors
    /// See [`ProviderOptionsError`].
    pub fn new(
        options: ProviderOptions,
        origin: &str,
        proxy: Option<&Proxy>,
    ) -> Result<Self, ProviderOptionsError> {
        options.check()?;
        let issuer = IssuerUrl::new(options.issuer.clone()).map_err(|_| ProviderOptionsError::Issuer)?;
        let redirect =
            RedirectUrl::new(format!("{origin}{CALLBACK}")).map_err(|_| ProviderOptionsError::Issuer)?;
        let http = ProviderHttp::new(proxy)?;
        Ok(Self { options, http, issuer, redirect, known: Mutex::default() })
    }

    /// Returns the name on the button.
    pub(crate) fn name(&self) -> String {
        self.options.display_name()
    }

    /// Returns whether an answer of the provider names this issuer, if it names one
    /// ([RFC 9207](https://www.rfc-editor.org/rfc/rfc9207)).
    pub(crate) fn is_issuer(&self, named: Option<&str>) -> bool {
        named.is_none_or(|named| named == self.options.issuer)
    }

    /// Returns the address where a person signs in.
    ///
    /// # Errors
    /// [`ProviderFailure::Away`] if there is no description of the provider.
    pub(crate) async fn sign_in_url(
        &self,
        secrets: &FlowSecrets,
        language: Language,
        now_ms: i64,
    ) -> Result<Url, ProviderFailure> {
        let client = self.client(&*self.metadata(now_ms).await?);
        let verifier = PkceCodeVerifier::new(secrets.verifier.clone());
        let (state, nonce) = (secrets.state.clone(), secrets.nonce.clone());
        let scopes = self.options.scopes.iter().filter(|scope| *scope != "openid").cloned().map(Scope::new);
        let (url, _, _) = client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                move || CsrfToken::new(state),
                move || Nonce::new(nonce),
            )
            .add_scopes(scopes)
            .add_ui_locale(LanguageTag::new(language.tag().to_owned()))
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
            .url();
        Ok(url)
    }

    /// Creates the client of a provider with this description.
    pub(super) fn client(&self, metadata: &CoreProviderMetadata) -> ProviderClient {
        let secret = self.options.client_secret.as_ref().map(|secret| ClientSecret::new(secret.to_string()));
        let methods = metadata.token_endpoint_auth_methods_supported();
        let takes = |method| methods.is_some_and(|methods| methods.contains(&method));
        // Basic is what every provider that names no method takes.
        let auth_type = match takes(CoreClientAuthMethod::ClientSecretPost)
            && !takes(CoreClientAuthMethod::ClientSecretBasic)
        {
            true => AuthType::RequestBody,
            false => AuthType::BasicAuth,
        };
        let client_id = ClientId::new(self.options.client_id.clone());
        ProviderClient::from_provider_metadata(metadata.clone(), client_id, secret)
            .set_redirect_uri(self.redirect.clone())
            .set_auth_type(auth_type)
    }

    /// Returns the description of the provider, with its keys. It is asked for anew now and then; while the provider is away, the last one
    /// is used.
    ///
    /// # Errors
    /// [`ProviderFailure::Away`] if there is none yet.
    pub(super) async fn metadata(&self, now_ms: i64) -> Result<Arc<CoreProviderMetadata>, ProviderFailure> {
        let mut known = self.known.lock().await;
        match &known.metadata {
            Some(metadata) if KnownProvider::is_within(known.received_at, now_ms, MAX_AGE_MS) => {
                Ok(Arc::clone(metadata))
            }
            _ => self.refresh(&mut known, now_ms).await,
        }
    }

    /// Returns the present description of the provider, for a token of a key that is not among those of `used`. It is asked for at most
    /// once in a while, however many such tokens there are.
    ///
    /// # Errors
    /// [`ProviderFailure::Away`] if there is none yet.
    pub(super) async fn metadata_after(
        &self,
        used: &Arc<CoreProviderMetadata>,
        now_ms: i64,
    ) -> Result<Arc<CoreProviderMetadata>, ProviderFailure> {
        let mut known = self.known.lock().await;
        match &known.metadata {
            Some(metadata) if !Arc::ptr_eq(metadata, used) => Ok(Arc::clone(metadata)),
            _ => self.refresh(&mut known, now_ms).await,
        }
    }

    async fn refresh(
        &self,
        known: &mut KnownProvider,
        now_ms: i64,
    ) -> Result<Arc<CoreProviderMetadata>, ProviderFailure> {
        let last = known.metadata.clone();
        if known.asked_at.is_some_and(|at| KnownProvider::is_within(at, now_ms, REFRESH_PAUSE_MS)) {
            return last.ok_or_else(|| ProviderFailure::Away("it was away a moment ago".into()));
        }
        known.asked_at = Some(now_ms);
        match self.discover().await {
            Ok(metadata) => {
                let metadata = Arc::new(metadata);
                known.metadata = Some(Arc::clone(&metadata));
                known.received_at = now_ms;
                Ok(metadata)
            }
            Err(cause) => {
                tracing::warn!(
                    cause,
                    "the identity provider could not be asked for its description and keys"
                );
                last.ok_or(ProviderFailure::Away(cause))
            }
        }
    }

    /// Asks for the provider's description and its keys.
    async fn discover(&self) -> Result<CoreProviderMetadata, String> {
        let discovered = CoreProviderMetadata::discover_async(self.issuer.clone(), &self.http).await;
        let metadata = discovered.map_err(|error| cause(&error))?;
        if !is_confidential(metadata.authorization_endpoint().url()) {
            return Err(ProviderHttpError::Address.to_string());
        }
        if metadata.token_endpoint().is_none() {
            return Err("it has no token endpoint".into());
        }
        Ok(metadata)
    }
}

/// Returns the cause of a failed discovery, without what was received.
fn cause(error: &DiscoveryError<ProviderHttpError>) -> String {
    match error {
        DiscoveryError::Request(error) => error.to_string(),
        DiscoveryError::Response(status, _, _) => format!("it answered with status {}", status.as_u16()),
        DiscoveryError::Validation(_) => "its description names another issuer".into(),
        _ => "its description can't be read".into(),
    }
}
