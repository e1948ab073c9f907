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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capabilities::lag::{
        book::{Committed, LogEnd, Owner},
        model::Keeping,
    };

    const KEEPING: Keeping = Keeping::OF_TESTS;

    fn now() -> DateTime {
        DateTime::from_timestamp_nanos(1_795_600_000_000_000_000)
    }

    /// `orders` ends at 100, and its last stable offset is 95; `clicks` was never looked at.
    fn book() -> Book {
        let book = Book::new(KEEPING, 2);
        for partition in 0..3 {
            let end = LogEnd { offset: 100, stable: Some(95), time_ms: now().timestamp_millis() };
            book.see_log_end("orders", (partition, 3), end);
        }
        book
    }

    fn commit(book: &Book, group: &str, topic: &str, partition: i32, offset: i64) {
        let time_ms = now().timestamp_millis();
        book.commit(
            &Committed { group, topic, partition, offset, order: 1, time_ms, is_old: false },
            now().timestamp(),
        );
    }

    fn listed(group: &str, group_type: answers::GroupType) -> ListedGroup {
        ListedGroup {
            group_id: group.into(),
            group_type,
            state: Some("Empty".into()),
            protocol_type: "consumer".into(),
            coordinator_id: 1,
        }
    }

    fn sample(groups: &[&str]) -> GroupsSample {
        let listed = groups.iter().map(|group| listed(group, answers::GroupType::Classic)).collect();
        GroupsSample { listed, lists_all: true, sees_commits: true, shared: HashMap::new() }
    }

    fn sums(book: &Book, group: &str) -> Sums {
        groups(book, sample(&[group]), now()).named(group).unwrap().sums
    }

    fn names(snapshot: &GroupsSnapshot) -> Vec<&str> {
        snapshot.rows.iter().map(|row| row.group.as_ref()).collect()
    }

    #[test]
    fn records_are_counted_to_the_stable_end_and_raw_to_the_log_end() {
        let book = book();
        commit(&book, "pay", "orders", 0, 90);
        commit(&book, "pay", "orders", 1, 98);
        let expected = Sums { lag_records: Some(5), lag_raw: Some(12), topics: 1, partitions: 2, unknown: 0 };
        assert_eq!(sums(&book, "pay"), expected);
    }

    #[test]
    fn what_is_not_known_is_not_zero() {
        let book = book();
        commit(&book, "pay", "clicks", 0, 90);
        let expected = Sums { lag_records: None, lag_raw: None, topics: 1, partitions: 1, unknown: 1 };
        assert_eq!(sums(&book, "pay"), expected);
        commit(&book, "pay", "orders", 0, 90);
        let expected = Sums { lag_records: Some(5), lag_raw: Some(10), topics: 2, partitions: 2, unknown: 1 };
        assert_eq!(sums(&book, "pay"), expected);
        assert_eq!(sums(&book, "idle"), Sums::default());
    }

    #[test]
    fn a_partition_that_is_assigned_and_not_committed_for_is_unknown() {
        let book = book();
        let owner = Arc::new(Owner { host: "/10.0.0.7".into(), client_id: "pay-1".into() });
        book.assign("pay", [("orders", 2, owner)].into_iter());
        let expected = Sums { lag_records: None, lag_raw: None, topics: 1, partitions: 1, unknown: 1 };
        assert_eq!(sums(&book, "pay"), expected);
    }

    #[test]
    fn a_share_group_has_the_lag_that_the_broker_tells() {
        let row = |partition: i32, lag: Option<i64>| ShareGroupOffset {
            topic: "orders".into(),
            partition,
            error_code: 0,
            start_offset: Some(3),
            lag,
        };
        let of = |rows: Vec<ShareGroupOffset>| {
            let sample = GroupsSample {
                listed: vec![listed("share", answers::GroupType::Share)],
                shared: HashMap::from([("share".into(), rows)]),
                ..sample(&[])
            };
            let row = groups(&book(), sample, now()).rows[0].clone();
            (row.group_type, row.sums)
        };
        let known = Sums { lag_records: Some(7), lag_raw: None, topics: 1, partitions: 2, unknown: 1 };
        assert_eq!(of(vec![row(0, Some(7)), row(1, None)]), (GroupType::Share, known));
        let unknown = Sums { lag_records: None, lag_raw: None, topics: 1, partitions: 1, unknown: 1 };
        assert_eq!(of(vec![row(0, None)]), (GroupType::Share, unknown));
    }

    #[test]
    fn a_group_that_is_not_listed_is_there_only_while_it_may_be_newer_than_the_list() {
        let book = book();
        commit(&book, "new", "orders", 0, 90);
        let snapshot = groups(&book, sample(&["pay"]), now());
        assert_eq!(names(&snapshot), ["new", "pay"]);
        assert_eq!(snapshot.named("new").map(|row| row.group_type), Some(GroupType::Unknown));
        let later = now() + MAY_BE_NEWER;
        assert_eq!(names(&groups(&book, sample(&["pay"]), later)), ["pay"]);
    }

    #[test]
    fn a_group_that_is_not_listed_is_gone_where_commits_are_only_fetched_or_were_deleted() {
        let book = book();
        commit(&book, "gone", "orders", 0, 90);
        let of_admin = GroupsSample { sees_commits: false, ..sample(&["pay"]) };
        assert_eq!(names(&groups(&book, of_admin, now())), ["pay"]);
        commit(&book, "gone", "orders", 0, 90);
        book.forget_partition("gone", "orders", 0);
        assert_eq!(names(&groups(&book, sample(&["pay"]), now())), ["pay"]);
    }

    #[test]
    fn nothing_is_forgotten_while_not_all_groups_could_be_listed() {
        let book = book();
        commit(&book, "elsewhere", "orders", 0, 90);
        let some = GroupsSample { lists_all: false, sees_commits: false, ..sample(&["pay"]) };
        let snapshot = groups(&book, some, now() + MAY_BE_NEWER);
        assert_eq!(names(&snapshot), ["elsewhere", "pay"]);
    }
}
