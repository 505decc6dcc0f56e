//! The pixels of a picture, from untrusted bytes.

use std::io::Cursor;

use image_webp::WebPDecoder;
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::error::{MAX_SIDE, PictureError};
use super::orientation::Orientation;
use super::pixels::Pixels;
use super::whole::{self, Format};
use crate::guarded::guarded;

/// The memory limit of a decoder, beside the pixels.
const MAX_DECODER_BYTES: usize = 32 * 1024 * 1024;

/// Decodes a picture: of an animation the first frame, and turned upright.
///
/// # Errors
/// If it is no picture, is too large, or can't be decoded.
pub(super) fn decode(format: Format, bytes: &[u8]) -> Result<Pixels, PictureError> {
    let pixels = guarded(|| match format {
        Format::Png => decode_png(bytes),
        Format::Jpeg => decode_jpeg(bytes),
        Format::Gif => decode_gif(bytes),
        Format::WebP => decode_webp(bytes),
    })
    .unwrap_or(Err(PictureError::Malformed))?;
    let orientation = whole::exif(format, bytes).map(Orientation::read).unwrap_or_default();
    Ok(orientation.apply(pixels))
}

fn check_size(width: u32, height: u32) -> Result<(), PictureError> {
    match (width, height) {
        (0, _) | (_, 0) => Err(PictureError::Malformed),
        _ if width.max(height) > MAX_SIDE => Err(PictureError::TooLarge),
        _ => Ok(()),
    }
}

fn decode_png(bytes: &[u8]) -> Result<Pixels, PictureError> {
    let mut decoder = png::Decoder::new(Cursor::new(bytes));
    decoder.set_limits(png::Limits { bytes: MAX_DECODER_BYTES });
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().map_err(|_| PictureError::Malformed)?;
    let (width, height) = (reader.info().width, reader.info().height);
    check_size(width, height)?;
    // The decoder panics at a part of a color (https://github.com/image-rs/image-png/issues/694).
    if reader.info().palette.as_ref().is_some_and(|palette| palette.len() % 3 != 0) {
        return Err(PictureError::Malformed);
    }
    let mut pixels = vec![0; reader.output_buffer_size().ok_or(PictureError::TooLarge)?];
    let frame = reader.next_frame(&mut pixels).map_err(|_| PictureError::Malformed)?;
    pixels.truncate(frame.buffer_size());
    let rgba = match frame.color_type {
        png::ColorType::Rgba => pixels,
        png::ColorType::Rgb => expand(&pixels, 3),
        png::ColorType::GrayscaleAlpha => expand(&pixels, 2),
        png::ColorType::Grayscale => expand(&pixels, 1),
        png::ColorType::Indexed => return Err(PictureError::Malformed),
    };
    Ok(Pixels { width, height, rgba })
}

fn decode_jpeg(bytes: &[u8]) -> Result<Pixels, PictureError> {
    // The sides have 16 bits, and no pixel is decoded before they are checked.
    let options = DecoderOptions::default()
        .set_max_width(usize::from(u16::MAX))
        .set_max_height(usize::from(u16::MAX))
        .jpeg_set_out_colorspace(ColorSpace::RGB);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode_headers().map_err(|_| PictureError::Malformed)?;
    let info = decoder.info().ok_or(PictureError::Malformed)?;
    let (width, height) = (u32::from(info.width), u32::from(info.height));
    check_size(width, height)?;
    let pixels = decoder.decode().map_err(|_| PictureError::Malformed)?;
    Ok(Pixels { width, height, rgba: expand(&pixels, 3) })
}

/// Decodes the first frame of a GIF, in its place on the canvas.
fn decode_gif(bytes: &[u8]) -> Result<Pixels, PictureError> {
    let mut options = gif::DecodeOptions::new();
    options.set_color_output(gif::ColorOutput::RGBA);
    options.check_frame_consistency(true);
    let mut decoder = options.read_info(Cursor::new(bytes)).map_err(|_| PictureError::Malformed)?;
    let (width, height) = (u32::from(decoder.width()), u32::from(decoder.height()));
    check_size(width, height)?;
    let frame = decoder.read_next_frame().map_err(|_| PictureError::Malformed)?;
    let frame = frame.ok_or(PictureError::Malformed)?;
    let row = usize::from(frame.width).saturating_mul(4);
    let canvas_row = usize::from(decoder_side(width)).saturating_mul(4);
    let mut rgba = vec![0; canvas_row.saturating_mul(usize::from(decoder_side(height)))];
    for (line, pixels) in (usize::from(frame.top)..).zip(frame.buffer.chunks_exact(row.max(1))) {
        let start = line.saturating_mul(canvas_row).saturating_add(usize::from(frame.left).saturating_mul(4));
        if let Some(place) = rgba.get_mut(start..start.saturating_add(row)) {
            place.copy_from_slice(pixels);
        }
    }
    Ok(Pixels { width, height, rgba })
}

/// Returns a side that was checked as the decoder counts it.
fn decoder_side(side: u32) -> u16 {
    u16::try_from(side).unwrap_or(u16::MAX)
}

fn decode_webp(bytes: &[u8]) -> Result<Pixels, PictureError> {
    let mut decoder = WebPDecoder::new(Cursor::new(bytes)).map_err(|_| PictureError::Malformed)?;
    decoder.set_memory_limit(MAX_DECODER_BYTES);
    let (width, height) = decoder.dimensions();
    check_size(width, height)?;
    let mut pixels = vec![0; decoder.output_buffer_size().ok_or(PictureError::TooLarge)?];
    decoder.read_image(&mut pixels).map_err(|_| PictureError::Malformed)?;
    let rgba = if decoder.has_alpha() { pixels } else { expand(&pixels, 3) };
    Ok(Pixels { width, height, rgba })
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
