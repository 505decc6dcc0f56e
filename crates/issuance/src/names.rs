//! Names and addresses that appear in documents, in events and in the API.

use learncoin_store::id::CredentialId;
use learncoin_store::scope::Environment;

/// Returns the API's name of an environment's chain. It is the same whichever chain is configured.
pub fn api_chain_name(environment: Environment) -> &'static str {
    match environment {
        Environment::Test => "base-sepolia",
        Environment::Live => "base-mainnet",
    }
}

/// Returns the address of the page that shows and proves a credential. It is also the credential's id.
pub fn verify_url(public_url: &str, id: &CredentialId) -> String {
    format!("{public_url}/c/{id}")
}
