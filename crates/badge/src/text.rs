//! Text: which of it is drawn, in which fonts, in what form and where its lines end.

mod clean;
mod fit;
mod fonts;
mod shape;

pub(crate) use fit::{TextBlock, TextBox, lay_out};
pub(crate) use fonts::{FontId, FontStyle};
pub(crate) use shape::Line;
