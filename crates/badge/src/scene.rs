//! The scene: shapes, text and images with their meaning for assistive technology, before they are written to a file.
//!
//! Lengths are in the scene's units, from the upper left corner. `svg`, `raster` and `pdf` write the same scene.

use tiny_skia::{Path, PathBuilder, Rect, Transform};

use crate::color::Color;
use crate::picture::Picture;
use crate::text::{Line, TextBlock};

/// A drawing.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scene {
    /// The width.
    pub(crate) width: f32,
    /// The height.
    pub(crate) height: f32,
    /// The groups, from back to front.
    pub(crate) groups: Vec<Group>,
}

/// Items with one meaning and one transform.
#[derive(Debug, Clone)]
pub(crate) struct Group {
    /// The meaning.
    pub(crate) role: GroupRole,
    /// The transform from the group's units to the scene's.
    pub(crate) transform: Transform,
    /// The items, from back to front.
    pub(crate) items: Vec<Item>,
}

/// The meaning of a group, from which a PDF's tags follow.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum GroupRole {
    /// None: decoration, which screen readers skip.
    Decoration,
    /// The title of the scene.
    Title,
    /// Text.
    Paragraph,
    /// A figure, with its alternative text.
    Figure(String),
    /// A link.
    Link {
        /// The target.
        url: String,
        /// The clickable area in the scene's units: left, top, right, bottom.
        area: [f32; 4],
        /// The alternative text of a linked image; `None` if the link is text.
        picture: Option<String>,
    },
}

/// A shape, a line of text or an image.
#[derive(Debug, Clone)]
pub(crate) enum Item {
    /// A filled shape.
    Fill {
        /// The outline.
        path: Path,
        /// The paint.
        paint: Paint,
    },
    /// A stroked path.
    Stroke {
        /// The path.
        path: Path,
        /// The paint.
        paint: Paint,
        /// The stroke width.
        width: f32,
    },
    /// A line of text.
    Text {
        /// The glyphs.
        line: Line,
        /// The font size.
        size: f32,
        /// The left end of the baseline.
        at: (f32, f32),
        /// The paint.
        paint: Paint,
    },
    /// A raster image.
    Picture {
        /// The image.
        picture: Picture,
        /// The area that it fills.
        area: Rect,
    },
}

/// A color with an opacity from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Paint {
    /// The color.
    pub(crate) color: Color,
    /// The opacity.
    pub(crate) opacity: f32,
}

impl From<Color> for Paint {
    fn from(color: Color) -> Self {
        Self { color, opacity: 1.0 }
    }
}

/// The horizontal alignment of a text relative to a coordinate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Align {
    /// The text begins at the coordinate.
    Left,
    /// The text is centered on the coordinate.
    Center,
    /// The text ends at the coordinate.
    Right,
}

impl Align {
    /// Returns the alignment mirrored horizontally.
    pub(crate) fn mirrored(self) -> Self {
        match self {
            Align::Left => Align::Right,
            Align::Center => Align::Center,
            Align::Right => Align::Left,
        }
    }
}

impl Scene {
    /// Creates an empty scene.
    pub(crate) fn new(width: f32, height: f32) -> Self {
        Self { width, height, groups: Vec::new() }
    }

    /// Appends a group in the scene's units.
    pub(crate) fn group(&mut self, role: GroupRole) -> &mut Group {
        self.transformed(role, Transform::identity())
    }

    /// Appends a group with a transform.
    pub(crate) fn transformed(&mut self, role: GroupRole, transform: Transform) -> &mut Group {
        self.groups.push_mut(Group { role, transform, items: Vec::new() })
    }

    /// Appends the groups of another scene. The first one gets the role; the others become decoration.
    pub(crate) fn insert(&mut self, scene: Scene, role: GroupRole, left: f32, top: f32, scale: f32) {
        let transform = Transform::from_row(scale, 0.0, 0.0, scale, left, top);
        let mut role = role;
        for group in scene.groups {
            let role = std::mem::replace(&mut role, GroupRole::Decoration);
            self.groups.push(Group {
                role,
                transform: transform.pre_concat(group.transform),
                items: group.items,
            });
        }
    }
}

impl Group {
    /// Appends a filled shape.
    pub(crate) fn fill(&mut self, path: Option<Path>, paint: impl Into<Paint>) -> &mut Self {
        self.items.extend(path.map(|path| Item::Fill { path, paint: paint.into() }));
        self
    }

    /// Appends a stroked path.
    pub(crate) fn stroke(&mut self, path: Option<Path>, paint: impl Into<Paint>, width: f32) -> &mut Self {
        self.items.extend(path.map(|path| Item::Stroke { path, paint: paint.into(), width }));
        self
    }

    /// Appends lines of text whose top is at `y`, and returns the `y` below them.
    pub(crate) fn text(
        &mut self,
        block: &TextBlock,
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

    /// Appends an image, as large as it fits into a box that is centered on a point.
    pub(crate) fn picture_within(
        &mut self,
        picture: &Picture,
        x: f32,
        y: f32,
        width: f32,
        height: f32,
    ) -> &mut Self {
        let scale = (width / picture.width()).min(height / picture.height());
        let (width, height) = (picture.width() * scale, picture.height() * scale);
        let area = Rect::from_xywh(x - width / 2.0, y - height / 2.0, width, height);
        self.picture(picture.clone(), area)
    }

    /// Appends an image.
    pub(crate) fn picture(&mut self, picture: Picture, area: Option<Rect>) -> &mut Self {
        self.items.extend(area.map(|area| Item::Picture { picture, area }));
        self
    }
}

/// Creates a rectangle.
pub(crate) fn rectangle(left: f32, top: f32, width: f32, height: f32) -> Option<Path> {
    Rect::from_xywh(left, top, width, height).map(PathBuilder::from_rect)
}

/// Creates a rectangle with rounded corners.
pub(crate) fn rounded(left: f32, top: f32, width: f32, height: f32, radius: f32) -> Option<Path> {
    // The distance of a control point from its corner, for a quarter of a circle.
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

/// Creates a circle.
pub(crate) fn circle(x: f32, y: f32, radius: f32) -> Option<Path> {
    PathBuilder::from_circle(x, y, radius)
}

/// Creates a path of straight lines through points.
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
