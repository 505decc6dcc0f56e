//! The certificate: a printable page (A4, landscape) that names recipient, achievement and issuer. It never claims that
//! the credential is valid: its link and QR code lead to the page that shows that.

use tiny_skia::{PathBuilder, Rect, Transform};

use learncoin_language::fill;

use crate::award::{
    Award, Banner, IssuerText, label, lay_out_issuer_lines, lay_out_issuer_text, lay_out_own_text,
};
use crate::color::{GOLD, INK, LINE, LINK, MUTED, PAPER};
use crate::link_code::encode;
use crate::number::from_i32;
use crate::ornament::{corner_ribbon, frame, mark, seal};
use crate::scene::{Align, GroupRole, Scene, rectangle};
use crate::signatures::{ROW_HEIGHT, signatures};
use crate::text::{FontStyle, TextBlock, TextBox};

/// The width of A4 landscape, in points.
const WIDTH: f32 = 841.89;
const HEIGHT: f32 = 595.28;
const MIDDLE: f32 = WIDTH / 2.0;
const MARGIN: f32 = 64.0;
/// The line above dates, seal and link.
const FOOTER: f32 = 438.0;
/// The center of the seal.
const SEAL: f32 = 500.0;

/// Draws the certificate.
pub(crate) fn certificate(award: &Award<'_>) -> Scene {
    let mut scene = Scene::new(WIDTH, HEIGHT);
    let ground = scene.group(GroupRole::Decoration);
    ground.fill(rectangle(0.0, 0.0, WIDTH, HEIGHT), PAPER);
    frame(ground, WIDTH, HEIGHT, award.accent(), award.course());
    let watermark = scene.transformed(GroupRole::Decoration, Transform::from_translate(MIDDLE, 268.0));
    award.course().ground(watermark, 40.0, 172.0, 0.05);

    let mut y = 54.0;
    if let Some(banner) = award.chain_banner() {
        y = notice(&mut scene, award, banner, y);
    }
    y = header(&mut scene, award, y);
    let bottom = match award.signatures.is_empty() {
        true => FOOTER - 12.0,
        false => FOOTER - 8.0 - ROW_HEIGHT,
    };
    body(&mut scene, award, y, bottom);
    signatures(&mut scene, award, MIDDLE, bottom);
    footer(&mut scene, award);
    if let Some(banner) = award.state_banner() {
        corner_ribbon(&mut scene, banner, WIDTH, award.is_rtl());
    }
    scene
}

/// Draws the notice of a test network or development chain. Returns the `y` below it.
fn notice(scene: &mut Scene, award: &Award<'_>, banner: Banner, y: f32) -> f32 {
    let text = format!("{} · {}", banner.word, award.chain_notice().unwrap_or_default());
    let block = lay_out_own_text(&text, &label(FontStyle::Bold, 9.5, WIDTH - 2.0 * MARGIN - 140.0));
    let width = block.width() + 30.0;
    let group = scene.group(GroupRole::Paragraph);
    group.fill(crate::scene::rounded(MIDDLE - width / 2.0, y, width, 20.0, 10.0), banner.color);
    group.text(&block, Align::Center, MIDDLE, y + 10.0 - block.size * 0.63, PAPER);
    y + 24.0
}

/// Draws the crest, the issuer with a doubt about its name, and the heading. Returns the `y` below them.
fn header(scene: &mut Scene, award: &Award<'_>, y: f32) -> f32 {
    let mut y = y + 4.0;
    if let Some(logo) = &award.logo {
        scene.group(GroupRole::Decoration).picture_within(logo, MIDDLE, y + 22.0, 180.0, 44.0);
        y += 49.0;
    }
    let text_box =
        TextBox { style: FontStyle::Bold, size: 16.0, smallest: 10.0, width: 480.0, lines: 2, height: 42.0 };
    let issuer = lay_out_issuer_text(award.issuer(), &text_box, award);
    y = scene.group(GroupRole::Paragraph).text(&issuer.block, Align::Center, MIDDLE, y, INK);
    if let Some(doubt) = award.doubt() {
        let doubt = (lay_out_own_text(doubt.word, &label(FontStyle::Bold, 9.0, 400.0)), doubt.color);
        y = scene.group(GroupRole::Paragraph).text(&doubt.0, Align::Center, MIDDLE, y, doubt.1);
    }
    let heading = award.words().certificate.to_uppercase();
    let heading = lay_out_own_text(&heading, &label(FontStyle::Serif, 27.0, 480.0));
    scene.group(GroupRole::Paragraph).text(&heading, Align::Center, MIDDLE, y + 3.0, award.accent()) + 2.0
}

/// The texts of the body, laid out.
struct Body {
    to: TextBlock,
    name: IssuerText,
    reason: TextBlock,
    title: IssuerText,
    description: IssuerText,
}

impl Body {
    /// Lays the texts out for a body of this height.
    fn new(award: &Award<'_>, height: f32) -> Self {
        let words = award.words();
        let subject = &award.document.subject;
        let wide = WIDTH - 2.0 * MARGIN - 40.0;
        // What the labels and the smallest gaps leave is shared. The name comes first: it is not cut.
        let height = height - 40.0;
        let name = match &subject.name {
            Some(name) => {
                let text_box = TextBox {
                    style: FontStyle::Serif,
                    size: 42.0,
                    smallest: 12.0,
                    width: wide,
                    lines: 3,
                    height: (height * 0.42).clamp(46.0, 84.0),
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
                    height: (height * 0.42).clamp(46.0, 60.0),
                };
                IssuerText { block: lay_out_own_text(&words.redacted, &text_box), is_original: false }
            }
        };
        let title = TextBox {
            style: FontStyle::Serif,
            size: 29.0,
            smallest: 12.0,
            width: wide,
            lines: 3,
            height: (height * 0.38).clamp(33.0, 92.0),
        };
        let title = lay_out_issuer_text(award.achievement(), &title, award);
        let rest = height - name.block.height() - title.block.height();
        let description = TextBox {
            style: FontStyle::Sans,
            size: 10.5,
            smallest: 8.0,
            width: 540.0,
            lines: 4,
            height: rest.clamp(11.0, 54.0),
        };
        Self {
            to: lay_out_own_text(&words.awarded_to, &label(FontStyle::Sans, 11.0, 300.0)),
            name,
            reason: lay_out_own_text(&words.awarded_for, &label(FontStyle::Sans, 11.0, 300.0)),
            title,
            description: lay_out_issuer_lines(&subject.achievement.description, &description, award),
        }
    }

    fn height(&self) -> f32 {
        let text = [&self.to, &self.name.block, &self.reason, &self.title.block, &self.description.block];
        text.iter().map(|block| block.height()).sum()
    }
}

/// Draws recipient, achievement and description.
fn body(scene: &mut Scene, award: &Award<'_>, top: f32, bottom: f32) {
    let body = Body::new(award, bottom - top);
    let height = body.height();
    let gap = ((bottom - top - height) / 6.0).clamp(2.0, 22.0);
    // The gaps below add up to about three and a half.
    let mut y = top + ((bottom - top - height - 3.4 * gap) / 2.0).max(0.0);

    let ink = |is_original: bool| if is_original { INK } else { MUTED };
    let Body { to, name, reason, title, description } = &body;
    y = scene.group(GroupRole::Paragraph).text(to, Align::Center, MIDDLE, y, MUTED) + gap * 0.5;
    y = scene.group(GroupRole::Paragraph).text(&name.block, Align::Center, MIDDLE, y, ink(name.is_original))
        + gap * 0.7;
    scene.group(GroupRole::Decoration).fill(rectangle(MIDDLE - 60.0, y, 120.0, 0.8), GOLD);
    y += gap * 0.7;
    y = scene.group(GroupRole::Paragraph).text(reason, Align::Center, MIDDLE, y, MUTED) + gap * 0.5;
    y = scene.group(GroupRole::Title).text(&title.block, Align::Center, MIDDLE, y, ink(title.is_original))
        + gap;
    scene.group(GroupRole::Paragraph).text(&description.block, Align::Center, MIDDLE, y, MUTED);
    if let Some(note) = award.note_on_letters(true) {
        let note = lay_out_own_text(note, &label(FontStyle::Sans, 7.5, WIDTH - 2.0 * MARGIN - 40.0));
        scene.group(GroupRole::Paragraph).text(&note, Align::Center, MIDDLE, bottom + 2.5, MUTED);
    }
}

/// Draws the dates on the leading side, the seal in the middle, and link and QR code on the trailing side.
fn footer(scene: &mut Scene, award: &Award<'_>) {
    scene.group(GroupRole::Decoration).fill(rectangle(MARGIN, FOOTER, WIDTH - 2.0 * MARGIN, 0.6), LINE);
    facts(scene, award);
    seal(scene, award, MIDDLE, SEAL, 92.0);
    verification_link(scene, award);
    attachment(scene, award);
}

/// Draws the dates and the number, two beside each other.
fn facts(scene: &mut Scene, award: &Award<'_>) {
    const COLUMN: f32 = 146.0;
    let (words, document) = (award.words(), award.document);
    let mut facts = vec![(&words.issued_on, award.day(&document.issuance_date))];
    facts.extend(document.expiration_date.iter().map(|date| (&words.expires_on, award.last_day(date))));
    facts.extend(award.certificate_number().map(|number| (&words.number, number)));
    let (start, step, align) = match award.is_rtl() {
        true => (WIDTH - MARGIN, -COLUMN, Align::Right),
        false => (MARGIN, COLUMN, Align::Left),
    };
    for (row, pair) in (0..).zip(facts.chunks(2)) {
        for (column, (name, value)) in (0..).zip(pair) {
            let (x, y) = (start + step * from_i32(column), 452.0 + 36.0 * from_i32(row));
            let name = lay_out_own_text(name, &label(FontStyle::Sans, 8.5, COLUMN - 10.0));
            let value = lay_out_own_text(value, &label(FontStyle::Bold, 11.5, COLUMN - 10.0));
            let group = scene.group(GroupRole::Paragraph);
            let below = group.text(&name, align, x, y, MUTED);
            group.text(&value, align, x, below, INK);
        }
    }
}

/// Draws the note that the credential is inside, beside the deployment's mark.
fn attachment(scene: &mut Scene, award: &Award<'_>) {
    let (near, text, align) = match award.is_rtl() {
        true => (WIDTH - MARGIN - 8.0, WIDTH - MARGIN - 24.0, Align::Right),
        false => (MARGIN + 8.0, MARGIN + 24.0, Align::Left),
    };
    let text_box =
        TextBox { style: FontStyle::Sans, size: 8.0, smallest: 6.0, width: 250.0, lines: 2, height: 22.0 };
    let inside = format!("{} · {}", award.brand.name(), award.words().attached);
    let inside = lay_out_own_text(&inside, &text_box);
    mark(scene, &award.brand, near, 538.0, 16.0);
    scene.group(GroupRole::Paragraph).text(&inside, align, text, 538.0 - inside.height() / 2.0, MUTED);
}

fn verification_link(scene: &mut Scene, award: &Award<'_>) {
    const CODE: f32 = 92.0;
    let is_rtl = award.is_rtl();
    let words = award.words();
    let link = &award.document.id;
    let top = 452.0;
    let left = if is_rtl { MARGIN } else { WIDTH - MARGIN - CODE };
    let picture = fill(&words.code_of, &[("link", link)]);
    if let Some((path, modules)) = code(link) {
        let transform = Transform::from_row(CODE / modules, 0.0, 0.0, CODE / modules, left, top);
        let area = [left, top, left + CODE, top + CODE];
        let role = GroupRole::Link { url: link.clone(), area, picture: Some(picture) };
        scene.transformed(role, transform).fill(Some(path), INK);
    }
    let (edge, align) = if is_rtl { (left + CODE + 14.0, Align::Left) } else { (left - 14.0, Align::Right) };
    let width = 196.0;
    let text_box =
        TextBox { style: FontStyle::Sans, size: 9.0, smallest: 6.5, width, lines: 5, height: 58.0 };
    let check = lay_out_own_text(&words.check_here, &text_box);
    let y = scene.group(GroupRole::Paragraph).text(&check, align, edge, top, MUTED) + 5.0;
    let text_box =
        TextBox { style: FontStyle::Bold, size: 8.0, smallest: 5.5, width, lines: 3, height: 32.0 };
    let block = lay_out_own_text(link, &text_box);
    let (near, far) = if is_rtl { (edge, edge + block.width()) } else { (edge - block.width(), edge) };
    let role = GroupRole::Link { url: link.clone(), area: [near, y, far, y + block.height()], picture: None };
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
