//! The section `[keys]`.

use serde::{Deserialize, Serialize};

/// The location of keys. No setting is a secret: each names where one is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeysConfig {
    /// The file of the master key; empty for `master.key` in `data_dir`.
    pub(crate) master_key_file: String,
    /// The key ring of Cloud KMS in which new signing keys are created; empty for the database.
    pub(crate) kms_key_ring: String,
    /// The identity of this deployment towards Google: `metadata`, `none`, or the key file of a service account.
    pub(crate) kms_credentials: String,
    /// The address of Cloud KMS; empty for Google's public address.
    pub(crate) kms_endpoint: String,
}

impl Default for KeysConfig {
    fn default() -> Self {
        Self {
            master_key_file: String::new(),
            kms_key_ring: String::new(),
            kms_credentials: "metadata".into(),
            kms_endpoint: String::new(),
        }
    }
}
