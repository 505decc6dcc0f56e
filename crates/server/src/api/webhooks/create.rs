//! The body of `POST /v1/webhooks`.

use learncoin_credential::json::Value;
use learncoin_credential::text::UriKind;
use learncoin_http_client::Egress;
use url::Url;

use crate::api::field_path::FieldPath;
use crate::api::fields::{
    array, malformed, object, one_of, parse, present, required, set, short_text, unknown, uri,
};
use crate::api::limits::{EVENTS, MAX_DESCRIPTION_CHARS};
use crate::error::ApiError;

/// The endpoint that a caller wants.
#[derive(Debug)]
pub(super) struct Wanted {
    pub(super) url: Url,
    pub(super) events: Vec<&'static str>,
    pub(super) description: Option<String>,
}

/// Reads the body.
///
/// # Errors
/// The first fault in document order.
pub(super) fn read(body: &[u8]) -> Result<Wanted, ApiError> {
    let (value, root) = (parse(body)?, FieldPath::Root);
    let (mut url, mut events, mut description) = (None, None, None);
    for (name, value) in object(&value, &root)?.iter() {
        let path = root.member(name);
        match (name, present(value)) {
            ("url", _) => set(&mut url, read_url(value, &path)?),
            ("events", _) => set(&mut events, read_events(value, &path)?),
            ("description", Some(value)) => {
                set(&mut description, short_text(value, &path, MAX_DESCRIPTION_CHARS)?);
            }
            ("description", None) => {}
            _ => return Err(unknown(&path)),
        }
    }
    Ok(Wanted {
        url: required(url, &root.member("url"))?,
        events: required(events, &root.member("events"))?,
        description,
    })
}

fn read_url(value: &Value, path: &FieldPath<'_>) -> Result<Url, ApiError> {
    let text = uri(value, path, UriKind::Web)?;
    Url::parse(&text).map_err(|_| malformed(path, "an absolute URL"))
}

fn read_events(value: &Value, path: &FieldPath<'_>) -> Result<Vec<&'static str>, ApiError> {
    let mut events = Vec::new();
    for (index, element) in array(value, path)?.iter().enumerate() {
        let path = path.element(index);
        let event = one_of(element, &path, &EVENTS, |event| event)?;
        if events.contains(&event) {
            return Err(malformed(&path, "each event once"));
        }
        events.push(event);
    }
    if events.is_empty() { Err(malformed(path, "at least one event")) } else { Ok(events) }
}

/// Checks that events may be sent there at all. This is checked again at each connection.
///
/// # Errors
/// `invalid_field_format`, with what the target must be.
pub(super) async fn check_target(egress: &Egress, url: &Url) -> Result<(), ApiError> {
    egress.check(url).await.map_err(|error| {
        malformed(&FieldPath::Root.member("url"), format_args!("a target of events, which {error}"))
    })
}
