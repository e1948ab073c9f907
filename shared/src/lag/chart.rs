//! A group over time as lines: what waits of it and of its worst partitions, or how long the oldest record waits.

use super::{GroupLag, LagHistory, LagPoint, MarkKind, PartitionLine};
use crate::{
    DateTime,
    chart::{Band, Ink, Line, LineChart, Mark},
    verdict::Severity,
};

/// What is drawn of a group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LagMeasure {
    /// Records that wait.
    #[default]
    Lag,
    /// How long the oldest of them has waited.
    Age,
}

/// The history as a chart. Of partitions there are lines only of what waits; the worst is inked by how `group` is now.
pub fn lag_chart(
    history: &LagHistory,
    group: Option<&GroupLag>,
    measure: LagMeasure,
    bands: Vec<Band>,
) -> LineChart {
    let (unit, lines) = match measure {
        LagMeasure::Lag => ("records", lag_lines(history, group)),
        LagMeasure::Age => age_lines(history),
    };
    let mark = |kind| match kind {
        MarkKind::Rebalance => "rebalance",
        MarkKind::Restart => "restart",
    };
    LineChart {
        title: if measure == LagMeasure::Lag { "Lag" } else { "Age" }.into(),
        unit: unit.into(),
        from: history.from,
        to: history.to,
        lines,
        bands,
        marks: history
            .marks
            .iter()
            .map(|one| Mark { time: one.time, label: mark(one.kind).into() })
            .collect(),
        whole_numbers: false,
    }
}

/// The worst partitions, which lie on top, and all together. The one partition of a group is all of it.
fn lag_lines(history: &LagHistory, group: Option<&GroupLag>) -> Vec<Line> {
    let all = history.points.iter().map(|LagPoint(time, lag, _)| (*time, *lag)).collect();
    let partitions = group.map(|group| group.partition_count);
    let total = |label: String| Line { label, ink: Ink::Series(1), points: all };
    if partitions == Some(1) {
        return vec![total("lag".into())];
    }
    let is_one_topic = history.partitions.iter().all(|one| Some(&one.topic) == first_topic(history));
    let worst = history.partitions.iter().enumerate().map(|(at, one)| Line {
        label: if is_one_topic {
            format!("partition {}", one.partition)
        } else {
            format!("{}-{}", one.topic, one.partition)
        },
        ink: partition_ink(at, one, group),
        points: one.points.clone(),
    });
    let all = partitions.map_or_else(|| "all".into(), |count| format!("all {count}"));
    worst.chain([total(all)]).collect()
}

fn first_topic(history: &LagHistory) -> Option<&String> {
    history.partitions.first().map(|one| &one.topic)
}

/// The first is inked by how it is now, the others only to tell them apart.
fn partition_ink(at: usize, line: &PartitionLine, group: Option<&GroupLag>) -> Ink {
    let worst = group.into_iter().flat_map(|group| &group.worst);
    let mut known = worst.filter(|one| one.topic == line.topic && one.partition == line.partition);
    let severity = known.next().map(|one| one.verdict.severity());
    match severity {
        Some(Severity::Critical) if at == 0 => Ink::Critical,
        Some(Severity::Warning) if at == 0 => Ink::Warning,
        _ => Ink::series(at + 1),
    }
}

/// The age of the oldest unread record, in the unit in which its largest value reads well.
fn age_lines(history: &LagHistory) -> (&'static str, Vec<Line>) {
    let ages: Vec<(DateTime, Option<f64>)> =
        history.points.iter().map(|LagPoint(time, _, age)| (*time, *age)).collect();
    let largest = ages.iter().filter_map(|(_, age)| *age).fold(0.0, f64::max);
    let (divisor, unit) = match largest {
        days if days >= 172_800.0 => (86_400.0, "days"),
        hours if hours >= 10_800.0 => (3_600.0, "hours"),
        minutes if minutes >= 300.0 => (60.0, "minutes"),
        _ => (1.0, "seconds"),
    };
    let points = ages.into_iter().map(|(time, age)| (time, age.map(|age| age / divisor))).collect();
    (unit, vec![Line { label: "oldest waits".into(), ink: Ink::Series(1), points }])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        lag::{
            bands,
            samples::{group_detail, lag_history},
        },
        units::Zone,
    };

    fn drawn(measure: LagMeasure) -> LineChart {
        let (history, group) = (lag_history(), group_detail().group);
        let bands = bands(&[], Some(&group), history.from, history.to);
        lag_chart(&history, Some(&group), measure, bands)
    }

    #[test]
    fn a_stuck_partition_is_drawn_byte_for_byte() {
        let golden = include_str!("../chart/golden/lag.svg");
        let svg = drawn(LagMeasure::Lag).svg(720, 240, Zone::utc());
        assert_eq!(svg, golden.trim_end(), "if this is meant, write the new picture to the golden file");
    }

    #[test]
    fn the_worst_partition_is_named_and_inked_by_its_verdict_and_all_stand_behind() {
        let lines = drawn(LagMeasure::Lag).lines;
        let told: Vec<(&str, Ink)> = lines.iter().map(|line| (line.label.as_str(), line.ink)).collect();
        assert_eq!(told, [("partition 4", Ink::Critical), ("all 12", Ink::Series(1))]);
    }

    #[test]
    fn partitions_of_several_topics_bear_their_names() {
        let (mut history, mut group) = (lag_history(), group_detail().group);
        let mut other = history.partitions[0].clone();
        other.topic = "payments".into();
        history.partitions.push(other);
        let labels = |history: &LagHistory, group: &GroupLag| -> Vec<String> {
            let chart = lag_chart(history, Some(group), LagMeasure::Lag, vec![]);
            chart.lines.into_iter().map(|line| line.label).collect()
        };
        assert_eq!(labels(&history, &group), ["orders-4", "payments-4", "all 12"]);
        group.partition_count = 1;
        assert_eq!(labels(&history, &group), ["lag"]);
    }

    #[test]
    fn ages_are_told_in_the_unit_that_reads_well_and_unknown_stays_a_gap() {
        let chart = drawn(LagMeasure::Age);
        assert_eq!((chart.unit.as_str(), chart.lines.len()), ("minutes", 1));
        assert_eq!(chart.lines[0].points.iter().filter(|(_, age)| age.is_none()).count(), 4);
    }

    #[test]
    fn what_happened_to_members_is_marked() {
        let labels: Vec<String> = drawn(LagMeasure::Lag).marks.into_iter().map(|mark| mark.label).collect();
        assert_eq!(labels, ["restart", "rebalance"]);
    }
}
