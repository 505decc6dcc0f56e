//! The answer itself, in the members of [oEmbed](https://oembed.com) 1.0, section 2.3.4.

use askama::Template;
use serde::Serialize;

use crate::public::brand;
use crate::public::preview::{LinkedCredential, PREVIEW_HEIGHT, PREVIEW_WIDTH, page_address};

/// An answer of type `rich`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Rich {
    version: &'static str,
    #[serde(rename = "type")]
    kind: &'static str,
    title: String,
    author_name: String,
    provider_name: String,
    provider_url: String,
    html: String,
    width: u32,
    height: u32,
    #[serde(flatten)]
    thumbnail: Option<Thumbnail>,
}

/// The picture, where the asker has room for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Thumbnail {
    thumbnail_url: String,
    thumbnail_width: u32,
    thumbnail_height: u32,
}

impl Rich {
    pub(super) fn new(
        shown: &LinkedCredential<'_>,
        html: String,
        width: u32,
        height: u32,
        pictured: bool,
    ) -> Self {
        let thumbnail = pictured.then(|| Thumbnail {
            thumbnail_url: format!("{}/card.png", page_address(shown.origin, shown.id)),
            thumbnail_width: PREVIEW_WIDTH,
            thumbnail_height: PREVIEW_HEIGHT,
        });
        Self {
            version: "1.0",
            kind: "rich",
            title: shown.achievement.to_owned(),
            author_name: shown.issuer.to_owned(),
            provider_name: brand::name(),
            provider_url: shown.origin.to_owned(),
            html,
            width,
            height,
            thumbnail,
        }
    }
}

/// The same in XML.
#[derive(Template)]
#[template(path = "oembed.xml")]
pub(super) struct Xml<'a> {
    pub(super) rich: &'a Rich,
}
