//! The badge: a medal with the achievement and its issuer, without the recipient.
//!
//! From top to bottom: the emblem (the achievement's picture, else the school's crest, else the ornament of the course), the title, the
//! issuer with its crest if the picture has taken the emblem's place, and the deployment's mark.

use tiny_skia::Transform;

use crate::award::{Award, label, lay_out_issuer_text, lay_out_own_text};
use crate::color::{GOLD, INK, MUTED};
use crate::ornament::{mark, medallion, ribbon};
use crate::picture::Picture;
use crate::scene::{Align, GroupRole, Scene, rectangle};
use crate::text::{FontStyle, TextBox};

/// The width and height of a badge.
pub(crate) const SIDE: f32 = 600.0;
const MIDDLE: f32 = SIDE / 2.0;

/// The center of the emblem, and its radius.
const EMBLEM: (f32, f32) = (141.0, 64.0);
/// The top of the title.
const TITLE_TOP: f32 = 212.0;
/// The middle of the ribbon of a state, and of that of a chain.
const RIBBON: f32 = 366.0;
const CHAIN: f32 = 478.0;
/// A picture that is wider than this has no plate around it.
const WIDE: f32 = 1.6;

/// Draws the badge.
pub(crate) fn badge(award: &Award<'_>) -> Scene {
    let mut scene = Scene::new(SIDE, SIDE);
    let medal = scene
        .transformed(GroupRole::Figure(award.accessible_name()), Transform::from_translate(MIDDLE, MIDDLE));
    medallion(medal, award.accent(), award.course());
    emblem(&mut scene, award);
    texts(&mut scene, award);
    let (at, size) = if award.chain_banner().is_some() { (512.0, 22.0) } else { (500.0, 32.0) };
    mark(&mut scene, &award.brand, MIDDLE, at, size);
    if let Some(banner) = award.state_banner() {
        let transform = Transform::from_rotate_at(-4.0, MIDDLE, RIBBON).pre_translate(MIDDLE, RIBBON);
        ribbon(&mut scene, banner, transform, 590.0, 58.0);
    }
    if let Some(banner) = award.chain_banner() {
        ribbon(&mut scene, banner, Transform::from_translate(MIDDLE, CHAIN), 400.0, 38.0);
    }
    scene
}

/// Draws what the badge is known by at a glance.
fn emblem(scene: &mut Scene, award: &Award<'_>) {
    let (y, radius) = EMBLEM;
    let course = award.course();
    match award.image.as_ref().or(award.logo.as_ref()) {
        Some(picture) if picture.width() > picture.height() * WIDE => {
            scene.group(GroupRole::Decoration).picture_within(picture, MIDDLE, y + 6.0, 236.0, 84.0);
        }
        Some(picture) => {
            course.plate(scene.group(GroupRole::Decoration), MIDDLE, y, radius);
            scene.group(GroupRole::Decoration).picture_within(
                picture,
                MIDDLE,
                y,
                radius * 1.26,
                radius * 1.26,
            );
        }
        None => {
            course.plate(scene.group(GroupRole::Decoration), MIDDLE, y, radius);
            course.emblem(scene.group(GroupRole::Decoration), MIDDLE, y, radius);
        }
    }
}

/// Returns the crest beside the issuer's name, if the emblem is another picture.
fn crest<'a>(award: &'a Award<'_>) -> Option<&'a Picture> {
    award.image.as_ref().and(award.logo.as_ref())
}

/// Draws the title, the issuer, and a doubt about the issuer's name.
fn texts(scene: &mut Scene, award: &Award<'_>) {
    let has_state = award.state_banner().is_some();
    let crest = crest(award).filter(|_| !has_state);
    let top = TITLE_TOP;
    let bottom = if award.chain_banner().is_some() { CHAIN - 24.0 } else { 474.0 };
    let doubt = award
        .doubt()
        .map(|doubt| (lay_out_own_text(doubt.word, &label(FontStyle::Bold, 18.0, 330.0)), doubt.color));
    let doubt_height = doubt.as_ref().map_or(0.0, |(block, _)| block.height());
    let crest_height = if crest.is_some() { 54.0 } else { 0.0 };
    let below_ribbon = RIBBON + 46.0;
    let issuer = TextBox {
        style: FontStyle::Bold,
        size: 22.0,
        smallest: 12.0,
        width: 350.0,
        lines: 2,
        height: if has_state { (bottom - below_ribbon - doubt_height).min(58.0) } else { 58.0 },
    };
    let issuer = lay_out_issuer_text(award.issuer(), &issuer, award);
    let title = TextBox {
        style: FontStyle::Serif,
        size: 48.0,
        smallest: 15.0,
        width: 384.0,
        lines: 5,
        height: match has_state {
            true => RIBBON - 44.0 - top,
            false => bottom - top - 28.0 - crest_height - issuer.block.height() - doubt_height,
        },
    };
    let name = lay_out_issuer_text(award.achievement(), &title, award);
    let color = if name.is_original { INK } else { MUTED };
    let text = scene.group(GroupRole::Decoration);
    let mut y;
    if has_state {
        let at = top + (RIBBON - 44.0 - top - name.block.height()) / 2.0;
        text.text(&name.block, Align::Center, MIDDLE, at, color);
        y = below_ribbon;
    } else {
        let height = name.block.height() + 28.0 + crest_height + issuer.block.height() + doubt_height;
        y = top + (bottom - top - height).max(0.0) / 2.0;
        y = text.text(&name.block, Align::Center, MIDDLE, y, color) + 11.0;
        text.fill(rectangle(MIDDLE - 34.0, y, 68.0, 2.0), GOLD);
        y += 15.0;
        if let Some(crest) = crest {
            text.picture_within(crest, MIDDLE, y + 25.0, 200.0, 50.0);
            y += crest_height;
        }
    }
    y = text.text(&issuer.block, Align::Center, MIDDLE, y, MUTED);
    if let Some((block, color)) = doubt {
        text.text(&block, Align::Center, MIDDLE, y, color);
    }
}
