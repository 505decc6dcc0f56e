//! Events: what each transition records for others.

pub(crate) mod event;
pub(crate) mod event_type;

pub use event::Event;
pub use event_type::EventType;
