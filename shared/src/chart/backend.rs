//! A plotters backend that writes compact SVG: classes for colours, real text, tenths of a pixel.
//!
//! plotters draws on whole pixels and, in a browser, measures text by putting a styled element into the page, which
//! our content security policy forbids and which gives other numbers than the server. This backend is told sizes ten
//! times as large, so that a whole "pixel" is a tenth of one, and measures by the advances of the bundled font.

use std::{convert::Infallible, fmt::Write};

use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind, FontStyle,
    text_anchor::{HPos, VPos},
};

use super::{
    advance::{self, FONT_SIZE, Weight},
    ink::{Applied, Ink},
};

/// Backend units in a pixel.
pub const PER_PIXEL: i32 = 10;

/// The height of Inter's capitals and figures at 11 px, in tenths: 1,490 of 2,048 units per em.
const CAPITAL: i32 = 80;

type Drawn = Result<(), DrawingErrorKind<Infallible>>;

/// Writes shapes to the end of a string. Nothing is ever placed outside the size.
pub struct SvgBackend<'a> {
    out: &'a mut String,
    size: (u32, u32),
}

impl<'a> SvgBackend<'a> {
    /// A backend of a size in tenths of a pixel.
    pub fn new(out: &'a mut String, size: (u32, u32)) -> Self {
        Self { out, size }
    }

    fn inside(&self, (x, y): BackendCoord) -> BackendCoord {
        let limit = |value: i32, size: u32| value.clamp(0, i32::try_from(size).unwrap_or(i32::MAX));
        (limit(x, self.size.0), limit(y, self.size.1))
    }

    fn write(&mut self, arguments: std::fmt::Arguments<'_>) -> Drawn {
        // Writing to a string cannot fail.
        let _ = self.out.write_fmt(arguments);
        Ok(())
    }

    fn polyline(&mut self, points: &[BackendCoord], ink: Ink) -> Drawn {
        let points: Vec<String> = points.iter().map(|(x, y)| format!("{},{}", px(*x), px(*y))).collect();
        let class = ink.class(Applied::Stroke);
        self.write(format_args!(r#"<polyline class="{class}" points="{}"/>"#, points.join(" ")))
    }
}

/// Tenths as pixels, as short as can be: `12`, `12.5`.
pub fn px(tenths: i32) -> String {
    match (tenths / PER_PIXEL, tenths % PER_PIXEL) {
        (whole, 0) => whole.to_string(),
        (whole, tenth) => format!("{whole}.{tenth}"),
    }
}

/// Text as it may stand between tags and in attributes, without characters that XML forbids.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\u{fffe}' | '\u{ffff}' => {}
            control if control.is_control() => out.push(' '),
            plain => out.push(plain),
        }
    }
    out
}

fn ink_of(color: BackendColor) -> Ink {
    Ink::of_code(color.rgb)
}

fn weight_of(style: &impl BackendTextStyle) -> Weight {
    if matches!(style.style(), FontStyle::Bold) { Weight::Strong } else { Weight::Regular }
}

/// Adds a point to a path, in place of the last one if that lies on the way.
fn push_bend(path: &mut Vec<BackendCoord>, next: BackendCoord) {
    let within = |a: i32, b: i32, c: i32| (a <= b && b <= c) || (c <= b && b <= a);
    if path.last() == Some(&next) {
        return;
    }
    if let [.., a, b] = path.as_slice() {
        let flat = a.1 == b.1 && b.1 == next.1 && within(a.0, b.0, next.0);
        let upright = a.0 == b.0 && b.0 == next.0 && within(a.1, b.1, next.1);
        if flat || upright {
            path.pop();
        }
    }
    path.push(next);
}

impl DrawingBackend for SvgBackend<'_> {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        Ok(())
    }

    fn draw_pixel(&mut self, point: BackendCoord, color: BackendColor) -> Drawn {
        let (x, y) = self.inside(point);
        self.draw_rect((x, y), (x + PER_PIXEL, y + PER_PIXEL), &color, true)
    }

    fn draw_line<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S) -> Drawn {
        self.draw_path([from, to], style)
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        upper_left: BackendCoord,
        bottom_right: BackendCoord,
        style: &S,
        fill: bool,
    ) -> Drawn {
        let ((x0, y0), (x1, y1)) = (self.inside(upper_left), self.inside(bottom_right));
        let (x, y, width, height) = (x0.min(x1), y0.min(y1), (x1 - x0).abs(), (y1 - y0).abs());
        let class = ink_of(style.color()).class(if fill { Applied::Fill } else { Applied::Stroke });
        let [x, y, width, height] = [x, y, width, height].map(px);
        self.write(format_args!(
            r#"<rect class="{class}" x="{x}" y="{y}" width="{width}" height="{height}"/>"#
        ))
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Drawn {
        let mut bends = Vec::new();
        for point in path {
            push_bend(&mut bends, self.inside(point));
        }
        match bends.as_slice() {
            [] => Ok(()),
            bends => self.polyline(bends, ink_of(style.color())),
        }
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        center: BackendCoord,
        radius: u32,
        style: &S,
        fill: bool,
    ) -> Drawn {
        let (x, y) = self.inside(center);
        let class = ink_of(style.color()).class(if fill { Applied::Fill } else { Applied::Stroke });
        let [x, y, radius] = [x, y, i32::try_from(radius).unwrap_or(0)].map(px);
        self.write(format_args!(r#"<circle class="{class}" cx="{x}" cy="{y}" r="{radius}"/>"#))
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        vert: I,
        style: &S,
    ) -> Drawn {
        let corners: Vec<BackendCoord> = vert.into_iter().map(|corner| self.inside(corner)).collect();
        let corners: Vec<String> = corners.iter().map(|(x, y)| format!("{},{}", px(*x), px(*y))).collect();
        let class = ink_of(style.color()).class(Applied::Fill);
        self.write(format_args!(r#"<polygon class="{class}" points="{}"/>"#, corners.join(" ")))
    }

    fn draw_text<S: BackendTextStyle>(&mut self, text: &str, style: &S, pos: BackendCoord) -> Drawn {
        let anchor = style.anchor();
        let drop = match anchor.v_pos {
            VPos::Top => CAPITAL,
            VPos::Center => CAPITAL / 2,
            VPos::Bottom => 0,
        };
        let (x, y) = self.inside((pos.0, pos.1 + drop));
        let class = ink_of(style.color()).class(Applied::Text);
        let strong = if weight_of(style) == Weight::Strong { " strong" } else { "" };
        let side = match anchor.h_pos {
            HPos::Left => "",
            HPos::Center => r#" text-anchor="middle""#,
            HPos::Right => r#" text-anchor="end""#,
        };
        let (x, y, text) = (px(x), px(y), escaped(text));
        self.write(format_args!(r#"<text class="{class}{strong}" x="{x}" y="{y}"{side}>{text}</text>"#))
    }

    fn estimate_text_size<S: BackendTextStyle>(
        &self,
        text: &str,
        style: &S,
    ) -> Result<(u32, u32), DrawingErrorKind<Infallible>> {
        Ok((advance::width_in_tenths(text, weight_of(style)), FONT_SIZE * PER_PIXEL.unsigned_abs()))
    }

    /// Pictures have no place in a chart of lines.
    fn blit_bitmap(&mut self, _: BackendCoord, _: (u32, u32), _: &[u8]) -> Drawn {
        Ok(())
    }
}
