//! The orientation of a camera's picture: how the stored pixels are to be turned and mirrored (EXIF, tag 0x0112).

use super::pixels::Pixels;

/// The turns and mirrorings, by the numbers of EXIF.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Orientation {
    /// As it is stored.
    #[default]
    Upright,
    /// Mirrored left to right.
    Mirrored,
    /// Turned by half.
    UpsideDown,
    /// Mirrored top to bottom.
    Flipped,
    /// Mirrored at the diagonal from the top left.
    Transposed,
    /// To be turned to the right.
    Right,
    /// Mirrored at the other diagonal.
    Transversed,
    /// To be turned to the left.
    Left,
}

/// The tag of the orientation.
const TAG: u16 = 0x0112;
/// The type of its value: a number of 16 bits.
const SHORT: u16 = 3;
/// The most entries of a directory that are looked at.
const MAX_ENTRIES: u16 = 512;

impl Orientation {
    /// Reads the orientation from EXIF data, which is a TIFF header with a directory of tags. What can't be read is upright.
    pub(super) fn read(exif: &[u8]) -> Self {
        Self::find(exif).unwrap_or_default()
    }

    fn find(exif: &[u8]) -> Option<Self> {
        let is_little = match exif.get(..4)? {
            b"II*\0" => true,
            b"MM\0*" => false,
            _ => return None,
        };
        let short = |at: usize| -> Option<u16> {
            let bytes: [u8; 2] = exif.get(at..at.checked_add(2)?)?.try_into().ok()?;
            Some(if is_little { u16::from_le_bytes(bytes) } else { u16::from_be_bytes(bytes) })
        };
        let long = |at: usize| -> Option<usize> {
            let bytes: [u8; 4] = exif.get(at..at.checked_add(4)?)?.try_into().ok()?;
            let number = if is_little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) };
            usize::try_from(number).ok()
        };
        let directory = long(4)?;
        for index in 0..short(directory)?.min(MAX_ENTRIES) {
            let entry = directory.checked_add(2)?.checked_add(usize::from(index) * 12)?;
            if short(entry)? == TAG {
                let is_one = short(entry.checked_add(2)?)? == SHORT && long(entry.checked_add(4)?)? == 1;
                return if is_one { Self::of_number(short(entry.checked_add(8)?)?) } else { None };
            }
        }
        None
    }

    fn of_number(number: u16) -> Option<Self> {
        Some(match number {
            1 => Self::Upright,
            2 => Self::Mirrored,
            3 => Self::UpsideDown,
            4 => Self::Flipped,
            5 => Self::Transposed,
            6 => Self::Right,
            7 => Self::Transversed,
            8 => Self::Left,
            _ => return None,
        })
    }

    /// Turns and mirrors pixels so that they are upright.
    pub(super) fn apply(self, pixels: Pixels) -> Pixels {
        if self == Self::Upright {
            return pixels;
        }
        let (width, height) = (pixels.width, pixels.height);
        let is_turned = matches!(self, Self::Transposed | Self::Right | Self::Transversed | Self::Left);
        let (new_width, new_height) = if is_turned { (height, width) } else { (width, height) };
        let mut rgba = Vec::with_capacity(pixels.rgba.len());
        let (right, bottom) = (width.saturating_sub(1), height.saturating_sub(1));
        for y in 0..new_height {
            for x in 0..new_width {
                let (from_x, from_y) = match self {
                    Self::Upright => (x, y),
                    Self::Mirrored => (right - x, y),
                    Self::UpsideDown => (right - x, bottom - y),
                    Self::Flipped => (x, bottom - y),
                    Self::Transposed => (y, x),
                    Self::Right => (y, bottom - x),
                    Self::Transversed => (right - y, bottom - x),
                    Self::Left => (right - y, x),
                };
                rgba.extend_from_slice(pixels.at(from_x, from_y));
            }
        }
        Pixels { width: new_width, height: new_height, rgba }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns EXIF data with this orientation, after another tag.
    fn exif(number: u16, is_little: bool) -> Vec<u8> {
        let short = |value: u16| if is_little { value.to_le_bytes() } else { value.to_be_bytes() };
        let long = |value: u32| if is_little { value.to_le_bytes() } else { value.to_be_bytes() };
        let mut bytes = if is_little { b"II*\0".to_vec() } else { b"MM\0*".to_vec() };
        bytes.extend(long(8));
        bytes.extend(short(2));
        for (tag, value) in [(0x0100, 640), (TAG, number)] {
            bytes.extend(short(tag));
            bytes.extend(short(SHORT));
            bytes.extend(long(1));
            bytes.extend(short(value));
            bytes.extend([0, 0]);
        }
        bytes
    }

    #[test]
    fn an_orientation_is_read_in_both_byte_orders_and_nonsense_is_upright() {
        for is_little in [true, false] {
            assert_eq!(Orientation::read(&exif(6, is_little)), Orientation::Right);
            assert_eq!(Orientation::read(&exif(9, is_little)), Orientation::Upright);
            let whole = exif(3, is_little);
            for end in 0..whole.len() - 2 {
                assert_eq!(Orientation::read(&whole[..end]), Orientation::Upright, "cut at {end}");
            }
            assert_eq!(Orientation::read(&whole), Orientation::UpsideDown);
        }
        let mut far = exif(3, true);
        far[4..8].copy_from_slice(&[0xff; 4]);
        assert_eq!(Orientation::read(&far), Orientation::Upright);
    }

    #[test]
    fn each_orientation_turns_the_stored_pixels_upright() {
        // What is to be seen, of three by two pixels.
        let seen = [[1, 2, 3], [4, 5, 6]];
        // As a camera stores it, by the number: rows of what is stored.
        let stored: [(u16, &[&[u8]]); 8] = [
            (1, &[&[1, 2, 3], &[4, 5, 6]]),
            (2, &[&[3, 2, 1], &[6, 5, 4]]),
            (3, &[&[6, 5, 4], &[3, 2, 1]]),
            (4, &[&[4, 5, 6], &[1, 2, 3]]),
            (5, &[&[1, 4], &[2, 5], &[3, 6]]),
            (6, &[&[3, 6], &[2, 5], &[1, 4]]),
            (7, &[&[6, 3], &[5, 2], &[4, 1]]),
            (8, &[&[4, 1], &[5, 2], &[6, 3]]),
        ];
        let rgba =
            |rows: &mut dyn Iterator<Item = u8>| rows.flat_map(|value| [value; 4]).collect::<Vec<u8>>();
        for (number, rows) in stored {
            let pixels = Pixels {
                width: u32::try_from(rows[0].len()).unwrap(),
                height: u32::try_from(rows.len()).unwrap(),
                rgba: rgba(&mut rows.iter().copied().flatten().copied()),
            };
            let upright = Orientation::of_number(number).unwrap().apply(pixels);
            assert_eq!((upright.width, upright.height), (3, 2), "{number}");
            assert_eq!(upright.rgba, rgba(&mut seen.into_iter().flatten()), "{number}");
        }
    }
}
