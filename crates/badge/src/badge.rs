//! The badge: a medal with the achievement and its issuer, without the recipient.

use tiny_skia::Transform;

use crate::award::{Award, lay_out_issuer_text};
use crate::color::{GOLD, INK, MUTED};
use crate::ornament::{mark, medallion, ribbon};
use crate::scene::{Align, Role, Scene, rectangle};
use crate::text::{FontStyle, TextBox};

/// The width and height of a badge.
pub(crate) const SIDE: f32 = 600.0;

/// Draws the badge.
pub(crate) fn badge(award: &Award<'_>) -> Scene {
    let mut scene = Scene::new(SIDE, SIDE);
    let middle = SIDE / 2.0;
    let accent = award.accent();
    let medal =
        scene.transformed(Role::Figure(award.accessible_name()), Transform::from_translate(middle, middle));
    medallion(medal, accent);
    mark(&mut scene, middle, 122.0, 62.0);

    let state = award.state_banner();
    let (top, bottom) = match (state, award.chain_banner()) {
        (Some(_), _) => (166.0, 318.0),
        (None, Some(_)) => (166.0, 440.0),
        (None, None) => (176.0, 470.0),
    };
    let title = TextBox {
        style: FontStyle::Serif,
        size: 48.0,
        smallest: 19.0,
        width: 372.0,
        lines: 5,
        height: if state.is_some() { bottom - top } else { 190.0 },
    };
    let name = lay_out_issuer_text(award.achievement(), &title, award);
    let issuer =
        TextBox { style: FontStyle::Bold, size: 21.0, smallest: 13.0, width: 340.0, lines: 3, height: 58.0 };
    let issuer = lay_out_issuer_text(award.issuer(), &issuer, award);
    let color = if name.is_original { INK } else { MUTED };
    let text = scene.group(Role::Decoration);
    if state.is_some() {
        text.text(
            &name.block,
            Align::Center,
            middle,
            top + (bottom - top - name.block.height()) / 2.0,
            color,
        );
        text.text(&issuer.block, Align::Center, middle, 392.0, MUTED);
    } else {
        let height = name.block.height() + 26.0 + issuer.block.height();
        let y = top + (bottom - top - height).max(0.0) / 2.0;
        let y = text.text(&name.block, Align::Center, middle, y, color) + 12.0;
        text.fill(rectangle(middle - 34.0, y, 68.0, 2.0), GOLD);
        text.text(&issuer.block, Align::Center, middle, y + 14.0, MUTED);
    }
    if let Some(banner) = state {
        ribbon(
            &mut scene,
            banner,
            Transform::from_rotate_at(-6.0, middle, 352.0).pre_translate(middle, 352.0),
            590.0,
            62.0,
        );
    }
    if let Some(banner) = award.chain_banner() {
        ribbon(&mut scene, banner, Transform::from_translate(middle, 482.0), 400.0, 46.0);
    }
    scene
}
