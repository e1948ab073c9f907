//! What a group had to read over time, a point a step.

use shared::{
    DateTime,
    lag::{LagHistory, LagMark, LagPoint, MarkKind, PartitionLine},
    meta::Meta,
};

use super::{Known, meta};
use crate::{
    capabilities::lag::{
        book::{Group, Topics},
        evaluate,
        past::{AGE, COLUMNS, LAG},
    },
    db::Kept,
    http::range::Range,
    series::{Steps, Window},
};

/// The history of a group, from what memory holds of it.
pub fn history(
    known: &Known,
    group: &str,
    window: Option<&Window>,
    range: Range,
    now: DateTime,
) -> LagHistory {
    let Range { from, to, step } = range;
    let column = |column: usize| match window {
        Some(window) => window.steps(column, from, to, step),
        None => Steps::new(from, to, step).means(),
    };
    let points = column(LAG).into_iter().zip(column(AGE));
    let (partitions, marks) = explained(known, group, range);
    LagHistory {
        cluster: known.name.clone(),
        group: group.to_owned(),
        points: points.map(|((time, lag), (_, age))| LagPoint(time, lag, age)).collect(),
        partitions,
        marks,
        from,
        to,
        step_seconds: u32::try_from(step.as_secs()).unwrap_or(u32::MAX),
        kept_since: window.and_then(Window::since),
        meta: Meta { total: None, ..meta(std::slice::from_ref(known), 0, None, now) },
    }
}

/// What explains the line of a group: its worst partitions, and what happened to its members.
fn explained(known: &Known, group: &str, range: Range) -> (Vec<PartitionLine>, Vec<LagMark>) {
    let Some(row) = known.group(group) else { return (vec![], vec![]) };
    let times: Vec<DateTime> =
        Steps::new(range.from, range.to, range.step).means().into_iter().map(|(time, _)| time).collect();
    let found = known.book.even_silent(group, |topics, group| {
        let worst = row.whole.worst.iter();
        let lines =
            worst.filter_map(|(topic, partition, _)| line(topics, group, (topic, *partition), &times));
        (lines.collect(), group.marks().filter_map(|mark| self::mark(mark, range)).collect())
    });
    found.unwrap_or_default()
}

fn line(
    topics: &Topics,
    group: &Group,
    (topic, partition): (&str, i32),
    times: &[DateTime],
) -> Option<PartitionLine> {
    let id = topics.id(topic)?;
    let (it, ends) = (group.partition(id, partition)?, topics.ends(id)?);
    let at: Vec<i64> = times.iter().map(DateTime::timestamp_millis).collect();
    let lags = evaluate::line(it, ends, usize::try_from(partition).ok()?, &at);
    Some(PartitionLine { topic: topic.into(), partition, points: times.iter().copied().zip(lags).collect() })
}

fn mark((seconds, kind): (i64, MarkKind), range: Range) -> Option<LagMark> {
    let time = DateTime::from_timestamp(seconds, 0)?;
    (range.from <= time && time < range.to).then_some(LagMark { time, kind })
}

/// Adds what is kept where memory knows nothing.
pub fn add_past(history: &mut LagHistory, kept: &Kept<COLUMNS>, range: Range) {
    let [lags, ages] = kept.steps((range.from, range.to), range.step);
    for ((point, (_, lag)), (_, age)) in history.points.iter_mut().zip(lags).zip(ages) {
        point.1 = point.1.or(lag);
        point.2 = point.2.or(age);
    }
    history.kept_since = [history.kept_since, kept.since()].into_iter().flatten().min();
}
