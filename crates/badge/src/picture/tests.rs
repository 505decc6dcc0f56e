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
fn a_picture_that_is_kept_small_is_the_same_picture_with_fewer_pixels() {
    const LIMIT: usize = 8 * 1024;
    // Noise, which no format makes small.
    let mut state = 1_u32;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state.to_le_bytes()[1]
    };
    let noise: Vec<u8> = (0..400 * 200 * 3).map(|_| next()).collect();
    let large = encoded(400, 200, png::ColorType::Rgb, &noise);
    assert!(large.len() > LIMIT);
    let kept = accept_small_picture(&large, 512 * 1024, LIMIT).unwrap();
    assert!(kept.bytes.len() <= LIMIT && kept.media_type == "image/png");
    let (_, width, height) = Picture::decode(&kept.bytes).unwrap().rgba();
    assert!(width < 400 && width == height * 2, "{width} {height}");
    let small = encoded(4, 4, png::ColorType::Grayscale, &[7; 16]);
    assert_eq!(accept_small_picture(&small, 512 * 1024, LIMIT).unwrap().bytes.as_ref(), small);
    let cut = &large[..large.len() / 2];
    assert_eq!(accept_small_picture(cut, 512 * 1024, LIMIT).unwrap_err(), PictureError::Truncated);
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

/// Returns a PNG of one pixel, whose palette has so many bytes.
fn with_palette(length: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, 1, 1);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_palette(vec![7; length]);
    encoder.write_header().unwrap().write_image_data(&[0]).unwrap();
    bytes
}

#[test]
fn a_palette_with_a_part_of_a_color_is_malformed() {
    for length in 3..=24 {
        let picture = with_palette(length);
        let expected = if length % 3 == 0 { None } else { Some(PictureError::Malformed) };
        assert_eq!(accept_picture(&picture, MAX_BYTES).err(), expected, "{length} bytes");
        assert_eq!(Picture::decode(&picture).is_some(), expected.is_none(), "{length} bytes");
    }
}

/// Red on the left; on the right blue above and green below. 24 by 16 pixels.
const JPEG: &[u8] = include_bytes!("data/corners.jpg");
/// The same.
const LOSSY: &[u8] = include_bytes!("data/lossy.webp");
/// The same, with a corner at the top left that is transparent.
const LOSSLESS: &[u8] = include_bytes!("data/lossless.webp");
const MAX_BYTES: usize = 512 * 1024;

/// Returns EXIF data with an orientation.
fn exif(orientation: u8) -> Vec<u8> {
    let mut bytes = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    bytes.extend([orientation, 0, 0, 0, 0, 0, 0]);
    bytes
}

/// Returns the JPEG as a camera stores it, with an orientation.
fn turned(orientation: u8) -> Vec<u8> {
    let exif = [b"Exif\0\0".as_slice(), &exif(orientation)].concat();
    let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
    [&JPEG[..2], &[0xff, 0xe1], &length, &exif, &JPEG[2..]].concat()
}

/// Returns a GIF whose only frame, of one color, is at the right lower corner of a canvas of four by two.
fn gif(frames: u16) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = gif::Encoder::new(&mut bytes, 4, 2, &[200, 16, 16, 0, 0, 0]).unwrap();
    for _ in 0..frames {
        let mut frame = gif::Frame::from_indexed_pixels(2, 1, [0, 0], None);
        (frame.left, frame.top) = (2, 1);
        encoder.write_frame(&frame).unwrap();
    }
    drop(encoder);
    bytes
}

/// Returns a PNG with one more chunk before its end.
fn with_chunk(png: &[u8], kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let (before, end) = png.split_at(png.len() - 12);
    let length = u32::try_from(data.len()).unwrap().to_be_bytes();
    let checksum = crc32fast::hash(&[kind.as_slice(), data].concat()).to_be_bytes();
    [before, &length, kind, data, &checksum, end].concat()
}

/// Returns the colors at the four corners, top left first, and the sides.
fn corners(bytes: &[u8]) -> ([char; 4], u32, u32) {
    let picture = Picture::decode(bytes).unwrap();
    let (rgba, width, height) = picture.rgba();
    let color = |x: u32, y: u32| {
        let start = usize::try_from((y * width + x) * 4).unwrap();
        match rgba[start..start + 4] {
            [_, _, _, 0] => ' ',
            [red, green, blue, _] if red > green && red > blue => 'r',
            [_, green, blue, _] if green > blue => 'g',
            _ => 'b',
        }
    };
    let (right, bottom) = (width - 1, height - 1);
    ([color(0, 0), color(right, 0), color(0, bottom), color(right, bottom)], width, height)
}

#[test]
fn a_whole_upright_png_or_jpeg_is_kept_as_it_is() {
    let png = encoded(2, 2, png::ColorType::Grayscale, &[1, 2, 3, 4]);
    let upright = with_chunk(&png, b"eXIf", &exif(1));
    for (bytes, media_type) in [
        (png.as_slice(), "image/png"),
        (&upright, "image/png"),
        (JPEG, "image/jpeg"),
        (&turned(1), "image/jpeg"),
    ] {
        let accepted = accept_picture(bytes, MAX_BYTES).unwrap();
        assert_eq!((accepted.media_type, &*accepted.bytes), (media_type, bytes));
    }
    assert_eq!(corners(JPEG), (['r', 'b', 'r', 'g'], 24, 16));
}

#[test]
fn webp_and_gif_become_png() {
    for (bytes, expected) in [
        (LOSSY.to_vec(), (['r', 'b', 'r', 'g'], 24, 16)),
        (LOSSLESS.to_vec(), ([' ', 'b', 'r', 'g'], 24, 16)),
        (gif(1), ([' ', ' ', ' ', 'r'], 4, 2)),
        (gif(3), ([' ', ' ', ' ', 'r'], 4, 2)),
    ] {
        let accepted = accept_picture(&bytes, MAX_BYTES).unwrap();
        assert_eq!(accepted.media_type, "image/png");
        assert!(accepted.bytes.starts_with(b"\x89PNG"));
        assert_eq!(corners(&accepted.bytes), expected);
        assert_eq!(corners(&bytes), expected, "what an earlier release kept is drawn too");
    }
}

#[test]
fn what_a_camera_stored_turned_is_upright_everywhere() {
    let png = encoded(2, 1, png::ColorType::Rgb, &[200, 0, 0, 0, 0, 200]);
    for (bytes, expected) in [
        (turned(3), (['g', 'r', 'b', 'r'], 24, 16)),
        (turned(6), (['r', 'r', 'g', 'b'], 16, 24)),
        (turned(8), (['b', 'g', 'r', 'r'], 16, 24)),
        (with_chunk(&png, b"eXIf", &exif(2)), (['b', 'r', 'b', 'r'], 2, 1)),
    ] {
        assert_eq!(corners(&bytes), expected);
        let accepted = accept_picture(&bytes, MAX_BYTES).unwrap();
        assert_eq!((accepted.media_type, corners(&accepted.bytes)), ("image/png", expected));
    }
}

#[test]
fn a_picture_that_is_cut_off_anywhere_is_truncated() {
    let png = encoded(2, 2, png::ColorType::Grayscale, &[1, 2, 3, 4]);
    for whole in [png.as_slice(), JPEG, &turned(6), LOSSY, LOSSLESS, &gif(2)] {
        assert!(accept_picture(whole, MAX_BYTES).is_ok());
        for end in 12..whole.len() {
            assert_eq!(
                accept_picture(&whole[..end], MAX_BYTES),
                Err(PictureError::Truncated),
                "cut at {end}"
            );
        }
    }
}

#[test]
fn a_damaged_or_oversized_picture_is_refused_with_its_reason() {
    let png = encoded(2, 2, png::ColorType::Grayscale, &[1, 2, 3, 4]);
    for place in 16..png.len() {
        let mut changed = png.clone();
        changed[place] ^= 1;
        let refused = accept_picture(&changed, MAX_BYTES).unwrap_err();
        let expected = [PictureError::Checksum, PictureError::Truncated];
        assert!(expected.contains(&refused), "{place}: {refused}");
    }
    let huge = encoded(2_049, 1, png::ColorType::Grayscale, &vec![0; 2_049]);
    assert_eq!(accept_picture(&huge, MAX_BYTES), Err(PictureError::TooLarge));
    // The sides of a JPEG are in the segment that begins its frame.
    let mut wide = JPEG.to_vec();
    let frame = wide.windows(2).position(|pair| pair == [0xff, 0xc0]).unwrap();
    wide[frame + 5..frame + 9].copy_from_slice(&[0, 1, 0x08, 0x01]);
    assert_eq!(accept_picture(&wide, MAX_BYTES), Err(PictureError::TooLarge));
    for bytes in [&b""[..], b"<svg/>", b"<!DOCTYPE html>", b" \x89PNG\r\n\x1a\n", b"RIFF\x10\0\0\0WAVEfmt "] {
        assert_eq!(accept_picture(bytes, MAX_BYTES), Err(PictureError::Format));
    }
    let words = PictureError::TooLarge.to_string();
    assert_eq!(words, "has a side of more than 2048 pixels");
}

#[test]
fn a_picture_that_is_made_is_halved_until_it_fits() {
    let accepted = accept_picture(LOSSY, 200).unwrap();
    assert!(accepted.bytes.len() <= 200);
    let (_, width, height) = corners(&accepted.bytes);
    assert!(width < 24 && height < 16, "{width} by {height}");
}
