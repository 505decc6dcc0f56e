//! The shapes that the drawings share: logo mark, medallion, banners, frame.

use tiny_skia::{PathBuilder, Transform};

use crate::award::{Banner, label, lay_out_own_text};
use crate::color::{BRIGHT_GOLD, BROWN, Color, GOLD, PALE_GOLD, PAPER};
use crate::number::from_i32;
use crate::scene::{Align, Group, Paint, Role, Scene, circle, polyline};
use crate::text::FontStyle;

/// Draws LearnCoin's logo mark, centered on `x` and `y`.
pub(crate) fn mark(scene: &mut Scene, x: f32, y: f32, size: f32) {
    let scale = size / 48.0;
    let transform = Transform::from_row(scale, 0.0, 0.0, scale, x - size / 2.0, y - size / 2.0);
    let line = |points: [(f32, f32); 3]| polyline(points, false);
    scene
        .transformed(Role::Decoration, transform)
        .fill(circle(24.0, 24.0, 22.0), GOLD)
        .stroke(circle(24.0, 24.0, 20.4), BRIGHT_GOLD, 0.9)
        .fill(circle(24.0, 24.0, 17.0), PALE_GOLD)
        .stroke(line([(17.5, 13.0), (17.5, 32.5), (32.0, 32.5)]), BROWN, 4.4)
        .stroke(line([(22.5, 23.5), (25.9, 26.9), (33.5, 17.9)]), BROWN, 3.0);
}

/// Draws a medal with a scalloped edge, 600 units wide, centered on the group's origin.
pub(crate) fn medallion(group: &mut Group, accent: Color) {
    let faint = Paint { color: PAPER, opacity: 0.5 };
    group
        .fill(wave(279.0, 7.0, 44.0, 0.0), accent)
        .stroke(circle(0.0, 0.0, 268.0), Paint { color: PAPER, opacity: 0.85 }, 1.6)
        .stroke(wave(255.0, 8.0, 36.0, 0.0), faint, 1.3)
        .stroke(wave(255.0, 8.0, 36.0, std::f32::consts::PI), faint, 1.3)
        .fill(circle(0.0, 0.0, 242.0), PAPER)
        .stroke(circle(0.0, 0.0, 234.0), accent, 1.6)
        .stroke(circle(0.0, 0.0, 229.0), Paint { color: accent, opacity: 0.35 }, 1.0);
}

/// Creates a closed curve around the origin whose radius oscillates `times` times.
fn wave(radius: f32, swing: f32, times: f32, phase: f32) -> Option<tiny_skia::Path> {
    const STEPS: i32 = 528;
    let at = |step: i32| {
        let angle = from_i32(step) / from_i32(STEPS) * std::f32::consts::TAU;
        let radius = radius + swing * (angle * times + phase).cos();
        (radius * angle.cos(), radius * angle.sin())
    };
    polyline((0..STEPS).map(at), true)
}

/// Draws guilloche curves around a center, as on security paper.
pub(crate) fn guilloche(group: &mut Group, x: f32, y: f32, radius: f32, paint: Paint) {
    const STEPS: i32 = 720;
    for (inner, turns) in [(0.62_f32, 7.0_f32), (0.80, 11.0)] {
        let at = |step: i32| {
            let angle = from_i32(step) / from_i32(STEPS) * std::f32::consts::TAU;
            let reach = radius * (inner + (1.0 - inner) * (angle * turns).cos());
            (x + reach * angle.cos(), y + reach * angle.sin())
        };
        group.stroke(polyline((0..STEPS).map(at), true), paint, 0.5);
    }
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
    let group = scene.transformed(Role::Paragraph, transform);
    group.fill(shape, banner.color);
    group.text(&block, Align::Center, 0.0, middle_top(&block), PAPER);
}

/// Draws a word in a rounded box and returns the box's width. `x` is its left edge, or its right edge if `is_rtl`.
pub(crate) fn pill(scene: &mut Scene, banner: Banner, x: f32, y: f32, height: f32, is_rtl: bool) -> f32 {
    let block = lay_out_own_text(banner.word, &label(FontStyle::Bold, height * 0.5, 480.0));
    let width = block.width() + height;
    let left = if is_rtl { x - width } else { x };
    let group = scene.group(Role::Paragraph);
    group.fill(crate::scene::rounded(left, y, width, height, height / 2.0), banner.color);
    group.text(&block, Align::Center, left + width / 2.0, y + height / 2.0 + middle_top(&block), PAPER);
    width
}

/// Returns the top of a line whose capitals are vertically centered on 0.
fn middle_top(block: &crate::text::TextBlock) -> f32 {
    // Capitals are 0.71 em high.
    block.size * 0.355 - block.ascent()
}

/// Draws a double border with a diamond in each corner.
pub(crate) fn frame(group: &mut Group, width: f32, height: f32, accent: Color) {
    let inset = |by: f32| crate::scene::rectangle(by, by, width - 2.0 * by, height - 2.0 * by);
    group.stroke(inset(22.0), accent, 2.4);
    group.stroke(inset(28.0), GOLD, 0.7);
    for (x, y) in [(28.0, 28.0), (width - 28.0, 28.0), (28.0, height - 28.0), (width - 28.0, height - 28.0)] {
        let mut diamond = PathBuilder::new();
        diamond.move_to(x - 7.0, y);
        diamond.line_to(x, y - 7.0);
        diamond.line_to(x + 7.0, y);
        diamond.line_to(x, y + 7.0);
        diamond.close();
        let diamond = diamond.finish();
        group.fill(diamond.clone(), PAPER);
        group.stroke(diamond, GOLD, 0.9);
        group.fill(circle(x, y, 2.2), accent);
    }
}
