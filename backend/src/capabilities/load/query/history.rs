//! What was carried over time, a point a step.

use std::time::Duration;

use shared::{
    DateTime,
    load::{Load, LoadPoint, LoadSeries, Metric},
};

use super::{Known, meta};
use crate::{
    db::Points,
    series::{Steps, Window},
};

/// Of whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Every broker.
    Brokers,
    /// One broker.
    Broker(i32),
    /// The cluster as a whole.
    Whole,
}

/// What is asked of the past, within bounds.
#[derive(Clone, Copy, Debug)]
pub struct HistoryQuery {
    /// Which metric.
    pub metric: Metric,
    /// Of whom.
    pub who: Who,
    /// Where it begins, on a whole step.
    pub from: DateTime,
    /// Where it ends.
    pub to: DateTime,
    /// How long a step is.
    pub step: Duration,
}

/// The beginning of the step that a time lies in.
pub fn whole_step(time: DateTime, step: Duration) -> DateTime {
    let step = i64::try_from(step.as_millis()).unwrap_or(i64::MAX).max(1);
    let ms = time.timestamp_millis().div_euclid(step) * step;
    DateTime::from_timestamp_millis(ms).unwrap_or(time)
}

/// Since when memory holds all that is asked for; none where it holds nothing of some of it.
pub fn held_since(known: &[Known], who: Who) -> Option<DateTime> {
    let windows: Vec<_> = known.iter().flat_map(|known| windows(known, who)).collect();
    let since: Option<Vec<DateTime>> = windows.iter().map(|(_, _, window)| window.since()).collect();
    since?.into_iter().max()
}

/// Adds what is kept of one cluster where memory knows nothing. A slot that is longer than a step stands for all steps in
/// it.
pub fn add_past(load: &mut Load, cluster: &str, slot: Duration, past: Vec<Points>, query: &HistoryQuery) {
    for Points { subject, points } in past {
        let broker_id = i32::try_from(subject).ok().filter(|id| *id >= 0);
        let oldest = points.first().map(|(time, _)| *time);
        let mut steps = Steps::new(query.from, query.to, query.step);
        for (time, value) in points {
            let mut at = time;
            while at < time + slot {
                steps.add(at, value);
                at += query.step;
            }
        }
        load.kept_since = [load.kept_since, oldest].into_iter().flatten().min();
        let means = steps.means();
        let is_same = |series: &&mut LoadSeries| series.cluster == cluster && series.broker_id == broker_id;
        match load.load.iter_mut().find(is_same) {
            Some(series) => {
                for (LoadPoint(_, held), (_, kept)) in series.points.iter_mut().zip(means) {
                    *held = held.or(kept);
                }
            }
            None => load.load.push(LoadSeries {
                cluster: cluster.into(),
                broker_id,
                metric: query.metric,
                unit: query.metric.unit(),
                points: means.into_iter().map(|(time, value)| LoadPoint(time, value)).collect(),
            }),
        }
    }
}

/// Metrics over time, from what memory holds.
pub fn load(known: &[Known], query: &HistoryQuery, now: DateTime) -> Load {
    let windows: Vec<(&str, Option<i32>, &Window)> =
        known.iter().flat_map(|known| windows(known, query.who)).collect();
    let kept_since = windows.iter().filter_map(|(_, _, window)| window.since()).min();
    let series = |(cluster, broker_id, window): (&str, Option<i32>, &Window)| {
        let steps = window.steps(query.metric.index(), query.from, query.to, query.step);
        LoadSeries {
            cluster: cluster.into(),
            broker_id,
            metric: query.metric,
            unit: query.metric.unit(),
            points: steps.into_iter().map(|(time, value)| LoadPoint(time, value)).collect(),
        }
    };
    Load {
        load: windows.into_iter().map(series).collect(),
        from: query.from,
        to: query.to,
        step_seconds: u32::try_from(query.step.as_secs()).unwrap_or(u32::MAX),
        kept_since,
        meta: meta(known, None, None, now),
    }
}

fn windows(known: &Known, who: Who) -> Vec<(&str, Option<i32>, &Window)> {
    let Some(snapshot) = known.snapshot() else { return vec![] };
    let name = known.name.as_str();
    match who {
        Who::Whole => vec![(name, None, &snapshot.whole.window)],
        Who::Broker(id) => snapshot.broker(id).map(|row| (name, Some(id), &row.window)).into_iter().collect(),
        Who::Brokers => snapshot.brokers.iter().map(|row| (name, Some(row.broker_id), &row.window)).collect(),
    }
}
