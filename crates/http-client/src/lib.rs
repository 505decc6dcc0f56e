//! Every HTTP request that LearnCoin sends.
//!
//! In: a URL, headers and a body. Out: a response, bounded in time and size, or why there is none. Not here: what is
//! sent, when a request is repeated, and what a response means.
//!
//! - Invariant: nothing follows a redirect, uses a proxy that the settings do not name, or repeats a request on its own.
//! - Invariant: a body is read with a limit, and an error never contains the URL, which may hold a secret.
//! - Invariant: what a tenant names is reached through [`Egress`] alone.
//!
//! Begin reading at `client.rs`, then `egress.rs`. [`fetcher`] serves what the operator names, [`guarded_fetch`] what
//! tenants name, [`origin_fetcher`] what a document from elsewhere names.

mod address;
mod client;
mod egress;
mod error;
pub mod fetcher;
pub mod guarded_fetch;
mod loopback;
pub mod origin_fetcher;
mod printable;
mod proxy;
mod resolver;
mod response;
mod target;

pub use client::{BoundedClient, ClientOptions, Request, USER_AGENT};
pub use egress::{Egress, GuardedClient};
pub use error::HttpError;
pub use loopback::{is_confidential, is_loopback};
pub use printable::{escape_unprintable, printable_reason};
pub use proxy::{Proxy, ProxyError};
pub use reqwest::{Method, StatusCode, header};
pub use resolver::{Resolver, SystemResolver};
pub use response::Response;
pub use target::TargetError;
