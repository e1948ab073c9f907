//! Rates from counters: what was counted between two readings, over the time between them.
//!
//! A counter that fell, or a process that began anew, ends what was counted before: the first rate after that is not
//! known. The whole counter is never taken for what was counted in the meantime.

use std::{array, collections::VecDeque};

use shared::DateTime;

use super::{LONGEST_GAP, MEAN};
use crate::capabilities::load::model::{Anchor, COUNTERS};

/// Rates by counter.
pub type Rates = [Option<f64>; COUNTERS];

/// Agents tell when their process started to the millisecond; a clock that was set may move that by less than this.
const SAME_START_SECONDS: f64 = 1.0;
/// Readings are remembered in this distance.
const ANCHOR_MS: i64 = 9_000;

/// Whether both are of one process, as far as is told.
pub fn is_same_process(before: Option<f64>, now: Option<f64>) -> bool {
    before.zip(now).is_none_or(|(before, now)| (before - now).abs() < SAME_START_SECONDS)
}

/// What was counted in a second between two readings of one process.
pub fn between(before: &Anchor, after: &Anchor) -> Rates {
    let seconds = (after.at - before.at).as_seconds_f64();
    array::from_fn(|counter| {
        let value = |anchor: &Anchor| anchor.counters.get(counter).copied().flatten();
        let grown = value(after)? - value(before)?;
        (grown >= 0.0 && seconds > 0.0).then_some(grown / seconds)
    })
}

/// The rates of one turn: since the reading before it, unless that is too long ago.
pub fn of_turn(before: Option<&Anchor>, after: &Anchor) -> Rates {
    match before.filter(|before| is_within(before.at, after.at, LONGEST_GAP)) {
        Some(before) => between(before, after),
        None => [None; COUNTERS],
    }
}

/// The mean over the last minute: since the oldest reading that is not older, for each counter by itself.
pub fn means(anchors: &VecDeque<Anchor>, after: &Anchor) -> Rates {
    array::from_fn(|counter| {
        let knows = |anchor: &&Anchor| anchor.counters.get(counter).copied().flatten().is_some();
        let oldest = anchors.iter().find(knows).filter(|oldest| oldest.at < after.at)?;
        between(oldest, after).get(counter).copied().flatten()
    })
}

/// The readings to remember, with one more. A counter that fell is forgotten in all before it.
pub fn remember(anchors: &VecDeque<Anchor>, newest: &Anchor) -> VecDeque<Anchor> {
    let mut anchors = anchors.clone();
    for counter in 0..COUNTERS {
        let value = |anchor: &Anchor| anchor.counters.get(counter).copied().flatten();
        let now = value(newest);
        for anchor in &mut anchors {
            if value(anchor).zip(now).is_some_and(|(before, now)| now < before)
                && let Some(place) = anchor.counters.get_mut(counter)
            {
                *place = None;
            }
        }
    }
    let is_next = anchors.back().is_none_or(|last| (newest.at - last.at).num_milliseconds() >= ANCHOR_MS);
    if is_next {
        anchors.push_back(*newest);
    }
    // One reading that is a minute old or older stays, so that the mean is of a whole minute.
    while anchors.get(1).is_some_and(|second| !is_within(second.at, newest.at, MEAN)) {
        anchors.pop_front();
    }
    anchors.retain(|anchor| is_within(anchor.at, newest.at, MEAN * 2));
    anchors
}

/// Whether a time is at most so long before another.
pub fn is_within(time: DateTime, now: DateTime, length: std::time::Duration) -> bool {
    (now - time).to_std().is_ok_and(|age| age <= length + std::time::Duration::from_secs(1))
}
