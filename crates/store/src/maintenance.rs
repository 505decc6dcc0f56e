//! Operations on a whole database: backups, copies, checks of its consistency, and counts of what waits.

pub(crate) mod backup;
pub(crate) mod copy;
pub(crate) mod doctor;
pub(crate) mod operations;

pub use copy::{ColumnValue, Copied, TABLES};
pub use doctor::Finding;
pub use operations::WaitingRecords;

pub use crate::database::connections::Connections;
