//! The fast ring: the whole router, in process, over the embedded chain and SQLite; or, where
//! `LEARNCOIN_TEST_DATABASE` is `postgres`, over two nodes on PostgreSQL. Modules mirror the URLs.
//!
//! The clock is set by hand and randomness comes from one seed (`LEARNCOIN_SEED`, printed by each run).

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that can't go on has failed"
)]

mod allowlist;
mod at_once;
mod audit;
mod branding;
mod changes;
mod deliveries;
mod delivery_limits;
mod dev_chain;
mod docs;
mod doctor;
mod erasure_scan;
mod error_catalog;
mod errors;
mod files;
mod headers;
mod host_documents;
mod idempotency;
mod key_statements;
mod keys;
mod kms_client;
mod languages;
mod ledger;
mod limits;
mod mails;
mod own_did;
mod pages;
mod paging;
mod pipeline;
mod pipeline_counts;
mod promises;
mod quota;
mod rate_limit;
mod revoked_keys;
mod sharing;
mod signing_keys;
mod site;
mod specification;
mod v1_batches;
mod v1_credentials;
mod v1_tenants;
mod v1_webhooks;
mod verify_form;
