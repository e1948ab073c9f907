//! What is abnormal: a value of the last minute that is worse than what its peers have now, or than what was usual for
//! the broker itself at this hour.
//!
//! The robust z-score: how many times the median distance from the median (MAD) a value is away from the median, times
//! 0.6745 so that it reads like a standard deviation; from 3.5 on a value is an outlier (Iglewicz and Hoaglin, How to
//! Detect and Handle Outliers, 1993). Median and MAD are not moved by the outlier itself, as mean and deviation are. With
//! two or three peers that happen to agree MAD is next to nothing, so each metric has a distance of its own besides.

use shared::{DateTime, load::Metric};

use super::{
    MEAN, is_young,
    rates::{between, is_within},
    tolerance::{PEERS, Tolerance, USUAL},
};
use crate::capabilities::load::model::{
    Against, Baseline, BrokerRow, Counter, Policy, UsualSnapshot, Verdict,
};

/// MAD times this is a standard deviation, where values are spread normally.
const MAD_OF_A_DEVIATION: f64 = 0.6745;
/// Peers that are needed to say what is normal.
const FEWEST_PEERS: usize = 2;
/// Turns of the last minute that are needed to judge a value.
const FEWEST_TURNS: usize = 3;
/// Produce requests in a second without which their 99th percentile is not judged: it would be that of a few, and a single
/// slow one would stay in it for many minutes, for Kafka's histograms forget by what comes after.
const FEWEST_REQUESTS: f64 = 2.0;
/// Log flushes in a second without which theirs is not judged, for the same reason: ten in a minute. A broker as shipped
/// that is no controller flushes only what it closes.
const FEWEST_FLUSHES: f64 = 10.0 / 60.0;
/// What was abnormal stays so until it is back within this share of the way from the median to the limit.
const BACK_WITHIN: f64 = 0.7;
/// Up to so many brokers each is held against exactly the others; among more, itself makes no difference.
const FEW: usize = 100;

/// The verdicts on each row, worst first.
pub fn judge(
    rows: &[BrokerRow],
    usual: Option<&UsualSnapshot>,
    policy: Policy,
    now: DateTime,
) -> Vec<Vec<Verdict>> {
    let judged: Vec<bool> = rows.iter().map(|row| can_be_judged(row, policy, now)).collect();
    let mut verdicts: Vec<Vec<Verdict>> = rows
        .iter()
        .zip(&judged)
        // Of one that does not answer nothing new is known. One that is down or began anew is not judged.
        .map(|(row, judged)| {
            let begins_anew = *judged || row.failure.is_none() || !row.is_up;
            if begins_anew { vec![] } else { row.abnormal.clone() }
        })
        .collect();
    for tolerance in PEERS {
        let values: Vec<Option<f64>> = rows
            .iter()
            .zip(&judged)
            .map(|(row, judged)| typical(row, tolerance.metric).filter(|_| *judged))
            .collect();
        for (place, found) in against_peers(rows, &values, tolerance, policy, now) {
            if let Some(verdicts) = verdicts.get_mut(place) {
                verdicts.push(found);
            }
        }
    }
    for ((row, verdicts), _) in rows.iter().zip(&mut verdicts).zip(&judged).filter(|(_, judged)| **judged) {
        verdicts.extend(usual.iter().flat_map(|usual| against_usual(row, usual, policy, now)));
        verdicts.sort_by(|one, other| other.excess.total_cmp(&one.excess));
    }
    verdicts
}

/// Whether it is up, answers, and has been up for a while.
fn can_be_judged(row: &BrokerRow, policy: Policy, now: DateTime) -> bool {
    row.is_up && row.failure.is_none() && !is_young(row, policy, now)
}

/// The value of the last minute: the median of its turns, so that no single one decides.
fn typical(row: &BrokerRow, metric: Metric) -> Option<f64> {
    let value = |at: usize| row.recent.get(at)?.values.get(metric.index()).copied().flatten().map(f64::from);
    if metric == Metric::AnswerP90 {
        // It is of the last minute already: what it was in two turns, one behind the other, is enough.
        let last = row.recent.len().checked_sub(1)?;
        return Some(value(last)?.min(value(last.checked_sub(1)?)?));
    }
    let are_few = match metric {
        Metric::ProduceP99 => typical(row, Metric::ProduceRequests)? < FEWEST_REQUESTS,
        Metric::LogFlushP99 => {
            let is_abnormal = row.abnormal.iter().any(|verdict| verdict.metric == metric);
            flushes(row)? < FEWEST_FLUSHES * if is_abnormal { BACK_WITHIN } else { 1.0 }
        }
        _ => false,
    };
    if are_few {
        return None;
    }
    let mut values: Vec<f64> = (0..row.recent.len()).filter_map(value).collect();
    let newest = row.recent.back()?;
    let begins = row.recent.front()?.at;
    // Half a minute of turns, however many those are.
    let is_long = !is_within(begins, newest.at, MEAN / 2 - std::time::Duration::from_secs(2));
    (values.len() >= FEWEST_TURNS && is_long).then(|| median(&mut values)).flatten()
}

/// Log flushes in a second of the last minute: the median of its turns, for a burst of them tells nothing of before.
fn flushes(row: &BrokerRow) -> Option<f64> {
    let turns = row.anchors.iter().zip(row.anchors.iter().skip(1));
    let rate = |(one, next)| between(one, next).get(Counter::LogFlushes as usize).copied().flatten();
    median(&mut turns.filter_map(rate).collect::<Vec<f64>>())
}

fn against_peers(
    rows: &[BrokerRow],
    values: &[Option<f64>],
    tolerance: &Tolerance,
    policy: Policy,
    now: DateTime,
) -> Vec<(usize, Verdict)> {
    let known: Vec<(usize, f64)> =
        values.iter().enumerate().filter_map(|(place, value)| Some((place, (*value)?))).collect();
    if known.len() <= FEWEST_PEERS {
        // What is normal cannot be said now: what was abnormal is held against what its peers had.
        let stays = |(place, value): &(usize, f64)| {
            let row = rows.get(*place)?;
            let before = before(row, tolerance.metric, Against::Peers)?;
            let bounds = (before.median, before.limit);
            Some((*place, beyond(row, *value, bounds, (Against::Peers, tolerance.metric), now)?))
        };
        return known.iter().filter_map(stays).collect();
    }
    let of_all = centre(known.iter().map(|(_, value)| *value).collect());
    let verdict = |(place, value): &(usize, f64)| {
        let centre = if known.len() <= FEW {
            centre(known.iter().filter(|(other, _)| other != place).map(|(_, value)| *value).collect())?
        } else {
            of_all?
        };
        let row = rows.get(*place)?;
        Some((*place, held_against(row, *value, centre, (Against::Peers, tolerance), policy, now)?))
    };
    known.iter().filter_map(verdict).collect()
}

fn against_usual(row: &BrokerRow, usual: &UsualSnapshot, policy: Policy, now: DateTime) -> Vec<Verdict> {
    let verdict = |tolerance: &Tolerance| {
        let Baseline { median, mad, .. } = *usual.baselines.get(&(row.broker_id, tolerance.metric))?;
        let value = typical(row, tolerance.metric)?;
        held_against(row, value, (median, mad), (Against::Usual, tolerance), policy, now)
    };
    USUAL.iter().filter_map(verdict).collect()
}

/// The verdict on one value beside a median and a MAD.
fn held_against(
    row: &BrokerRow,
    value: f64,
    (median, mad): (f64, f64),
    (against, tolerance): (Against, &Tolerance),
    policy: Policy,
    now: DateTime,
) -> Option<Verdict> {
    let limit = limit(median, mad, tolerance, policy.abnormal_z);
    beyond(row, value, (median, limit), (against, tolerance.metric), now)
}

/// The verdict on one value, if it is beyond the limit, or was and is not back yet.
fn beyond(
    row: &BrokerRow,
    value: f64,
    (median, limit): (f64, f64),
    (against, metric): (Against, Metric),
    now: DateTime,
) -> Option<Verdict> {
    let before = before(row, metric, against);
    let bound = if before.is_some() { median + (limit - median) * BACK_WITHIN } else { limit };
    (value > bound).then(|| Verdict {
        metric,
        against,
        value,
        median,
        limit,
        excess: (value - median) / (limit - median),
        since: before.map_or(now, |before| before.since),
    })
}

/// The verdict of the last turn.
fn before(row: &BrokerRow, metric: Metric, against: Against) -> Option<&Verdict> {
    row.abnormal.iter().find(|verdict| verdict.metric == metric && verdict.against == against)
}

/// What is tolerated: the farthest of the z-score, of so many times the median, and of so much more than it.
fn limit(median: f64, mad: f64, tolerance: &Tolerance, z: f64) -> f64 {
    let by_score = z / MAD_OF_A_DEVIATION * mad;
    let by_times = (tolerance.times - 1.0) * median;
    median + by_score.max(by_times).max(tolerance.more)
}

/// Median and MAD.
fn centre(mut values: Vec<f64>) -> Option<(f64, f64)> {
    let middle = median(&mut values)?;
    let mut distances: Vec<f64> = values.iter().map(|value| (value - middle).abs()).collect();
    Some((middle, median(&mut distances)?))
}

/// The median; of an even number of values the mean of the two in the middle.
pub fn median(values: &mut [f64]) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let upper = values.get(values.len() / 2).copied()?;
    let lower = values.get((values.len() - 1) / 2).copied()?;
    Some(f64::midpoint(lower, upper))
}
