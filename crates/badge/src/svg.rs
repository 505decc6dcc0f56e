//! The SVG writer. Text becomes outlines, so that the file looks the same in every viewer and loads nothing.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use tiny_skia::{Path, PathSegment, Rect, Transform};

use crate::outline::outline;
use crate::picture::Picture;
use crate::scene::{Item, Paint, Scene};

/// Writes a scene. `title` is the text for assistive technology. Raster images are inside the file, no larger than they are shown.
pub(crate) fn write(scene: &Scene, title: &str) -> String {
    let (width, height) = (scene.width, scene.height);
    let title = escaped(title);
    let mut svg = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" aria-label="{title}"><title>{title}</title>"#
    );
    for group in &scene.groups {
        let Transform { sx, kx, ky, sy, tx, ty } = group.transform;
        if group.transform.is_identity() {
            svg.push_str("<g>");
        } else {
            put(&mut svg, format_args!(r#"<g transform="matrix({sx} {ky} {kx} {sy} {tx} {ty})">"#));
        }
        for item in &group.items {
            match item {
                Item::Fill { path, paint } => filled(&mut svg, path, *paint),
                Item::Text { line, size, at, paint } => {
                    if let Some(path) = outline(line, *size, *at) {
                        filled(&mut svg, &path, *paint);
                    }
                }
                Item::Stroke { path, paint, width } => {
                    put(&mut svg, format_args!(r#"<path fill="none" stroke="{}""#, paint.color.hex()));
                    put(&mut svg, format_args!(r#" stroke-width="{width}" stroke-linecap="round""#));
                    svg.push_str(r#" stroke-linejoin="round""#);
                    opacity(&mut svg, "stroke-opacity", *paint);
                    data(&mut svg, path);
                }
                Item::Picture { picture, area } => image(&mut svg, picture, *area),
            }
        }
        svg.push_str("</g>");
    }
    svg.push_str("</svg>\n");
    svg
}

/// The number of pixels for a unit of a raster image: a badge of 600 units is shown with 220 pixels, of which a screen may have three for
/// one.
const PIXELS_PER_UNIT: f32 = 1.1;

/// Appends a raster image. One that can't be written is left out.
fn image(svg: &mut String, picture: &Picture, area: Rect) {
    let Some(png) = picture.png(area.width() * PIXELS_PER_UNIT) else { return };
    let (x, y, width, height) = (area.left(), area.top(), area.width(), area.height());
    put(svg, format_args!(r#"<image x="{x}" y="{y}" width="{width}" height="{height}""#));
    put(svg, format_args!(r#" href="data:image/png;base64,{}"/>"#, BASE64.encode(png)));
}

/// Appends formatted text. Writing to a `String` cannot fail.
fn put(svg: &mut String, arguments: std::fmt::Arguments<'_>) {
    let _ = svg.write_fmt(arguments);
}

fn filled(svg: &mut String, path: &Path, paint: Paint) {
    put(svg, format_args!(r#"<path fill="{}""#, paint.color.hex()));
    opacity(svg, "fill-opacity", paint);
    data(svg, path);
}

fn opacity(svg: &mut String, name: &str, paint: Paint) {
    if paint.opacity < 1.0 {
        put(svg, format_args!(r#" {name}="{}""#, paint.opacity));
    }
}

fn data(svg: &mut String, path: &Path) {
    svg.push_str(r#" d=""#);
    for segment in path.segments() {
        let (letter, points) = match segment {
            PathSegment::MoveTo(point) => ('M', vec![point]),
            PathSegment::LineTo(point) => ('L', vec![point]),
            PathSegment::QuadTo(control, point) => ('Q', vec![control, point]),
            PathSegment::CubicTo(first, second, point) => ('C', vec![first, second, point]),
            PathSegment::Close => ('Z', Vec::new()),
        };
        svg.push(letter);
        for (at, point) in points.into_iter().enumerate() {
            number(svg, at > 0, point.x);
            number(svg, true, point.y);
        }
    }
    svg.push_str(r#""/>"#);
}

/// Appends a coordinate, rounded to a hundredth of a unit.
fn number(svg: &mut String, follows: bool, value: f32) {
    let rounded = (value * 100.0).round() / 100.0;
    // Avoids `-0`.
    let rounded = if rounded == 0.0 { 0.0 } else { rounded };
    if follows && rounded >= 0.0 {
        svg.push(' ');
    }
    put(svg, format_args!("{rounded}"));
}

/// Escapes a text for XML content and attribute values.
pub(crate) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            // Characters that XML 1.0 excludes, and other control characters.
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => escaped.push(' '),
            _ => escaped.push(letter),
        }
    }
    escaped
}
