//! The types of the provider's tokens, and the claims that are read from them.

use std::collections::HashMap;

use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreErrorResponseType, CoreGenderClaim, CoreJsonWebKey,
    CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreRevocableToken,
    CoreRevocationErrorResponse, CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AdditionalClaims, Client, EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet, EndpointSet, IdToken,
    IdTokenClaims, IdTokenFields, StandardErrorResponse, StandardTokenResponse, UserInfoClaims,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The claims that OpenID Connect does not define. One of them may list a person's groups.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
pub(super) struct ProviderClaims(HashMap<String, Value>);

impl AdditionalClaims for ProviderClaims {}

impl ProviderClaims {
    /// Returns the texts of a claim that is a list of texts, or one text; `None` if there is no such claim.
    pub(super) fn texts(&self, name: &str) -> Option<Vec<String>> {
        match self.0.get(name)? {
            Value::String(one) => Some(vec![one.clone()]),
            Value::Array(several) => {
                Some(several.iter().filter_map(|one| one.as_str().map(str::to_owned)).collect())
            }
            _ => None,
        }
    }
}

/// The claims of an ID token.
pub(super) type TokenClaims = IdTokenClaims<ProviderClaims, CoreGenderClaim>;
/// An ID token.
pub(super) type ProviderToken =
    IdToken<ProviderClaims, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>;
/// The claims of the UserInfo endpoint.
pub(super) type PersonClaims = UserInfoClaims<ProviderClaims, CoreGenderClaim>;
/// The response of the token endpoint.
pub(super) type ProviderTokens = StandardTokenResponse<
    IdTokenFields<
        ProviderClaims,
        EmptyExtraTokenFields,
        CoreGenderClaim,
        CoreJweContentEncryptionAlgorithm,
        CoreJwsSigningAlgorithm,
    >,
    CoreTokenType,
>;
/// The client of a provider that described itself.
pub(super) type ProviderClient = Client<
    ProviderClaims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    ProviderTokens,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;
