//! The pictures that pages show: part of the program, at the addresses that their files have beside the pages.
//!
//! Each is there twice, as the console looks in light and in dark. A test takes them (`e2e/pages/guides.rs`); they are WebP, by the
//! browser that it opens.

use super::highlight::escaped;

/// The beginning of the file of a lossy picture: `RIFF`, a size, `WEBP`, and the chunk `VP8 `.
const LOSSY: &[u8] = b"WEBPVP8 ";
/// The mark of a frame in such a chunk, before its width and its height.
const FRAME: [u8; 3] = [0x9d, 0x01, 0x2a];

/// A picture.
pub(super) struct GuidePicture {
    /// The path at which it is served; that of its file in the repository, with a slash before it.
    pub(super) path: &'static str,
    /// The same of the picture that is shown where the reader's pages are dark.
    pub(super) dark_path: &'static str,
    /// The file.
    light: &'static [u8],
    /// The file of the dark one.
    dark: &'static [u8],
}

macro_rules! pictures {
    ($folder:literal: $($name:literal)*) => {
        [$(GuidePicture {
            path: concat!("/", $folder, "/", $name, ".webp"),
            dark_path: concat!("/", $folder, "/", $name, "-dark.webp"),
            light: include_bytes!(concat!("../../../../", $folder, "/", $name, ".webp")),
            dark: include_bytes!(concat!("../../../../", $folder, "/", $name, "-dark.webp")),
        }),*]
    };
}

/// Every picture.
pub(super) static PICTURES: [GuidePicture; 11] = pictures! { "docs/console/pictures":
    "sign-in"
    "overview"
    "sheet-faults"
    "sheet-right"
    "sheet-progress"
    "mails"
    "template"
    "credential"
    "organizations"
    "signing-keys"
    "health"
};

/// Returns the file that is served at a path.
pub(super) fn find(path: &str) -> Option<&'static [u8]> {
    let mut files = PICTURES.iter().flat_map(|one| [(one.path, one.light), (one.dark_path, one.dark)]);
    files.find_map(|(known, file)| (known == path).then_some(file))
}

/// Returns the picture whose file in the repository this is.
pub(super) fn of_file(file: &str) -> Option<&'static GuidePicture> {
    PICTURES.iter().find(|picture| picture.path.strip_prefix('/') == Some(file))
}

impl GuidePicture {
    /// Writes the picture, with its words for those who don't see it, and with its size, so that no text moves when it comes.
    pub(super) fn html(&self, words: &str) -> String {
        let size = |file| match size(file) {
            Some((width, height)) => format!(" width=\"{width}\" height=\"{height}\""),
            None => String::new(),
        };
        format!(
            "<picture><source media=\"(prefers-color-scheme: dark)\" srcset=\"{}\"{}><img src=\"{}\" alt=\"{}\"{} decoding=\"async\"></picture>",
            self.dark_path,
            size(self.dark),
            self.path,
            escaped(words),
            size(self.light),
        )
    }
}

/// Returns the width and the height of a lossy WebP picture, in pixels
/// ([RFC 6386](https://www.rfc-editor.org/rfc/rfc6386#section-9.1) section 9.1).
fn size(file: &[u8]) -> Option<(u16, u16)> {
    let chunk = file.get(8..)?.strip_prefix(LOSSY)?;
    // The size of the chunk, and the tag of the frame.
    let rest = chunk.get(7..)?.strip_prefix(&FRAME)?;
    let (width, rest) = rest.split_first_chunk()?;
    let (height, _) = rest.split_first_chunk()?;
    // The two bits above are how a decoder may enlarge it.
    let side = |bytes: [u8; 2]| u16::from_le_bytes(bytes) & 0x3fff;
    Some((side(*width), side(*height)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_picture_has_a_size_and_the_dark_one_has_the_same() {
        for picture in &PICTURES {
            let (width, height) = size(picture.light).unwrap_or_else(|| panic!("{}", picture.path));
            assert!((300..=1_000).contains(&width) && height > 100, "{}: {width} × {height}", picture.path);
            assert_eq!(size(picture.dark), Some((width, height)), "{}", picture.dark_path);
            let html = picture.html("a <b> \"c\"");
            assert!(html.contains("alt=\"a &lt;b&gt; &quot;c&quot;\""), "{html}");
            assert_eq!(html.matches(&format!(" width=\"{width}\" height=\"{height}\"")).count(), 2, "{html}");
        }
    }

    #[test]
    fn what_is_no_lossy_picture_has_no_size() {
        let file = PICTURES[0].light;
        for no_picture in
            [&b""[..], b"RIFF", &file[..20], &file[..29], &[&file[..12], b"VP8L", &file[16..]].concat()]
        {
            assert_eq!(size(no_picture), None);
        }
        assert!(size(&file[..30]).is_some());
    }
}
