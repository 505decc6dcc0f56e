//! `/oembed`: how a site that is given a credential's link shows it, by [oEmbed](https://oembed.com) 1.0.
//!
//! In: the link of a page. Out: the code of its card, which names the achievement and the issuer. The card itself shows the
//! credential's state when it is read, so nothing is checked here.

use std::sync::Arc;

use askama::Template as _;
use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use learncoin_issuance::Issuance;
use learncoin_issuance::credential::render::{Render as _, RenderError};
use url::{Url, form_urlencoded};

use self::formats::{Rich, Xml};
use crate::public::cross_origin::open;
use crate::public::preview::{
    CARD_HEIGHT, CARD_WIDTH, LinkedCredential, PREVIEW_HEIGHT, PREVIEW_WIDTH, card_code,
};
use crate::public::{credential_lookup, response};

mod formats;

/// Serves `GET /oembed?url=…`.
pub(crate) async fn oembed(State(issuance): State<Arc<Issuance>>, RawQuery(query): RawQuery) -> Response {
    let response = match EmbedRequest::read(query.as_deref().unwrap_or_default()) {
        Ok(request) => match describe(&issuance, &request).await {
            Ok(Some(rich)) => request.format.write(&rich),
            Ok(None) => Refusal::NotFound.into(),
            Err(error) => {
                tracing::error!(%error, "an embedding could not be described");
                Refusal::Broken.into()
            }
        },
        Err(refusal) => refusal.into(),
    };
    open(response::private(response))
}

/// The form of the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Json,
    Xml,
}

/// The request of a site.
#[derive(Debug, PartialEq, Eq)]
struct EmbedRequest {
    url: String,
    format: Format,
    max_width: u32,
    max_height: u32,
}

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refusal {
    NoUrl,
    NoNumber(&'static str),
    NotFound,
    OtherFormat,
    Broken,
}

impl From<Refusal> for Response {
    fn from(refusal: Refusal) -> Self {
        let (status, text) = match refusal {
            Refusal::NoUrl => {
                (StatusCode::BAD_REQUEST, "url: expected the link of a credential\n".to_owned())
            }
            Refusal::NoNumber(name) => {
                (StatusCode::BAD_REQUEST, format!("{name}: expected a number of pixels\n"))
            }
            Refusal::NotFound => (StatusCode::NOT_FOUND, "There is no such credential here.\n".to_owned()),
            Refusal::OtherFormat => {
                (StatusCode::NOT_IMPLEMENTED, "format: expected `json` or `xml`\n".to_owned())
            }
            Refusal::Broken => {
                (StatusCode::INTERNAL_SERVER_ERROR, "Something broke on our side.\n".to_owned())
            }
        };
        (status, text).into_response()
    }
}

impl EmbedRequest {
    fn read(query: &str) -> Result<Self, Refusal> {
        let find = |wanted: &str| {
            let mut members = form_urlencoded::parse(query.as_bytes());
            members.find(|(name, _)| name == wanted).map(|(_, value)| value.into_owned())
        };
        let pixels = |name| match find(name) {
            Some(text) => text.parse().ok().filter(|pixels| *pixels > 0).ok_or(Refusal::NoNumber(name)),
            None => Ok(u32::MAX),
        };
        Ok(Self {
            url: find("url").filter(|url| !url.is_empty()).ok_or(Refusal::NoUrl)?,
            format: match find("format").as_deref() {
                None | Some("json") => Format::Json,
                Some("xml") => Format::Xml,
                Some(_) => return Err(Refusal::OtherFormat),
            },
            max_width: pixels("maxwidth")?,
            max_height: pixels("maxheight")?,
        })
    }

    /// Returns the id of the credential whose page this deployment has at that address.
    fn id(&self, origin: &str) -> Option<String> {
        let url = Url::parse(&self.url).ok()?;
        if url.origin().ascii_serialization() != origin {
            return None;
        }
        let mut segments = url.path_segments()?;
        match (segments.next(), segments.next(), segments.next(), segments.next()) {
            (Some("c"), Some(id), None | Some("" | "embed"), None) => Some(id.to_owned()),
            _ => None,
        }
    }
}

async fn describe(issuance: &Issuance, request: &EmbedRequest) -> Result<Option<Rich>, RenderError> {
    let origin = issuance.host.origin();
    let Some(id) = request.id(origin) else { return Ok(None) };
    let Some(issued) = credential_lookup::find_by_id(issuance, &id).await? else { return Ok(None) };
    let document = issued.document()?;
    let shown = LinkedCredential {
        origin,
        id: issued.credential.id.as_str(),
        achievement: &document.subject.achievement.name,
        issuer: &document.issuer.name,
    };
    let (width, height) = (request.max_width.min(CARD_WIDTH), request.max_height.min(CARD_HEIGHT));
    let pictured = request.max_width >= PREVIEW_WIDTH && request.max_height >= PREVIEW_HEIGHT;
    Ok(card_code(&shown, width, height).map(|html| Rich::new(&shown, html, width, height, pictured)))
}

impl Format {
    fn write(self, rich: &Rich) -> Response {
        let (media_type, text) = match self {
            Format::Json => {
                ("application/json", serde_json::to_string(rich).map_err(|error| error.to_string()))
            }
            Format::Xml => {
                ("text/xml; charset=utf-8", Xml { rich }.render().map_err(|error| error.to_string()))
            }
        };
        match text {
            Ok(text) => {
                ([(CONTENT_TYPE, HeaderValue::from_static(media_type))], Body::from(text)).into_response()
            }
            Err(error) => {
                tracing::error!(error, "an embedding could not be written");
                Refusal::Broken.into()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ORIGIN: &str = "https://learncoin.me";

    fn id(url: &str) -> Option<String> {
        let query = form_urlencoded::Serializer::new(String::new()).append_pair("url", url).finish();
        EmbedRequest::read(&query).unwrap().id(ORIGIN)
    }

    #[test]
    fn only_links_of_this_deployments_pages_are_known() {
        for url in [
            "https://learncoin.me/c/crd_1",
            "https://learncoin.me:443/c/crd_1",
            "https://learncoin.me/c/crd_1/",
            "https://learncoin.me/c/crd_1/embed",
            "https://learncoin.me/c/crd_1?lang=de&utm_source=x#status",
        ] {
            assert_eq!(id(url).as_deref(), Some("crd_1"), "{url}");
        }
        for url in [
            "http://learncoin.me/c/crd_1",
            "https://learncoin.me.example/c/crd_1",
            "https://learncoin.me@example.org/c/crd_1",
            "https://learncoin.me/c/",
            "https://learncoin.me/d/crd_1",
            "https://learncoin.me/c/crd_1/credential.json",
            "https://learncoin.me/c/crd_1/embed/x",
            "crd_1",
            "javascript:alert(1)",
        ] {
            assert!(id(url).is_none_or(|id| id.is_empty()), "{url}");
        }
    }

    #[test]
    fn what_is_asked_wrongly_is_refused_in_words() {
        for (query, refusal) in [
            ("", Refusal::NoUrl),
            ("url=", Refusal::NoUrl),
            ("url=x&format=yaml", Refusal::OtherFormat),
            ("url=x&maxwidth=0", Refusal::NoNumber("maxwidth")),
            ("url=x&maxheight=-1", Refusal::NoNumber("maxheight")),
            ("url=x&maxheight=wide", Refusal::NoNumber("maxheight")),
        ] {
            assert_eq!(EmbedRequest::read(query), Err(refusal), "{query}");
        }
    }
}
