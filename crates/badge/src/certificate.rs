//! The certificate: a printable page (A4, landscape) that names recipient, achievement and issuer. It never claims that
//! the credential is valid: its link and QR code lead to the page that shows that.

use tiny_skia::{PathBuilder, Rect, Transform};

use learncoin_language::fill;

use crate::award::{Award, Banner, label, lay_out_issuer_lines, lay_out_issuer_text, lay_out_own_text};
use crate::color::{GOLD, INK, LINE, LINK, MUTED, PAPER};
use crate::link_code::encode;
use crate::number::from_i32;
use crate::ornament::{frame, guilloche, mark, medallion, ribbon};
use crate::scene::{Align, Paint, Role, Scene, rectangle};
use crate::text::{FontStyle, TextBox};

/// The width of A4 landscape, in points.
const WIDTH: f32 = 841.89;
const HEIGHT: f32 = 595.28;
const MIDDLE: f32 = WIDTH / 2.0;
const MARGIN: f32 = 64.0;

/// Draws the certificate.
pub(crate) fn certificate(award: &Award<'_>) -> Scene {
    let mut scene = Scene::new(WIDTH, HEIGHT);
    let accent = award.accent();
    let ground = scene.group(Role::Decoration);
    ground.fill(rectangle(0.0, 0.0, WIDTH, HEIGHT), PAPER);
    guilloche(ground, MIDDLE, 262.0, 250.0, Paint { color: GOLD, opacity: 0.3 });
    frame(ground, WIDTH, HEIGHT, accent);

    let mut y = 50.0;
    if let Some(banner) = award.chain_banner() {
        y = notice(&mut scene, award, banner, y);
    }
    y = header(&mut scene, award, y);
    body(&mut scene, award, y);
    footer(&mut scene, award);
    if let Some(banner) = award.state_banner() {
        let transform = Transform::from_rotate_at(-14.0, MIDDLE, 285.0).pre_translate(MIDDLE, 285.0);
        ribbon(&mut scene, banner, transform, 620.0, 74.0);
    }
    scene
}

/// Draws the notice of a test network or development chain. Returns the `y` below it.
fn notice(scene: &mut Scene, award: &Award<'_>, banner: Banner, y: f32) -> f32 {
    let text = format!("{} · {}", banner.word, award.chain_notice().unwrap_or_default());
    let block = lay_out_own_text(&text, &label(FontStyle::Bold, 9.5, WIDTH - 2.0 * MARGIN - 40.0));
    let width = block.width() + 30.0;
    let group = scene.group(Role::Paragraph);
    group.fill(crate::scene::rounded(MIDDLE - width / 2.0, y, width, 20.0, 10.0), banner.color);
    group.text(&block, Align::Center, MIDDLE, y + 10.0 - block.size * 0.63, PAPER);
    y + 26.0
}

/// Draws logo, issuer and the word "certificate". Returns the `y` below them.
fn header(scene: &mut Scene, award: &Award<'_>, y: f32) -> f32 {
    let mut y = y + 6.0;
    if let Some(logo) = &award.logo {
        let scale = (44.0 / logo.height()).min(180.0 / logo.width());
        let (width, height) = (logo.width() * scale, logo.height() * scale);
        let area = Rect::from_xywh(MIDDLE - width / 2.0, y + (44.0 - height) / 2.0, width, height);
        scene.group(Role::Decoration).picture(logo.clone(), area);
        y += 50.0;
    }
    let text_box =
        TextBox { style: FontStyle::Bold, size: 17.0, smallest: 10.0, width: 520.0, lines: 3, height: 44.0 };
    let issuer = lay_out_issuer_text(award.issuer(), &text_box, award);
    y = scene.group(Role::Paragraph).text(&issuer.block, Align::Center, MIDDLE, y, INK) + 2.0;
    let kind = lay_out_own_text(&award.words().certificate, &label(FontStyle::Serif, 14.0, 300.0));
    scene.group(Role::Paragraph).text(&kind, Align::Center, MIDDLE, y, MUTED) + 2.0
}

/// Draws recipient, achievement and description.
fn body(scene: &mut Scene, award: &Award<'_>, top: f32) {
    let words = award.words();
    let subject = &award.document.subject;
    let wide = WIDTH - 2.0 * MARGIN - 40.0;
    let bottom = 424.0;
    let tight = bottom - top < 300.0;

    let to = lay_out_own_text(&words.awarded_to, &label(FontStyle::Sans, 11.0, 300.0));
    let name = match &subject.name {
        Some(name) => {
            let text_box = TextBox {
                style: FontStyle::Serif,
                size: 42.0,
                smallest: 15.0,
                width: wide,
                lines: 3,
                height: 84.0,
            };
            lay_out_issuer_text(name, &text_box, award)
        }
        None => {
            let text_box = TextBox {
                style: FontStyle::Serif,
                size: 22.0,
                smallest: 12.0,
                width: wide,
                lines: 2,
                height: 60.0,
            };
            crate::award::IssuerText {
                block: lay_out_own_text(&words.redacted, &text_box),
                is_original: false,
            }
        }
    };
    let reason = lay_out_own_text(&words.awarded_for, &label(FontStyle::Sans, 11.0, 300.0));
    let text_box = TextBox {
        style: FontStyle::Serif,
        size: 29.0,
        smallest: 13.0,
        width: wide,
        lines: 3,
        height: if tight { 74.0 } else { 92.0 },
    };
    let title = lay_out_issuer_text(award.achievement(), &text_box, award);
    let text_box =
        TextBox { style: FontStyle::Sans, size: 10.5, smallest: 8.5, width: 540.0, lines: 4, height: 50.0 };
    let description = lay_out_issuer_lines(&subject.achievement.description, &text_box, award);

    let text = [&to, &name.block, &reason, &title.block, &description.block];
    let height: f32 = text.iter().map(|block| block.height()).sum();
    let gap = ((bottom - top - height) / 6.0).clamp(2.0, 22.0);
    // The gaps below add up to about three and a half.
    let mut y = top + ((bottom - top - height - 3.4 * gap) / 2.0).max(0.0);

    let ink = |is_original: bool| if is_original { INK } else { MUTED };
    y = scene.group(Role::Paragraph).text(&to, Align::Center, MIDDLE, y, MUTED) + gap * 0.5;
    y = scene.group(Role::Paragraph).text(&name.block, Align::Center, MIDDLE, y, ink(name.is_original))
        + gap * 0.7;
    scene.group(Role::Decoration).fill(rectangle(MIDDLE - 60.0, y, 120.0, 0.8), GOLD);
    y += gap * 0.7;
    y = scene.group(Role::Paragraph).text(&reason, Align::Center, MIDDLE, y, MUTED) + gap * 0.5;
    y = scene.group(Role::Title).text(&title.block, Align::Center, MIDDLE, y, ink(title.is_original)) + gap;
    scene.group(Role::Paragraph).text(&description.block, Align::Center, MIDDLE, y, MUTED);
    if let Some(note) = award.note_on_letters(true) {
        let note = lay_out_own_text(note, &label(FontStyle::Sans, 7.5, wide));
        scene.group(Role::Paragraph).text(&note, Align::Center, MIDDLE, bottom + 2.5, MUTED);
    }
}

/// Draws the dates on the leading side, the seal in the middle, and link and QR code on the trailing side.
fn footer(scene: &mut Scene, award: &Award<'_>) {
    let is_rtl = award.is_rtl();
    let (start, align) = if is_rtl { (WIDTH - MARGIN, Align::Right) } else { (MARGIN, Align::Left) };
    let words = award.words();
    let document = award.document;
    scene.group(Role::Decoration).fill(rectangle(MARGIN, 438.0, WIDTH - 2.0 * MARGIN, 0.6), LINE);

    let mut dates = vec![(&words.issued_on, award.day(&document.issuance_date))];
    dates.extend(document.expiration_date.iter().map(|date| (&words.expires_on, award.last_day(date))));
    let mut y = 456.0;
    for (name, day) in dates {
        let name = lay_out_own_text(name, &label(FontStyle::Sans, 8.5, 200.0));
        let day = lay_out_own_text(&day, &label(FontStyle::Bold, 11.5, 200.0));
        let group = scene.group(Role::Paragraph);
        y = group.text(&name, align, start, y, MUTED);
        y = group.text(&day, align, start, y, INK) + 9.0;
    }
    let text_box =
        TextBox { style: FontStyle::Sans, size: 8.0, smallest: 6.0, width: 240.0, lines: 2, height: 22.0 };
    let inside = lay_out_own_text(&words.attached, &text_box);
    scene.group(Role::Paragraph).text(&inside, align, start, 546.0 - inside.height(), MUTED);

    let scale = 92.0 / 600.0;
    let seal = Transform::from_row(scale, 0.0, 0.0, scale, MIDDLE, 500.0);
    medallion(scene.transformed(Role::Decoration, seal), award.accent());
    mark(scene, MIDDLE, 500.0, 52.0);
    verification_link(scene, award, is_rtl);
}

fn verification_link(scene: &mut Scene, award: &Award<'_>, is_rtl: bool) {
    const CODE: f32 = 92.0;
    let words = award.words();
    let link = &award.document.id;
    let top = 452.0;
    let left = if is_rtl { MARGIN } else { WIDTH - MARGIN - CODE };
    let picture = fill(&words.code_of, &[("link", link)]);
    if let Some((path, modules)) = code(link) {
        let transform = Transform::from_row(CODE / modules, 0.0, 0.0, CODE / modules, left, top);
        let area = [left, top, left + CODE, top + CODE];
        let role = Role::Link { url: link.clone(), area, picture: Some(picture) };
        scene.transformed(role, transform).fill(Some(path), INK);
    }
    let (edge, align) = if is_rtl { (left + CODE + 14.0, Align::Left) } else { (left - 14.0, Align::Right) };
    let width = 212.0;
    let text_box =
        TextBox { style: FontStyle::Sans, size: 9.0, smallest: 6.5, width, lines: 5, height: 58.0 };
    let check = lay_out_own_text(&words.check_here, &text_box);
    let y = scene.group(Role::Paragraph).text(&check, align, edge, top, MUTED) + 5.0;
    let text_box =
        TextBox { style: FontStyle::Bold, size: 8.0, smallest: 5.5, width, lines: 3, height: 32.0 };
    let block = lay_out_own_text(link, &text_box);
    let (near, far) = if is_rtl { (edge, edge + block.width()) } else { (edge - block.width(), edge) };
    let role = Role::Link { url: link.clone(), area: [near, y, far, y + block.height()], picture: None };
    scene.group(role).text(&block, align, edge, y, LINK);
}

/// Returns the QR code of a link, one unit per module, and the number of modules per side. Returns `None` if the link
/// exceeds the capacity of a QR code.
fn code(link: &str) -> Option<(tiny_skia::Path, f32)> {
    let code = encode(link)?;
    let mut path = PathBuilder::new();
    for y in 0..code.size() {
        for x in 0..code.size() {
            if code.get_module(x, y) {
                path.push_rect(Rect::from_xywh(from_i32(x), from_i32(y), 1.0, 1.0)?);
            }
        }
    }
    Some((path.finish()?, from_i32(code.size())))
}
