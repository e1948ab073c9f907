//! What is told of groups. Lags are those of the tools whose names are spoken: log end minus committed offset, of each partition
//! never below zero. Of a share group, whose partitions have none, the sum is what the broker says.

use shared::lag::{AgeMethod, PartitionLag};

use super::{
    Seen,
    names::{Fact, Label},
    page::Page,
};
use crate::capabilities::lag::{
    evaluate::{GroupStatus, status},
    model::{GroupRow, Keeping, Member, Tolerated},
    query::partitions,
};

type Told<'a> = (Label, &'a str);

/// Tells of groups, and of their partitions where `each` says so.
pub fn tell(seen: &Seen, how: (Keeping, Tolerated), each: bool, page: &mut Page) {
    for row in seen.known.rows() {
        let of_group = [(Label::Cluster, seen.known.name.as_str()), (Label::Group, row.group.as_ref())];
        let partitions = partitions(&seen.known, row, seen.now);
        group(seen, row, of_group, &partitions, page);
        if let Some(members) = seen.known.members_of(&row.group) {
            of_members(of_group, members, page);
        }
        for of_topic in partitions.chunk_by(|one, next| one.topic == next.topic) {
            topic(of_group, of_topic, page);
            of_topic.iter().filter(|_| each).for_each(|it| partition(of_group, it, page));
        }
        if page.wants(Fact::GroupStatus) {
            statuses(seen, row, (of_group, how), each, page);
        }
    }
}

fn group(seen: &Seen, row: &GroupRow, labels: [Told<'_>; 2], partitions: &[PartitionLag], page: &mut Page) {
    let view = seen.known.view(row, &row.whole, seen.now);
    let told = view.lag_records.map(|lag| lag as f64);
    page.tell(Fact::GroupLag, &labels, lag_of(partitions).or(told));
    page.tell(Fact::GroupMostLag, &labels, partitions.iter().filter_map(lag).reduce(f64::max));
    page.tell(Fact::GroupAge, &labels, exact(view.age_seconds, view.age_method));
    page.tell(Fact::Members, &labels, view.member_count.map(f64::from));
    if let Some(state) = &view.state {
        let [cluster, group] = labels;
        let is_stable = f64::from(u8::from(state == "Stable"));
        page.tell(Fact::Group, &[cluster, group, (Label::State, state)], Some(is_stable));
    }
}

/// An age, where more is known of it than that it is longer.
fn exact(seconds: Option<f64>, method: Option<AgeMethod>) -> Option<f64> {
    seconds.filter(|_| method != Some(AgeMethod::OlderThan))
}

/// What members have. Where they share partitions, nobody has one.
fn of_members([cluster, group]: [Told<'_>; 2], members: &[Member], page: &mut Page) {
    let Some(assigned) = members.iter().map(|it| it.partitions.as_ref()).collect::<Option<Vec<_>>>() else {
        return;
    };
    let empty = assigned.iter().filter(|topics| topics.is_empty()).count();
    page.tell(Fact::EmptyMembers, &[cluster, group], Some(empty as f64));
    let mut topics: Vec<(&str, usize)> =
        assigned.into_iter().flatten().map(|(topic, all)| (topic.as_str(), all.len())).collect();
    topics.sort_unstable();
    for of_topic in topics.chunk_by(|one, next| one.0 == next.0) {
        let Some((topic, _)) = of_topic.first() else { continue };
        let labels = [cluster, group, (Label::Topic, *topic)];
        let partitions: usize = of_topic.iter().map(|(_, count)| count).sum();
        page.tell(Fact::TopicMembers, &labels, Some(of_topic.len() as f64));
        page.tell(Fact::TopicAssigned, &labels, Some(partitions as f64));
    }
}

fn topic([cluster, group]: [Told<'_>; 2], partitions: &[PartitionLag], page: &mut Page) {
    let Some(topic) = partitions.first().map(|it| it.topic.as_str()) else { return };
    let labels = [cluster, group, (Label::Topic, topic)];
    let committed = partitions.iter().filter_map(committed);
    page.tell(Fact::TopicCommitted, &labels, committed.reduce(|sum, offset| sum + offset));
    page.tell(Fact::TopicLag, &labels, lag_of(partitions));
}

fn partition([cluster, group]: [Told<'_>; 2], it: &PartitionLag, page: &mut Page) {
    let number = it.partition.to_string();
    let labels = [
        cluster,
        group,
        (Label::Topic, it.topic.as_str()),
        (Label::Partition, number.as_str()),
        (Label::MemberHost, it.host.as_deref().unwrap_or_default()),
        (Label::Member, it.member_id.as_deref().unwrap_or_default()),
        (Label::Client, it.client_id.as_deref().unwrap_or_default()),
    ];
    page.tell(Fact::Committed, &labels, committed(it));
    page.tell(Fact::Lag, &labels, lag(it));
    page.tell(Fact::Age, &labels, exact(it.age_seconds, it.age_method));
}

/// A status is told as Burrow tells it: that of a partition once its window is full.
fn statuses(
    seen: &Seen,
    row: &GroupRow,
    (of_group, how): ([Told<'_>; 2], (Keeping, Tolerated)),
    each: bool,
    page: &mut Page,
) {
    let (known, now_seconds) = (&seen.known, seen.now.timestamp());
    let names = (known.name.as_str(), row.group.as_ref());
    let found = known
        .book
        .group(&row.group, now_seconds, |topics, group| status(names, (topics, group), how, now_seconds));
    let Some(GroupStatus { status, partitions, .. }) = found else { return };
    page.tell(Fact::GroupStatus, &of_group, Some(f64::from(status as u8)));
    for it in partitions.iter().filter(|it| each && it.complete >= 1.0) {
        let [cluster, group] = of_group;
        let number = it.partition.to_string();
        let labels = [cluster, group, (Label::Topic, it.topic.as_str()), (Label::Partition, &number)];
        page.tell(Fact::Status, &labels, Some(f64::from(it.status as u8)));
    }
}

/// The sum of what is known.
fn lag_of(partitions: &[PartitionLag]) -> Option<f64> {
    partitions.iter().filter_map(lag).reduce(|sum, lag| sum + lag)
}

fn committed(it: &PartitionLag) -> Option<f64> {
    it.committed_offset.map(|offset| offset as f64)
}

fn lag(it: &PartitionLag) -> Option<f64> {
    it.lag_raw.map(|lag| lag.max(0) as f64)
}
