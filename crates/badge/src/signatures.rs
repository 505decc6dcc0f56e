//! The signature lines of a certificate: who vouches for it at the school, in ink on paper and as a picture on the screen.

use crate::award::{Award, lay_out_issuer_text};
use crate::color::{INK, MUTED};
use crate::scene::{Align, GroupRole, Scene, rectangle};
use crate::signature_line::SignatureLine;
use crate::text::{FontStyle, TextBox};

/// The height of the row, with the room for a signature above the line.
pub(crate) const ROW_HEIGHT: f32 = 62.0;
/// The width of a line.
const LINE: f32 = 190.0;
/// The distance from the middle of one line to that of the other.
const APART: f32 = 270.0;
/// The height of a signature.
const INK_HEIGHT: f32 = 32.0;

/// Draws the lines around a middle, two beside each other.
pub(crate) fn signatures(scene: &mut Scene, award: &Award<'_>, middle: f32, top: f32) {
    let places: &[f32] = match award.signatures.len() {
        0 => return,
        1 => &[0.0],
        _ if award.is_rtl() => &[APART / 2.0, -APART / 2.0],
        _ => &[-APART / 2.0, APART / 2.0],
    };
    for (signature, place) in award.signatures.iter().zip(places) {
        line(scene, award, signature, middle + place, top);
    }
}

fn line(scene: &mut Scene, award: &Award<'_>, signature: &SignatureLine, x: f32, top: f32) {
    let y = top + INK_HEIGHT + 2.0;
    if let Some(picture) = &signature.picture {
        let middle = top + INK_HEIGHT / 2.0;
        scene.group(GroupRole::Decoration).picture_within(picture, x, middle, LINE - 20.0, INK_HEIGHT);
    }
    scene.group(GroupRole::Decoration).fill(rectangle(x - LINE / 2.0, y, LINE, 0.7), MUTED);
    let text_box = |style, size, height| TextBox {
        style,
        size,
        smallest: size * 0.6,
        width: LINE + 40.0,
        lines: 1,
        height,
    };
    let name = lay_out_issuer_text(&signature.name, &text_box(FontStyle::Bold, 9.5, 13.0), award);
    let group = scene.group(GroupRole::Paragraph);
    let below = group.text(&name.block, Align::Center, x, y + 3.0, INK);
    if let Some(title) = &signature.title {
        let title = lay_out_issuer_text(title, &text_box(FontStyle::Sans, 8.0, 11.0), award);
        group.text(&title.block, Align::Center, x, below, MUTED);
    }
}
