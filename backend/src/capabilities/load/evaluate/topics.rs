//! What goes into topics and out of them, from the counters of every broker that leads a part of them.

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
};

use shared::{DateTime, load::Metric};

use super::{MEAN, counts_as_lost, rates::is_within};
use crate::capabilities::load::model::{BrokerRow, Throughput, TopicCounters, TopicCounts, TopicRow};

/// Readings of topics are remembered in this distance: they are many.
const DISTANCE_MS: i64 = 19_000;

/// The readings to remember, with one more: the newest always, and of those before it one each 20 s.
pub fn remember(
    readings: &VecDeque<Arc<TopicCounters>>,
    told: &[TopicCounts],
    at: DateTime,
) -> VecDeque<Arc<TopicCounters>> {
    let mut readings = readings.clone();
    let newest = readings.back().cloned();
    let is_close = |one: &Arc<TopicCounters>, other: &Arc<TopicCounters>| {
        (other.at - one.at).num_milliseconds() < DISTANCE_MS
    };
    // The newest gives way where the one before it is close.
    let before = readings.len().checked_sub(2).and_then(|place| readings.get(place)).cloned();
    if before.zip(newest.clone()).is_some_and(|(before, newest)| is_close(&before, &newest)) {
        readings.pop_back();
    }
    readings.push_back(Arc::new(reading(newest.as_deref(), told, at)));
    while readings.get(1).is_some_and(|second| !is_within(second.at, at, MEAN)) {
        readings.pop_front();
    }
    readings.retain(|reading| is_within(reading.at, at, MEAN * 2));
    readings
}

/// A reading by name. Names are shared with the reading before: most topics stay.
fn reading(before: Option<&TopicCounters>, told: &[TopicCounts], at: DateTime) -> TopicCounters {
    let mut told: Vec<&TopicCounts> = told.iter().collect();
    told.sort_unstable_by(|one, other| one.name.cmp(&other.name));
    let mut known = before.map(|before| before.rows.iter()).unwrap_or_default().peekable();
    let row = |topic: &TopicCounts| {
        while known.next_if(|row| row.name.as_ref() < topic.name.as_str()).is_some() {}
        let same = known.next_if(|row| row.name.as_ref() == topic.name.as_str());
        TopicRow {
            name: same.map_or_else(|| topic.name.as_str().into(), |row| row.name.clone()),
            bytes_in: topic.bytes_in.unwrap_or(f64::NAN),
            bytes_out: topic.bytes_out.unwrap_or(f64::NAN),
        }
    };
    TopicCounters { at, rows: told.into_iter().map(row).collect() }
}

/// By topic, the sum over the brokers that are up. A topic that a broker does not name it does not carry; a broker that
/// does not answer may carry any.
pub fn together(rows: &[BrokerRow]) -> HashMap<Arc<str>, Throughput> {
    let mut topics: HashMap<Arc<str>, Throughput> = HashMap::new();
    for row in rows.iter().filter(|row| tells(row)) {
        let Some(newest) = row.topics.back() else { continue };
        for topic in &newest.rows {
            let before = row.topics.iter().take(row.topics.len() - 1);
            let before = before.filter_map(|reading| Some((reading.at, reading.row(&topic.name)?)));
            let (mut bytes_in, mut bytes_out) = (None, None);
            for (at, old) in before {
                let seconds = (newest.at - at).as_seconds_f64();
                bytes_in = bytes_in.or_else(|| rate(old.bytes_in, topic.bytes_in, seconds));
                bytes_out = bytes_out.or_else(|| rate(old.bytes_out, topic.bytes_out, seconds));
                if bytes_in.is_some() && bytes_out.is_some() {
                    break;
                }
            }
            let sum = topics.entry(topic.name.clone()).or_default();
            sum.bytes_in = added(sum.bytes_in, bytes_in);
            sum.bytes_out = added(sum.bytes_out, bytes_out);
        }
    }
    let at_least = is_missing(rows);
    topics.values_mut().for_each(|topic| topic.at_least = at_least);
    topics
}

/// The cluster's own, from the newest values of the brokers that are up.
pub fn cluster(rows: &[BrokerRow]) -> Throughput {
    let up = || rows.iter().filter(|row| tells(row));
    let value = |row: &BrokerRow, metric: Metric| row.newest.get(metric.index()).copied().flatten();
    let sum = |metric: Metric| up().map(|row| value(row, metric)).fold(None, added);
    // What no broker tells is not known, and what one does not tell is missing.
    let lacks = |metric: Metric| {
        let told = up().filter(|row| value(row, metric).is_some()).count();
        told > 0 && told < up().count()
    };
    Throughput {
        bytes_in: sum(Metric::BytesIn),
        bytes_out: sum(Metric::BytesOut),
        at_least: is_missing(rows) || lacks(Metric::BytesIn) || lacks(Metric::BytesOut),
    }
}

fn is_missing(rows: &[BrokerRow]) -> bool {
    rows.iter().any(|row| row.is_up && !tells(row))
}

/// Whether it is up and told what it carries a moment ago: a turn that it missed does not change the last minute.
fn tells(row: &BrokerRow) -> bool {
    row.is_up && row.as_of.is_some() && !counts_as_lost(row)
}

fn rate(before: f64, after: f64, seconds: f64) -> Option<f64> {
    // What is not a number fails each comparison.
    (after >= before && seconds > 0.0).then(|| (after - before) / seconds)
}

fn added(sum: Option<f64>, value: Option<f64>) -> Option<f64> {
    match (sum, value) {
        (Some(sum), Some(value)) => Some(sum + value),
        (known, None) | (None, known) => known,
    }
}
