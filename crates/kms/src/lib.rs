//! Signatures by keys that never leave Google Cloud KMS.
