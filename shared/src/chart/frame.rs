//! Where on the page the values of a chart are: the margins, and pixels from times and back.

use chrono::Duration;

use crate::DateTime;

use super::{
    LineChart,
    advance::{Weight, width},
    clock::span_ms,
    reduce::{self, Point},
    scale::Scale,
};

/// Horizontal positions do not depend on the height; this one stands in where only those are asked for.
pub(super) const USUAL_HEIGHT: u32 = 240;

/// Below this there are no axes and no words.
const LEAST_WORDED: (u32, u32) = (160, 72);

/// Larger than any screen, and far from overflowing.
const LARGEST: u32 = 16_384;

/// Between the values and the words beside them.
const GAP: f64 = 8.0;

/// End labels get at most this share of the width.
const LABEL_SHARE: f64 = 0.4;

/// The rectangle of a drawing in which values lie, in pixels from the upper left corner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frame {
    /// The left edge: the chart's `from`.
    pub left: f64,
    /// The right edge: the chart's `to`.
    pub right: f64,
    /// The highest value.
    pub top: f64,
    /// The lowest value, mostly zero.
    pub bottom: f64,
    /// Where bands and marks begin: above `top`, if they have labels.
    pub band_top: f64,
    /// The size of the whole drawing.
    pub size: (u32, u32),
    from: DateTime,
    to: DateTime,
    low: f64,
    high: f64,
}

impl Frame {
    pub(super) fn of(chart: &LineChart, width: u32, height: u32) -> Self {
        Prepared::of(chart).frame(chart, width, height)
    }

    /// Axes and words have room.
    pub(super) fn is_worded(&self) -> bool {
        self.size.0 >= LEAST_WORDED.0 && self.size.1 >= LEAST_WORDED.1
    }

    /// The room for end labels, right of the values.
    pub(super) fn label_room(&self) -> f64 {
        f64::from(self.size.0) - self.right - GAP - 1.0
    }

    /// The pixel of a time, from the left; times outside the range are at its edge.
    pub fn x_of(&self, time: DateTime) -> f32 {
        (self.left + (self.right - self.left) * self.share_of(time)) as f32
    }

    /// The time at a pixel, within the range.
    pub fn time_of(&self, x: f32) -> DateTime {
        let share = (f64::from(x) - self.left) / (self.right - self.left).max(1.0);
        let share = if share.is_nan() { 0.0 } else { share.clamp(0.0, 1.0) };
        let span = (self.to - self.from).num_milliseconds().max(0) as f64;
        self.from
            .checked_add_signed(Duration::milliseconds((share * span).round() as i64))
            .unwrap_or(self.from)
    }

    /// The pixel of a value, from the top; values outside the scale are at its edge.
    pub fn y_of(&self, value: f64) -> f32 {
        let share = (value - self.low) / (self.high - self.low);
        let share = if share.is_nan() { 0.0 } else { share.clamp(0.0, 1.0) };
        (self.bottom - (self.bottom - self.top) * share) as f32
    }

    pub(super) fn share_of(&self, time: DateTime) -> f64 {
        ((time - self.from).num_milliseconds() as f64 / span_ms(self.from, self.to)).clamp(0.0, 1.0)
    }
}

/// A chart's points within its range, and their scale.
pub(super) struct Prepared {
    pub lines: Vec<Vec<Point>>,
    pub scale: Scale,
}

impl Prepared {
    pub fn of(chart: &LineChart) -> Self {
        let cut = |line| reduce::in_range(line, chart.from, chart.to);
        let lines: Vec<Vec<Point>> = chart.lines.iter().map(cut).collect();
        let values = || lines.iter().flatten().filter_map(|(_, value)| *value);
        let scale =
            Scale::of(values().fold(0.0, f64::min), values().fold(0.0, f64::max), chart.whole_numbers);
        Self { lines, scale }
    }

    pub fn frame(&self, chart: &LineChart, width: u32, height: u32) -> Frame {
        let size = (width.clamp(1, LARGEST), height.clamp(1, LARGEST));
        let (w, h) = (f64::from(size.0), f64::from(size.1));
        let mut frame = Frame {
            left: 0.0,
            right: w,
            top: 0.0,
            bottom: h,
            band_top: 0.0,
            size,
            from: chart.from,
            to: chart.to,
            low: self.scale.low,
            high: self.scale.high,
        };
        if size.0 >= LEAST_WORDED.0 {
            frame.left = self.tick_width() + GAP;
            frame.right = w - (self.end_width(chart) + GAP + 1.0).min(w * LABEL_SHARE).ceil();
        }
        if frame.is_worded() {
            frame.bottom = h - 24.0;
            frame.band_top = 4.0;
            frame.top = if chart.bands.is_empty() && chart.marks.is_empty() { 10.0 } else { 24.0 };
        } else if size.1 > 4 {
            (frame.top, frame.bottom) = (1.0, h - 1.0);
        }
        frame
    }

    fn tick_width(&self) -> f64 {
        let widths = self.scale.ticks.iter().map(|(_, label)| width(label, Weight::Regular));
        widths.fold(12.0, f64::max).ceil()
    }

    fn end_width(&self, chart: &LineChart) -> f64 {
        let ended = chart.lines.iter().zip(&self.lines).filter(|(_, points)| reduce::last(points).is_some());
        ended.map(|(line, _)| width(&line.label, Weight::Strong)).fold(0.0, f64::max)
    }
}
