//! The PDF/A-3a writer: text in embedded fonts, tagged for screen readers, with the credential attached.

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
use krilla::tagging::{
    Artifact, ArtifactType, ContentTag, Identifier, Node, SpanTag, Tag, TagGroup, TagTree,
};
use krilla::text::{Font, GlyphId, KrillaGlyph};
use krilla::{Document, SerializeSettings};
use tiny_skia::PathSegment;

use crate::DrawError;
use crate::scene::{Group, GroupRole, Item, Paint, Scene};
use crate::text::{CopiedRun, FontId, Glyph, Line, copied};

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
    let tags = PageWriter { fonts: Vec::new() }.page(&mut page, scene, info)?;
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
    /// Not by their names: a font of the folder may have the name of a shipped one.
    fonts: Vec<(FontId, Font)>,
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
            drawn.push((self.group(&mut surface, group, info.language)?, &group.role));
        }
        surface.finish();

        let mut tree = TagTree::new().with_lang(Some(info.language.to_owned()));
        for (identifiers, role) in drawn {
            let mut tags = match role {
                GroupRole::Decoration => continue,
                GroupRole::Title => TagGroup::new(Tag::Hn(NonZeroU16::MIN, Some(info.title.to_owned()))),
                GroupRole::Paragraph => TagGroup::new(Tag::P),
                GroupRole::Figure(words) => TagGroup::new(Tag::Figure(Some(words.clone()))),
                GroupRole::Link { .. } => TagGroup::new(Tag::Link),
            };
            match role {
                GroupRole::Link { url, area, picture } => {
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
                            identifiers.into_iter().for_each(|identifier| figure.push(identifier));
                            tags.push(Node::Group(figure));
                        }
                        None => identifiers.into_iter().for_each(|identifier| tags.push(identifier)),
                    }
                    tags.push(annotation);
                }
                _ => identifiers.into_iter().for_each(|identifier| tags.push(identifier)),
            }
            tree.push(tags);
        }
        Ok(tree)
    }

    /// Draws a group. Returns its parts for the tags, each in one language.
    fn group(
        &mut self,
        surface: &mut Surface<'_>,
        group: &Group,
        language: &str,
    ) -> Result<Vec<Identifier>, DrawError> {
        let tiny_skia::Transform { sx, kx, ky, sy, tx, ty } = group.transform;
        surface.push_transform(&Transform::from_row(sx, ky, kx, sy, tx, ty));
        let mut parts = Parts {
            is_decoration: group.role == GroupRole::Decoration,
            page_language: language,
            open: None,
            identifiers: Vec::new(),
        };
        parts.begin(surface, language);
        for item in &group.items {
            self.item(surface, item, &mut parts)?;
        }
        parts.end(surface);
        surface.pop();
        Ok(parts.identifiers)
    }

    fn item(
        &mut self,
        surface: &mut Surface<'_>,
        item: &Item,
        parts: &mut Parts<'_>,
    ) -> Result<(), DrawError> {
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
                self.text(surface, line, (*size, *at), parts)?;
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

    /// Draws a line of text, in the order in which it is read.
    fn text(
        &mut self,
        surface: &mut Surface<'_>,
        line: &Line,
        (size, at): (f32, (f32, f32)),
        parts: &mut Parts<'_>,
    ) -> Result<(), DrawError> {
        let mut x = at.0;
        let mut runs = Vec::with_capacity(line.runs.len());
        for run in &line.runs {
            runs.push((x, run));
            x += run.width * size;
        }
        runs.sort_by_key(|(_, run)| run.at);
        for (x, run) in runs {
            let run_at = |right: f32| Point::from_xy(x + right * size, at.1);
            let CopiedRun { glyphs, shapes } = copied(run);
            let glyphs: Vec<KrillaGlyph> = glyphs.into_iter().map(converted_glyph).collect();
            if run.text.chars().any(char::is_alphabetic) {
                parts.speak(surface, run.language);
            }
            let font = self.font(run.font)?;
            surface.draw_glyphs(run_at(0.0), &glyphs, font.clone(), &run.text, size, false);
            for (right, glyph) in shapes {
                let glyph = [converted_glyph(glyph)];
                surface.draw_glyphs(run_at(right), &glyph, font.clone(), &run.text, size, true);
            }
        }
        Ok(())
    }

    fn font(&mut self, id: FontId) -> Result<Font, DrawError> {
        if let Some((_, font)) = self.fonts.iter().find(|(known, _)| *known == id) {
            return Ok(font.clone());
        }
        let font = id.font().and_then(|font| Font::new(font.data.into(), font.index));
        let font = font.ok_or(DrawError::Pdf("a font can't be read"))?;
        self.fonts.push((id, font.clone()));
        Ok(font)
    }
}

/// The parts of a group's content. A part has one language.
struct Parts<'a> {
    /// Whether the group has no meaning.
    is_decoration: bool,
    /// The language of the page.
    page_language: &'a str,
    /// The language of the part that is open.
    open: Option<&'a str>,
    /// The parts so far.
    identifiers: Vec<Identifier>,
}

impl<'a> Parts<'a> {
    /// Ends the open part, if there is one, and begins one in a language.
    fn begin(&mut self, surface: &mut Surface<'_>, language: &'a str) {
        self.end(surface);
        let tag = if self.is_decoration {
            ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout))
        } else {
            ContentTag::Span(SpanTag::empty().with_lang(Some(language)))
        };
        self.identifiers.push(surface.start_tagged(tag));
        self.open = Some(language);
    }

    /// Makes the following text one of a language, or of the page's language if its own is not known.
    fn speak(&mut self, surface: &mut Surface<'_>, language: Option<&'static str>) {
        let language = language.unwrap_or(self.page_language);
        if !self.is_decoration && self.open != Some(language) {
            self.begin(surface, language);
        }
    }

    /// Ends the open part.
    fn end(&mut self, surface: &mut Surface<'_>) {
        if self.open.take().is_some() {
            surface.end_tagged();
        }
    }
}

fn converted_glyph(glyph: Glyph) -> KrillaGlyph {
    let id = GlyphId::new(glyph.id);
    KrillaGlyph::new(id, glyph.advance, glyph.dx, glyph.dy, 0.0, glyph.text, None)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::all_fonts;

    #[test]
    fn fonts_that_share_a_name_are_two_fonts() {
        let [shipped, other, ..] = all_fonts()[..] else { panic!("two fonts") };
        let namesake = other.renamed(shipped.name());
        assert_eq!(namesake.name(), shipped.name());
        let mut writer = PageWriter { fonts: Vec::new() };
        let (one, two) = (writer.font(shipped).unwrap(), writer.font(namesake).unwrap());
        assert!(one != two);
        assert!(writer.font(shipped).unwrap() == one && writer.font(namesake).unwrap() == two);
        assert_eq!(writer.fonts.len(), 2);
    }
}
