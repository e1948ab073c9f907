//! Charts of values over time, drawn as SVG text: the same bytes from the server and in the browser.
//!
//! A [`LineChart`] says what is shown; [`LineChart::svg`] draws it for a width at hand. plotters maps and draws,
//! [`backend`] writes. Colours never appear: every shape carries an [`Ink`] as a CSS class, and the style sheet
//! gives it the theme's colour. Time, zone and size come in as parameters.

mod above;
mod advance;
mod backend;
mod clock;
mod draw;
mod frame;
mod ink;
mod labels;
mod reduce;
mod samples;
mod scale;
mod spells;
#[cfg(test)]
mod tests;

pub use frame::Frame;
pub use ink::{Ink, Tint};
pub use samples::sample_svg;
pub use spells::{Told, spells};

use crate::{DateTime, units::Zone};

/// Lines over a range of time; by default nothing over none.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LineChart {
    /// What is shown, for those who hear the page: the first words of the `aria-label`.
    pub title: String,
    /// Unit of all values: `partitions`, `MB/s`; empty when they have none.
    pub unit: String,
    /// The left edge.
    pub from: DateTime,
    /// The right edge. At or before `from`, nothing is drawn but the axes.
    pub to: DateTime,
    /// The lines; the first is the most important: where end labels do not all fit, the last go first.
    pub lines: Vec<Line>,
    /// Times to tint, behind the lines.
    pub bands: Vec<Band>,
    /// Moments to point at, in front of the bands and behind the lines.
    pub marks: Vec<Mark>,
    /// The values count things: ticks are whole, and a value holds until the next one.
    pub whole_numbers: bool,
}

/// One line of a chart.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// What stands at its end; empty for one of many that have no name.
    pub label: String,
    /// Its colour.
    pub ink: Ink,
    /// Values by time, oldest first. `None`, NaN and infinities are gaps; the line ends where the values end.
    pub points: Vec<(DateTime, Option<f64>)>,
}

/// A time of trouble.
#[derive(Clone, Debug, PartialEq)]
pub struct Band {
    /// When it started.
    pub from: DateTime,
    /// When it ended.
    pub to: DateTime,
    /// What it was; left out where there is no room.
    pub label: String,
    /// Its tint, an [`Ink::Band`].
    pub ink: Ink,
}

/// A moment that explains what comes after it, drawn as a dotted line from top to bottom.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    /// When it was.
    pub time: DateTime,
    /// What it was; left out where there is no room.
    pub label: String,
}

impl LineChart {
    /// The chart as an `<svg>` of `width` × `height` pixels, with times of day in the reader's `zone`.
    ///
    /// Texts are 11 px at every size: draw again when the width changes rather than scaling. Below 160 × 72 px only
    /// the lines are drawn, without axes and words.
    pub fn svg(&self, width: u32, height: u32, zone: Zone) -> String {
        draw::svg(self, width, height, zone)
    }

    /// Where the chart puts its values at this size, for a crosshair: ask once per drawing, not per movement.
    pub fn frame(&self, width: u32, height: u32) -> Frame {
        Frame::of(self, width, height)
    }

    /// The pixel of a time, from the left; times outside the range are at its edge.
    pub fn x_of(&self, width: u32, time: DateTime) -> f32 {
        self.frame(width, frame::USUAL_HEIGHT).x_of(time)
    }

    /// The time at a pixel, within the range.
    pub fn time_of(&self, width: u32, x: f32) -> DateTime {
        self.frame(width, frame::USUAL_HEIGHT).time_of(x)
    }

    /// What the lines say at one time: of each line its index, and its nearest value with the time of that.
    ///
    /// A line is left out in its gaps, and more than one step before its beginning or after its end.
    pub fn nearest(&self, time: DateTime) -> Vec<(usize, DateTime, f64)> {
        let of_line = |(index, line): (usize, &Line)| {
            let points = reduce::in_range(line, self.from, self.to);
            let (at, value) = reduce::nearest(&points, time)?;
            Some((index, at, value))
        };
        self.lines.iter().enumerate().filter_map(of_line).collect()
    }
}
