//! The groups of one cluster or of all, a page at a time.

use std::{borrow::Cow, collections::BTreeMap};

use shared::{
    DateTime,
    lag::{GroupLags, LagMeta, LagVerdict},
};

use super::{Known, meta};
use crate::{
    capabilities::lag::model::GroupRow,
    http::list::{ListQuery, SortKey},
};

/// By what groups are sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupSort {
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
    pub const WORDS: [(&'static str, Self); 4] = [
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
}

/// A page of groups; those that have most to read first, unless told otherwise.
pub fn groups(known: &[Known], query: &GroupQuery, now: DateTime) -> GroupLags {
    let list = &query.list;
    let is_asked = |(known, row): &(&Known, &GroupRow)| {
        let owner = query.owner.as_deref();
        list.q.as_ref().is_none_or(|q| row.group.to_lowercase().contains(q))
            && owner.is_none_or(|owner| known.owner(&row.group) == Some(owner))
            && query.verdict.is_none_or(|verdict| verdict == LagVerdict::Unknown)
    };
    let rows: Vec<(&Known, &GroupRow)> =
        known.iter().flat_map(|known| known.rows().map(move |row| (known, row))).filter(is_asked).collect();
    let page = list.page(
        rows,
        |(_, row)| match list.sort {
            GroupSort::Lag => SortKey::number(row.sums.lag_records),
            GroupSort::Raw => SortKey::number(row.sums.lag_raw),
            GroupSort::Group => SortKey::Text(Cow::Borrowed(&row.group)),
            GroupSort::Partitions => SortKey::Number(row.sums.partitions.into()),
        },
        |(known, row)| Cow::Owned(format!("{}/{}", row.group, known.name)),
    );
    let by_verdict: BTreeMap<LagVerdict, u64> =
        (page.total > 0).then_some((LagVerdict::Unknown, page.total)).into_iter().collect();
    GroupLags {
        groups: page.rows.into_iter().map(|(known, row)| known.view(row)).collect(),
        meta: LagMeta { meta: meta(known, page.total, page.next_cursor, now), by_verdict },
    }
}
