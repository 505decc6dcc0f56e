//! The real binary, started as its users start it and judged from outside: its output, its HTTP answers, its chain,
//! and programs of third parties that know nothing of it.
//!
//! In: the binary, the Node and Python programs under `tests/`, anvil. Out: what a newcomer, an integrator or a third
//! party would see. Not here: anything that a test inside a crate can see better.
//!
//! One part looks at pages in a browser: `gallery.rs` alone sets deployments up in this process, because only there a test
//! holds the clock, the line to the chain and the pipeline's next step.
//!
//! - Invariant: every deployment lives in a directory of its own and on a port of its own, so stories run side by side.
//! - Invariant: what is waited for has a deadline, and every process ends with the story that started it.
//!
//! Begin reading at `deployment.rs`, then any story: `demo.rs` is the newcomer's, `stock_verifier.rs` the third
//! party's.

// The lints that leave tests alone know them by this, in what the stories share too.
#![cfg(test)]

mod anvil;
mod collector;
mod deployment;
mod gallery;
mod hostile;
mod http;
mod kms;
mod own_verifier;
mod process;
mod programs;
#[expect(unreachable_pub, reason = "it stands as the guide shows it")]
mod rust_receiver;
mod school;
mod shared;
mod site;

mod alerts;
mod anchored_statements;
mod anvil_chain;
mod architecture;
mod backup;
mod browser;
mod browser_verification;
mod browser_verifier;
#[cfg(feature = "kill-points")]
mod canaries;
mod commands;
mod demo;
mod deploy;
mod documentation;
mod ending;
mod erasure;
mod files;
mod health;
mod log_lines;
mod mails;
mod master_key;
mod metrics;
mod own_branding;
#[cfg(feature = "kill-points")]
mod panics;
mod settings;
mod snippets;
mod specification;
mod stock_verifier;
mod stolen_key;
mod traces;
mod verify_command;
mod webhooks;
