//! The rules of load, pure: what answers and the previous snapshot make of what is known.

mod abnormal;
mod events;
mod rates;
mod row;
#[cfg(test)]
mod tests;
mod tolerance;
mod topics;
mod usual;
mod values;
mod whole;

use std::{collections::HashMap, time::Duration};

use shared::{DateTime, event::Event};

use super::model::{Answer, BrokerRow, BrokersSample, BrokersSnapshot, Policy, Turn, Whole};
use crate::runtime::Evaluated;
pub use usual::usual;

/// Rates of rows are means of so long, and so long a value must be worse to be called abnormal.
pub const MEAN: Duration = Duration::from_secs(60);
/// A turn may be judged by a broker that was silent for so long; what it did longer ago it does not tell.
const LONGEST_GAP: Duration = Duration::from_secs(60);
/// Turns without an answer until a broker counts as lost.
const LOST_AFTER: usize = 3;

/// Makes what is known of the brokers of a cluster from what they answered in a turn.
pub fn brokers(
    previous: Option<&BrokersSnapshot>,
    sample: BrokersSample,
    policy: Policy,
    now: DateTime,
) -> Evaluated<BrokersSnapshot> {
    let BrokersSample { cluster, known, answers, usual } = sample;
    // Another cluster of the same name begins anew.
    let is_same = |previous: &&BrokersSnapshot| {
        previous.cluster_id.is_none() || known.cluster_id.is_none() || previous.cluster_id == known.cluster_id
    };
    let previous = previous.filter(is_same);
    let mut answers: HashMap<i32, Answer> =
        answers.into_iter().map(|answer| (answer.broker_id, answer)).collect();
    let slot = slot(now, policy.period);
    let mut turn = Turn::begin(slot);
    let mut whole = previous.map_or_else(|| Whole::new(policy), |previous| previous.whole.clone());
    let mut rows: Vec<BrokerRow> = Vec::with_capacity(known.brokers.len());
    for broker in &known.brokers {
        let before = previous.and_then(|previous| previous.broker(broker.broker_id));
        let answer = answers.remove(&broker.broker_id);
        let read = row::row(broker, before, answer, policy, (now, slot));
        whole.learn(broker.broker_id, broker.is_up, &read.made_up);
        turn.add(broker, &read);
        rows.push(read.row);
    }
    rows.sort_by_key(|row| row.broker_id);
    whole.push(turn, slot);
    let abnormal = abnormal::judge(&rows, usual.as_ref().map(|usual| &usual.snapshot), policy, now);
    for (row, verdicts) in rows.iter_mut().zip(abnormal) {
        row.abnormal = verdicts;
    }
    let events = events::events(&cluster, previous, &rows, now);
    let throughput = topics::cluster(&rows);
    let topics = topics::together(&rows);
    // Nobody answered: the newest is as old as it was.
    let as_of = rows.iter().filter_map(|row| row.as_of).max().unwrap_or(now);
    let cluster_id =
        known.cluster_id.clone().or_else(|| previous.and_then(|previous| previous.cluster_id.clone()));
    let snapshot = BrokersSnapshot { cluster_id, brokers: rows, whole, throughput, topics };
    Evaluated { snapshot, as_of, changed: true, events }
}

/// When the time began that a turn tells of: what was counted between two turns belongs to the first of them.
fn slot(now: DateTime, period: Duration) -> DateTime {
    let period = i64::try_from(period.as_millis()).unwrap_or(i64::MAX).max(1);
    let turn = (now.timestamp_millis() + period / 2).div_euclid(period);
    DateTime::from_timestamp_millis((turn - 1) * period).unwrap_or(now)
}

/// Whether it started, or came back, just now.
fn is_young(row: &BrokerRow, policy: Policy, now: DateTime) -> bool {
    let started = row.started.and_then(|seconds| DateTime::from_timestamp_millis((seconds * 1000.0) as i64));
    let youngest = started.max(row.since);
    youngest.is_some_and(|since| now - since < chrono::Duration::from_std(policy.young).unwrap_or_default())
}

/// Used by `row` and `events` alike.
fn counts_as_lost(row: &BrokerRow) -> bool {
    row.is_up && row.missed.len() >= LOST_AFTER
}

type Events = Vec<Event>;
