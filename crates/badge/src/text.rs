//! Text: which of it is drawn, in which fonts, in what form and where its lines end.
//!
//! `clean` normalizes a text, `fallback` leaves out what no font has, `shape` makes glyphs of it and `fit` lines. `copy` prepares glyphs
//! for files from which text is copied.

mod breaks;
mod clean;
mod copy;
mod emoji;
mod fallback;
mod fit;
mod fonts;
mod letters;
mod script;
mod shape;
mod wrap;

pub(crate) use copy::{CopiedRun, copied};
pub(crate) use fit::{TextBlock, TextBox, lacks_letters, lay_out, lay_out_lines};
#[cfg(test)]
pub(crate) use fonts::all as all_fonts;
pub use fonts::{FontFolder, FontFolderError, use_font_folder};
pub(crate) use fonts::{FontId, FontStyle};
pub(crate) use script::Han;
pub(crate) use shape::{Glyph, Line};
