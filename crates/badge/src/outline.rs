//! The outlines of a line of text, for formats without embedded fonts.

use skrifa::GlyphId;
use skrifa::instance::{LocationRef, Size};
use skrifa::outline::{DrawSettings, OutlinePen};
use tiny_skia::{Path, PathBuilder};

use crate::text::Line;

/// Builds the outlines of a line that begins at `at` on its baseline. Returns `None` if they are empty.
pub(crate) fn outline(line: &Line, size: f32, at: (f32, f32)) -> Option<Path> {
    let mut pen = Pen { path: PathBuilder::new(), x: at.0, y: at.1 };
    let mut x = at.0;
    for run in &line.runs {
        for glyph in &run.glyphs {
            pen.x = x + glyph.dx * size;
            pen.y = at.1 - glyph.dy * size;
            let font = run.font.font();
            if let Some(outline) = font.and_then(|font| font.outlines.get(GlyphId::new(glyph.id))) {
                let settings = DrawSettings::unhinted(Size::new(size), LocationRef::default());
                // A glyph that cannot be drawn leaves a gap. A test draws every glyph of the shipped fonts.
                let _ = outline.draw(settings, &mut pen);
            }
            x += glyph.advance * size;
        }
    }
    pen.path.finish()
}

/// A pen that converts a glyph's coordinates (y up) to those of the scene (y down).
struct Pen {
    path: PathBuilder,
    x: f32,
    y: f32,
}

impl OutlinePen for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.path.move_to(self.x + x, self.y - y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.path.line_to(self.x + x, self.y - y);
    }

    fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32) {
        self.path.quad_to(self.x + cx, self.y - cy, self.x + x, self.y - y);
    }

    fn curve_to(&mut self, cx0: f32, cy0: f32, cx1: f32, cy1: f32, x: f32, y: f32) {
        let (left, top) = (self.x, self.y);
        self.path.cubic_to(left + cx0, top - cy0, left + cx1, top - cy1, left + x, top - y);
    }

    fn close(&mut self) {
        self.path.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::all_fonts;

    #[test]
    fn every_glyph_of_the_shipped_fonts_has_an_outline_that_can_be_drawn() {
        for id in all_fonts() {
            let outlines = &id.font().unwrap().outlines;
            let mut drawn = 0;
            for (glyph, outline) in outlines.iter() {
                let mut pen = Pen { path: PathBuilder::new(), x: 0.0, y: 0.0 };
                let settings = DrawSettings::unhinted(Size::new(10.0), LocationRef::default());
                outline.draw(settings, &mut pen).unwrap_or_else(|error| panic!("{id:?} {glyph}: {error}"));
                drawn += 1;
            }
            assert!(drawn > 50, "{id:?} has {drawn} glyphs");
        }
    }
}
