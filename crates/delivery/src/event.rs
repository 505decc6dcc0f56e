//! An event as receivers see it.
//!
//! Invariant: the body is the same on each attempt. All of it is stored when the event happens and never changes, except
//! the reason of a revocation, which is free text: it is read from the credential at each attempt, and is `""` once the
//! credential is erased. A later version of this module must make the same bytes of an event.

use learncoin_store::clock::iso8601;
use learncoin_store::events::EventType;
use learncoin_store::id::{EventId, TenantId};
use learncoin_store::webhooks::OutgoingEvent;
use serde_json::{Map, Value};

/// Returns the body of a delivery.
pub fn body(outgoing: &OutgoingEvent) -> String {
    let event = &outgoing.event;
    let data = if event.event_type == EventType::CredentialRevoked.as_str() {
        let mut data: Map<String, Value> = serde_json::from_str(&event.data).unwrap_or_default();
        // The reason comes before its code, as in the published types.
        let code = data.shift_remove("reason_code");
        data.insert("reason".to_owned(), outgoing.revocation_reason.clone().unwrap_or_default().into());
        data.extend(code.map(|code| ("reason_code".to_owned(), code)));
        Value::Object(data).to_string()
    } else {
        event.data.clone()
    };
    envelope(&event.id, &event.event_type, event.created_at, &outgoing.tenant_id, &data)
}

/// Returns the envelope of an event around its data, which is JSON text.
pub fn envelope(id: &EventId, event_type: &str, created_at: i64, tenant_id: &TenantId, data: &str) -> String {
    // Neither ids nor names of types contain a character that JSON escapes.
    let created_at = iso8601(created_at);
    format!(
        r#"{{"id":"{id}","type":"{event_type}","created_at":"{created_at}","tenant_id":"{tenant_id}","data":{data}}}"#
    )
}

#[cfg(test)]
mod tests {
    use learncoin_store::events::Event;

    use super::*;

    fn outgoing(event_type: EventType, data: &str, reason: Option<&str>) -> OutgoingEvent {
        OutgoingEvent {
            tenant_id: "tnt_01KPX4MRGJZZZZZZZZZZZZZZZZ".parse().unwrap(),
            event: Event {
                id: "evt_01KPX3C6PJZZZZZZZZZZZZZZZZ".parse().unwrap(),
                event_type: event_type.as_str().to_owned(),
                subject_id: String::new(),
                data: data.to_owned(),
                created_at: 1_776_945_601_234,
            },
            revocation_reason: reason.map(str::to_owned),
        }
    }

    #[test]
    fn these_bytes_stay_these_bytes() {
        let plain = outgoing(EventType::BatchSigned, r#"{"batch_id":"bat_1"}"#, None);
        assert_eq!(
            body(&plain),
            r#"{"id":"evt_01KPX3C6PJZZZZZZZZZZZZZZZZ","type":"batch.signed","created_at":"2026-04-23T12:00:01.234Z","tenant_id":"tnt_01KPX4MRGJZZZZZZZZZZZZZZZZ","data":{"batch_id":"bat_1"}}"#
        );
        let revoked =
            outgoing(EventType::CredentialRevoked, r#"{"reason_code":"other"}"#, Some("a \"quote\"\n"));
        assert!(body(&revoked).ends_with(r#""data":{"reason":"a \"quote\"\n","reason_code":"other"}}"#));
        let erased = outgoing(EventType::CredentialRevoked, r#"{"reason_code":"other"}"#, None);
        assert!(body(&erased).ends_with(r#""data":{"reason":"","reason_code":"other"}}"#));
    }
}
