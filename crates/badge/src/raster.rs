//! The PNG writer.

use tiny_skia::{
    Color as Filling, FillRule, FilterQuality, LineCap, LineJoin, Paint as Brush, Path, Pixmap, PixmapPaint,
    Stroke, Transform,
};

use crate::DrawError;
use crate::outline::outline;
use crate::scene::{Item, Paint, Scene};

/// Rasterizes a scene with `scale` pixels per unit.
///
/// # Errors
/// If the canvas cannot be allocated or the PNG cannot be encoded.
pub(crate) fn png(scene: &Scene, width: u32, height: u32, scale: f32) -> Result<Vec<u8>, DrawError> {
    let mut canvas = Pixmap::new(width, height).ok_or(DrawError::Canvas)?;
    let whole = Transform::from_scale(scale, scale);
    for group in &scene.groups {
        let transform = whole.pre_concat(group.transform);
        for item in &group.items {
            draw(&mut canvas, item, transform);
        }
    }
    encode(width, height, &canvas.take_demultiplied())
}

fn draw(canvas: &mut Pixmap, item: &Item, transform: Transform) {
    match item {
        Item::Fill { path, paint } => fill(canvas, path, *paint, transform),
        Item::Text { line, size, at, paint } => {
            if let Some(path) = outline(line, *size, *at) {
                fill(canvas, &path, *paint, transform);
            }
        }
        Item::Stroke { path, paint, width } => {
            let stroke = Stroke {
                width: *width,
                line_cap: LineCap::Round,
                line_join: LineJoin::Round,
                ..Stroke::default()
            };
            canvas.stroke_path(path, &brush(*paint), &stroke, transform, None);
        }
        Item::Picture { picture, area } => {
            let (across, down) = (area.width() / picture.width(), area.height() / picture.height());
            let transform =
                transform.pre_concat(Transform::from_row(across, 0.0, 0.0, down, area.left(), area.top()));
            let paint = PixmapPaint { quality: FilterQuality::Bicubic, ..PixmapPaint::default() };
            canvas.draw_pixmap(0, 0, picture.pixmap().as_ref(), &paint, transform, None);
        }
    }
}

fn fill(canvas: &mut Pixmap, path: &Path, paint: Paint, transform: Transform) {
    canvas.fill_path(path, &brush(paint), FillRule::Winding, transform, None);
}

fn brush(paint: Paint) -> Brush<'static> {
    let part = |part: u8| f32::from(part) / 255.0;
    let (red, green, blue) = (part(paint.color.red), part(paint.color.green), part(paint.color.blue));
    let mut brush = Brush { anti_alias: true, ..Brush::default() };
    brush.set_color(Filling::from_rgba(red, green, blue, paint.opacity).unwrap_or(Filling::BLACK));
    brush
}

fn encode(width: u32, height: u32, pixels: &[u8]) -> Result<Vec<u8>, DrawError> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_source_srgb(png::SrgbRenderingIntent::Perceptual);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(pixels)?;
    writer.finish()?;
    Ok(bytes)
}
