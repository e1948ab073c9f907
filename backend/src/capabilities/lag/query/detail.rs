//! One group with its partitions and members.

use std::{borrow::Cow, collections::HashMap};

use shared::{
    DateTime,
    lag::{GroupDetail, LagVerdict, MemberLag, PartitionLag},
};

use super::{Known, meta};
use crate::{
    capabilities::lag::{
        book::{Group, Topics},
        evaluate::{self, Context},
        model::{GroupRow, Judged, Late, Member, Place, Why},
    },
    http::list::{ListQuery, SortKey},
};

/// Members that one answer lists.
const MOST_MEMBERS: usize = 1_000;

/// By what partitions are sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartitionSort {
    /// By verdict, and by lag within one.
    Verdict,
    /// By topic and number.
    Partition,
    /// By records that are not read.
    Lag,
}

impl PartitionSort {
    /// The words of `sort`.
    pub const WORDS: [(&'static str, Self); 3] =
        [("verdict", Self::Verdict), ("partition", Self::Partition), ("lag_records", Self::Lag)];
}

/// What a group is asked: a page of its partitions.
pub type DetailQuery = ListQuery<PartitionSort>;

/// A group that may be seen.
pub fn detail(known: &Known, group: &str, query: &DetailQuery, now: DateTime) -> Option<GroupDetail> {
    let row = known.group(group)?;
    let members = known.members_of(group).unwrap_or_default();
    let rows = partitions(known, row, now);
    let page = query.page(
        rows,
        |row| match query.sort {
            PartitionSort::Verdict => badness(row),
            PartitionSort::Partition => SortKey::Number(0),
            PartitionSort::Lag => SortKey::number(row.lag_records),
        },
        |row| Cow::Owned(format!("{}\0{:010}", row.topic, row.partition)),
    );
    let member = |member: &Member| MemberLag {
        member_id: member.member_id.clone(),
        client_id: member.client_id.clone(),
        host: member.host.clone(),
        partition_count: member
            .partitions
            .as_ref()
            .map(|topics| topics.iter().map(|(_, all)| u32::try_from(all.len()).unwrap_or(u32::MAX)).sum()),
    };
    Some(GroupDetail {
        group: known.view(row, &row.whole, now),
        partitions: page.rows,
        members: members.iter().take(MOST_MEMBERS).map(member).collect(),
        meta: meta(std::slice::from_ref(known), page.total, page.next_cursor, now),
    })
}

/// All partitions of a group, by topic and number: those that it committed for, and those that are assigned.
pub fn partitions(known: &Known, row: &GroupRow, now: DateTime) -> Vec<PartitionLag> {
    let late = known.groups.as_ref().map(|groups| &groups.snapshot.late);
    let none = Late::default();
    let context = Context {
        policy: &known.policy,
        late: late.unwrap_or(&none),
        least_delay_seconds: known.book.least_delay_seconds(),
        now_ms: now.timestamp_millis(),
        old_after_ms: known.old_after_ms,
    };
    let is_fresh = known.is_fresh(now);
    let mut rows = Vec::new();
    known.book.even_silent(&row.group, |topics, group| {
        let judged = evaluate::of_group(topics, group, row, &context);
        let view =
            |(place, judged): (Place, Judged)| partition_lag((topics, group), &place, &judged, is_fresh);
        rows.extend(judged.into_iter().map(view));
    });
    let members = known.members_of(&row.group).unwrap_or_default();
    let members: HashMap<(&str, i32), &Member> = members.iter().flat_map(assigned).collect();
    for row in &mut rows {
        if let Some(member) = members.get(&(row.topic.as_str(), row.partition)) {
            row.member_id = Some(member.member_id.clone());
            row.client_id = Some(member.client_id.clone());
            row.host = Some(member.host.clone());
        }
    }
    rows
}

fn assigned(member: &Member) -> impl Iterator<Item = ((&str, i32), &Member)> {
    let topics = member.partitions.iter().flatten();
    topics
        .flat_map(move |(topic, all)| all.iter().map(move |partition| ((topic.as_str(), *partition), member)))
}

/// Worse verdicts are higher; within one those with more to read.
fn badness(row: &PartitionLag) -> SortKey<'static> {
    /// No lag reaches it.
    const STEP: i64 = 1 << 50;
    let lag = row.lag_records.and_then(|lag| i64::try_from(lag).ok()).map_or(0, |lag| lag + 1);
    SortKey::Number(row.verdict as i64 * STEP + lag.clamp(0, STEP - 1))
}

/// A partition as it was judged.
pub fn partition_lag(
    (topics, group): (&Topics, &Group),
    place: &Place,
    judged: &Judged,
    is_fresh: bool,
) -> PartitionLag {
    let at = usize::try_from(place.partition).unwrap_or(usize::MAX);
    let id = topics.id(&place.topic);
    let ends = id.and_then(|id| topics.ends(id));
    let end = ends.and_then(|ends| ends.newest(at));
    let newest = id.and_then(|id| group.partition(id, place.partition)).and_then(|it| it.window.newest());
    let stale = Judged::bare(LagVerdict::Unknown, Why::Stale);
    let said = if is_fresh { judged } else { &stale };
    let age = judged.age.filter(|_| is_fresh);
    let of_now = |value: Option<f64>| value.filter(|_| is_fresh);
    let seen = newest.filter(|newest| !newest.is_fetched());
    PartitionLag {
        topic: place.topic.to_string(),
        partition: place.partition,
        verdict: said.verdict,
        reason: evaluate::reason(said, (&place.topic, &format!("{}-{}", place.topic, place.partition))),
        committed_offset: newest.map(|newest| newest.offset),
        committed_at: seen.and_then(|seen| DateTime::from_timestamp(seen.observed_at_seconds, 0)),
        log_start_offset: ends.and_then(|ends| ends.start(at)),
        log_end_offset: end.map(|end| end.offset),
        stable_end_offset: end.and_then(|end| end.stable),
        lag_records: judged.lag_records,
        lag_raw: judged.lag_raw,
        age_seconds: age.map(|age| age.seconds),
        age_method: age.map(|age| age.method),
        produce_rate_per_second: of_now(judged.produced),
        consume_rate_per_second: of_now(judged.consumed),
        catch_up_seconds: of_now(judged.catch_up_seconds),
        data_loss_seconds: of_now(judged.data_loss_seconds),
        lost_records: judged.lost_records,
        member_id: None,
        client_id: None,
        host: None,
    }
}
