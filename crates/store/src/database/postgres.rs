//! PostgreSQL: how it is reached, its connections, and what is asked of it before anything is kept there.

mod connections;
mod running_time;
mod server;
mod session;
mod statement;
mod transaction;
mod turns;

pub(crate) use connections::{MAX_CONNECTIONS, PostgresConnections};
pub(crate) use server::{connect_to_migrate, open};
pub(crate) use transaction::{BEGIN_SNAPSHOT, BEGIN_WRITE, PostgresTransaction};
pub(crate) use turns::WriterQueues;
