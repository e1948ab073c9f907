//! The groups of one cluster or of all, a page at a time.

use std::{borrow::Cow, collections::BTreeMap};

use shared::{
    DateTime,
    lag::{GroupLags, LagMeta, LagVerdict},
};

use super::{Known, meta};
use crate::{
    capabilities::lag::model::{GroupRow, Summed},
    http::list::{ListQuery, SortKey},
};

/// By what groups are sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupSort {
    /// By verdict, and by age within one.
    Verdict,
    /// By how long the oldest unread record has waited.
    Age,
    /// By records that are not read.
    Lag,
    /// By log end minus committed offset.
    Raw,
    /// By name.
    Group,
    /// By partitions.
    Partitions,
}

impl GroupSort {
    /// The words of `sort`.
    pub const WORDS: [(&'static str, Self); 6] = [
        ("verdict", Self::Verdict),
        ("age_seconds", Self::Age),
        ("lag_records", Self::Lag),
        ("lag_raw", Self::Raw),
        ("group", Self::Group),
        ("partition_count", Self::Partitions),
    ];
}

/// What the list of groups is asked, beside what every list is.
#[derive(Clone, Debug)]
pub struct GroupQuery {
    /// Page, sort, name.
    pub list: ListQuery<GroupSort>,
    /// Only what this owner has.
    pub owner: Option<String>,
    /// Only what is judged so.
    pub verdict: Option<LagVerdict>,
    /// Only those that read this topic, and of them only that.
    pub topic: Option<String>,
}

/// A group, with that of it which is asked for.
#[derive(Clone, Copy)]
struct Row<'a> {
    known: &'a Known,
    row: &'a GroupRow,
    summed: &'a Summed,
    verdict: Option<LagVerdict>,
}

/// A page of groups; the worst first, unless told otherwise.
pub fn groups(known: &[Known], query: &GroupQuery, now: DateTime) -> GroupLags {
    let list = &query.list;
    let mut by_verdict: BTreeMap<LagVerdict, u64> = BTreeMap::new();
    let mut rows: Vec<Row<'_>> = Vec::new();
    for known in known {
        let is_fresh = known.is_fresh(now);
        for row in known.rows().filter(|row| is_asked(known, row, query)) {
            let summed = match &query.topic {
                None => Some(&row.whole),
                Some(topic) => row.of_topic(topic),
            };
            let Some(summed) = summed else { continue };
            let verdict = summed.verdict.map(|verdict| if is_fresh { verdict } else { LagVerdict::Unknown });
            if let Some(verdict) = verdict {
                *by_verdict.entry(verdict).or_default() += 1;
            }
            if query.verdict.is_none() || query.verdict == verdict {
                rows.push(Row { known, row, summed, verdict });
            }
        }
    }
    let page = list.page(
        rows,
        |row| match list.sort {
            GroupSort::Verdict => badness(row),
            GroupSort::Age => SortKey::rate(row.summed.age.map(|age| age.seconds)),
            GroupSort::Lag => SortKey::number(row.summed.lag_records),
            GroupSort::Raw => SortKey::number(row.summed.lag_raw),
            GroupSort::Group => SortKey::Text(Cow::Borrowed(&row.row.group)),
            GroupSort::Partitions => SortKey::Number(row.summed.partitions.into()),
        },
        |row| Cow::Owned(format!("{}/{}", row.row.group, row.known.name)),
    );
    GroupLags {
        groups: page.rows.into_iter().map(|row| row.known.view(row.row, row.summed, now)).collect(),
        meta: LagMeta { meta: meta(known, page.total, page.next_cursor, now), by_verdict },
    }
}

fn is_asked(known: &Known, row: &GroupRow, query: &GroupQuery) -> bool {
    let is_named = query.list.q.as_ref().is_none_or(|q| row.group.to_lowercase().contains(q));
    is_named && query.owner.as_deref().is_none_or(|owner| known.owner(&row.group) == Some(owner))
}

/// Worse verdicts are higher; within one those that wait for longer.
fn badness(row: &Row<'_>) -> SortKey<'static> {
    /// No age reaches it, in ms.
    const STEP: i64 = 1 << 50;
    let Some(verdict) = row.verdict else { return SortKey::Unknown };
    let age_ms = row.summed.age.map_or(0, |age| (age.seconds * 1_000.0) as i64);
    SortKey::Number(verdict as i64 * STEP + age_ms.clamp(0, STEP - 1))
}
