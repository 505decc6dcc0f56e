//! The section `[oidc]`.

use serde::{Deserialize, Serialize};

/// The operator's own identity provider, where members may sign in. The secret is not a setting: it would be in every dump of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OidcConfig {
    /// The issuer of its tokens; empty for no provider.
    pub(crate) issuer: String,
    /// The id under which this deployment is registered there.
    pub(crate) client_id: String,
    /// The file that holds the secret of the registration.
    pub(crate) client_secret_file: String,
    /// The scopes that are asked for beside `openid`.
    pub(crate) scopes: Vec<String>,
    /// The name on the button; empty for the issuer's host.
    pub(crate) name: String,
    /// The claim that lists a person's groups; empty for none.
    pub(crate) groups_claim: String,
    /// The rights that groups grant: `GROUP=operator` or `GROUP=TENANT:ROLE`.
    pub(crate) groups: Vec<String>,
}

impl Default for OidcConfig {
    fn default() -> Self {
        Self {
            issuer: String::new(),
            client_id: String::new(),
            client_secret_file: String::new(),
            scopes: vec!["email".into()],
            name: String::new(),
            groups_claim: String::new(),
            groups: Vec::new(),
        }
    }
}
