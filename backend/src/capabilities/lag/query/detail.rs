//! One group with its partitions and members.

use std::{borrow::Cow, collections::BTreeMap};

use shared::{
    DateTime,
    lag::{GroupDetail, LagVerdict, MemberLag, PartitionLag},
};

use super::{Known, meta};
use crate::{
    capabilities::lag::{
        book::{Partition, Topics, lag},
        model::Member,
    },
    http::list::{ListQuery, SortKey},
};

/// Members that one answer lists.
const MOST_MEMBERS: usize = 1_000;

/// What a group is asked: a page of its partitions.
pub type DetailQuery = ListQuery<()>;

/// A group that may be seen.
pub fn detail(known: &Known, group: &str, query: &DetailQuery, now: DateTime) -> Option<GroupDetail> {
    let row = known.group(group)?;
    let members = known.members_of(group).unwrap_or_default();
    let page = query.page(
        partitions(known, group),
        |_| SortKey::Number(0),
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
        group: known.view(row),
        partitions: page.rows,
        members: members.iter().take(MOST_MEMBERS).map(member).collect(),
        meta: meta(std::slice::from_ref(known), page.total, page.next_cursor, now),
    })
}

/// The partitions that a group committed for or has assigned, by topic and number. Whether it may be seen is its caller's
/// to know.
pub fn partitions(known: &Known, group: &str) -> Vec<PartitionLag> {
    let members = known.members_of(group).unwrap_or_default();
    let mut rows: BTreeMap<(String, i32), PartitionLag> = BTreeMap::new();
    known.book.even_silent(group, |topics, group| {
        for (topic, partitions) in group.topics() {
            let name = topics.name(topic).unwrap_or_default();
            let used = (0..).zip(partitions).filter(|(_, partition)| !partition.window.is_empty());
            rows.extend(used.map(|(at, it)| {
                let row = read(topics, (topic, name), at, it);
                ((name.to_owned(), row.partition), row)
            }));
        }
    });
    let assigned = members.iter().flat_map(|member| {
        let topics = member.partitions.iter().flatten();
        topics.flat_map(move |(topic, all)| all.iter().map(move |partition| (member, topic, *partition)))
    });
    let topics = known.book.topics();
    for (member, topic, partition) in assigned {
        let row =
            rows.entry((topic.clone(), partition)).or_insert_with(|| never_read(&topics, topic, partition));
        row.member_id = Some(member.member_id.clone());
        row.client_id = Some(member.client_id.clone());
        row.host = Some(member.host.clone());
    }
    rows.into_values().collect()
}

fn read(topics: &Topics, (topic, name): (usize, &str), at: usize, it: &Partition) -> PartitionLag {
    let end = topics.log_end(topic, at);
    let committed = it.window.newest().map(|commit| commit.offset);
    let stable = end.and_then(|end| end.stable);
    PartitionLag {
        committed_offset: committed,
        log_end_offset: end.map(|end| end.offset),
        stable_end_offset: stable,
        lag_records: stable.zip(committed).map(|(stable, committed)| lag(stable, committed)),
        lag_raw: end.zip(committed).map(|(end, committed)| end.offset.saturating_sub(committed)),
        ..unread(name, i32::try_from(at).unwrap_or(i32::MAX))
    }
}

/// A partition that is assigned, and that the group never committed for.
fn never_read(topics: &Topics, topic: &str, partition: i32) -> PartitionLag {
    let at = topics.id(topic).zip(usize::try_from(partition).ok());
    let end = at.and_then(|(topic, at)| topics.log_end(topic, at));
    PartitionLag {
        log_end_offset: end.map(|end| end.offset),
        stable_end_offset: end.and_then(|end| end.stable),
        ..unread(topic, partition)
    }
}

fn unread(topic: &str, partition: i32) -> PartitionLag {
    PartitionLag {
        topic: topic.to_owned(),
        partition,
        verdict: LagVerdict::Unknown,
        reason: None,
        committed_offset: None,
        committed_at: None,
        log_start_offset: None,
        log_end_offset: None,
        stable_end_offset: None,
        lag_records: None,
        lag_raw: None,
        age_seconds: None,
        age_method: None,
        produce_rate_per_second: None,
        consume_rate_per_second: None,
        catch_up_seconds: None,
        data_loss_seconds: None,
        lost_records: None,
        member_id: None,
        client_id: None,
        host: None,
    }
}
