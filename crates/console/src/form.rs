//! The fields of a form that was sent, and the file with it.

use std::convert::Infallible;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use futures_util::stream;
use http_body_util::{BodyExt as _, Limited};
use learncoin_server::operations::LargeBody;
use multer::{Constraints, Multipart, SizeLimit};
use url::form_urlencoded;

/// The longest form, in bytes.
const MAX_BYTES: usize = 64 * 1024;
/// The name of the field with a file.
const FILE: &str = "file";
/// The most fields beside a file.
const MAX_FIELDS: usize = 100;
/// The bytes of a form beside its file that are read.
pub(crate) const BESIDE_FILE_BYTES: usize = 2 * MAX_BYTES;

/// The kind of form that a route takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FormKind {
    /// Fields.
    Fields,
    /// Fields, and a file of at most so many bytes.
    WithFile(usize),
}

/// A file that was sent with a form.
#[derive(Clone)]
pub(crate) struct FormFile {
    /// Its name, as the browser gave it.
    pub(crate) name: String,
    /// Its bytes.
    pub(crate) bytes: Bytes,
}

/// The fields of a form, in their order, and the file that came with them.
#[derive(Clone, Default)]
pub(crate) struct Form {
    fields: Vec<(String, String)>,
    file: Option<Arc<FormFile>>,
    /// The body with its bytes of the budget, which are taken until the request is answered.
    _body: Option<Arc<LargeBody>>,
}

/// A body that is no form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FormError {
    /// It is longer than forms are.
    TooLong,
    /// It has another media type, or broke off.
    Malformed,
    /// Too many bytes of large bodies are being read at the moment.
    Busy,
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

    /// Parses a form with a file of at most `most` bytes, as browsers send it, `multipart/form-data`
    /// ([RFC 7578](https://www.rfc-editor.org/rfc/rfc7578)).
    pub(crate) async fn with_file(headers: &HeaderMap, body: Bytes, most: usize) -> Result<Self, FormError> {
        let media_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let boundary = multer::parse_boundary(media_type).map_err(|_| FormError::Malformed)?;
        let limit = |bytes: usize| u64::try_from(bytes).unwrap_or(u64::MAX);
        let limits = SizeLimit::new().per_field(limit(MAX_BYTES)).for_field(FILE, limit(most));
        let body = stream::iter([Ok::<_, Infallible>(body)]);
        let mut parts = Multipart::with_constraints(body, boundary, Constraints::new().size_limit(limits));
        let mut form = Self::default();
        while let Some(part) = parts.next_field().await.map_err(wrong_part)? {
            let name = part.name().unwrap_or_default().to_owned();
            if name == FILE {
                let file_name = part.file_name().unwrap_or_default().to_owned();
                let bytes = part.bytes().await.map_err(wrong_part)?;
                form.file = Some(Arc::new(FormFile { name: file_name, bytes }));
            } else if form.fields.len() < MAX_FIELDS {
                form.fields.push((name, part.text().await.map_err(wrong_part)?));
            } else {
                return Err(FormError::Malformed);
            }
        }
        Ok(form)
    }

    /// Parses the fields of a form or of a query.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let fields = form_urlencoded::parse(bytes);
        let fields = fields.map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
        Self { fields, ..Self::default() }
    }

    /// Returns the form with the body that it came in.
    pub(crate) fn holding(self, body: LargeBody) -> Self {
        Self { _body: Some(Arc::new(body)), ..self }
    }

    /// Returns the file. A browser sends one without name and bytes if none was chosen.
    pub(crate) fn file(&self) -> Option<&FormFile> {
        self.file.as_deref().filter(|file| !(file.name.is_empty() && file.bytes.is_empty()))
    }

    /// Returns a field's text without white space around it; `None` if the field is absent or empty.
    pub(crate) fn text(&self, name: &'static str) -> Option<&str> {
        self.texts(name).next()
    }

    /// Returns the texts of all fields of this name.
    pub(crate) fn texts<'f>(&'f self, name: &'static str) -> impl Iterator<Item = &'f str> {
        let fields = self.fields.iter().filter(move |(known, _)| known == name);
        fields.map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    }

    /// Returns the texts of all fields of this name in their order, the empty ones too, with line breaks as programs have them.
    pub(crate) fn all(&self, name: &str) -> Vec<String> {
        let fields = self.fields.iter().filter(|(known, _)| known == name);
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

fn wrong_part(error: multer::Error) -> FormError {
    match error {
        multer::Error::FieldSizeExceeded { .. } | multer::Error::StreamSizeExceeded { .. } => {
            FormError::TooLong
        }
        _ => FormError::Malformed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_file_comes_with_its_fields() {
        let headers =
            HeaderMap::from_iter([(CONTENT_TYPE, "multipart/form-data; boundary=B".parse().unwrap())]);
        let body = |file: &str| {
            Bytes::from(format!(
                "--B\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n1\r\n--B\r\nContent-Disposition: form-data; \
                 name=\"file\"; filename=\"a.csv\"\r\nContent-Type: text/csv\r\n\r\n{file}\r\n--B--\r\n"
            ))
        };
        let form = Form::with_file(&headers, body("name\r\nAda"), 100).await.ok().unwrap();
        let file = form.file().unwrap();
        assert_eq!((form.text("csrf"), &*file.name, &*file.bytes), (Some("1"), "a.csv", &b"name\r\nAda"[..]));
        let long = Form::with_file(&headers, body(&"a".repeat(101)), 100).await;
        assert_eq!(long.err(), Some(FormError::TooLong));
        let cut =
            Form::with_file(&headers, Bytes::from_static(b"--B\r\nContent-Disposition: form-data"), 100)
                .await;
        assert_eq!(cut.err(), Some(FormError::Malformed));
        let other = Form::with_file(&HeaderMap::new(), Bytes::new(), 100).await;
        assert_eq!(other.err(), Some(FormError::Malformed));
    }

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
