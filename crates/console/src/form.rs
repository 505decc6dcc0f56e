//! The fields of a form that was sent.

use axum::body::Body;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use http_body_util::{BodyExt as _, Limited};
use url::form_urlencoded;

/// The longest form, in bytes.
const MAX_BYTES: usize = 64 * 1024;

/// The fields of a form, in their order.
#[derive(Clone, Default)]
pub(crate) struct Form(Vec<(String, String)>);

/// A body that is no form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FormError {
    /// It is longer than forms are.
    TooLong,
    /// It has another media type, or broke off.
    Malformed,
}

impl Form {
    /// Reads a form as browsers send it, `application/x-www-form-urlencoded`. An empty body without a type is an empty form.
    pub(crate) async fn read(headers: &HeaderMap, body: Body) -> Result<Self, FormError> {
        let media_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let essence = media_type.split(';').next().unwrap_or_default().trim();
        if !essence.is_empty() && !essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            return Err(FormError::Malformed);
        }
        let bytes = match Limited::new(body, MAX_BYTES).collect().await {
            Ok(collected) => collected.to_bytes(),
            Err(error) if error.is::<http_body_util::LengthLimitError>() => return Err(FormError::TooLong),
            Err(_) => return Err(FormError::Malformed),
        };
        Ok(Self::of(&bytes))
    }

    /// Parses the fields of a form or of a query.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        Self(
            form_urlencoded::parse(bytes)
                .map(|(name, value)| (name.into_owned(), value.into_owned()))
                .collect(),
        )
    }

    /// Returns a field's text without white space around it; `None` if the field is absent or empty.
    pub(crate) fn text(&self, name: &'static str) -> Option<&str> {
        self.texts(name).next()
    }

    /// Returns the texts of all fields of this name.
    pub(crate) fn texts<'f>(&'f self, name: &'static str) -> impl Iterator<Item = &'f str> {
        let fields = self.0.iter().filter(move |(known, _)| known == name);
        fields.map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    }

    /// Returns the texts of all fields of this name in their order, the empty ones too, with line breaks as programs have them.
    pub(crate) fn all(&self, name: &str) -> Vec<String> {
        let fields = self.0.iter().filter(|(known, _)| known == name);
        fields.map(|(_, value)| value.trim().replace("\r\n", "\n")).collect()
    }

    /// Returns a field's text as [`Form::all`] does; an empty text if the field is absent.
    pub(crate) fn or_empty(&self, name: &str) -> String {
        self.all(name).into_iter().next().unwrap_or_default()
    }

    /// Returns a field's value, if it has one that can be parsed.
    pub(crate) fn parsed<T: std::str::FromStr>(&self, name: &'static str) -> Option<T> {
        self.text(name)?.parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_form_is_read_as_browsers_send_it() {
        let form = Form::of(b"a=+1+&b=&a=2&c=%C3%A4");
        assert_eq!((form.text("a"), form.text("b"), form.text("c")), (Some("1"), None, Some("ä")));
        assert_eq!(form.texts("a").collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!(
            (form.all("a"), form.all("b"), form.or_empty("d")),
            (vec!["1".to_owned(), "2".to_owned()], vec![String::new()], String::new())
        );
        assert_eq!(Form::of(b"a=1%0D%0A2").or_empty("a"), "1\n2");
        assert_eq!((form.parsed::<u8>("a"), form.parsed::<u8>("c")), (Some(1), None));
        let typed = |text: &str| HeaderMap::from_iter([(CONTENT_TYPE, text.parse().unwrap())]);
        let json = Form::read(&typed("application/json"), Body::from("{}")).await;
        assert_eq!(json.err(), Some(FormError::Malformed));
        let long = Form::read(&HeaderMap::new(), Body::from(vec![b'a'; MAX_BYTES + 1])).await;
        assert_eq!(long.err(), Some(FormError::TooLong));
        let urlencoded = typed("application/x-www-form-urlencoded; charset=utf-8");
        assert!(Form::read(&urlencoded, Body::from("a=1")).await.is_ok());
    }
}
