//! The shapes that the drawings share: logo mark, medallion, seal, banners, frame.

use tiny_skia::{PathBuilder, Transform};

use crate::award::{Award, Banner, label, lay_out_own_text};
use crate::brand::Brand;
use crate::color::{BRIGHT_GOLD, BROWN, Color, GOLD, PALE_GOLD, PAPER};
use crate::course::{Course, wave};
use crate::number::from_i32;
use crate::scene::{Align, Group, GroupRole, Paint, Scene, circle, polyline};
use crate::text::FontStyle;

/// Draws the deployment's mark within a square that is centered on `x` and `y`: the operator's, or else LearnCoin's.
pub(crate) fn mark(scene: &mut Scene, brand: &Brand, x: f32, y: f32, size: f32) {
    if let Some(picture) = brand.picture() {
        scene.group(GroupRole::Decoration).picture_within(picture, x, y, size, size);
        return;
    }
    let scale = size / 48.0;
    let transform = Transform::from_row(scale, 0.0, 0.0, scale, x - size / 2.0, y - size / 2.0);
    let line = |points: [(f32, f32); 3]| polyline(points, false);
    scene
        .transformed(GroupRole::Decoration, transform)
        .fill(circle(24.0, 24.0, 22.0), GOLD)
        .stroke(circle(24.0, 24.0, 20.4), BRIGHT_GOLD, 0.9)
        .fill(circle(24.0, 24.0, 17.0), PALE_GOLD)
        .stroke(line([(17.5, 13.0), (17.5, 32.5), (32.0, 32.5)]), BROWN, 4.4)
        .stroke(line([(22.5, 23.5), (25.9, 26.9), (33.5, 17.9)]), BROWN, 3.0);
}

/// Draws a medal with a scalloped edge, 600 units wide, centered on the group's origin.
pub(crate) fn medallion(group: &mut Group, accent: Color, course: Course) {
    group.fill(wave(279.0, 7.0, 44), accent).stroke(
        circle(0.0, 0.0, 268.0),
        Paint { color: PAPER, opacity: 0.85 },
        1.6,
    );
    course.band(group, 255.0, Paint { color: PAPER, opacity: 0.5 });
    group.fill(circle(0.0, 0.0, 242.0), PAPER);
    course.ground(group, 40.0, 228.0, 0.1);
    group.stroke(circle(0.0, 0.0, 234.0), accent, 1.6);
    group.stroke(circle(0.0, 0.0, 229.0), Paint { color: accent, opacity: 0.35 }, 1.0);
}

/// Draws a ribbon with notched ends and the banner's word, centered on `transform`.
pub(crate) fn ribbon(scene: &mut Scene, banner: Banner, transform: Transform, width: f32, height: f32) {
    let (half, middle, notch) = (width / 2.0, height / 2.0, height * 0.42);
    let shape = polyline(
        [
            (-half, -middle),
            (half, -middle),
            (half - notch, 0.0),
            (half, middle),
            (-half, middle),
            (-half + notch, 0.0),
        ],
        true,
    );
    let block = lay_out_own_text(banner.word, &label(FontStyle::Bold, height * 0.56, width - 3.2 * notch));
    let group = scene.transformed(GroupRole::Paragraph, transform);
    group.fill(shape, banner.color);
    group.text(&block, Align::Center, 0.0, middle_top(&block), PAPER);
}

/// Draws a word in a rounded box and returns the box's width. `x` is its left edge, or its right edge if `is_rtl`.
pub(crate) fn pill(scene: &mut Scene, banner: Banner, x: f32, y: f32, height: f32, is_rtl: bool) -> f32 {
    let block = lay_out_own_text(banner.word, &label(FontStyle::Bold, height * 0.5, 480.0));
    let width = block.width() + height;
    let left = if is_rtl { x - width } else { x };
    let group = scene.group(GroupRole::Paragraph);
    group.fill(crate::scene::rounded(left, y, width, height, height / 2.0), banner.color);
    group.text(&block, Align::Center, left + width / 2.0, y + height / 2.0 + middle_top(&block), PAPER);
    width
}

/// Returns the top of a line whose capitals are vertically centered on 0.
fn middle_top(block: &crate::text::TextBlock) -> f32 {
    // Capitals are 0.71 em high.
    block.size * 0.355 - block.ascent()
}

/// Draws a band across the upper corner at the end of the line, with the banner's word. Nothing else is in that corner.
pub(crate) fn corner_ribbon(scene: &mut Scene, banner: Banner, width: f32, is_rtl: bool) {
    const AWAY: f32 = 74.0;
    const LENGTH: f32 = 330.0;
    const THICK: f32 = 30.0;
    let (x, angle) = if is_rtl { (AWAY, -45.0) } else { (width - AWAY, 45.0) };
    let transform = Transform::from_rotate_at(angle, x, AWAY).pre_translate(x, AWAY);
    let block = lay_out_own_text(banner.word, &label(FontStyle::Bold, 16.0, 150.0));
    let group = scene.transformed(GroupRole::Paragraph, transform);
    let band = |half: f32| crate::scene::rectangle(-LENGTH / 2.0, -half, LENGTH, 2.0 * half);
    group.fill(band(THICK / 2.0), banner.color);
    group.stroke(band(THICK / 2.0 - 3.0), Paint { color: PAPER, opacity: 0.7 }, 0.7);
    group.text(&block, Align::Center, 0.0, middle_top(&block), PAPER);
}

/// Draws the seal, as wide as `size`: the medal with the school's crest, or the emblem of the course.
pub(crate) fn seal(scene: &mut Scene, award: &Award<'_>, x: f32, y: f32, size: f32) {
    let scale = size / 600.0;
    let course = award.course();
    let medal = scene.transformed(GroupRole::Decoration, Transform::from_row(scale, 0.0, 0.0, scale, x, y));
    medallion(medal, award.accent(), course);
    match &award.logo {
        Some(logo) => medal.picture_within(logo, 0.0, 0.0, 330.0, 300.0),
        None => {
            course.plate(medal, 0.0, 0.0, 170.0);
            course.emblem(medal, 0.0, 0.0, 170.0);
            medal
        }
    };
}

/// Draws the border: a band of waves between two lines, and the ornament of the course in each corner.
pub(crate) fn frame(group: &mut Group, width: f32, height: f32, accent: Color, course: Course) {
    const OUTER: f32 = 20.0;
    const INNER: f32 = 36.0;
    let inset = |by: f32| crate::scene::rectangle(by, by, width - 2.0 * by, height - 2.0 * by);
    let between = f32::midpoint(OUTER, INNER);
    for (from, to) in [
        ((between, between), (width - between, between)),
        ((between, height - between), (width - between, height - between)),
        ((between, between), (between, height - between)),
        ((width - between, between), (width - between, height - between)),
    ] {
        for phase in [0.0, 1.0 / 3.0, 2.0 / 3.0] {
            group.stroke(straight_wave(from, to, 5.4, phase), Paint { color: accent, opacity: 0.5 }, 0.5);
        }
    }
    group.stroke(inset(OUTER), accent, 1.8);
    group.stroke(inset(INNER), accent, 0.7);
    for (x, y) in [
        (between, between),
        (width - between, between),
        (between, height - between),
        (width - between, height - between),
    ] {
        group.fill(crate::scene::rectangle(x - 11.0, y - 11.0, 22.0, 22.0), PAPER);
        group.stroke(crate::scene::rectangle(x - 11.0, y - 11.0, 22.0, 22.0), accent, 0.9);
        course.emblem(group, x, y, 11.0);
    }
}

/// Creates a wave along a straight line, with a whole number of periods. `phase` is a part of a period.
fn straight_wave(from: (f32, f32), to: (f32, f32), swing: f32, phase: f32) -> Option<tiny_skia::Path> {
    const PERIOD: f32 = 17.0;
    /// The most periods on a page.
    const MOST: i32 = 60;
    let (across, down) = (to.0 - from.0, to.1 - from.1);
    let length = across.hypot(down);
    let halves = (1..=MOST).find(|count| from_i32(*count) * PERIOD >= length).unwrap_or(MOST) * 2;
    let at = |half: f32, out: f32| {
        let part = ((half + phase * 2.0) / from_i32(halves)).min(1.0);
        (from.0 + across * part + down / length * out, from.1 + down * part + across / length * out)
    };
    let mut path = PathBuilder::new();
    let (x, y) = at(0.0, 0.0);
    path.move_to(x, y);
    for half in 0..halves {
        let out = if half % 2 == 0 { swing } else { -swing };
        let half = from_i32(half);
        let ((control_x, control_y), (x, y)) = (at(half + 0.5, 2.0 * out), at(half + 1.0, 0.0));
        path.quad_to(control_x, control_y, x, y);
    }
    path.finish()
}
