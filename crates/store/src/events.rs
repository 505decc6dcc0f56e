//! Events: what each transition records for others.

pub(crate) mod data;
pub(crate) mod event;
pub(crate) mod event_type;

pub use data::{AnnouncedTransaction, EventData};
pub use event::Event;
pub use event_type::EventType;
