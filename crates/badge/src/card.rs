//! The card: the preview image of a credential's link (Open Graph), without the recipient.

use learncoin_language::fill;

use crate::award::{Award, label, lay_out_issuer_text, lay_out_own_text};
use crate::badge::{SIDE, badge};
use crate::color::{INK, LINE, MUTED, PAPER};
use crate::ornament::{mark, pill};
use crate::scene::{Align, GroupRole, Scene, rectangle};
use crate::text::{FontStyle, TextBox};

/// The width and height of a card, in pixels, as Open Graph consumers recommend.
pub(crate) const SIZE: (u32, u32) = (1200, 630);

const MARGIN: f32 = 84.0;
const TEXT_WIDTH: f32 = 580.0;
const BADGE: f32 = 430.0;
/// The width and height of the box of the school's crest.
const CREST: (f32, f32) = (300.0, 84.0);

/// Draws the card.
pub(crate) fn card(award: &Award<'_>) -> Scene {
    let (width, height) = (1200.0, 630.0);
    let is_rtl = award.is_rtl();
    // Returns the coordinate at a distance from the edge at which lines begin.
    let from_start = |x: f32| if is_rtl { width - x } else { x };
    let align = if is_rtl { Align::Right } else { Align::Left };

    let mut scene = Scene::new(width, height);
    let ground = scene.group(GroupRole::Decoration);
    ground.fill(rectangle(0.0, 0.0, width, height), PAPER);
    ground.fill(rectangle(if is_rtl { width - 20.0 } else { 0.0 }, 0.0, 20.0, height), award.accent());
    ground.fill(rectangle(MARGIN, 520.0, width - 2.0 * MARGIN, 1.5), LINE);

    let badge_left = if is_rtl { MARGIN - 6.0 } else { width - MARGIN - BADGE + 6.0 };
    scene.insert(badge(award), GroupRole::Figure(award.accessible_name()), badge_left, 58.0, BADGE / SIDE);

    let crest_height = if award.logo.is_some() { CREST.1 + 16.0 } else { 0.0 };
    let issuer = TextBox {
        style: FontStyle::Bold,
        size: 30.0,
        smallest: 18.0,
        width: TEXT_WIDTH,
        lines: 3,
        height: 80.0,
    };
    let issuer = lay_out_issuer_text(award.issuer(), &issuer, award);
    let title = TextBox {
        style: FontStyle::Serif,
        size: 70.0,
        smallest: 28.0,
        width: TEXT_WIDTH,
        lines: 5,
        height: 290.0 - crest_height,
    };
    let name = lay_out_issuer_text(award.achievement(), &title, award);
    let doubt = award
        .doubt()
        .map(|doubt| (lay_out_own_text(doubt.word, &label(FontStyle::Bold, 23.0, TEXT_WIDTH)), doubt.color));
    let doubt_height = doubt.as_ref().map_or(0.0, |(block, _)| block.height());
    let space = 428.0 - crest_height - issuer.block.height() - doubt_height - name.block.height();
    let mut y = 64.0 + (space / 3.0).clamp(0.0, 60.0);
    let start = from_start(MARGIN);
    if let Some(logo) = &award.logo {
        let scale = (CREST.0 / logo.width()).min(CREST.1 / logo.height());
        let x = from_start(MARGIN + logo.width() * scale / 2.0);
        scene.group(GroupRole::Decoration).picture_within(logo, x, y + CREST.1 / 2.0, CREST.0, CREST.1);
        y += crest_height;
    }
    y = scene.group(GroupRole::Paragraph).text(&issuer.block, align, start, y, MUTED);
    if let Some((block, color)) = doubt {
        y = scene.group(GroupRole::Paragraph).text(&block, align, start, y, color);
    }
    y += 12.0;
    scene.group(GroupRole::Title).text(
        &name.block,
        align,
        start,
        y,
        if name.is_original { INK } else { MUTED },
    );

    if let Some(note) = award.note_on_letters(false) {
        let note = lay_out_own_text(note, &label(FontStyle::Sans, 17.0, TEXT_WIDTH));
        scene.group(GroupRole::Paragraph).text(&note, align, start, 496.0, MUTED);
    }

    mark(&mut scene, &award.brand, from_start(MARGIN + 26.0), 570.0, 52.0);
    let brand = lay_out_own_text(award.brand.name(), &label(FontStyle::Bold, 27.0, 240.0));
    let brand_at = from_start(MARGIN + 66.0);
    scene.group(GroupRole::Paragraph).text(&brand, align, brand_at, 570.0 - brand.size * 0.63, INK);
    let mut used = 66.0 + brand.width() + 28.0;
    for banner in [award.state_banner(), award.chain_banner()].into_iter().flatten() {
        used += pill(&mut scene, banner, from_start(MARGIN + used), 549.0, 42.0, is_rtl) + 14.0;
    }
    let check = fill(&award.words().check_at, &[("host", award.host())]);
    let text_box = width - 2.0 * MARGIN - used - 10.0;
    if text_box > 120.0 {
        let check = lay_out_own_text(&check, &label(FontStyle::Sans, 24.0, text_box));
        let end = from_start(width - MARGIN);
        let group = scene.group(GroupRole::Paragraph);
        group.text(&check, align.mirrored(), end, 570.0 - check.size * 0.63, MUTED);
    }
    scene
}
