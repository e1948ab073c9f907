//! The one writer of Prometheus' text format, version 0.0.4: the series of a dialect, each together, in pieces that can be
//! sent one by one.

use std::fmt::Write;

use bytes::Bytes;

use super::names::{Dialect, Fact, Label, Series};

/// Where a piece ends, in bytes.
const PIECE: usize = 64 << 10;

/// A page that is being written.
#[derive(Debug)]
pub struct Page {
    notes: String,
    families: Vec<Family>,
}

#[derive(Debug)]
struct Family {
    series: &'static Series,
    pieces: Vec<Bytes>,
    open: String,
}

impl Page {
    /// An empty one.
    pub fn new(dialect: Dialect) -> Self {
        let family = |series| Family { series, pieces: vec![], open: String::new() };
        Self { notes: String::new(), families: dialect.series().iter().map(family).collect() }
    }

    /// Whether the dialect has a series for it.
    pub fn wants(&self, fact: Fact) -> bool {
        self.families.iter().any(|family| family.series.fact == fact)
    }

    /// Says a sentence in a comment at the top.
    pub fn note(&mut self, sentence: &str) {
        self.notes.push_str("# ");
        self.notes.push_str(sentence);
        self.notes.push('\n');
    }

    /// Tells a fact where it is known, if the dialect has a series for it. A label that is not among `labels` is empty,
    /// which Prometheus takes for none.
    pub fn tell(&mut self, fact: Fact, labels: &[(Label, &str)], value: Option<f64>) {
        let Some(value) = value.filter(|value| value.is_finite()) else { return };
        for family in self.families.iter_mut().filter(|family| family.series.fact == fact) {
            family.line(labels, value);
        }
    }

    /// The text, in pieces.
    pub fn finish(self) -> Vec<Bytes> {
        let notes = Bytes::from(self.notes);
        let families = self.families.into_iter().flat_map(|mut family| {
            family.close();
            family.pieces
        });
        std::iter::once(notes).chain(families).filter(|piece| !piece.is_empty()).collect()
    }
}

impl Family {
    fn line(&mut self, labels: &[(Label, &str)], value: f64) {
        let Series { name, help, .. } = self.series;
        let open = &mut self.open;
        if self.pieces.is_empty() && open.is_empty() {
            for part in ["# HELP ", name, " ", help, "\n# TYPE ", name, " gauge\n"] {
                open.push_str(part);
            }
        }
        open.push_str(name);
        for (at, (label, called)) in self.series.labels.iter().enumerate() {
            open.push(if at == 0 { '{' } else { ',' });
            open.push_str(called);
            open.push_str("=\"");
            let known = labels.iter().find(|(known, _)| known == label);
            escape(open, known.map_or("", |(_, value)| value));
            open.push('"');
        }
        // Writing to a string cannot fail.
        let _written = writeln!(open, "}} {value}");
        if open.len() >= PIECE {
            self.close();
        }
    }

    fn close(&mut self) {
        self.pieces.push(Bytes::from(std::mem::take(&mut self.open).into_boxed_str().into_boxed_bytes()));
    }
}

/// Writes a label's value: backslash, quote and line feed are escaped, and nothing else is.
fn escape(text: &mut String, value: &str) {
    for character in value.chars() {
        match character {
            '\\' => text.push_str("\\\\"),
            '"' => text.push_str("\\\""),
            '\n' => text.push_str("\\n"),
            other => text.push(other),
        }
    }
}
