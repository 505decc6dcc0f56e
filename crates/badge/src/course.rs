//! The ornament of a course: a shape, a pattern and a tint of the tenant's color, which follow from the course alone. Every badge of a
//! course has the same, and another course has another.

use std::f32::consts::{PI, TAU};

use tiny_skia::{Path, PathBuilder};

use crate::color::{Color, PAPER};
use crate::number::from_i32;
use crate::scene::{Group, Paint, circle, polyline};

/// The number of points of an outline.
const STEPS: i32 = 168;

/// A course, as its ornament shows it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Course {
    seed: u64,
    accent: Color,
    /// The accent, turned a little towards another hue.
    pub(crate) tint: Color,
}

impl Course {
    /// Creates the ornament of a course. `id` identifies its definition, unless it was drawn for one credential.
    pub(crate) fn new(id: Option<&str>, name: &str, accent: Color) -> Self {
        let key = id.filter(|id| !id.starts_with("urn:uuid:")).unwrap_or(name);
        let seed = digest(key.as_bytes());
        let turn = from_i32(i32::try_from((seed >> 40) % 61).unwrap_or(30)) - 30.0;
        Self { seed, accent, tint: accent.turned(turn) }
    }

    /// Returns one of `count` choices. Each `place` decides by other bits.
    fn choose(self, place: u32, count: i32) -> i32 {
        let bits = i32::try_from((self.seed >> (place * 8)) & 0xff).unwrap_or(0);
        bits % count.max(1)
    }

    /// Draws the pattern of the ground between two radii around the group's origin.
    pub(crate) fn ground(self, group: &mut Group, inner: f32, outer: f32, opacity: f32) {
        let paint = Paint { color: self.tint, opacity };
        let count = 10 + self.choose(1, 8);
        match self.choose(0, 5) {
            0 => rays(group, count * 3, inner, outer, paint),
            1 => rings(group, count, inner, outer, paint),
            2 => star_lines(group, count + 7, outer, paint),
            3 => petals(group, count, outer, paint),
            _ => dots(group, count * 2, inner, outer, paint),
        }
    }

    /// Draws the plate that holds the emblem: a shape around a point, as wide as `2 * radius`.
    pub(crate) fn plate(self, group: &mut Group, x: f32, y: f32, radius: f32) {
        let shape = |radius| self.outline(x, y, radius);
        group
            .fill(shape(radius), Paint { color: self.tint, opacity: 0.16 })
            .stroke(shape(radius), self.tint, radius * 0.045)
            .stroke(shape(radius * 0.88), Paint { color: self.tint, opacity: 0.45 }, radius * 0.018);
    }

    /// Draws the emblem of a course without a picture, in a plate of that radius.
    pub(crate) fn emblem(self, group: &mut Group, x: f32, y: f32, radius: f32) {
        let points = 5 + self.choose(3, 5);
        let deep = 0.46 + 0.04 * from_i32(self.choose(4, 5));
        let star = |radius: f32| star(x, y, radius, points, deep);
        group
            .fill(circle(x, y, radius * 0.72), self.tint)
            .fill(star(radius * 0.6), PAPER)
            .fill(star(radius * 0.43), self.accent)
            .fill(circle(x, y, radius * 0.12), PAPER);
    }

    /// Draws the two waves that run around a ring, as on security paper.
    pub(crate) fn band(self, group: &mut Group, radius: f32, paint: Paint) {
        let times = 28 + 4 * self.choose(2, 6);
        for swing in [8.0, -8.0] {
            group.stroke(wave(radius, swing, times), paint, 1.3);
        }
    }

    fn outline(self, x: f32, y: f32, radius: f32) -> Option<Path> {
        let kind = self.choose(5, 4);
        let count = from_i32(6 + self.choose(6, 5));
        around(x, y, move |angle| {
            let part = match kind {
                0 => 0.94 + 0.06 * (angle * count * 2.0).cos(),
                1 => 0.9 + 0.1 * (angle * count / 2.0).cos().abs(),
                2 => 1.0 - 0.14 * (angle * count / 2.0).cos().abs(),
                _ => {
                    let half = PI / count;
                    0.97 * half.cos() / (angle.rem_euclid(2.0 * half) - half).cos()
                        + 0.03 * (angle * count).cos()
                }
            };
            radius * part
        })
    }
}

/// Returns bits that depend on all bytes: [FNV-1a](http://www.isthe.com/chongo/tech/comp/fnv/), mixed once more since its high bits are
/// those of short texts.
fn digest(bytes: &[u8]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in bytes {
        hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}

/// Creates a closed curve around a point. The first angle is upwards.
fn around(x: f32, y: f32, radius: impl Fn(f32) -> f32) -> Option<Path> {
    polyline((0..STEPS).map(|step| place(x, y, radius(turn(step, STEPS)), turn(step, STEPS))), true)
}

/// Creates a closed wave around the origin, with so many periods. An arc for each half of a period keeps files small.
pub(crate) fn wave(radius: f32, swing: f32, times: i32) -> Option<Path> {
    let mut path = PathBuilder::new();
    let halves = times * 2;
    let (x, y) = place(0.0, 0.0, radius, 0.0);
    path.move_to(x, y);
    for half in 0..halves {
        let out = if half % 2 == 0 { swing } else { -swing };
        // A parabola reaches half of the way to its control point.
        let middle = (turn(half, halves) + turn(half + 1, halves)) / 2.0;
        let (control_x, control_y) = place(0.0, 0.0, radius + 2.0 * out, middle);
        let (x, y) = place(0.0, 0.0, radius, turn(half + 1, halves));
        path.quad_to(control_x, control_y, x, y);
    }
    path.close();
    path.finish()
}

/// Returns the angle of one of `count` equal steps around a circle.
fn turn(step: i32, count: i32) -> f32 {
    from_i32(step) / from_i32(count) * TAU
}

/// Returns the point at an angle from upwards.
fn place(x: f32, y: f32, radius: f32, angle: f32) -> (f32, f32) {
    (x + radius * angle.sin(), y - radius * angle.cos())
}

fn star(x: f32, y: f32, radius: f32, points: i32, deep: f32) -> Option<Path> {
    let corner = |step: i32| {
        let radius = if step % 2 == 0 { radius } else { radius * deep };
        place(x, y, radius, turn(step, points * 2))
    };
    polyline((0..points * 2).map(corner), true)
}

fn rays(group: &mut Group, count: i32, inner: f32, outer: f32, paint: Paint) {
    let mut path = PathBuilder::new();
    for step in 0..count {
        let (angle, half) = (turn(step, count), PI / from_i32(count) * 0.5);
        for (at, (x, y)) in [
            place(0.0, 0.0, inner, angle - half),
            place(0.0, 0.0, outer, angle - half),
            place(0.0, 0.0, outer, angle + half),
            place(0.0, 0.0, inner, angle + half),
        ]
        .into_iter()
        .enumerate()
        {
            if at == 0 { path.move_to(x, y) } else { path.line_to(x, y) }
        }
        path.close();
    }
    group.fill(path.finish(), paint);
}

fn rings(group: &mut Group, count: i32, inner: f32, outer: f32, paint: Paint) {
    let rings = 7;
    for ring in 0..rings {
        let radius = inner + (outer - inner) * (from_i32(ring) + 0.5) / from_i32(rings);
        let swing = (outer - inner) / from_i32(rings) * if ring % 2 == 0 { 0.42 } else { -0.42 };
        group.stroke(wave(radius, swing, count), paint, 2.4);
    }
}

fn star_lines(group: &mut Group, count: i32, outer: f32, paint: Paint) {
    let across = count * 3 / 8;
    for step in 0..count {
        let ends = [step, step + across].map(|step| place(0.0, 0.0, outer, turn(step, count)));
        group.stroke(polyline(ends, false), paint, 2.2);
    }
}

fn petals(group: &mut Group, count: i32, outer: f32, paint: Paint) {
    for step in 0..count {
        let (x, y) = place(0.0, 0.0, outer * 0.5, turn(step, count));
        group.stroke(circle(x, y, outer * 0.5), paint, 2.2);
    }
}

fn dots(group: &mut Group, count: i32, inner: f32, outer: f32, paint: Paint) {
    let rings = 8;
    let mut path = PathBuilder::new();
    for ring in 0..rings {
        let part = (from_i32(ring) + 0.5) / from_i32(rings);
        let (radius, size) = (inner + (outer - inner) * part, 3.0 + 4.4 * part);
        for step in 0..count {
            let shift = if ring % 2 == 0 { 0.0 } else { PI / from_i32(count) };
            let (x, y) = place(0.0, 0.0, radius, turn(step, count) + shift);
            path.move_to(x, y - size);
            path.line_to(x + size, y);
            path.line_to(x, y + size);
            path.line_to(x - size, y);
            path.close();
        }
    }
    group.fill(path.finish(), paint);
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::color::{NAVY, contrast};
    use crate::scene::{GroupRole, Scene};

    fn drawn(course: Course) -> String {
        let mut scene = Scene::new(600.0, 600.0);
        let group = scene.group(GroupRole::Decoration);
        course.ground(group, 60.0, 220.0, 0.1);
        course.band(group, 255.0, NAVY.into());
        course.plate(group, 0.0, 0.0, 60.0);
        course.emblem(group, 0.0, 0.0, 60.0);
        crate::svg::write(&scene, "")
    }

    #[test]
    fn courses_have_ornaments_of_their_own() {
        let names =
            ["Algebra", "Algebra I", "Statistics", "Biology", "Law", "", "統計学", "Machine Learning"];
        let all: BTreeSet<String> = names.iter().map(|name| drawn(Course::new(None, name, NAVY))).collect();
        assert_eq!(all.len(), names.len());
        assert_eq!(drawn(Course::new(None, "Law", NAVY)), drawn(Course::new(None, "Law", NAVY)));
    }

    #[test]
    fn an_identifier_decides_unless_it_was_drawn_for_one_credential() {
        let course = |id, name| Course::new(id, name, NAVY).seed;
        assert_eq!(
            course(Some("https://a.example/law"), "Law"),
            course(Some("https://a.example/law"), "Law I")
        );
        assert_ne!(
            course(Some("https://a.example/law"), "Law"),
            course(Some("https://b.example/law"), "Law")
        );
        let drawn = "urn:uuid:4e0c7f2e-6b1a-4f5a-9c8e-8a1b2c3d4e5f";
        assert_eq!(course(Some(drawn), "Law"), course(None, "Law"));
    }

    #[test]
    fn every_tint_is_seen_on_paper() {
        for accent in ["#1f2f4d", "#0b5c33", "#c43d00", "#8b2635", "#5d5850", "#7a3ff2", "#767676", "#0080ff"]
        {
            let accent = Color::accent(Color::parse(accent));
            for number in 0..61 {
                let tint = Course::new(None, &format!("Course {number}"), accent).tint;
                assert!(contrast(tint, PAPER) >= 3.0, "{accent:?} {tint:?}");
            }
        }
    }
}
