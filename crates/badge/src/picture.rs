//! Decodes a tenant's logo, from untrusted bytes.

use std::io::Cursor;
use std::sync::Arc;

use tiny_skia::{FilterQuality, IntSize, Pixmap, PixmapPaint, Transform};
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use crate::number::from_u32;

/// The limit of width and height before decoding: a few bytes can claim any size.
const MAX_SIDE: u32 = 2_048;
/// The limit of width and height after decoding. Logos are drawn no larger.
const KEPT_SIDE: u32 = 480;
/// The memory limit of the decoder, beside the pixels.
const MAX_DECODER_BYTES: usize = 32 * 1024 * 1024;

/// A decoded image.
#[derive(Debug, Clone)]
pub struct Picture(Arc<Pixmap>);

impl Picture {
    /// Decodes PNG or JPEG. Returns `None` for other formats, malformed files, and images with a side of more than 2048
    /// pixels. The drawing then has no logo.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let (width, height, pixels) = match bytes {
            [0x89, b'P', b'N', b'G', ..] => decode_png(bytes)?,
            [0xff, 0xd8, 0xff, ..] => decode_jpeg(bytes)?,
            _ => return None,
        };
        let mut pixels = pixels;
        for pixel in pixels.chunks_exact_mut(4) {
            premultiply(pixel);
        }
        let pixmap = Pixmap::from_vec(pixels, IntSize::from_wh(width, height)?)?;
        Some(Self(Arc::new(shrink(pixmap)?)))
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

/// Halves an image until both sides are at most [`KEPT_SIDE`].
fn shrink(mut pixmap: Pixmap) -> Option<Pixmap> {
    while pixmap.width().max(pixmap.height()) > KEPT_SIDE {
        let (width, height) = (pixmap.width().div_ceil(2), pixmap.height().div_ceil(2));
        let mut half = Pixmap::new(width, height)?;
        let scale = Transform::from_scale(
            from_u32(width) / from_u32(pixmap.width()),
            from_u32(height) / from_u32(pixmap.height()),
        );
        let paint = PixmapPaint { quality: FilterQuality::Bilinear, ..PixmapPaint::default() };
        half.draw_pixmap(0, 0, pixmap.as_ref(), &paint, scale, None);
        pixmap = half;
    }
    Some(pixmap)
}

type Pixels = (u32, u32, Vec<u8>);

fn is_within_limits(width: u32, height: u32) -> bool {
    (1..=MAX_SIDE).contains(&width) && (1..=MAX_SIDE).contains(&height)
}

fn decode_png(bytes: &[u8]) -> Option<Pixels> {
    let mut decoder = png::Decoder::new(Cursor::new(bytes));
    decoder.set_limits(png::Limits { bytes: MAX_DECODER_BYTES });
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().ok()?;
    let (width, height) = (reader.info().width, reader.info().height);
    if !is_within_limits(width, height) {
        return None;
    }
    let mut pixels = vec![0; reader.output_buffer_size()?];
    let frame = reader.next_frame(&mut pixels).ok()?;
    pixels.truncate(frame.buffer_size());
    let pixels = match frame.color_type {
        png::ColorType::Rgba => pixels,
        png::ColorType::Rgb => expand(&pixels, 3),
        png::ColorType::GrayscaleAlpha => expand(&pixels, 2),
        png::ColorType::Grayscale => expand(&pixels, 1),
        png::ColorType::Indexed => return None,
    };
    Some((width, height, pixels))
}

fn decode_jpeg(bytes: &[u8]) -> Option<Pixels> {
    let side = usize::try_from(MAX_SIDE).ok()?;
    let options = DecoderOptions::default()
        .set_max_width(side)
        .set_max_height(side)
        .jpeg_set_out_colorspace(ColorSpace::RGB);
    let mut decoder =
        JpegDecoder::new_with_options(zune_jpeg::zune_core::bytestream::ZCursor::new(bytes), options);
    let pixels = decoder.decode().ok()?;
    let info = decoder.info()?;
    let (width, height) = (u32::from(info.width), u32::from(info.height));
    is_within_limits(width, height).then(|| (width, height, expand(&pixels, 3)))
}

/// Expands pixels of one, two or three channels to RGBA.
fn expand(pixels: &[u8], parts: usize) -> Vec<u8> {
    pixels
        .chunks_exact(parts)
        .flat_map(|pixel| match *pixel {
            [gray] => [gray, gray, gray, u8::MAX],
            [gray, opacity] => [gray, gray, gray, opacity],
            [red, green, blue] => [red, green, blue, u8::MAX],
            _ => [0; 4],
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(width: u32, height: u32, color: png::ColorType, pixels: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, width, height);
        encoder.set_color(color);
        encoder.write_header().unwrap().write_image_data(pixels).unwrap();
        bytes
    }

    #[test]
    fn every_color_type_is_read() {
        for (color, pixel, expected) in [
            (png::ColorType::Rgb, &[9, 8, 7][..], [9, 8, 7, 255]),
            (png::ColorType::Grayscale, &[9], [9, 9, 9, 255]),
            (png::ColorType::Rgba, &[255, 0, 0, 0], [0, 0, 0, 0]),
            (png::ColorType::GrayscaleAlpha, &[9, 255], [9, 9, 9, 255]),
        ] {
            let picture = Picture::decode(&encoded(2, 1, color, &pixel.repeat(2))).unwrap();
            assert_eq!(picture.rgba(), (expected.repeat(2), 2, 1), "{color:?}");
        }
    }

    #[test]
    fn large_images_are_shrunk() {
        let bytes = encoded(1_000, 500, png::ColorType::Grayscale, &vec![7; 500_000]);
        let picture = Picture::decode(&bytes).unwrap();
        let (_, width, height) = picture.rgba();
        assert_eq!((width, height), (250, 125));
    }

    #[test]
    fn malformed_and_oversized_images_are_refused() {
        let good = encoded(2, 2, png::ColorType::Grayscale, &[1, 2, 3, 4]);
        let huge = encoded(2_049, 1, png::ColorType::Grayscale, &vec![0; 2_049]);
        assert!(Picture::decode(&huge).is_none());
        for end in 0..good.len() - 12 {
            assert!(Picture::decode(&good[..end]).is_none(), "cut at {end}");
        }
        for bytes in [&b""[..], b"GIF89a", b"<svg/>", b"\xff\xd8\xff\xe0\0\x10JFIF", b"RIFF\0\0\0\0WEBP"] {
            assert!(Picture::decode(bytes).is_none());
        }
    }
}
