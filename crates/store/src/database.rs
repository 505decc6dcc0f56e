//! The database itself: its location, its connections, its transactions, and how rows are read.

pub(crate) mod commits;
pub(crate) mod connections;
pub(crate) mod dialect;
pub(crate) mod failure;
pub(crate) mod location;
pub(crate) mod migrations;
pub(crate) mod postgres;
pub(crate) mod readiness;
pub(crate) mod sql;
pub(crate) mod sqlite;
pub(crate) mod store;
pub(crate) mod time_page;
pub(crate) mod transaction;
pub(crate) mod values;
