//! One flow, with a page of its topics, and over time.

use std::borrow::Cow;

use shared::{
    DateTime,
    topology::{FlowDetail, FlowHistory, FlowPoint, FlowSettings, FlowTopic, FlowVerdict},
};

use super::{Known, stale};
use crate::{
    capabilities::topology::{PAST_COLUMNS, evaluate::of_topic, model::TopicRow},
    db::Kept,
    http::{
        list::{ListQuery, SortKey},
        range::Range,
    },
    series::{Steps, Window},
};

/// By what topics are sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TopicSort {
    /// By verdict, and by records that wait within one.
    Verdict,
    /// By records that wait.
    Lag,
    /// By how long the oldest of them has.
    Age,
    /// By name.
    Topic,
}

impl TopicSort {
    /// The words of `sort`.
    pub const WORDS: [(&'static str, Self); 4] = [
        ("verdict", Self::Verdict),
        ("lag_records", Self::Lag),
        ("age_seconds", Self::Age),
        ("topic", Self::Topic),
    ];
}

/// A flow with a page of its topics; none where it is not there, or may not be seen.
pub fn detail(known: &Known, id: &str, list: &ListQuery<TopicSort>, now: DateTime) -> Option<FlowDetail> {
    let row = known.flow(id)?;
    let is_asked = |topic: &&TopicRow| {
        known.sees_topic(row, topic)
            && list.q.as_ref().is_none_or(|q| topic.source_topic.to_lowercase().contains(q.as_str()))
    };
    let topics: Vec<&TopicRow> = row.topics.iter().map(AsRef::as_ref).filter(is_asked).collect();
    let page = list.page(topics, |topic| key(topic, list.sort), |topic| Cow::Borrowed(&*topic.source_topic));
    let is_fresh = known.is_fresh(now);
    let is_whole = known.scope.sees_whole_clusters();
    Some(FlowDetail {
        flow: known.view(row, now),
        settings: if is_whole { row.settings.clone() } else { FlowSettings::default() },
        checkpointed_group_count: row.groups.filter(|_| is_whole),
        topics: page.rows.into_iter().map(|topic| view(topic, is_fresh)).collect(),
        meta: known.meta(Some(page.total), page.next_cursor, now),
    })
}

fn key<'a>(topic: &'a TopicRow, sort: TopicSort) -> SortKey<'a> {
    match sort {
        TopicSort::Verdict => {
            // Lags of more than a trillion records are all the same here.
            let lag = topic.lag_records.unwrap_or_default().min(1 << 40);
            SortKey::Number(((topic.verdict as i64) << 41) + i64::try_from(lag).unwrap_or_default())
        }
        TopicSort::Lag => SortKey::number(topic.lag_records),
        TopicSort::Age => SortKey::number(topic.age_ms),
        TopicSort::Topic => SortKey::Text(Cow::Borrowed(&topic.source_topic)),
    }
}

fn view(topic: &TopicRow, is_fresh: bool) -> FlowTopic {
    let partitions = u32::try_from(topic.partitions.len()).unwrap_or(u32::MAX);
    FlowTopic {
        source_topic: topic.source_topic.to_string(),
        target_topic: topic.target_topic.as_ref().map(|topic| topic.to_string()),
        partition_count: (partitions > 0).then_some(partitions),
        source_records_per_second: topic.source_rate.filter(|_| is_fresh),
        target_records_per_second: topic.target_rate.filter(|_| is_fresh),
        lag_records: topic.lag_records,
        lag_is_at_least: topic.lag_is_at_least && topic.lag_records.is_some(),
        age_seconds: topic.age_ms.filter(|_| is_fresh).map(|ms| ms as f64 / 1_000.0),
        lost_records: (topic.lost_records > 0).then_some(topic.lost_records),
        verdict: if is_fresh { topic.verdict } else { FlowVerdict::Unknown },
        reason: if is_fresh { of_topic(topic) } else { Some(stale()) },
    }
}

/// Adds what is kept where memory knows nothing.
pub fn add_past(history: &mut FlowHistory, kept: &Kept<PAST_COLUMNS>, range: Range) {
    let [lags, ages, latencies] = kept.steps((range.from, range.to), range.step);
    let past = lags.into_iter().zip(ages).zip(latencies);
    for (point, (((_, lag), (_, age)), (_, latency))) in history.points.iter_mut().zip(past) {
        point.1 = point.1.or(lag);
        point.2 = point.2.or(age);
        point.3 = point.3.or(latency);
    }
    history.kept_since = [history.kept_since, kept.since()].into_iter().flatten().min();
}

/// A flow over time, from what memory holds of it; none where it is not there, may not be seen, or may be seen in part only: what is held is of all its
/// topics.
pub fn history(known: &Known, id: &str, range: Range, now: DateTime) -> Option<FlowHistory> {
    let row = known.flow(id)?;
    let past = known.scope.sees_whole_clusters().then_some(&row.past);
    let Range { from, to, step } = range;
    let column = |column| match past {
        Some(past) => past.steps(column, from, to, step),
        None => Steps::new(from, to, step).means(),
    };
    let [lag, age, latency] = [0, 1, 2].map(column);
    let point = |(((time, lag), (_, age)), (_, latency))| FlowPoint(time, lag, age, latency);
    Some(FlowHistory {
        flow: row.id.clone(),
        points: lag.into_iter().zip(age).zip(latency).map(point).collect(),
        from,
        to,
        step_seconds: u32::try_from(step.as_secs()).unwrap_or(u32::MAX),
        kept_since: past.and_then(Window::since),
        meta: known.meta(None, None, now),
    })
}
