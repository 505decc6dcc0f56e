//! A drawing before it is a file: what stands where, and what it means to somebody who can't see it.
//!
//! Lengths are in the scene's own units, from the upper left corner. The files are written by `svg`, `raster` and `pdf`,
//! which draw the same scene.

use tiny_skia::{Path, PathBuilder, Rect, Transform};

use crate::color::Color;
use crate::picture::Picture;
use crate::text::{Block, Line};

/// A drawing.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scene {
    /// Its width.
    pub(crate) width: f32,
    /// Its height.
    pub(crate) height: f32,
    /// What it consists of, the lowest first.
    pub(crate) groups: Vec<Group>,
}

/// What belongs together.
#[derive(Debug, Clone)]
pub(crate) struct Group {
    /// What it means.
    pub(crate) role: Role,
    /// Where its own units lie in the scene.
    pub(crate) place: Transform,
    /// What it consists of, the lowest first.
    pub(crate) items: Vec<Item>,
}

/// What a group means.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Role {
    /// Nothing: it is there to be looked at.
    Decoration,
    /// The title of the whole.
    Title,
    /// Text.
    Paragraph,
    /// A picture, in words.
    Figure(String),
    /// Something that leads to an address.
    Link {
        /// Where it leads.
        url: String,
        /// Where it can be clicked, in the scene's units: left, top, right, bottom.
        area: [f32; 4],
        /// A picture, in words; `None` where the text of the link stands there.
        picture: Option<String>,
    },
}

/// Something that is drawn.
#[derive(Debug, Clone)]
pub(crate) enum Item {
    /// A filled shape.
    Fill {
        /// The shape.
        path: Path,
        /// Its paint.
        paint: Paint,
    },
    /// A line along a shape.
    Stroke {
        /// The shape.
        path: Path,
        /// Its paint.
        paint: Paint,
        /// How wide the line is.
        width: f32,
    },
    /// A line of text.
    Text {
        /// The glyphs.
        line: Line,
        /// The size.
        size: f32,
        /// Where the line begins on the left, and its baseline.
        at: (f32, f32),
        /// Its paint.
        paint: Paint,
    },
    /// A picture of pixels.
    Picture {
        /// The pixels.
        picture: Picture,
        /// Where it stands.
        area: Rect,
    },
}

/// A color and how much of what lies below it hides, from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Paint {
    /// The color.
    pub(crate) color: Color,
    /// How much is hidden.
    pub(crate) opacity: f32,
}

impl From<Color> for Paint {
    fn from(color: Color) -> Self {
        Self { color, opacity: 1.0 }
    }
}

/// To which side of a place a text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Align {
    /// To its right.
    Left,
    /// Around it.
    Center,
    /// To its left.
    Right,
}

impl Align {
    /// The same, seen in a mirror.
    pub(crate) fn mirrored(self) -> Self {
        match self {
            Align::Left => Align::Right,
            Align::Center => Align::Center,
            Align::Right => Align::Left,
        }
    }
}

impl Scene {
    /// An empty one.
    pub(crate) fn new(width: f32, height: f32) -> Self {
        Self { width, height, groups: Vec::new() }
    }

    /// Begins a group, which the items after it belong to.
    pub(crate) fn group(&mut self, role: Role) -> &mut Group {
        self.placed(role, Transform::identity())
    }

    /// Begins a group with units of its own.
    pub(crate) fn placed(&mut self, role: Role, place: Transform) -> &mut Group {
        self.groups.push_mut(Group { role, place, items: Vec::new() })
    }

    /// Puts another scene into this one. Its first group stands for it, the others are there to be looked at.
    pub(crate) fn insert(&mut self, scene: Scene, role: Role, left: f32, top: f32, scale: f32) {
        let place = Transform::from_row(scale, 0.0, 0.0, scale, left, top);
        let mut role = role;
        for group in scene.groups {
            let role = std::mem::replace(&mut role, Role::Decoration);
            self.groups.push(Group { role, place: place.pre_concat(group.place), items: group.items });
        }
    }
}

impl Group {
    /// Adds a filled shape.
    pub(crate) fn fill(&mut self, path: Option<Path>, paint: impl Into<Paint>) -> &mut Self {
        self.items.extend(path.map(|path| Item::Fill { path, paint: paint.into() }));
        self
    }

    /// Adds a line along a shape.
    pub(crate) fn stroke(&mut self, path: Option<Path>, paint: impl Into<Paint>, width: f32) -> &mut Self {
        self.items.extend(path.map(|path| Item::Stroke { path, paint: paint.into(), width }));
        self
    }

    /// Adds lines of text whose top is at `y`. Gives back where they end.
    pub(crate) fn text(
        &mut self,
        block: &Block,
        align: Align,
        x: f32,
        y: f32,
        paint: impl Into<Paint>,
    ) -> f32 {
        let paint = paint.into();
        let mut baseline = y + block.ascent();
        for line in &block.lines {
            let width = line.width * block.size;
            let left = match align {
                Align::Left => x,
                Align::Center => x - width / 2.0,
                Align::Right => x - width,
            };
            self.items.push(Item::Text { line: line.clone(), size: block.size, at: (left, baseline), paint });
            baseline += block.leading();
        }
        y + block.height()
    }

    /// Adds a picture.
    pub(crate) fn picture(&mut self, picture: Picture, area: Option<Rect>) -> &mut Self {
        self.items.extend(area.map(|area| Item::Picture { picture, area }));
        self
    }
}

/// A rectangle.
pub(crate) fn rectangle(left: f32, top: f32, width: f32, height: f32) -> Option<Path> {
    Rect::from_xywh(left, top, width, height).map(PathBuilder::from_rect)
}

/// A rectangle with round corners.
pub(crate) fn rounded(left: f32, top: f32, width: f32, height: f32, radius: f32) -> Option<Path> {
    // How far a control point is from a corner that a quarter of a circle replaces.
    let reach = radius * 0.447_715;
    let (right, bottom) = (left + width, top + height);
    let mut path = PathBuilder::new();
    path.move_to(left + radius, top);
    path.line_to(right - radius, top);
    path.cubic_to(right - reach, top, right, top + reach, right, top + radius);
    path.line_to(right, bottom - radius);
    path.cubic_to(right, bottom - reach, right - reach, bottom, right - radius, bottom);
    path.line_to(left + radius, bottom);
    path.cubic_to(left + reach, bottom, left, bottom - reach, left, bottom - radius);
    path.line_to(left, top + radius);
    path.cubic_to(left, top + reach, left + reach, top, left + radius, top);
    path.close();
    path.finish()
}

/// A circle.
pub(crate) fn circle(x: f32, y: f32, radius: f32) -> Option<Path> {
    PathBuilder::from_circle(x, y, radius)
}

/// A line through points.
pub(crate) fn polyline(points: impl IntoIterator<Item = (f32, f32)>, closed: bool) -> Option<Path> {
    let mut path = PathBuilder::new();
    for (at, (x, y)) in points.into_iter().enumerate() {
        if at == 0 { path.move_to(x, y) } else { path.line_to(x, y) }
    }
    if closed {
        path.close();
    }
    path.finish()
}
