//! The metric of the database's work: the events that were committed. Every transition writes one, so this counts
//! the transitions too, exactly once each.

use crate::events::event_type::EventType;
use crate::scope::Environment;

/// `learncoin_events_total{type,environment}`.
pub const EVENTS: &str = "learncoin_events_total";

/// Describes what is counted, and begins each count at zero.
pub fn describe() {
    metrics::describe_counter!(
        EVENTS,
        "Transitions that were committed by this process, by their event's type."
    );
    for event_type in EventType::ALL {
        for environment in Environment::ALL {
            count(event_type, environment, 0);
        }
    }
}

pub(crate) fn happened(events: &[(EventType, Environment)]) {
    for (event_type, environment) in events {
        count(*event_type, *environment, 1);
    }
}

fn count(event_type: EventType, environment: Environment, by: u64) {
    metrics::counter!(EVENTS, "type" => event_type.as_str(), "environment" => environment.as_str())
        .increment(by);
}
