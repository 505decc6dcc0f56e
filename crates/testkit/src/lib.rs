//! The test harness: a server in the test's own process, a clock that the test sets, and a checker of the invariants
//! that must hold afterwards.
//!
//! In: the actions of a test. Out: responses and violations. Not here: any test. The crate is never part of the
//! product, so it may panic: a test whose setup fails has failed.
//!
//! ```
//! # tokio::runtime::Runtime::new().unwrap().block_on(async {
//! use learncoin_testkit::{TestApp, one};
//!
//! let app = TestApp::start().await;
//! let uni = app.tenant("Example University").await;
//! let batch = uni.post_batch(one("Ada Lovelace")).await;
//! app.run_until_idle().await;
//! assert_eq!(uni.batch(batch["id"].as_str().unwrap()).await["status"], "anchored");
//! # });
//! ```
//!
//! - Invariant: nothing here sleeps, except a backend that is meant to be slow; time passes when a test advances it.
//! - Invariant: all randomness comes from one seed, which is printed and can be given as `LEARNCOIN_SEED`.
//!
//! Begin reading at `app.rs`, then `ledger.rs`.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test whose setup fails has failed, and reports why"
)]

pub mod answer;
mod anchors;
mod anvil;
mod app;
mod caller;
mod clock;
mod counted;
mod database;
mod description;
mod doctor;
mod edited_token;
pub mod exposition;
mod gate;
mod holder;
mod hostile_bodies;
mod kms;
pub mod ledger;

mod interceptor;
mod link;
mod mail_server;
mod ports;
mod proxy;
mod receiver;
mod request;
mod seed;
mod server_program;
mod traces;

pub use axum::body::Body;
pub use axum::http::{Method, Request};

pub use anchors::{anchor_of_batch, transactions_of_batch};
pub use answer::Answer;
pub use anvil::{Anvil, anvil_binary};
pub use app::{TestApp, TestAppBuilder, answer_of, patient_plans};
pub use caller::Caller;
pub use clock::ManualClock;
pub use counted::Counted;
pub use database::postgres_url;
pub use description::Operation;
pub use doctor::assert_doctor_is_content;
pub use edited_token::edited_token;
pub use exposition::Exposition;
pub use gate::Gate;
pub use holder::Holder;
pub use hostile_bodies::{costly_bodies, hostile_bodies};
pub use interceptor::{Interception, Interceptor};
pub use kms::{KmsFault, KmsServer};
pub use mail_server::{MailServer, ReceivedMail, Response, SmtpStage};
pub use ports::ReservedPort;
pub use proxy::{Commit, Line, Losses, Proxy};
pub use receiver::{Reaction, Received, Receiver};
pub use request::{batch_of, credential, many, one, recipient_id};
pub use seed::{SeededEntropy, seed};
pub use server_program::{give_to_server_programs, server_program};
pub use traces::{forms, traces, traces_of_secret};
