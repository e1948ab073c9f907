//! Times in which something was not well, as bands of a chart.

use super::{Band, Ink, Tint};
use crate::{DateTime, verdict::Severity};

/// How something was from a time on: how bad, and in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told {
    /// From then on.
    pub time: DateTime,
    /// How bad.
    pub severity: Severity,
    /// The word on the screen.
    pub word: &'static str,
}

/// The bands between two times. What is told is oldest first, and each ends the one before; the last lasts until `to`. What
/// ends a trouble that nothing began, began before `from`. Where nothing is told, `now` says since when it is as it is.
pub fn spells(told: &[Told], now: Option<Told>, from: DateTime, to: DateTime) -> Vec<Band> {
    let ends = told.iter().skip(1).map(|told| told.time).chain([to]);
    let before = told.first().filter(|told| told.severity == Severity::Ok).map(|told| Band {
        from,
        to: told.time,
        label: "not well".into(),
        ink: Ink::Band(Tint::Warning),
    });
    let since = told.iter().zip(ends).filter_map(|(told, end)| band(told, end));
    let now = now.filter(|_| told.is_empty()).and_then(|now| band(&now, to));
    let all = before.into_iter().chain(since).chain(now);
    all.map(|band| Band { from: band.from.max(from), to: band.to.min(to), ..band }).collect()
}

fn band(told: &Told, end: DateTime) -> Option<Band> {
    let tint = match told.severity {
        Severity::Ok | Severity::Unknown => return None,
        Severity::Warning => Tint::Warning,
        Severity::Critical => Tint::Critical,
    };
    Some(Band { from: told.time, to: end, label: told.word.to_lowercase(), ink: Ink::Band(tint) })
}
