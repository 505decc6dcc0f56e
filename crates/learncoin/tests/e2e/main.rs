//! The real binary, started as its users start it and judged from outside: its output, its HTTP answers, its chain,
//! and programs of third parties that know nothing of it.
//!
//! In: the binary, the Node and Python programs under `tests/`, anvil. Out: what a newcomer, an integrator or a third
//! party would see. Not here: anything that a test inside a crate can see better.
//!
//! `gallery.rs` and `guides.rs`, which look at pages in a browser, and `anchor_sizes.rs` set deployments up in this process, because only there a
//! test holds the clock, the line to the chain and the pipeline's next step.
//!
//! - Invariant: every deployment lives in a directory of its own and on a port of its own, so stories run side by side.
//! - Invariant: what is waited for has a deadline, and every process ends with the story that started it.
//!
//! Begin reading at `deployment.rs`, then any story: `demo.rs` is the newcomer's, `stock_verifier.rs` the third
//! party's.

// The lints that leave tests alone know them by this, in what the stories share too.
#![cfg(test)]

mod commands {
    pub(crate) mod audit;
    pub(crate) mod backup;
    pub(crate) mod demo;
    pub(crate) mod doctor;
    pub(crate) mod master_key;
    pub(crate) mod operator;
    pub(crate) mod settings;
    pub(crate) mod terminal;
    pub(crate) mod verify;
    mod verify_twin;
    mod verify_wallet_form;
}
mod delivery {
    pub(crate) mod mails;
    pub(crate) mod webhooks;
}
mod documentation {
    pub(crate) mod blocks;
    pub(crate) mod receivers;
    pub(crate) mod snippets;
    pub(crate) mod specification;
}
mod operations {
    pub(crate) mod alerts;
    pub(crate) mod bodies;
    #[cfg(feature = "kill-points")]
    pub(crate) mod canaries;
    pub(crate) mod connections;
    pub(crate) mod deploy;
    pub(crate) mod embedded_chain;
    pub(crate) mod ending;
    pub(crate) mod erasure;
    pub(crate) mod going_live;
    pub(crate) mod health;
    pub(crate) mod kms;
    pub(crate) mod log_lines;
    pub(crate) mod memory;
    pub(crate) mod metrics;
    #[cfg(feature = "kill-points")]
    pub(crate) mod panics;
    pub(crate) mod proxies;
    pub(crate) mod traces;
}
mod pages {
    pub(crate) mod browser;
    pub(crate) mod console;
    pub(crate) mod documentation;
    pub(crate) mod guides;
    pub(crate) mod hostile;
    pub(crate) mod identity_provider;
    pub(crate) mod wallets;
}
mod structure {
    pub(crate) mod architecture;
    pub(crate) mod browser_scripts;
    pub(crate) mod files;
    pub(crate) mod fuzz_lock;
    pub(crate) mod methods;
    pub(crate) mod names;
    pub(crate) mod profiles;
    pub(crate) mod walks;
}
mod support {
    pub(crate) mod anvil;
    pub(crate) mod collector;
    #[path = "../../it/console/browser.rs"]
    #[expect(dead_code, reason = "the tests of the router use more of it")]
    pub(crate) mod console_browser;
    pub(crate) mod deployment;
    pub(crate) mod gallery;
    pub(crate) mod guides;
    pub(crate) mod http;
    pub(crate) mod own_verifier;
    pub(crate) mod process;
    pub(crate) mod programs;
    #[expect(unreachable_pub, reason = "it is written as the guide shows it")]
    pub(crate) mod rust_receiver;
    pub(crate) mod school;
    pub(crate) mod shared;
    pub(crate) mod site;
    pub(crate) mod twin;
}
mod upgrades {
    pub(crate) mod fixture;
    pub(crate) mod from_0_1_0;
}
mod verifiers {
    pub(crate) mod anchor_sizes;
    pub(crate) mod anchored_statements;
    pub(crate) mod anvil_chain;
    pub(crate) mod browser_verification;
    pub(crate) mod browser_verifier;
    pub(crate) mod did_documents;
    pub(crate) mod file_table;
    pub(crate) mod files;
    pub(crate) mod own_branding;
    pub(crate) mod stock_verifier;
    pub(crate) mod stolen_key;
    pub(crate) mod wallet_judges;
}
