//! Operations on a whole database: backups, copies, checks of its consistency, and counts of what waits.

pub(crate) mod backup;
pub(crate) mod copy;
pub(crate) mod doctor;
pub(crate) mod operations;
pub(crate) mod reseal;

pub use copy::{ColumnValue, Copied, TABLES};
pub use doctor::Finding;
pub use operations::WaitingRecords;
pub use reseal::ResealedValues;

pub use crate::database::connections::Connections;
