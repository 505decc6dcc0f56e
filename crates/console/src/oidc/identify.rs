//! From the code that the browser brings back to an identity that is verified.

use std::sync::Arc;

use axum::http::HeaderValue;
use chrono::{DateTime, Utc};
use learncoin_store::members::Email;
use openidconnect::core::{CoreIdTokenVerifier, CoreJwsSigningAlgorithm, CoreProviderMetadata};
use openidconnect::{
    AccessToken, AccessTokenHash, AuthorizationCode, ClaimsVerificationError, ClientId, Nonce,
    OAuth2TokenResponse as _, PkceCodeVerifier, RequestTokenError, SignatureVerificationError,
    SubjectIdentifier, TokenResponse as _, UserInfoError,
};

use super::PROVIDER_SKEW_MS;
use super::claims::{PersonClaims, ProviderToken, ProviderTokens, TokenClaims};
use super::failure::ProviderFailure;
use super::provider::IdentityProvider;
use super::secrets::FlowSecrets;

/// The algorithms of tokens that are accepted. None of them is `none`, and none works with a secret that others share.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 3] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EdDsa,
];
/// The longest subject, in bytes ([OpenID Connect Core](https://openid.net/specs/openid-connect-core-1_0.html) section 2).
const MOST_SUBJECT_BYTES: usize = 255;

/// A person, as the provider vouches for them. There is no `Debug`: all of it is personal.
pub(super) struct VerifiedIdentity {
    /// The issuer.
    pub(super) issuer: String,
    /// The subject: who it is at this issuer, for good.
    pub(super) subject: String,
    /// The address, if the provider verified it.
    pub(super) email: Option<Email>,
    /// The groups, if a claim is to list them.
    pub(super) groups: Vec<String>,
}

impl IdentityProvider {
    /// Redeems a code, and verifies the claims about the person.
    ///
    /// # Errors
    /// See [`ProviderFailure`].
    pub(super) async fn identify(
        &self,
        code: &str,
        secrets: &FlowSecrets,
        now_ms: i64,
    ) -> Result<VerifiedIdentity, ProviderFailure> {
        let mut metadata = self.metadata(now_ms).await?;
        let tokens = self.redeem(&metadata, code, secrets).await?;
        let token = tokens.id_token().ok_or(ProviderFailure::Untrusted("there is no ID token"))?;
        let nonce = Nonce::new(secrets.nonce.clone());
        let mut claims = token.claims(&self.verifier(&metadata, now_ms), &nonce);
        if claims.as_ref().is_err_and(is_of_unknown_key) {
            metadata = self.metadata_after(&metadata, now_ms).await?;
            claims = token.claims(&self.verifier(&metadata, now_ms), &nonce);
        }
        let claims = claims.map_err(|error| ProviderFailure::Untrusted(fault(&error)))?;
        check_party(claims, &self.options.client_id)?;
        check_access_token(claims, token, tokens.access_token(), &self.verifier(&metadata, now_ms))?;
        let subject = claims.subject().as_str();
        if subject.is_empty() || subject.len() > MOST_SUBJECT_BYTES {
            return Err(ProviderFailure::Untrusted("the subject is empty or too long"));
        }
        self.described(&metadata, claims, tokens.access_token()).await
    }

    async fn redeem(
        &self,
        metadata: &Arc<CoreProviderMetadata>,
        code: &str,
        secrets: &FlowSecrets,
    ) -> Result<ProviderTokens, ProviderFailure> {
        let client = self.client(metadata);
        let request = client.exchange_code(AuthorizationCode::new(code.to_owned()));
        let request = request.map_err(|_| ProviderFailure::Away("it has no token endpoint".into()))?;
        let request = request.set_pkce_verifier(PkceCodeVerifier::new(secrets.verifier.clone()));
        request.request_async(&self.http).await.map_err(|error| match error {
            RequestTokenError::Request(error) => ProviderFailure::Away(error.to_string()),
            RequestTokenError::ServerResponse(_) => ProviderFailure::Untrusted("the code was refused"),
            RequestTokenError::Parse(..) | RequestTokenError::Other(_) => {
                ProviderFailure::Untrusted("the response to the code can't be read")
            }
        })
    }

    /// Returns a verifier of ID tokens. It has no secret, so that a token under one is no valid one.
    fn verifier(&self, metadata: &CoreProviderMetadata, now_ms: i64) -> CoreIdTokenVerifier<'static> {
        let client_id = ClientId::new(self.options.client_id.clone());
        let at = |ms: i64| DateTime::<Utc>::from_timestamp_millis(ms).unwrap_or(DateTime::UNIX_EPOCH);
        let latest = at(now_ms.saturating_add(PROVIDER_SKEW_MS));
        CoreIdTokenVerifier::new_public_client(client_id, metadata.issuer().clone(), metadata.jwks().clone())
            .set_allowed_algs(ALGORITHMS)
            .set_time_fn(move || at(now_ms.saturating_sub(PROVIDER_SKEW_MS)))
            .set_issue_time_verifier_fn(move |issued| match issued <= latest {
                true => Ok(()),
                false => Err("issued later than now".to_owned()),
            })
    }

    /// Adds the claims about the person: those of the token, or else of the UserInfo endpoint.
    async fn described(
        &self,
        metadata: &Arc<CoreProviderMetadata>,
        claims: &TokenClaims,
        access_token: &AccessToken,
    ) -> Result<VerifiedIdentity, ProviderFailure> {
        let claim = Some(self.options.groups_claim.as_str()).filter(|claim| !claim.is_empty());
        let mut email = claims.email().map(|email| email.as_str().to_owned());
        let mut is_verified = claims.email_verified();
        let mut groups = claim.and_then(|claim| claims.additional_claims().texts(claim));
        let lacks_groups = claim.is_some() && groups.is_none();
        if (email.is_none() || is_verified.is_none() || lacks_groups)
            && metadata.userinfo_endpoint().is_some()
        {
            let person = self.ask_for_person(metadata, claims.subject(), access_token).await?;
            // The address and its verification come from the same place.
            if email.is_none() || is_verified.is_none() {
                email = person.email().map(|email| email.as_str().to_owned());
                is_verified = person.email_verified();
            }
            groups = groups.or_else(|| claim.and_then(|claim| person.additional_claims().texts(claim)));
        }
        Ok(VerifiedIdentity {
            issuer: self.options.issuer.clone(),
            subject: claims.subject().as_str().to_owned(),
            email: email.filter(|_| is_verified == Some(true)).and_then(|email| email.parse().ok()),
            groups: groups.unwrap_or_default(),
        })
    }

    async fn ask_for_person(
        &self,
        metadata: &Arc<CoreProviderMetadata>,
        subject: &SubjectIdentifier,
        access_token: &AccessToken,
    ) -> Result<PersonClaims, ProviderFailure> {
        // The library would panic over a token that no header can hold.
        if HeaderValue::from_str(access_token.secret()).is_err() {
            return Err(ProviderFailure::Untrusted("the access token has characters that no header has"));
        }
        let client = self.client(metadata);
        let request = client.user_info(access_token.clone(), Some(subject.clone()));
        let request = request.map_err(|_| ProviderFailure::Away("it has no UserInfo endpoint".into()))?;
        request.request_async(&self.http).await.map_err(|error| match error {
            UserInfoError::Request(error) => ProviderFailure::Away(error.to_string()),
            UserInfoError::Response(status, _, _) => ProviderFailure::Away(format!(
                "its UserInfo endpoint answered with status {}",
                status.as_u16()
            )),
            _ => ProviderFailure::Untrusted(
                "what the UserInfo endpoint sent is not about this person, or can't be read",
            ),
        })
    }
}

/// Returns whether the key that signed a token may be one that the provider has since it was last asked.
fn is_of_unknown_key(error: &ClaimsVerificationError) -> bool {
    matches!(
        error,
        ClaimsVerificationError::SignatureVerification(
            SignatureVerificationError::NoMatchingKey | SignatureVerificationError::CryptoError(_)
        )
    )
}

/// Checks that a token was issued for this client (`azp`), which the library leaves open.
fn check_party(claims: &TokenClaims, client_id: &str) -> Result<(), ProviderFailure> {
    match claims.authorized_party() {
        Some(party) if party.as_str() != client_id => {
            Err(ProviderFailure::Untrusted("it was issued for another client (azp)"))
        }
        _ => Ok(()),
    }
}

/// Checks that the access token is the one that came with the ID token, if that names it (`at_hash`).
fn check_access_token(
    claims: &TokenClaims,
    token: &ProviderToken,
    access_token: &AccessToken,
    verifier: &CoreIdTokenVerifier<'_>,
) -> Result<(), ProviderFailure> {
    let Some(expected) = claims.access_token_hash() else { return Ok(()) };
    let refused = || ProviderFailure::Untrusted("it came with another access token (at_hash)");
    let algorithm = token.signing_alg().map_err(|_| refused())?;
    let key = token.signing_key(verifier).map_err(|_| refused())?;
    let actual = AccessTokenHash::from_token(access_token, algorithm, key).map_err(|_| refused())?;
    if actual == *expected { Ok(()) } else { Err(refused()) }
}

/// Returns what is wrong with a token, without anything of it.
fn fault(error: &ClaimsVerificationError) -> &'static str {
    match error {
        ClaimsVerificationError::Expired(_) => "the token is too old, or of a time to come",
        ClaimsVerificationError::InvalidAudience(_) => "the token is for another client (aud)",
        ClaimsVerificationError::InvalidIssuer(_) => "the token is of another issuer (iss)",
        ClaimsVerificationError::InvalidNonce(_) => "the token is of another sign-in (nonce)",
        ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey) => {
            "the provider has no such key (kid)"
        }
        ClaimsVerificationError::SignatureVerification(SignatureVerificationError::DisallowedAlg(_)) => {
            "the token's algorithm is not allowed (alg)"
        }
        ClaimsVerificationError::SignatureVerification(_) => "the token's signature is wrong",
        _ => "the token is not as it should be",
    }
}
