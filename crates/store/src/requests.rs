//! Requests to the API: the audit log, the answers kept for idempotency keys, and the rate limit.

pub(crate) mod audit;
pub(crate) mod idempotency;
pub(crate) mod rate;

pub use audit::{AuditFilter, AuditOwner, AuditPlace, AuditRow, COMMAND, SEVERAL};
pub use idempotency::{Answer, Claimed, IdempotencyClaim, KEPT_FOR_MS};
pub use rate::Reservation;
