//! The layers between the connection and a handler, from the outside in: [`boundary`] (request id, errors, headers, the
//! row of the [`audit`] log), [`unread`] (bodies that are not read), then, as arguments of the handler and thus in the
//! order of its signature, [`authentication`] (key, [`client_address`], [`rate_limit`]) and [`body`] or [`large_body`]
//! (size).

pub(crate) mod address_shares;
pub(crate) mod audit;
pub(crate) mod authentication;
pub(crate) mod body;
pub(crate) mod boundary;
pub(crate) mod client_address;
mod headers;
pub(crate) mod key_uses;
pub(crate) mod large_body;
pub(crate) mod local_visitor;
pub mod metrics;
pub(crate) mod rate_limit;
pub(crate) mod unread;
