//! The settings of an identity provider.

use learncoin_http_client::{HttpError, is_confidential};
use url::Url;
use zeroize::Zeroizing;

use super::groups::GroupRoles;

/// The longest name of a provider, in characters.
const MOST_NAME_CHARS: usize = 40;

/// The settings of an identity provider. They have no `Debug`, since one is a secret.
#[derive(Clone)]
pub struct ProviderOptions {
    /// The issuer, character by character as its tokens name it (`iss`).
    pub issuer: String,
    /// The id under which this deployment is registered there.
    pub client_id: String,
    /// The secret of the registration; `None` for a public client, which PKCE alone protects.
    pub client_secret: Option<Zeroizing<String>>,
    /// The scopes that are asked for beside `openid`.
    pub scopes: Vec<String>,
    /// The provider's name on the button; empty for the issuer's host.
    pub name: String,
    /// The claim that lists a person's groups; empty for none.
    pub groups_claim: String,
    /// The rights that groups grant.
    pub groups: GroupRoles,
}

/// The reason why settings can't be used.
#[derive(Debug, thiserror::Error)]
pub enum ProviderOptionsError {
    /// The issuer is no URL that requests are sent to.
    #[error("issuer: expected a URL of https, or of http on this machine, without a query")]
    Issuer,
    /// The id of the registration is missing.
    #[error("client_id: expected the id under which this deployment is registered at the provider")]
    ClientId,
    /// The name is no name.
    #[error("name: expected one line of at most {MOST_NAME_CHARS} characters")]
    Name,
    /// A scope is none.
    #[error("scopes: expected names without white space")]
    Scopes,
    /// Groups are to grant rights, and no claim lists them.
    #[error("groups need groups_claim, the claim that lists a person's groups")]
    GroupsClaim,
    /// Requests can't be sent.
    #[error(transparent)]
    Http(#[from] HttpError),
}

impl ProviderOptions {
    /// Checks the settings. Nothing is asked.
    ///
    /// # Errors
    /// See [`ProviderOptionsError`].
    pub fn check(&self) -> Result<(), ProviderOptionsError> {
        self.issuer_url().ok_or(ProviderOptionsError::Issuer)?;
        if self.client_id.is_empty() {
            return Err(ProviderOptionsError::ClientId);
        }
        let name = self.name.as_str();
        if name.chars().count() > MOST_NAME_CHARS || name.chars().any(char::is_control) || name.trim() != name
        {
            return Err(ProviderOptionsError::Name);
        }
        if self.scopes.iter().any(|scope| scope.is_empty() || scope.contains(char::is_whitespace)) {
            return Err(ProviderOptionsError::Scopes);
        }
        if self.groups_claim.is_empty() && !self.groups.is_empty() {
            return Err(ProviderOptionsError::GroupsClaim);
        }
        Ok(())
    }

    fn issuer_url(&self) -> Option<Url> {
        let url: Url = self.issuer.parse().ok()?;
        let is_bare = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
        (is_confidential(&url) && url.has_host() && is_bare && url.password().is_none()).then_some(url)
    }

    /// Returns the provider's name, as the button has it.
    pub(crate) fn display_name(&self) -> String {
        if !self.name.is_empty() {
            return self.name.clone();
        }
        let url = self.issuer_url();
        url.as_ref().and_then(Url::host_str).unwrap_or(&self.issuer).to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options() -> ProviderOptions {
        ProviderOptions {
            issuer: "https://id.example.edu/realms/staff".into(),
            client_id: "learncoin".into(),
            client_secret: None,
            scopes: vec!["email".into()],
            name: String::new(),
            groups_claim: String::new(),
            groups: GroupRoles::default(),
        }
    }

    #[test]
    fn an_issuer_is_a_url_that_only_its_receiver_can_read() {
        assert!(options().check().is_ok());
        assert_eq!(options().display_name(), "id.example.edu");
        for issuer in ["http://localhost:9000", "https://id.example.edu/", "http://127.0.0.1:1/a"] {
            assert!(ProviderOptions { issuer: issuer.into(), ..options() }.check().is_ok(), "{issuer}");
        }
        for issuer in [
            "",
            "id.example.edu",
            "http://id.example.edu",
            "https://id.example.edu/?a=b",
            "https://id.example.edu/#a",
            "https://name:secret@id.example.edu/",
        ] {
            let refused = ProviderOptions { issuer: issuer.into(), ..options() }.check();
            assert!(matches!(refused, Err(ProviderOptionsError::Issuer)), "{issuer}");
        }
    }

    #[test]
    fn settings_that_make_no_sense_together_are_refused() {
        let groups = GroupRoles::parse(&["staff=operator".to_owned()]).unwrap();
        let wrong = ProviderOptions { groups, ..options() }.check();
        assert!(matches!(wrong, Err(ProviderOptionsError::GroupsClaim)));
        let wrong = ProviderOptions { client_id: String::new(), ..options() }.check();
        assert!(matches!(wrong, Err(ProviderOptionsError::ClientId)));
        for name in ["a\nb", " a", &"a".repeat(41)] {
            let wrong = ProviderOptions { name: name.into(), ..options() }.check();
            assert!(matches!(wrong, Err(ProviderOptionsError::Name)), "{name}");
        }
        let wrong = ProviderOptions { scopes: vec!["email profile".into()], ..options() }.check();
        assert!(matches!(wrong, Err(ProviderOptionsError::Scopes)));
    }
}
