//! From points to what a screen can show: the range cut out, gaps kept, and of each pixel only its extremes.
//!
//! A hundred thousand points on 600 pixels would be drawn one over the other. Of each pixel's points the first, the
//! lowest, the highest and the last look the same, and the worst value is always among them.

use crate::DateTime;

use super::{Line, scale::LARGEST};

/// A value at a time; `None` is a gap.
pub type Point = (DateTime, Option<f64>);

/// A value by milliseconds since the left edge; `None` is a gap.
pub type Sample = (f64, Option<f64>);

/// The points of a line within a range, oldest first, with everything that is no number as a gap.
pub fn in_range(line: &Line, from: DateTime, to: DateTime) -> Vec<Point> {
    if from >= to {
        return Vec::new();
    }
    let real = |value: f64| value.is_finite().then(|| value.clamp(-LARGEST, LARGEST));
    let within = line.points.iter().filter(|(time, _)| (from..=to).contains(time));
    let mut points: Vec<Point> = within.map(|(time, value)| (*time, value.and_then(real))).collect();
    if !points.is_sorted_by_key(|(time, _)| *time) {
        points.sort_by_key(|(time, _)| *time);
    }
    points
}

/// The same points by milliseconds since `from`, at most six for each of `columns` pixels of a range of `span_ms`.
pub fn reduced(points: &[Point], from: DateTime, span_ms: f64, columns: f64) -> Vec<Sample> {
    let samples: Vec<Sample> =
        points.iter().map(|(time, value)| ((*time - from).num_milliseconds() as f64, *value)).collect();
    let column = |sample: &Sample| (sample.0 / span_ms * columns) as i64;
    let mut kept = Vec::with_capacity(samples.len().min(columns as usize * 6));
    for pixel in samples.chunk_by(|a, b| column(a) == column(b)) {
        keep_extremes(pixel, &mut kept);
    }
    kept
}

fn keep_extremes(pixel: &[Sample], kept: &mut Vec<Sample>) {
    if pixel.len() <= 4 {
        kept.extend_from_slice(pixel);
        return;
    }
    let valued = || pixel.iter().enumerate().filter_map(|(index, (_, value))| Some((index, (*value)?)));
    let lowest = valued().min_by(|a, b| a.1.total_cmp(&b.1));
    let highest = valued().max_by(|a, b| a.1.total_cmp(&b.1));
    let (first, last) = (valued().next(), valued().next_back());
    let ends = [0, pixel.len() - 1];
    let mut indices: Vec<usize> = ends
        .into_iter()
        .chain([lowest, highest, first, last].into_iter().flatten().map(|(i, _)| i))
        .collect();
    indices.sort_unstable();
    indices.dedup();
    kept.extend(indices.into_iter().filter_map(|index| pixel.get(index)));
}

/// The stretches between gaps.
pub fn stretches(samples: &[Sample]) -> Vec<Vec<(f64, f64)>> {
    let parts = samples.split(|(_, value)| value.is_none()).filter(|part| !part.is_empty());
    parts.map(|part| part.iter().filter_map(|(at, value)| Some((*at, (*value)?))).collect()).collect()
}

/// A stretch whose values hold until the next one.
pub fn held(stretch: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let mut corners: Vec<(f64, f64)> = Vec::with_capacity(stretch.len() * 2);
    for (at, value) in stretch {
        if let Some((_, before)) = corners.last() {
            corners.push((*at, *before));
        }
        corners.push((*at, *value));
    }
    corners
}

/// The last value, however many gaps follow.
pub fn last(points: &[Point]) -> Option<(DateTime, f64)> {
    points.iter().rev().find_map(|(time, value)| Some((*time, (*value)?)))
}

/// The value nearest to a time, with its own time: none in a gap, and none further than a step beyond the ends.
pub fn nearest(points: &[Point], time: DateTime) -> Option<(DateTime, f64)> {
    let after = points.partition_point(|(at, _)| *at < time);
    let (before, next) = (after.checked_sub(1).and_then(|index| points.get(index)), points.get(after));
    let (at, value) = match (before, next) {
        (Some(before), Some(next)) if time - before.0 <= next.0 - time => before,
        (None, Some(first)) if is_beyond_a_step(time, first, points.get(1)) => return None,
        (Some(last), None) if is_beyond_a_step(time, last, points.iter().rev().nth(1)) => return None,
        (_, Some(next)) => next,
        (Some(last), None) => last,
        (None, None) => return None,
    };
    Some((*at, (*value)?))
}

fn is_beyond_a_step(time: DateTime, end: &Point, neighbour: Option<&Point>) -> bool {
    let step = neighbour.map(|(at, _)| (*at - end.0).abs()).unwrap_or_default();
    (time - end.0).abs() > step
}
