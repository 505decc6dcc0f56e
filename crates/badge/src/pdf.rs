//! The PDF/A-3a writer: text in embedded fonts, tagged for screen readers, with the credential attached.

use std::collections::HashMap;
use std::num::NonZeroU16;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use krilla::action::{Action, LinkAction};
use krilla::annotation::{Annotation, LinkAnnotation, Target};
use krilla::configure::{Archival, ConfigurationBuilder};
use krilla::embed::{AssociationKind, EmbeddedFile, MimeType};
use krilla::geom::{Path, PathBuilder, Point, Rect, Size, Transform};
use krilla::metadata::{DateTime, Metadata, TextDirection};
use krilla::num::NormalizedF32;
use krilla::page::{Page, PageSettings};
use krilla::paint::{Fill, FillRule, LineCap, LineJoin, Stroke};
use krilla::surface::Surface;
use krilla::tagging::{Artifact, ArtifactType, ContentTag, Node, SpanTag, Tag, TagGroup, TagTree};
use krilla::text::{Font, GlyphId, KrillaGlyph};
use krilla::{Document, SerializeSettings};
use tiny_skia::PathSegment;

use crate::DrawError;
use crate::scene::{Group, Item, Paint, Role, Scene};
use crate::text::{FontId, Line};

/// The file name of the attached credential.
pub(crate) const ATTACHMENT: &str = "credential.json";

/// The document information of a PDF.
pub(crate) struct DocumentInfo<'a> {
    /// The title.
    pub(crate) title: &'a str,
    /// The author: the issuer's name.
    pub(crate) author: &'a str,
    /// The language tag (BCP 47).
    pub(crate) language: &'a str,
    /// Whether the language is written from right to left.
    pub(crate) is_rtl: bool,
    /// The credential's URL.
    pub(crate) id: &'a str,
    /// The date of the file and of the attachment.
    pub(crate) date: Timestamp,
    /// The description of the attachment.
    pub(crate) attachment: &'a str,
}

/// Writes a scene as a PDF of one page with a credential attached.
///
/// # Errors
/// If the file would not conform to PDF/A-3a.
pub(crate) fn write(scene: &Scene, info: &DocumentInfo<'_>, credential: &[u8]) -> Result<Vec<u8>, DrawError> {
    let configuration = ConfigurationBuilder::new()
        .with_archival_validator(Archival::A3_A)
        .finish()
        .map_err(|_| DrawError::Pdf("PDF/A-3a has no version"))?;
    let settings = SerializeSettings { configuration, ..SerializeSettings::default() };
    let mut document = Document::new_with(settings);
    document.set_metadata(metadata(info));
    let size =
        PageSettings::from_wh(scene.width, scene.height).ok_or(DrawError::Pdf("the page has no size"))?;
    let mut page = document.start_page_with(size);
    let tags = PageWriter { fonts: HashMap::new() }.page(&mut page, scene, info)?;
    page.finish();
    document.set_tag_tree(tags);
    document
        .embed_file(EmbeddedFile {
            path: ATTACHMENT.to_owned(),
            mime_type: MimeType::new("application/ld+json"),
            description: Some(info.attachment.to_owned()),
            association_kind: AssociationKind::Source,
            data: credential.to_vec().into(),
            modification_date: Some(date_time(info.date)),
            // Uncompressed, so that the credential can be found by searching the bytes of the file.
            compress: Some(false),
            location: None,
        })
        .ok_or(DrawError::Pdf("the attachment's name is taken"))?;
    document.finish().map_err(|error| DrawError::Krilla(format!("{error:?}")))
}

fn metadata(info: &DocumentInfo<'_>) -> Metadata {
    let direction = if info.is_rtl { TextDirection::RightToLeft } else { TextDirection::LeftToRight };
    Metadata::new()
        .title(info.title.to_owned())
        .authors(vec![info.author.to_owned()])
        .creator("LearnCoin".to_owned())
        .language(info.language.to_owned())
        .text_direction(direction)
        .document_id(info.id.to_owned())
        .creation_date(date_time(info.date))
}

fn date_time(time: Timestamp) -> DateTime {
    let time = time.to_zoned(TimeZone::UTC);
    let part = |part: i8| u8::try_from(part).unwrap_or_default();
    DateTime::new(u16::try_from(time.year()).unwrap_or_default())
        .month(part(time.month()))
        .day(part(time.day()))
        .hour(part(time.hour()))
        .minute(part(time.minute()))
        .second(part(time.second()))
        .utc_offset_hour(0)
        .utc_offset_minute(0)
}

/// A writer of page content, with the fonts that it has used.
struct PageWriter {
    fonts: HashMap<&'static str, Font>,
}

impl PageWriter {
    fn page(
        &mut self,
        page: &mut Page<'_>,
        scene: &Scene,
        info: &DocumentInfo<'_>,
    ) -> Result<TagTree, DrawError> {
        let mut drawn = Vec::with_capacity(scene.groups.len());
        let mut surface = page.surface();
        for group in &scene.groups {
            let tag = match &group.role {
                Role::Decoration => ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout)),
                _ => ContentTag::Span(SpanTag::empty().with_lang(Some(info.language))),
            };
            let identifier = surface.start_tagged(tag);
            self.group(&mut surface, group)?;
            surface.end_tagged();
            drawn.push((identifier, &group.role));
        }
        surface.finish();

        let mut tree = TagTree::new().with_lang(Some(info.language.to_owned()));
        for (identifier, role) in drawn {
            let mut tags = match role {
                Role::Decoration => continue,
                Role::Title => TagGroup::new(Tag::Hn(NonZeroU16::MIN, Some(info.title.to_owned()))),
                Role::Paragraph => TagGroup::new(Tag::P),
                Role::Figure(words) => TagGroup::new(Tag::Figure(Some(words.clone()))),
                Role::Link { .. } => TagGroup::new(Tag::Link),
            };
            match role {
                Role::Link { url, area, picture } => {
                    let [left, top, right, bottom] = *area;
                    let area = Rect::from_ltrb(left, top, right, bottom);
                    let area = area.ok_or(DrawError::Pdf("a link has no area"))?;
                    let target = Target::Action(Action::Link(LinkAction::new(url.clone())));
                    let words = picture.clone().unwrap_or_else(|| url.clone());
                    let link = Annotation::new_link(LinkAnnotation::new(area, target), Some(words));
                    let annotation = page.add_tagged_annotation(link);
                    match picture {
                        Some(words) => {
                            let mut figure = TagGroup::new(Tag::Figure(Some(words.clone())));
                            figure.push(identifier);
                            tags.push(Node::Group(figure));
                        }
                        None => tags.push(identifier),
                    }
                    tags.push(annotation);
                }
                _ => tags.push(identifier),
            }
            tree.push(tags);
        }
        Ok(tree)
    }

    fn group(&mut self, surface: &mut Surface<'_>, group: &Group) -> Result<(), DrawError> {
        let tiny_skia::Transform { sx, kx, ky, sy, tx, ty } = group.transform;
        surface.push_transform(&Transform::from_row(sx, ky, kx, sy, tx, ty));
        for item in &group.items {
            self.item(surface, item)?;
        }
        surface.pop();
        Ok(())
    }

    fn item(&mut self, surface: &mut Surface<'_>, item: &Item) -> Result<(), DrawError> {
        match item {
            Item::Fill { path, paint } => {
                surface.set_stroke(None);
                surface.set_fill(Some(filling(*paint)?));
                draw(surface, path);
            }
            Item::Stroke { path, paint, width } => {
                surface.set_fill(None);
                surface.set_stroke(Some(stroking(*paint, *width)?));
                draw(surface, path);
            }
            Item::Text { line, size, at, paint } => {
                surface.set_stroke(None);
                surface.set_fill(Some(filling(*paint)?));
                self.text(surface, line, *size, *at)?;
            }
            Item::Picture { picture, area } => {
                let (pixels, width, height) = picture.rgba();
                let image = krilla::image::Image::from_rgba8(pixels, width, height);
                let size = Size::from_wh(area.width(), area.height());
                surface.push_transform(&Transform::from_translate(area.left(), area.top()));
                surface.draw_image(image, size.ok_or(DrawError::Pdf("a picture has no size"))?);
                surface.pop();
            }
        }
        Ok(())
    }

    fn text(
        &mut self,
        surface: &mut Surface<'_>,
        line: &Line,
        size: f32,
        at: (f32, f32),
    ) -> Result<(), DrawError> {
        let mut x = at.0;
        for run in &line.runs {
            let glyphs: Vec<KrillaGlyph> = run
                .glyphs
                .iter()
                .map(|glyph| {
                    let (id, text) = (GlyphId::new(glyph.id), glyph.text.clone());
                    KrillaGlyph::new(id, glyph.advance, glyph.dx, glyph.dy, 0.0, text, None)
                })
                .collect();
            let font = self.font(run.font)?;
            surface.draw_glyphs(Point::from_xy(x, at.1), &glyphs, font, &run.text, size, false);
            x += run.width * size;
        }
        Ok(())
    }

    fn font(&mut self, id: FontId) -> Result<Font, DrawError> {
        let name = id.name();
        if let Some(font) = self.fonts.get(name) {
            return Ok(font.clone());
        }
        let font =
            Font::new(id.font().data.into(), 0).ok_or(DrawError::Pdf("a shipped font can't be read"))?;
        self.fonts.insert(name, font.clone());
        Ok(font)
    }
}

fn color(paint: Paint) -> Result<(krilla::color::rgb::Color, NormalizedF32), DrawError> {
    let color = krilla::color::rgb::Color::new(paint.color.red, paint.color.green, paint.color.blue);
    Ok((color, NormalizedF32::new(paint.opacity).ok_or(DrawError::Pdf("an opacity is beyond 1"))?))
}

fn filling(paint: Paint) -> Result<Fill, DrawError> {
    let (color, opacity) = color(paint)?;
    Ok(Fill { paint: color.into(), opacity, rule: FillRule::NonZero })
}

fn stroking(paint: Paint, width: f32) -> Result<Stroke, DrawError> {
    let (color, opacity) = color(paint)?;
    Ok(Stroke {
        paint: color.into(),
        width,
        opacity,
        line_cap: LineCap::Round,
        line_join: LineJoin::Round,
        ..Stroke::default()
    })
}

fn draw(surface: &mut Surface<'_>, path: &tiny_skia::Path) {
    if let Some(path) = converted(path) {
        surface.draw_path(&path);
    }
}

fn converted(path: &tiny_skia::Path) -> Option<Path> {
    let mut builder = PathBuilder::new();
    for segment in path.segments() {
        match segment {
            PathSegment::MoveTo(to) => builder.move_to(to.x, to.y),
            PathSegment::LineTo(to) => builder.line_to(to.x, to.y),
            PathSegment::QuadTo(control, to) => builder.quad_to(control.x, control.y, to.x, to.y),
            PathSegment::CubicTo(first, second, to) => {
                builder.cubic_to(first.x, first.y, second.x, second.y, to.x, to.y);
            }
            PathSegment::Close => builder.close(),
        }
    }
    builder.finish()
}
