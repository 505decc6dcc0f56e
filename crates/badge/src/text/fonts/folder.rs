//! The fonts of the deployment's folder: for the scripts that are too large to be part of the program.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use skrifa::attribute::{Stretch, Style};
use skrifa::raw::{FileRef, TableProvider as _};
use skrifa::string::StringId;
use skrifa::{FontRef, MetadataProvider as _};

use super::FontStyle;
use super::face::{Face, FontFile, FontId, Ranges, Source};
use super::shipped::is_shipped;
use crate::text::letters::is_ignorable;
use crate::text::script::{Han, Script};

/// How deep folders in the folder are read.
const DEPTH: usize = 5;
/// The size of the largest file that is read. The largest font of Noto CJK has 27 MB.
const MAX_FILE_BYTES: u64 = 128 * 1024 * 1024;

/// The fonts of the folder, once it is used.
static FOLDER: OnceLock<Vec<Face>> = OnceLock::new();

/// What was found in a folder of fonts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FontFolder {
    /// The number of fonts that drawings can use.
    pub fonts: usize,
    /// The scripts that drawings can use now, by their English names, in alphabetical order. Shipped fonts are counted.
    pub scripts: Vec<&'static str>,
    /// The files that look like fonts and can't be read, with the reason.
    pub unreadable: Vec<(PathBuf, String)>,
}

/// The reasons why a folder of fonts can't be used.
#[derive(Debug, thiserror::Error)]
pub enum FontFolderError {
    /// The folder can't be read.
    #[error("the folder {} can't be read", path.display())]
    Read {
        /// The folder.
        path: PathBuf,
        /// The reason.
        source: std::io::Error,
    },
    /// The folder has no font.
    #[error("no font in {} can be used: expected files .ttf, .otf or .ttc with outlines", path.display())]
    Empty {
        /// The folder.
        path: PathBuf,
    },
    /// Drawings use a folder already.
    #[error("drawings already use a folder of fonts")]
    InUse,
}

/// Reads which fonts a folder holds, and makes all drawings of this process use them for the letters that no shipped font has.
/// A font is read again at its first use, and then kept in memory.
///
/// # Errors
/// If the folder can't be read or has no font that can be used, or if the process uses a folder already.
pub fn use_font_folder(path: &Path) -> Result<FontFolder, FontFolderError> {
    let mut found = Found::default();
    found.read_folder(path, DEPTH).map_err(|source| FontFolderError::Read { path: path.into(), source })?;
    let Found { mut faces, unreadable } = found;
    if faces.is_empty() {
        return Err(FontFolderError::Empty { path: path.into() });
    }
    // The order in which the system lists files must not change how a text looks.
    faces.sort_by(|one, other| one.name.cmp(&other.name));
    let fonts = faces.len();
    FOLDER.set(faces).map_err(|_| FontFolderError::InUse)?;
    let mut scripts: Vec<&'static str> = Script::ALL
        .iter()
        .filter(|script| script.samples().chars().all(is_known))
        .map(|script| script.name())
        .collect();
    scripts.sort_unstable();
    Ok(FontFolder { fonts, scripts, unreadable })
}

/// Returns whether a shipped font or one of the folder has a letter of a script. No font is read for it.
fn is_known(letter: char) -> bool {
    is_shipped(letter) || FOLDER.get().into_iter().flatten().any(|face| FontId(face).may_cover(letter))
}

/// Returns the fonts of the folder that may have a cluster, in order of preference.
pub(super) fn fonts(cluster: &str, style: FontStyle, han: Han) -> Vec<FontId> {
    let Some(faces) = FOLDER.get() else { return Vec::new() };
    let Some(first) = cluster.chars().find(|letter| !is_ignorable(*letter)) else { return Vec::new() };
    if is_private(first) {
        return Vec::new();
    }
    let weight = if style == FontStyle::Bold { 700.0 } else { 400.0 };
    let is_serif = style == FontStyle::Serif;
    let mut fonts: Vec<FontId> = faces.iter().map(FontId).filter(|font| font.may_cover(first)).collect();
    let rank = |face: &Face| {
        let is_other_form = face.han.is_some_and(|other| other != han);
        (is_other_form, !face.name.starts_with("Noto"), face.is_serif != is_serif)
    };
    let distance = |face: &Face| (face.weight - weight).abs();
    // The sort is stable, so that fonts that suit alike keep the order of their names.
    fonts.sort_by(|FontId(one), FontId(other)| {
        rank(one).cmp(&rank(other)).then(distance(one).total_cmp(&distance(other)))
    });
    fonts
}

/// Returns whether the meaning of a code point is private, so that a font of others draws anything for it.
fn is_private(letter: char) -> bool {
    matches!(letter, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}')
}

/// What was found so far.
#[derive(Default)]
struct Found {
    faces: Vec<Face>,
    unreadable: Vec<(PathBuf, String)>,
}

impl Found {
    fn read_folder(&mut self, folder: &Path, depth: usize) -> std::io::Result<()> {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            // Follows links, which packages of fonts may be made of.
            let Ok(metadata) = std::fs::metadata(&path) else { continue };
            if metadata.is_dir() && depth > 0 {
                self.read_folder(&path, depth - 1)?;
            } else if metadata.is_file() && is_font_file(&path) {
                let read = if metadata.len() > MAX_FILE_BYTES {
                    Err(format!("larger than {} MiB", MAX_FILE_BYTES / 1024 / 1024))
                } else {
                    self.read_file(&path)
                };
                if let Err(reason) = read {
                    self.unreadable.push((path, reason));
                }
            }
        }
        Ok(())
    }

    /// Reads which characters the fonts of a file have. The bytes are not kept.
    fn read_file(&mut self, path: &Path) -> Result<(), String> {
        let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
        let fonts = FileRef::new(&bytes).map_err(|error| error.to_string())?;
        let mut found = Vec::new();
        for (index, tables) in (0_u32..).zip(fonts.fonts()) {
            let tables = tables.map_err(|error| error.to_string())?;
            found.extend(is_usable(&tables).then_some((index, tables)));
        }
        if found.is_empty() {
            return Ok(());
        }
        let file = Box::leak(Box::new(FontFile { path: path.to_owned(), bytes: OnceLock::new() }));
        self.faces.extend(found.into_iter().map(|(index, tables)| {
            let fallback = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            face(&tables, fallback, Source::File { file, index })
        }));
        Ok(())
    }
}

fn is_font_file(path: &Path) -> bool {
    let extension = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    matches!(extension.as_str(), "ttf" | "otf" | "ttc" | "otc")
}

/// Returns whether texts can be set in the font: upright, of normal width, with outlines, for letters of any width. Its license
/// must let it be embedded.
fn is_usable(tables: &FontRef<'_>) -> bool {
    let has_outlines = tables.glyf().is_ok() || tables.cff().is_ok() || tables.cff2().is_ok();
    let attributes = tables.attributes();
    let is_restricted = tables.os2().is_ok_and(|os2| os2.fs_type() & 0xf == 2);
    // The forms of Hong Kong are those of Taiwan for nearly all names.
    let name = name(tables, StringId::FAMILY_NAME).unwrap_or_default();
    let is_special = ["Mono", "Emoji", "Symbols", " HK"].iter().any(|word| name.contains(word));
    has_outlines
        && attributes.style == Style::Normal
        && attributes.stretch == Stretch::NORMAL
        && !is_restricted
        && !is_special
}

fn face(tables: &FontRef<'_>, fallback: String, source: Source) -> Face {
    let family = name(tables, StringId::FAMILY_NAME).unwrap_or_default();
    Face {
        name: name(tables, StringId::POSTSCRIPT_NAME).unwrap_or(fallback),
        source,
        ranges: ranges(tables),
        is_serif: ["Serif", "Song", "Ming", "Mincho", "Batang"].iter().any(|word| family.contains(word)),
        weight: tables.attributes().weight.value(),
        han: Han::of_family(&family),
        font: OnceLock::new(),
    }
}

fn name(tables: &FontRef<'_>, id: StringId) -> Option<String> {
    tables.localized_strings(id).english_or_first().map(|name| name.chars().collect())
}

/// Returns the characters of a font as ranges.
fn ranges(tables: &FontRef<'_>) -> Ranges {
    let mut letters: Vec<u32> = tables.charmap().mappings().map(|(letter, _)| letter).collect();
    letters.sort_unstable();
    let mut ranges: Vec<(u32, u32)> = Vec::new();
    for letter in letters {
        match ranges.last_mut() {
            Some((_, last)) if letter <= last.saturating_add(1) => *last = letter,
            _ => ranges.push((letter, letter)),
        }
    }
    ranges.shrink_to_fit();
    Cow::Owned(ranges)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_is_not_there_or_has_no_font_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let missing = use_font_folder(&folder.path().join("missing")).unwrap_err();
        assert!(missing.to_string().ends_with("missing can't be read"), "{missing}");
        std::fs::write(folder.path().join("notes.txt"), "no font").unwrap();
        let empty = use_font_folder(folder.path()).unwrap_err();
        assert!(empty.to_string().starts_with("no font in "), "{empty}");
    }

    #[test]
    fn files_that_are_no_fonts_are_named_and_the_others_are_read() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("deeper")).unwrap();
        std::fs::write(folder.path().join("broken.ttf"), "no font").unwrap();
        let shipped = concat!(env!("CARGO_MANIFEST_DIR"), "/fonts/NotoSans-Bold.ttf");
        std::fs::copy(shipped, folder.path().join("deeper/a.TTF")).unwrap();
        let mut found = Found::default();
        found.read_folder(folder.path(), DEPTH).unwrap();
        let [(path, _)] = &*found.unreadable else { panic!("{:?}", found.unreadable) };
        assert!(path.ends_with("broken.ttf"));
        let [face] = &*found.faces else { panic!("{} fonts", found.faces.len()) };
        assert_eq!((&*face.name, face.weight, face.is_serif), ("NotoSans-Bold", 700.0, false));
        let covers = |letter: char| {
            face.ranges.iter().any(|(first, last)| (*first..=*last).contains(&u32::from(letter)))
        };
        assert!(covers('A') && covers('Ж') && !covers('漢'));
    }
}
