//! A flow over time as lines: what waits, or how long the oldest record waits and how long records take.

use std::collections::BTreeMap;

use super::{Flow, FlowHistory, FlowPoint, FlowVerdict};
use crate::{
    DateTime,
    chart::{Band, Ink, Line, LineChart, Told, spells},
    event::Event,
    verdict::Severity,
};

/// What is drawn of a flow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FlowMeasure {
    /// Records that wait.
    #[default]
    Lag,
    /// How long the oldest of them has waited, and how long records take.
    Time,
}

/// The history as a chart, with the times in which the flow was not well.
pub fn flow_chart(history: &FlowHistory, measure: FlowMeasure, bands: Vec<Band>) -> LineChart {
    let (title, unit, lines) = match measure {
        FlowMeasure::Lag => {
            let points = history.points.iter().map(|point| (point.0, point.1)).collect();
            ("Lag", "records", vec![Line { label: "waiting".into(), ink: Ink::Series(1), points }])
        }
        FlowMeasure::Time => {
            let (unit, lines) = times(history);
            ("Age and latency", unit, lines)
        }
    };
    LineChart {
        title: title.into(),
        unit: unit.into(),
        from: history.from,
        to: history.to,
        lines,
        bands,
        marks: vec![],
        whole_numbers: false,
    }
}

/// Age and latency, in the unit in which the largest of both reads well.
fn times(history: &FlowHistory) -> (&'static str, Vec<Line>) {
    let values = history.points.iter().flat_map(|FlowPoint(_, _, age, latency)| [*age, *latency]).flatten();
    let (divisor, unit) = match values.fold(0.0, f64::max) {
        days if days >= 172_800.0 => (86_400.0, "days"),
        hours if hours >= 10_800.0 => (3_600.0, "hours"),
        minutes if minutes >= 300.0 => (60.0, "minutes"),
        _ => (1.0, "seconds"),
    };
    let line = |label: &str, ink: Ink, of: fn(&FlowPoint) -> Option<f64>| {
        let point = |point: &FlowPoint| (point.0, of(point).map(|value| value / divisor));
        Line { label: label.into(), ink, points: history.points.iter().map(point).collect() }
    };
    let lines = [
        line("oldest waits", Ink::Series(1), |point| point.2),
        line("latency", Ink::Series(3), |point| point.3),
    ];
    let is_known = |line: &Line| line.points.iter().any(|(_, value)| value.is_some());
    (unit, lines.into_iter().filter(is_known).collect())
}

/// The times in which a flow was not well. `events` are those of the flow, newest first: each finding lasts until the event
/// that it is over. Where none tells of it, the flow's reason tells since when it is as it is now.
pub fn flow_bands(events: &[Event], flow: Option<&Flow>, from: DateTime, to: DateTime) -> Vec<Band> {
    let told: Vec<Told> = verdicts(events).into_iter().map(|(time, verdict)| told(time, verdict)).collect();
    let now = flow.and_then(|flow| Some(self::told(flow.since()?, flow.verdict)));
    spells(&told, now, from, to)
}

fn told(time: DateTime, verdict: FlowVerdict) -> Told {
    Told { time, severity: verdict.severity(), word: verdict.word() }
}

/// How the flow was from each event on, oldest first: as the worst finding that lasts.
fn verdicts(events: &[Event]) -> Vec<(DateTime, FlowVerdict)> {
    let mut lasting: BTreeMap<&str, FlowVerdict> = BTreeMap::new();
    let mut told: Vec<(DateTime, FlowVerdict)> = Vec::new();
    for event in events.iter().rev() {
        match event.kind.strip_suffix("_over") {
            Some(kind) => drop(lasting.remove(kind)),
            None => drop(lasting.insert(&event.kind, verdict_of(event))),
        }
        let now = lasting.values().copied().max().unwrap_or(FlowVerdict::Ok);
        let was = told.last().map(|(_, verdict)| *verdict);
        let is_news = was != Some(now)
            && (was.is_some() || now > FlowVerdict::Unknown || event.kind.ends_with("_over"));
        if is_news {
            told.push((event.time, now));
        }
    }
    told
}

/// How a flow is that has such a finding.
fn verdict_of(event: &Event) -> FlowVerdict {
    match (event.severity, event.kind.as_str()) {
        (Severity::Ok | Severity::Unknown, _) => FlowVerdict::Ok,
        (Severity::Warning, _) => FlowVerdict::Behind,
        (Severity::Critical, "silent_loss" | "topic_recreated") => FlowVerdict::Losing,
        (Severity::Critical, _) => FlowVerdict::Stopped,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topology::samples::*;

    #[test]
    fn what_waits_is_one_line_and_times_are_two_in_one_unit() {
        let history = flow_history();
        let labels = |measure| {
            let chart = flow_chart(&history, measure, vec![]);
            let labels: Vec<String> = chart.lines.into_iter().map(|line| line.label).collect();
            (chart.unit, labels.join(", "))
        };
        assert_eq!(labels(FlowMeasure::Lag), ("records".into(), "waiting".into()));
        assert_eq!(labels(FlowMeasure::Time), ("minutes".into(), "oldest waits, latency".into()));
    }

    #[test]
    fn a_band_lasts_from_one_verdict_to_the_next() {
        let (history, events) = (flow_history(), flow_events().events);
        let bands = flow_bands(&events, None, history.from, history.to);
        let told: Vec<(&str, i64)> =
            bands.iter().map(|band| (band.label.as_str(), (band.to - band.from).num_minutes())).collect();
        assert_eq!(told, [("behind", 9), ("stopped", 6)]);
        let flow = &topology().flows[0];
        let bands = flow_bands(&[], Some(flow), history.from, history.to);
        assert_eq!((bands.len(), bands[0].label.as_str()), (1, "stopped"));
    }
}
