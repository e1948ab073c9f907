//! How whole a cluster was: its counts of troubled partitions over time.

use chrono::Duration;
use serde::{Deserialize, Serialize};

use crate::{
    DateTime,
    chart::{Band, Ink, Line, LineChart, Tint},
    meta::Meta,
};

/// Troubled partitions of a cluster at one time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReplicationPoint {
    /// When they were counted.
    pub time: DateTime,
    /// Partitions whose ISR is shorter than their replicas.
    pub under_replicated_count: u32,
    /// Partitions whose ISR is shorter than `min.insync.replicas` and than the replicas; null while that setting is not known.
    pub under_min_isr_count: Option<u32>,
    /// Partitions without a leader.
    pub offline_count: u32,
}

/// The counts over time, oldest first, as far back as memory holds them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Replication {
    /// The points; where the range holds more than fit, each is the worst of its step.
    pub replication: Vec<ReplicationPoint>,
    /// Whether topics may be hidden from Riverkeeper now: then there were at least so many.
    pub at_least: bool,
    /// What stands beside them.
    pub meta: Meta,
}

/// Points further apart than this many usual steps have a hole between them: nobody counted.
const STEPS_TO_A_HOLE: i32 = 3;

/// The counts as lines, with the time of trouble tinted.
///
/// Under min ISR and offline have a line only if they ever were above zero in these points.
pub fn replication_chart(points: &[ReplicationPoint], from: DateTime, to: DateTime) -> LineChart {
    let step = usual_step(points);
    let runs: Vec<&[ReplicationPoint]> =
        points.chunk_by(|a, b| b.time - a.time <= step * STEPS_TO_A_HOLE).collect();
    let line = |label: &str, ink, count: fn(&ReplicationPoint) -> Option<u32>| Line {
        label: label.into(),
        ink,
        points: line_points(&runs, step, count),
    };
    let mut lines =
        vec![line("under-replicated", Ink::Series(1), |point| Some(point.under_replicated_count))];
    if points.iter().any(|point| point.under_min_isr_count > Some(0)) {
        lines.push(line("under min ISR", Ink::Series(2), |point| point.under_min_isr_count));
    }
    if points.iter().any(|point| point.offline_count > 0) {
        lines.push(line("offline", Ink::Critical, |point| Some(point.offline_count)));
    }
    LineChart {
        title: "Replication".into(),
        unit: "partitions".into(),
        from,
        to,
        lines,
        bands: runs.iter().flat_map(|run| bands(run)).collect(),
        marks: vec![],
        whole_numbers: true,
    }
}

/// The median distance of points, so that neither a hole nor a hasty pair decides what is usual.
fn usual_step(points: &[ReplicationPoint]) -> Duration {
    let mut steps: Vec<Duration> =
        points.iter().zip(points.iter().skip(1)).map(|(a, b)| b.time - a.time).collect();
    steps.sort_unstable();
    steps.get(steps.len() / 2).copied().unwrap_or_default()
}

fn line_points(
    runs: &[&[ReplicationPoint]],
    step: Duration,
    count: fn(&ReplicationPoint) -> Option<u32>,
) -> Vec<(DateTime, Option<f64>)> {
    let mut out = Vec::new();
    for run in runs {
        if let (Some((before, _)), Some(_)) = (out.last().copied(), run.first()) {
            out.push((before + step, None));
        }
        out.extend(run.iter().map(|point| (point.time, count(point).map(f64::from))));
    }
    out
}

/// How bad a time was: offline and under min ISR stop writers, under-replicated does not.
fn tint(point: &ReplicationPoint) -> Option<Tint> {
    if point.offline_count > 0 || point.under_min_isr_count > Some(0) {
        Some(Tint::Critical)
    } else if point.under_replicated_count > 0 {
        Some(Tint::Warning)
    } else {
        None
    }
}

/// One band for each time that a tint lasts: from the first point that has it to the first that has it no more.
fn bands(run: &[ReplicationPoint]) -> Vec<Band> {
    let mut rest = run;
    let mut out = Vec::new();
    for alike in run.chunk_by(|a, b| tint(a) == tint(b)) {
        rest = rest.get(alike.len()..).unwrap_or_default();
        let (Some(first), Some(last)) = (alike.first(), alike.last()) else { continue };
        if let Some(tint) = tint(first) {
            let end = rest.first().unwrap_or(last);
            out.push(Band { from: first.time, to: end.time, label: named(alike), ink: Ink::Band(tint) });
        }
    }
    out
}

/// What was wrong in a band: `offline, under min ISR`; under-replicated only where it is the worst.
fn named(alike: &[ReplicationPoint]) -> String {
    let offline = alike.iter().any(|point| point.offline_count > 0).then_some("offline");
    let blocked = alike.iter().any(|point| point.under_min_isr_count > Some(0)).then_some("under min ISR");
    match (offline, blocked) {
        (None, None) => "under-replicated".into(),
        _ => offline.into_iter().chain(blocked).collect::<Vec<_>>().join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::samples::{broken_since, now, replication};

    fn points(counts: &[(u32, Option<u32>, u32)]) -> Vec<ReplicationPoint> {
        let point = |(step, counts): (i64, &(u32, Option<u32>, u32))| ReplicationPoint {
            time: now() + Duration::seconds(30 * step),
            under_replicated_count: counts.0,
            under_min_isr_count: counts.1,
            offline_count: counts.2,
        };
        (0..).zip(counts).map(point).collect()
    }

    fn chart(points: &[ReplicationPoint]) -> LineChart {
        replication_chart(points, now(), now() + Duration::hours(1))
    }

    #[test]
    fn the_band_of_the_story_starts_when_the_broker_went_down() {
        let bands = replication_chart(&replication().replication, now() - Duration::hours(1), now()).bands;
        assert_eq!(bands.len(), 1);
        assert_eq!((bands[0].from, bands[0].to), (broken_since(), now()));
    }

    #[test]
    fn a_line_that_never_left_zero_is_not_shown() {
        let labels = |points: &[ReplicationPoint]| {
            chart(points).lines.into_iter().map(|line| line.label).collect::<Vec<_>>()
        };
        assert_eq!(labels(&points(&[(0, Some(0), 0)])), ["under-replicated"]);
        assert_eq!(
            labels(&points(&[(1, None, 0), (2, Some(1), 1)])),
            ["under-replicated", "under min ISR", "offline"]
        );
        assert_eq!(labels(&[]), ["under-replicated"]);
    }

    #[test]
    fn the_worst_trouble_names_the_band() {
        let bands =
            chart(&points(&[(3, Some(0), 0), (3, Some(1), 0), (3, Some(1), 2), (0, Some(0), 0)])).bands;
        let told: Vec<&str> = bands.iter().map(|band| band.label.as_str()).collect();
        assert_eq!(told, ["under-replicated", "offline, under min ISR"]);
        assert!(bands.windows(2).all(|pair| pair[0].to == pair[1].from));
    }

    #[test]
    fn a_time_without_counts_is_a_gap_in_lines_and_bands() {
        let mut seen = points(&[(5, Some(0), 0); 10]);
        seen.drain(3..8);
        let chart = chart(&seen);
        assert_eq!(chart.lines[0].points.iter().filter(|(_, value)| value.is_none()).count(), 1);
        assert_eq!(chart.bands.len(), 2);
    }
}
