//! What was carried over time, a point a step.

use std::time::Duration;

use shared::{
    DateTime,
    load::{Load, LoadPoint, LoadSeries, Metric},
};

use super::{Known, meta};
use crate::{
    db::Points,
    http::range::Range,
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
    /// Of when.
    pub range: Range,
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
    let Range { from, to, step } = query.range;
    for Points { subject, points } in past {
        let broker_id = i32::try_from(subject).ok().filter(|id| *id >= 0);
        let oldest = points.first().map(|(time, _)| *time);
        let mut steps = Steps::new(from, to, step);
        points.into_iter().for_each(|(time, value)| steps.fill(time, slot, value));
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
    let Range { from, to, step } = query.range;
    let windows: Vec<(&str, Option<i32>, &Window)> =
        known.iter().flat_map(|known| windows(known, query.who)).collect();
    let kept_since = windows.iter().filter_map(|(_, _, window)| window.since()).min();
    let series = |(cluster, broker_id, window): (&str, Option<i32>, &Window)| {
        let steps = window.steps(query.metric.index(), from, to, step);
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
        from,
        to,
        step_seconds: u32::try_from(step.as_secs()).unwrap_or(u32::MAX),
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
