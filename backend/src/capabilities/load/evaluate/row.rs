//! One broker in one turn: what it answered, or that it did not, added to what was known of it.

use std::{array, collections::VecDeque, sync::Arc};

use shared::{DateTime, load::Metric, meta::Failure};

use super::{
    LONGEST_GAP, MEAN, counts_as_lost,
    rates::{self, is_within},
    topics, values,
};
use crate::{
    capabilities::load::model::{
        Anchor, Answer, Broker, BrokerRow, Gauge, METRICS, Newest, Point, Policy, Told,
    },
    series::Window,
};

/// What became of a broker in a turn.
pub struct Read {
    /// What is known of it now.
    pub row: BrokerRow,
    /// What it did in this turn; none when it did not answer.
    pub point: Option<Newest>,
    /// Turns before this one that it now tells of: what it did then, on average.
    pub made_up: Vec<(DateTime, Newest)>,
    /// Whether it may tell later what it did in this turn.
    pub may_tell: bool,
}

/// Adds a turn to what is known of a broker.
pub fn row(
    broker: &Broker,
    before: Option<&BrokerRow>,
    answer: Option<Answer>,
    policy: Policy,
    (now, slot): (DateTime, DateTime),
) -> Read {
    let mut row = before.cloned().unwrap_or_else(|| new(broker.broker_id, policy));
    row.is_up = broker.is_up;
    row.since = broker.since;
    match answer {
        Some(Answer { at, told: Ok(told), answer_p90, .. }) => {
            answered(row, (broker, answer_p90), &told, at, (now, slot))
        }
        Some(Answer { told: Err(what), .. }) => silent(row, what, (now, slot)),
        None => silent(row, "It was not asked.".into(), (now, slot)),
    }
}

fn new(broker_id: i32, policy: Policy) -> BrokerRow {
    BrokerRow {
        broker_id,
        is_up: false,
        since: None,
        as_of: None,
        failure: None,
        missed: vec![],
        is_lost: false,
        started: None,
        version: None,
        newest: [None; METRICS],
        last: None,
        anchors: VecDeque::new(),
        recent: VecDeque::new(),
        window: Window::new(METRICS, policy.held),
        topics: VecDeque::new(),
        abnormal: vec![],
    }
}

fn silent(mut row: BrokerRow, what: String, (now, slot): (DateTime, DateTime)) -> Read {
    let since = row.failure.map_or(now, |failure| failure.since);
    row.failure = Some(Failure { since, what });
    row.missed.push(slot);
    // What it did so long ago it will not tell any more.
    row.missed.retain(|missed| is_within(*missed, slot, LONGEST_GAP));
    row.is_lost |= row.as_of.is_some() && counts_as_lost(&row);
    let may_tell = row.last.is_some_and(|last| is_within(last.at, now, LONGEST_GAP));
    Read { row, point: None, made_up: vec![], may_tell }
}

fn answered(
    mut row: BrokerRow,
    (broker, answer_p90): (&Broker, Option<f64>),
    told: &Told,
    at: DateTime,
    (now, slot): (DateTime, DateTime),
) -> Read {
    let started = told.gauge(Gauge::Started);
    if !rates::is_same_process(row.started, started) {
        row.last = None;
        row.anchors.clear();
        row.recent.clear();
        row.topics.clear();
    }
    let anchor = Anchor { at, counters: told.counters };
    let turn_rates = rates::of_turn(row.last.as_ref(), &anchor);
    let point = values::values(told, &turn_rates, broker, answer_p90);
    let made_up = made_up(&row, values::rates_alone(&turn_rates));
    for (time, values) in &made_up {
        row.window = row.window.push(*time, &narrowed(values));
    }
    row.anchors = rates::remember(&row.anchors, &anchor);
    row.newest = values::values(told, &rates::means(&row.anchors, &anchor), broker, answer_p90);
    row.window = row.window.push(slot, &narrowed(&point));
    row.recent.push_back(Arc::new(Point { at: now, values: narrowed(&point) }));
    row.recent.retain(|point| is_within(point.at, now, MEAN));
    row.topics = topics::remember(&row.topics, &told.topics, at);
    row.last = Some(anchor);
    row.started = started;
    row.version.clone_from(&told.version);
    row.as_of = Some(at);
    row.failure = None;
    row.missed.clear();
    row.is_lost = false;
    Read { row, point: Some(point), made_up, may_tell: false }
}

/// What it did in the turns that it missed, if that is told by its counters.
fn made_up(row: &BrokerRow, rates: Newest) -> Vec<(DateTime, Newest)> {
    let is_told = Metric::ALL.iter().any(|metric| rates.get(metric.index()).copied().flatten().is_some());
    if is_told { row.missed.iter().map(|missed| (*missed, rates)).collect() } else { vec![] }
}

/// As windows hold it.
pub fn narrowed(values: &Newest) -> [Option<f32>; METRICS] {
    array::from_fn(|place| values.get(place).copied().flatten().map(|value| value as f32))
}
