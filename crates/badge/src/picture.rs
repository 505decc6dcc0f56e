//! Pictures that tenants name, from untrusted bytes: whether they are accepted, and how they are drawn.

mod decode;
mod error;
mod orientation;
mod pixels;
mod whole;

use std::borrow::Cow;
use std::sync::Arc;

use tiny_skia::{FilterQuality, IntSize, Pixmap, PixmapPaint, Transform};

use self::decode::decode;
pub use self::error::PictureError;
use self::orientation::Orientation;
use self::pixels::Pixels;
use self::whole::Format;
use crate::number::from_u32;

/// The limit of width and height after decoding. Logos are drawn no larger.
const KEPT_SIDE: u32 = 480;

/// A picture that every reader of pages and mails shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcceptedPicture<'b> {
    /// The media type.
    pub media_type: &'static str,
    /// The bytes: those that were given, or those of a PNG that was made of them.
    pub bytes: Cow<'b, [u8]>,
}

/// Checks a picture, and decodes all of it. A PNG or JPEG that is upright stays as it is. A WebP, a GIF and what a camera stored
/// turned becomes a PNG of at most `max_bytes`, with the pixels upright; an animation becomes its first frame.
///
/// # Errors
/// See [`PictureError`].
pub fn accept_picture(bytes: &[u8], max_bytes: usize) -> Result<AcceptedPicture<'_>, PictureError> {
    let format = Format::of(bytes).ok_or(PictureError::Format)?;
    let exif = whole::check(format, bytes)?;
    let pixels = decode(format, bytes)?;
    let is_upright = exif.map(Orientation::read).unwrap_or_default() == Orientation::Upright;
    match format {
        Format::Png if is_upright => Ok(AcceptedPicture { media_type: "image/png", bytes: bytes.into() }),
        Format::Jpeg if is_upright => Ok(AcceptedPicture { media_type: "image/jpeg", bytes: bytes.into() }),
        _ => {
            let png = encode_within(pixels, max_bytes).ok_or(PictureError::Malformed)?;
            Ok(AcceptedPicture { media_type: "image/png", bytes: png.into() })
        }
    }
}

/// Checks a picture as [`accept_picture`] does, and makes a small one of it: one of more than `kept_bytes` becomes a PNG of fewer
/// pixels.
///
/// # Errors
/// See [`PictureError`].
pub fn accept_small_picture(
    bytes: &[u8],
    max_bytes: usize,
    kept_bytes: usize,
) -> Result<AcceptedPicture<'_>, PictureError> {
    let accepted = accept_picture(bytes, max_bytes)?;
    if accepted.bytes.len() <= kept_bytes {
        return Ok(accepted);
    }
    let picture = Picture::decode(&accepted.bytes).ok_or(PictureError::Malformed)?;
    let (rgba, width, height) = picture.rgba();
    let png = encode_within(Pixels { width, height, rgba }, kept_bytes).ok_or(PictureError::Malformed)?;
    Ok(AcceptedPicture { media_type: "image/png", bytes: png.into() })
}

/// Encodes pixels as PNG, halved until they fit.
fn encode_within(pixels: Pixels, max_bytes: usize) -> Option<Vec<u8>> {
    let mut pixmap = pixmap(pixels)?;
    loop {
        let bytes = encode(&pixmap)?;
        if bytes.len() <= max_bytes {
            return Some(bytes);
        }
        if pixmap.width().max(pixmap.height()) <= 1 {
            return None;
        }
        pixmap = half(&pixmap)?;
    }
}

/// Encodes an image as PNG, without the fourth channel if nothing of it is transparent.
fn encode(pixmap: &Pixmap) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, pixmap.width(), pixmap.height());
    encoder.set_compression(png::Compression::High);
    let rgba = pixmap.clone().take_demultiplied();
    let is_opaque = rgba.chunks_exact(4).all(|pixel| pixel.last() == Some(&u8::MAX));
    let rgb: Vec<u8>;
    let pixels = if is_opaque {
        encoder.set_color(png::ColorType::Rgb);
        rgb = rgba.chunks_exact(4).flat_map(|pixel| pixel.iter().take(3).copied()).collect();
        &rgb
    } else {
        encoder.set_color(png::ColorType::Rgba);
        &rgba
    };
    encoder.write_header().ok()?.write_image_data(pixels).ok()?;
    Some(bytes)
}

/// A decoded image.
#[derive(Debug, Clone, PartialEq)]
pub struct Picture(Arc<Pixmap>);

impl Picture {
    /// Decodes PNG, JPEG, WebP or GIF, upright. Returns `None` for other formats, malformed files, and images with a side of more
    /// than 2048 pixels. The drawing then has no logo.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let pixels = decode(Format::of(bytes)?, bytes).ok()?;
        Some(Self(Arc::new(shrink(pixmap(pixels)?)?)))
    }

    /// Writes the image as PNG of about so many pixels in width, or of all if it has fewer.
    pub(crate) fn png(&self, width: f32) -> Option<Vec<u8>> {
        let mut pixmap = Pixmap::clone(&self.0);
        while from_u32(pixmap.width()) >= width * 2.0 && pixmap.width() > 1 {
            pixmap = half(&pixmap)?;
        }
        encode(&pixmap)
    }

    /// Returns the width, in pixels.
    pub(crate) fn width(&self) -> f32 {
        from_u32(self.0.width())
    }

    /// Returns the height, in pixels.
    pub(crate) fn height(&self) -> f32 {
        from_u32(self.0.height())
    }

    /// Returns the pixels, premultiplied.
    pub(crate) fn pixmap(&self) -> &Pixmap {
        &self.0
    }

    /// Returns the pixels as RGBA without premultiplication, with width and height.
    pub(crate) fn rgba(&self) -> (Vec<u8>, u32, u32) {
        (Pixmap::clone(&self.0).take_demultiplied(), self.0.width(), self.0.height())
    }
}

fn premultiply(pixel: &mut [u8]) {
    if let [red, green, blue, opacity] = pixel {
        let times = u16::from(*opacity);
        for part in [red, green, blue] {
            *part = u8::try_from((u16::from(*part) * times + 127) / 255).unwrap_or(u8::MAX);
        }
    }
}

/// Returns pixels as an image that can be drawn.
fn pixmap(pixels: Pixels) -> Option<Pixmap> {
    let Pixels { width, height, mut rgba } = pixels;
    for pixel in rgba.chunks_exact_mut(4) {
        premultiply(pixel);
    }
    Pixmap::from_vec(rgba, IntSize::from_wh(width, height)?)
}

/// Halves an image until both sides are at most [`KEPT_SIDE`].
fn shrink(mut pixmap: Pixmap) -> Option<Pixmap> {
    while pixmap.width().max(pixmap.height()) > KEPT_SIDE {
        pixmap = half(&pixmap)?;
    }
    Some(pixmap)
}

/// Returns an image of half the width and half the height.
fn half(pixmap: &Pixmap) -> Option<Pixmap> {
    let (width, height) = (pixmap.width().div_ceil(2), pixmap.height().div_ceil(2));
    let mut half = Pixmap::new(width, height)?;
    let scale = Transform::from_scale(
        from_u32(width) / from_u32(pixmap.width()),
        from_u32(height) / from_u32(pixmap.height()),
    );
    let paint = PixmapPaint { quality: FilterQuality::Bilinear, ..PixmapPaint::default() };
    half.draw_pixmap(0, 0, pixmap.as_ref(), &paint, scale, None);
    Some(half)
}

#[cfg(test)]
mod tests;
