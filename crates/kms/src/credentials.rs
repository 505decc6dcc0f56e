//! The credentials of this deployment at Google.

use url::Url;

use crate::service_account::ServiceAccount;

/// The host of the metadata server on Google's machines.
const METADATA_SERVER: &str = "metadata.google.internal";

/// The credentials of this deployment at Google.
pub enum Credentials {
    /// The machine's own account: on Compute Engine, Cloud Run and GKE (workload identity).
    Metadata {
        /// `HOST` or `HOST:PORT` of the metadata server; `None` for Google's.
        host: Option<String>,
    },
    /// A service account, whose private key is in a file.
    ServiceAccount(ServiceAccount),
    /// No credentials, for a server on this machine only.
    None,
}

impl Credentials {
    /// Returns the metadata server's URL for a token. It is plain `http` by design: the packet does not leave the machine's
    /// host.
    pub(crate) fn metadata_url(host: Option<&str>) -> Option<Url> {
        let host = host.unwrap_or(METADATA_SERVER);
        let url = format!("http://{host}/computeMetadata/v1/instance/service-accounts/default/token");
        Url::parse(&url).ok().filter(|url| url.username().is_empty() && url.query().is_none())
    }
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Credentials::Metadata { .. } => "Metadata",
            Credentials::ServiceAccount(_) => "ServiceAccount(..)",
            Credentials::None => "None",
        })
    }
}
