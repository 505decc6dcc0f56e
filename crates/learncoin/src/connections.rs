//! Connections of callers: they are accepted, counted, served and cut off.
//!
//! A client may be slow, silent or hostile, and there may be a thousand of them. A connection has a time for each head, a time to stay
//! idle, and a minimum rate for bodies and answers; there is a cap on all connections, and a share for each peer. At the cap the one
//! that has been silent for the longest time gives way.
//!
//! - Invariant: connections never take the descriptors that the database, the chain's nodes and deliveries need.
//! - Invariant: a connection whose request is being worked on is not cut off to make room.
//!
//! Begin reading at [`serve`].

mod accept;
mod activity;
mod body;
mod limits;
mod registry;
mod stream;

pub(crate) use accept::serve;
pub(crate) use limits::{ConnectionLimits, raise_descriptor_limit};
pub(crate) use stream::{ObservedStream, StreamObserver};
