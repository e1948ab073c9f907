//! Bands and marks: the times and moments that a chart points at, with their words above the values.

use plotters::{
    element::{PathElement, Rectangle},
    style::{Color, text_anchor::*},
};

use super::{
    Band, Mark,
    advance::Weight,
    draw::{Drawing, Drawn, tenths},
    frame::Frame,
    ink::{Ink, Tint},
    labels,
};

/// What is pointed at within the range, and where its words go.
pub(super) struct Above<'a> {
    /// Bands by their left and right edge, and by the left end of their words.
    bands: Vec<(f64, f64, &'a Band, Option<f64>)>,
    /// Marks by where they stand, and by the left end of their words.
    marks: Vec<(f64, &'a Mark, Option<f64>)>,
}

impl Above<'_> {
    /// The room of the words of bands.
    fn taken(&self) -> Vec<labels::Words> {
        let worded = self.bands.iter().filter_map(|(.., band, x)| Some(labels::room(&band.label, (*x)?)));
        worded.collect()
    }
}

impl<'a> Drawing<'a, '_> {
    /// What is pointed at.
    pub(super) fn above(&self) -> Above<'a> {
        let mut above = Above { bands: self.bands(), marks: vec![] };
        let marks = self.marks();
        let named: Vec<(f64, &str)> = marks.iter().map(|(x, mark)| (*x, mark.label.as_str())).collect();
        let places = labels::at_moments(&named, above.taken(), (self.frame.left, self.frame.right));
        above.marks = marks.into_iter().zip(places).map(|((x, mark), place)| (x, mark, place)).collect();
        above
    }

    /// Tints and dotted lines, which lie behind everything else. No line crosses a word.
    pub(super) fn behind(&self, above: &Above<'_>) -> Drawn {
        let Frame { top, bottom, band_top, .. } = self.frame;
        for (x0, x1, band, _) in &above.bands {
            let corners = [(*x0, band_top), (*x1, bottom)].map(|(x, y)| (tenths(x), tenths(y)));
            self.area.draw(&Rectangle::new(corners, band.ink.code().filled()))?;
        }
        let taken = above.taken();
        for (x, ..) in &above.marks {
            let is_crossing = taken.iter().any(|(from, to)| from < x && x < to);
            let ends = [if is_crossing { top } else { band_top }, bottom];
            let ends = ends.map(|y| (tenths(*x), tenths(y)));
            self.area.draw(&PathElement::new(ends, Ink::Mark.code()))?;
        }
        Ok(())
    }

    /// The words, which lie on top.
    pub(super) fn words_above(&self, above: &Above<'_>) -> Drawn {
        let bands = above.bands.iter().map(|(.., band, x)| (band.label.as_str(), band.ink, *x));
        let marks = above.marks.iter().map(|(_, mark, x)| (mark.label.as_str(), Ink::Mark, *x));
        for (word, ink, x) in bands.chain(marks) {
            let Some(x) = x else { continue };
            let y = self.frame.band_top + 4.0;
            self.text(word, ink, Weight::Regular, (x, y), HPos::Left, VPos::Top)?;
        }
        Ok(())
    }

    /// Bands within the range, wide enough to be seen.
    fn bands(&self) -> Vec<(f64, f64, &'a Band, Option<f64>)> {
        let chart = self.chart;
        let shown = chart.bands.iter().filter(|band| {
            chart.from < chart.to && band.from <= band.to && band.from <= chart.to && band.to >= chart.from
        });
        let Frame { left, right, .. } = self.frame;
        let edges: Vec<(f64, f64, &Band)> = shown
            .map(|band| {
                let x0 = f64::from(self.frame.x_of(band.from)).min(right - 2.0).max(left);
                let x1 = f64::from(self.frame.x_of(band.to)).max(x0 + 2.0).min(right);
                (x0, x1, band)
            })
            .collect();
        let named: Vec<(f64, f64, &str)> =
            edges.iter().map(|(x0, x1, band)| (*x0, *x1, band.label.as_str())).collect();
        let places = labels::beside(&named, left, right, |index| {
            edges.get(index).is_some_and(|(.., band)| band.ink == Ink::Band(Tint::Critical))
        });
        edges.into_iter().zip(places).map(|((x0, x1, band), place)| (x0, x1, band, place)).collect()
    }

    /// Marks within the range.
    fn marks(&self) -> Vec<(f64, &'a Mark)> {
        let chart = self.chart;
        let shown = chart
            .marks
            .iter()
            .filter(|mark| chart.from < chart.to && chart.from <= mark.time && mark.time <= chart.to);
        // A hairline is sharp in the middle of a pixel.
        let sharp = |time| (f64::from(self.frame.x_of(time)).floor() + 0.5).min(self.frame.right);
        shown.map(|mark| (sharp(mark.time), mark)).collect()
    }
}
