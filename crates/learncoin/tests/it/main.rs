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

mod access {
    pub(crate) mod allowlist;
    pub(crate) mod api_keys;
    pub(crate) mod audit;
    pub(crate) mod rate_limit;
    pub(crate) mod revoked_keys;
}
mod api {
    pub(crate) mod environments;
    pub(crate) mod error_catalog;
    pub(crate) mod errors;
    pub(crate) mod headers;
    pub(crate) mod idempotency;
    pub(crate) mod identical_requests;
    pub(crate) mod shape;
    pub(crate) mod snapshots;
    pub(crate) mod specification;
}
mod console {
    pub(crate) mod access;
    pub(crate) mod actions;
    pub(crate) mod branding;
    pub(crate) mod browser;
    pub(crate) mod correct;
    pub(crate) mod forged;
    pub(crate) mod health;
    pub(crate) mod identity_provider;
    pub(crate) mod invitations;
    pub(crate) mod issue;
    pub(crate) mod mails;
    pub(crate) mod oidc;
    pub(crate) mod oidc_groups;
    pub(crate) mod oidc_linking;
    pub(crate) mod oidc_refusals;
    pub(crate) mod own_time;
    pub(crate) mod rights;
    pub(crate) mod scene;
    pub(crate) mod search;
    pub(crate) mod sign_in;
    pub(crate) mod templates;
    pub(crate) mod uploads;
}
mod delivery {
    pub(crate) mod mail_relay;
    pub(crate) mod mail_servers;
    pub(crate) mod mails;
    pub(crate) mod webhook_limits;
    pub(crate) mod webhook_log;
    pub(crate) mod webhook_retries;
    pub(crate) mod webhooks;
}
mod documentation {
    pub(crate) mod markdown;
    pub(crate) mod pages;
    pub(crate) mod pictures;
    pub(crate) mod promises;
    pub(crate) mod search;
}
mod fuzz_corpora;
#[path = "../../../../fuzz/src/targets.rs"]
#[expect(
    clippy::expect_used,
    unreachable_pub,
    reason = "under `fuzz/` it is a library, whose panics are findings"
)]
mod fuzz_targets;
mod keys {
    pub(crate) mod document_keys;
    pub(crate) mod kms_client;
    pub(crate) mod signing_keys;
    pub(crate) mod statements;
}
mod operations {
    pub(crate) mod clock;
    pub(crate) mod disk;
    pub(crate) mod doctor;
    pub(crate) mod erasure_scan;
    pub(crate) mod ledger;
}
mod pipeline {
    pub(crate) mod metrics;
    pub(crate) mod restarts;
}
mod public {
    pub(crate) mod addresses;
    pub(crate) mod brand;
    pub(crate) mod credential_page;
    pub(crate) mod dev_chain;
    pub(crate) mod dev_people;
    pub(crate) mod files;
    pub(crate) mod front_page;
    pub(crate) mod host_documents;
    pub(crate) mod languages;
    pub(crate) mod parameters;
    pub(crate) mod sharing;
    pub(crate) mod verify_form;
    mod verify_wallet_form;
    pub(crate) mod wallet_form;
}
mod support {
    pub(crate) mod site;
}
mod wallets {
    pub(crate) mod credential;
    pub(crate) mod exchange;
    pub(crate) mod metadata;
    pub(crate) mod offers;
    pub(crate) mod page;
    pub(crate) mod proofs;
    pub(crate) mod twin;
    pub(crate) mod wallet;
}
mod v1 {
    pub(crate) mod batches {
        pub(crate) mod achievement_image;
        pub(crate) mod dry_run;
        pub(crate) mod issue;
        pub(crate) mod limits;
        pub(crate) mod list;
        pub(crate) mod quota;
        pub(crate) mod waiting;
    }
    pub(crate) mod credentials {
        pub(crate) mod erased_and_revoked;
        pub(crate) mod read;
        pub(crate) mod revoke_and_erase;
        pub(crate) mod successors;
    }
    pub(crate) mod tenants {
        pub(crate) mod branding;
        pub(crate) mod certificate;
        pub(crate) mod own_did;
        pub(crate) mod read;
    }
    pub(crate) mod webhooks {
        pub(crate) mod endpoints;
    }
}
