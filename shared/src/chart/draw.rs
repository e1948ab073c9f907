//! Draws a chart: bands and marks first, then what values are read by, then the lines, then words.

use std::{convert::Infallible, ops::Range};

use plotters::{
    coord::{Shift, cartesian::Cartesian2d, types::RangedCoordf64},
    drawing::{DrawingArea, DrawingAreaErrorKind, IntoDrawingArea},
    element::{Circle, PathElement, Text},
    style::{Color, FontDesc, FontFamily, FontStyle, TextStyle, text_anchor::*},
};

use super::{
    Line, LineChart,
    advance::{Weight, fitted, width},
    backend::{PER_PIXEL, SvgBackend, escaped},
    clock,
    frame::{Frame, Prepared},
    ink::Ink,
    labels, reduce, scale,
};
use crate::units::Zone;

/// Labels of times are at least this far apart.
const TIME_LABEL_PX: f64 = 80.0;

/// Labels of values are at least this far apart.
const VALUE_LABEL_PX: f64 = 24.0;

type Area<'a> = DrawingArea<SvgBackend<'a>, Shift>;
pub(super) type Drawn = Result<(), DrawingAreaErrorKind<Infallible>>;

/// The whole `<svg>`.
pub fn svg(chart: &LineChart, width: u32, height: u32, zone: Zone) -> String {
    let prepared = Prepared::of(chart);
    let frame = prepared.frame(chart, width, height);
    let (w, h) = frame.size;
    let label = escaped(&in_words(chart, &prepared));
    let mut out = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" class="plot" viewBox="0 0 {w} {h}" width="{w}" height="{h}" role="img" aria-label="{label}">"#
    );
    let tenths = PER_PIXEL.unsigned_abs();
    let area = SvgBackend::new(&mut out, (w * tenths, h * tenths)).into_drawing_area();
    // Writing to a string cannot fail, so there is no error to tell.
    let _ = Drawing { chart, prepared: &prepared, frame, area: &area }.all(zone);
    drop(area);
    out.push_str("</svg>");
    out
}

/// "Replication: under-replicated 36 partitions, offline 0 partitions".
fn in_words(chart: &LineChart, prepared: &Prepared) -> String {
    let unit = if chart.unit.is_empty() { String::new() } else { format!(" {}", chart.unit) };
    let named = chart.lines.iter().zip(&prepared.lines).filter(|(line, _)| !line.label.is_empty());
    let lasts = named.filter_map(|(line, points)| {
        let (_, value) = reduce::last(points)?;
        Some(format!("{} {}{unit}", line.label, scale::spoken(value)))
    });
    let lasts: Vec<String> = lasts.collect();
    let values = if lasts.is_empty() { "no values".into() } else { lasts.join(", ") };
    if chart.title.is_empty() { values } else { format!("{}: {values}", chart.title) }
}

pub(super) fn tenths(pixels: f64) -> i32 {
    (pixels * f64::from(PER_PIXEL)).round() as i32
}

pub(super) struct Drawing<'a, 'b> {
    pub chart: &'a LineChart,
    prepared: &'a Prepared,
    pub frame: Frame,
    pub area: &'a Area<'b>,
}

impl Drawing<'_, '_> {
    fn all(&self, zone: Zone) -> Drawn {
        let above = self.above();
        self.behind(&above)?;
        if self.frame.is_worded() {
            self.values()?;
            self.times(zone)?;
        }
        // The first line is the most important and lies on top: a zero of another does not hide it.
        for (line, points) in self.chart.lines.iter().zip(&self.prepared.lines).rev() {
            self.line(line, points)?;
        }
        if self.frame.is_worded() {
            self.ends()?;
            self.words_above(&above)?;
        }
        Ok(())
    }

    pub(super) fn text(
        &self,
        text: &str,
        ink: Ink,
        weight: Weight,
        (x, y): (f64, f64),
        side: HPos,
        level: VPos,
    ) -> Drawn {
        let style = if weight == Weight::Strong { FontStyle::Bold } else { FontStyle::Normal };
        let style = TextStyle {
            font: FontDesc::new(FontFamily::Name("Inter"), f64::from(super::advance::FONT_SIZE), style),
            color: ink.code().to_backend_color(),
            pos: Pos::new(side, level),
        };
        self.area.draw(&Text::new(text, (tenths(x), tenths(y)), style))
    }

    /// Grid lines with their values; every other one where the chart is low.
    fn values(&self) -> Drawn {
        let frame = &self.frame;
        let room = ((frame.bottom - frame.top) / VALUE_LABEL_PX).max(1.0) as usize;
        let stride = (self.prepared.scale.ticks.len().saturating_sub(1)).div_ceil(room).max(1);
        let zero = self.prepared.scale.ticks.iter().position(|(tick, _)| *tick == 0.0).unwrap_or(0);
        for (index, (tick, label)) in self.prepared.scale.ticks.iter().enumerate() {
            if index.abs_diff(zero) % stride != 0 {
                continue;
            }
            let y = f64::from(frame.y_of(*tick));
            // A hairline is sharp in the middle of a pixel.
            let sharp = tenths(y.floor() + 0.5).min(tenths(y.ceil() + 0.5));
            let ink = if *tick == 0.0 { Ink::Axis } else { Ink::Grid };
            let ends = [(tenths(frame.left), sharp), (tenths(frame.right), sharp)];
            self.area.draw(&PathElement::new(ends, ink.code()))?;
            self.text(label, Ink::Label, Weight::Regular, (frame.left - 7.0, y), HPos::Right, VPos::Center)?;
        }
        Ok(())
    }

    fn times(&self, zone: Zone) -> Drawn {
        let Frame { left, right, bottom, .. } = self.frame;
        let mut free = f64::MIN;
        for (time, label) in clock::ticks(self.chart.from, self.chart.to, zone, right - left, TIME_LABEL_PX) {
            let wide = width(&label, Weight::Regular);
            let center = left + (right - left) * self.frame.share_of(time);
            let start = (center - wide / 2.0).min(right - wide).max(left);
            if start < free || start + wide > right {
                continue;
            }
            free = start + wide + 12.0;
            self.text(&label, Ink::Label, Weight::Regular, (start, bottom + 9.0), HPos::Left, VPos::Top)?;
        }
        Ok(())
    }

    fn line(&self, line: &Line, points: &[reduce::Point]) -> Drawn {
        let frame = &self.frame;
        let span = clock::span_ms(self.chart.from, self.chart.to);
        let area = self.area.apply_coord_spec(Cartesian2d::<RangedCoordf64, RangedCoordf64>::new(
            0.0..span,
            self.prepared.scale.low..self.prepared.scale.high,
            (tenths_between(frame.left, frame.right), tenths_between(frame.bottom, frame.top)),
        ));
        let samples = reduce::reduced(points, self.chart.from, span, frame.right - frame.left);
        for stretch in reduce::stretches(&samples) {
            if let [lone] = stretch.as_slice() {
                area.draw(&Circle::new(*lone, 15, line.ink.code().filled()))?;
            } else if self.chart.whole_numbers {
                area.draw(&PathElement::new(reduce::held(&stretch), line.ink.code()))?;
            } else {
                area.draw(&PathElement::new(stretch, line.ink.code()))?;
            }
        }
        Ok(())
    }

    /// The labels of lines, level with where they end.
    fn ends(&self) -> Drawn {
        let frame = &self.frame;
        let ended = self.chart.lines.iter().zip(&self.prepared.lines);
        let ended: Vec<(&Line, f64)> = ended
            .filter_map(|(line, points)| Some((line, f64::from(frame.y_of(reduce::last(points)?.1)))))
            .collect();
        let is_empty = ended.is_empty();
        let ended: Vec<(&Line, f64)> = ended.into_iter().filter(|(line, _)| !line.label.is_empty()).collect();
        let wishes: Vec<f64> = ended.iter().map(|(_, y)| *y).collect();
        let places = labels::apart(&wishes, frame.band_top + 4.0, frame.bottom);
        for ((line, _), y) in ended.iter().zip(places) {
            let Some(y) = y else { continue };
            let label = fitted(&line.label, Weight::Strong, frame.label_room());
            self.text(&label, line.ink, Weight::Strong, (frame.right + 8.0, y), HPos::Left, VPos::Center)?;
        }
        if is_empty {
            // A little above the middle, where a grid line may be.
            let middle = ((frame.left + frame.right) / 2.0, (frame.top + frame.bottom) / 2.0 - 6.0);
            self.text("no values", Ink::Label, Weight::Regular, middle, HPos::Center, VPos::Bottom)?;
        }
        Ok(())
    }
}

fn tenths_between(from: f64, to: f64) -> Range<i32> {
    tenths(from)..tenths(to)
}
