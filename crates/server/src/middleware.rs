//! What stands between the connection and a handler, from the outside in: [`boundary`] (request id, errors, headers),
//! [`unread`] (bodies that nobody reads), then, as arguments of the handler and thus in the order of its
//! signature, [`authentication`] and [`body`] (size).

pub(crate) mod authentication;
pub(crate) mod body;
pub(crate) mod boundary;
mod headers;
pub(crate) mod unread;
