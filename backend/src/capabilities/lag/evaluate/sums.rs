//! What the groups of a cluster have read and not, summed up.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use chrono::TimeDelta;
use shared::{DateTime, lag::GroupType};

use crate::{
    capabilities::lag::{
        book::{Book, Group, Topics, lag},
        collect::GroupsSample,
        model::{GroupRow, GroupsSnapshot, Sums},
    },
    kafka::answers::{self, ListedGroup, ShareGroupOffset},
};

/// A group that is not listed and has committed within so long may be newer than the list.
const MAY_BE_NEWER: TimeDelta = TimeDelta::seconds(60);

/// All groups that are listed, and those that committed and could not be listed. Those that are no more are forgotten.
pub fn groups(book: &Book, sample: GroupsSample, now: DateTime) -> GroupsSnapshot {
    if sample.lists_all {
        let names: HashSet<&str> = sample.listed.iter().map(|group| group.group_id.as_str()).collect();
        let before = (now - MAY_BE_NEWER).timestamp_millis();
        let may_be_newer =
            |group: &Group| sample.sees_commits && group.has_commits() && group.last_commit_ms > before;
        book.keep(|name, group| names.contains(name) || may_be_newer(group));
    }
    let mut sums: HashMap<String, Sums> = HashMap::new();
    book.each(|topics, name, group| {
        sums.insert(name.to_owned(), of_group(topics, group));
    });
    let mut rows: Vec<Arc<GroupRow>> = sample
        .listed
        .into_iter()
        .map(|listed| {
            let own = sums.remove(&listed.group_id).unwrap_or_default();
            let shared = sample.shared.get(&listed.group_id);
            row(listed, shared.map_or(own, |rows| of_share_group(rows)))
        })
        .collect();
    rows.extend(sums.into_iter().filter(|(_, sums)| sums.partitions > 0).map(|(group, sums)| {
        Arc::new(GroupRow { group: group.into(), group_type: GroupType::Unknown, state: None, sums })
    }));
    rows.sort_by(|one, other| one.group.cmp(&other.group));
    GroupsSnapshot { rows }
}

fn row(listed: ListedGroup, sums: Sums) -> Arc<GroupRow> {
    let group_type = match listed.group_type {
        answers::GroupType::Classic => GroupType::Classic,
        answers::GroupType::Consumer => GroupType::Consumer,
        answers::GroupType::Share => GroupType::Share,
        answers::GroupType::Streams => GroupType::Streams,
        answers::GroupType::Other(_) => GroupType::Unknown,
    };
    Arc::new(GroupRow { group: listed.group_id.into(), group_type, state: listed.state, sums })
}

fn of_group(topics: &Topics, group: &Group) -> Sums {
    let mut sums = Sums::default();
    for (topic, partitions) in group.topics() {
        let before = sums.partitions;
        for (at, partition) in partitions.iter().enumerate() {
            if !partition.is_read() {
                continue;
            }
            sums.partitions += 1;
            let Some((committed, end)) = partition.window.newest().zip(topics.log_end(topic, at)) else {
                sums.unknown += 1;
                continue;
            };
            let raw = end.offset.saturating_sub(committed.offset);
            sums.lag_raw = Some(sums.lag_raw.unwrap_or_default().saturating_add(raw));
            if let Some(stable) = end.stable {
                let records = lag(stable, committed.offset);
                sums.lag_records = Some(sums.lag_records.unwrap_or_default().saturating_add(records));
            }
        }
        sums.topics += u32::from(sums.partitions > before);
    }
    sums
}

/// The lag of a share group is what the broker says: from its start offset it cannot be told.
fn of_share_group(rows: &[ShareGroupOffset]) -> Sums {
    let topics: HashSet<&str> = rows.iter().map(|row| row.topic.as_ref()).collect();
    let known: Vec<i64> = rows.iter().filter_map(|row| row.lag).collect();
    let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    Sums {
        lag_records: (!known.is_empty())
            .then(|| known.iter().filter_map(|lag| u64::try_from(*lag).ok()).fold(0, u64::saturating_add)),
        lag_raw: None,
        topics: count(topics.len()),
        partitions: count(rows.len()),
        unknown: count(rows.len() - known.len()),
    }
}
