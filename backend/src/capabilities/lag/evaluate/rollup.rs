//! Every group of a cluster, judged: partitions by themselves, and a group as its worst partition.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use chrono::TimeDelta;
use shared::{
    DateTime,
    lag::{GroupType, LagVerdict},
};

use super::verdict::{Around, verdict};
use crate::{
    capabilities::lag::{
        book::{Book, Group, Owner, Partition, Topics},
        collect::{GroupsSample, partition_of},
        model::{Age, GroupRow, GroupsSnapshot, Judged, Late, Place, Policy, Summed, Troubled},
    },
    kafka::answers::{self, ListedGroup, ShareGroupOffset},
};

/// A group that is not listed and has committed within so long may be newer than the list.
const MAY_BE_NEWER: TimeDelta = TimeDelta::seconds(60);
/// States of groups without members (Kafka's `GroupState`).
const EMPTY: [&str; 2] = ["Empty", "Dead"];

/// What a group is judged beside.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// What is tolerated.
    pub policy: &'a Policy,
    /// Commits that are read late.
    pub late: &'a Late,
    /// The least time, in s, that commits took lately to be seen.
    pub least_delay_seconds: Option<i64>,
    /// Now, in ms since 1970.
    pub now_ms: i64,
    /// A look at a log end is too old after so long, in ms.
    pub old_after_ms: i64,
}

/// All groups that are listed, and those that committed and could not be listed. Those that are no more are forgotten.
pub fn groups(
    book: &Book,
    sample: GroupsSample,
    previous: Option<&GroupsSnapshot>,
    (policy, old_after_ms): (&Policy, i64),
    now: DateTime,
) -> GroupsSnapshot {
    let mut listed: HashMap<&str, &ListedGroup> =
        sample.listed.iter().map(|group| (group.group_id.as_str(), group)).collect();
    if sample.lists_all {
        let before = (now - MAY_BE_NEWER).timestamp_millis();
        let may_be_newer =
            |group: &Group| sample.sees_commits && group.has_commits() && group.last_commit_ms > before;
        book.keep(|name, group| listed.contains_key(name) || may_be_newer(group));
    }
    let context = Context {
        policy,
        late: &sample.late,
        least_delay_seconds: book.least_delay_seconds(),
        now_ms: now.timestamp_millis(),
        old_after_ms,
    };
    let mut rows: Vec<Arc<GroupRow>> = Vec::with_capacity(listed.len());
    book.each(|topics, name, group| {
        let listed = listed.remove(name);
        let named = (name, listed, sample.lists_all);
        let row = row(named, previous, |row| of_group(topics, group, row, &context));
        if listed.is_some() || row.whole.partitions > 0 {
            rows.push(Arc::new(told(row, group.told)));
        }
    });
    // What is left of the list never committed, and has no member that reads.
    let others = listed.into_iter().map(|(name, it)| row((name, Some(it), true), previous, |_| vec![]));
    rows.extend(others.map(Arc::new));
    for row in rows.iter_mut().filter(|row| row.group_type == GroupType::Share) {
        if let Some(offsets) = sample.shared.get(row.group.as_ref()) {
            Arc::make_mut(row).whole = of_share_group(offsets);
        }
    }
    if !sample.lists_all {
        let names: HashSet<Arc<str>> = rows.iter().map(|row| row.group.clone()).collect();
        let before = previous.into_iter().flat_map(|previous| &previous.rows);
        rows.extend(before.filter(|row| !row.is_judged() && !names.contains(&row.group)).cloned());
    }
    rows.sort_by(|one, other| one.group.cmp(&other.group));
    GroupsSnapshot { rows, late: sample.late }
}

/// A group, judged alone. `before` is what it was at the last turn.
pub fn group(
    (name, state): (&str, Option<String>),
    before: Option<&GroupRow>,
    (topics, group): (&Topics, &Group),
    context: &Context<'_>,
) -> GroupRow {
    let troubled = before.map_or_else(Box::default, |before| before.troubled.clone());
    let blank = GroupRow { state, troubled, ..GroupRow::unknown(name) };
    let partitions = of_group(topics, group, &blank, context);
    judged(blank, &partitions)
}

/// A group with its partitions as `judge` sees them.
fn row(
    (name, listed, lists_all): (&str, Option<&ListedGroup>, bool),
    previous: Option<&GroupsSnapshot>,
    judge: impl FnOnce(&GroupRow) -> Vec<(Place, Judged)>,
) -> GroupRow {
    let before = previous.and_then(|previous| previous.named(name));
    // A broker that does not list its groups takes nothing away from what is known of them.
    let known = before.filter(|_| !lists_all);
    let row = GroupRow {
        group_type: listed.map_or(known.map_or(GroupType::Unknown, |known| known.group_type), |listed| {
            group_type(&listed.group_type)
        }),
        state: listed
            .map_or_else(|| known.and_then(|known| known.state.clone()), |listed| listed.state.clone()),
        troubled: before.map_or_else(Box::default, |before| before.troubled.clone()),
        told: before.and_then(|before| before.told),
        ..GroupRow::unknown(name)
    };
    let partitions = judge(&row);
    judged(row, &partitions)
}

fn judged(mut row: GroupRow, partitions: &[(Place, Judged)]) -> GroupRow {
    row.troubled = partitions.iter().filter_map(|(place, judged)| Troubled::of(place, judged)).collect();
    row.topics = by_topic(partitions, row.is_judged());
    row.whole = match row.topics.as_ref() {
        [(_, only)] => only.clone(),
        _ => Summed::of(partitions, row.is_judged()),
    };
    row
}

fn told(mut row: GroupRow, before: Option<LagVerdict>) -> GroupRow {
    row.told = row.told.or(before);
    row
}

fn group_type(group_type: &answers::GroupType) -> GroupType {
    match group_type {
        answers::GroupType::Classic => GroupType::Classic,
        answers::GroupType::Consumer => GroupType::Consumer,
        answers::GroupType::Share => GroupType::Share,
        answers::GroupType::Streams => GroupType::Streams,
        answers::GroupType::Other(_) => GroupType::Unknown,
    }
}

/// Whether a group in a state has members; none where it does not tell.
pub fn has_members(state: Option<&str>) -> Option<bool> {
    state.map(|state| !EMPTY.contains(&state))
}

/// The partitions of a group, judged. `row` tells its state, and what was wrong with it at the last turn.
pub fn of_group(
    topics: &Topics,
    group: &Group,
    row: &GroupRow,
    context: &Context<'_>,
) -> Vec<(Place, Judged)> {
    let has_owners = group.has_owners();
    let is_late = context.late.is_late(partition_of(&row.group, context.late.count));
    // Brokers before 2.6 tell no state in their list.
    let has_members = has_members(row.state.as_deref()).or(has_owners.then_some(true));
    let (mut judged, mut open) = (Vec::new(), Vec::new());
    for (topic, partitions) in group.topics() {
        let (ends, Some(name)) = (topics.ends(topic), topics.shared_name(topic)) else { continue };
        judged.reserve(partitions.len());
        for (at, partition) in partitions.iter().enumerate().filter(|(_, partition)| partition.is_read()) {
            let place = Place {
                topic: name.clone(),
                partition: i32::try_from(at).unwrap_or(i32::MAX),
                is_assigned: has_owners.then_some(partition.owner.is_some()),
            };
            let around = Around {
                ends,
                partition: at,
                is_there: ends.is_none_or(|ends| !ends.is_absent()),
                has_members,
                least_delay_seconds: context.least_delay_seconds,
                is_assigned: place.is_assigned,
                is_busy: false,
                put_back_ms: None,
                is_late,
                was: row.was(&place),
                now_ms: context.now_ms,
                old_after_ms: context.old_after_ms,
            };
            judged.push((place, verdict(partition, &around, context.policy, &mut open), partition, around));
        }
    }
    let mut members: HashMap<*const Owner, Works> = HashMap::new();
    for (owner, works) in judged.iter().filter_map(|(_, judged, it, _)| Works::of(it, judged, context)) {
        members.entry(owner).or_default().add(works);
    }
    for (_, judged, it, around) in &mut judged {
        let is_doubtful = matches!(judged.verdict, LagVerdict::Stuck | LagVerdict::Behind);
        let works = it.owner.as_ref().and_then(|owner| members.get(&Arc::as_ptr(owner)));
        if let Some(works) = works.filter(|works| works.is_busy && is_doubtful) {
            (around.is_busy, around.put_back_ms) = (true, works.put_back_ms);
            *judged = verdict(it, around, context.policy, &mut open);
        }
    }
    judged.sort_by(|(one, ..), (other, ..)| one.key().cmp(&other.key()));
    judged.into_iter().map(|(place, judged, ..)| (place, judged)).collect()
}

/// What a member does, as far as its partitions tell it.
#[derive(Clone, Copy, Debug, Default)]
struct Works {
    /// It reads records of one that have waited for too long.
    is_busy: bool,
    /// It was put back on one not long ago, in ms since 1970: it reads again, and then what was written meanwhile, a
    /// partition after the other.
    put_back_ms: Option<i64>,
}

impl Works {
    fn of(it: &Partition, judged: &Judged, context: &Context<'_>) -> Option<(*const Owner, Self)> {
        let (owner, policy, now_ms) = (it.owner.as_ref()?, context.policy, context.now_ms);
        let is_moving = now_ms - it.moved_seconds() * 1_000 < policy.stuck_after_ms;
        let is_long = |age: Age| age.seconds * 1_000.0 > policy.behind_after_ms as f64;
        let is_busy = is_moving && judged.lag_records != Some(0) && judged.age.is_some_and(is_long);
        let fell = it.fell().filter(|fell| fell.is_recent(now_ms, policy.rewound_for_ms));
        let put_back_ms = fell.map(|fell| fell.since_seconds * 1_000);
        (is_busy || fell.is_some()).then_some((Arc::as_ptr(owner), Self { is_busy, put_back_ms }))
    }

    fn add(&mut self, other: Self) {
        self.is_busy |= other.is_busy;
        self.put_back_ms = [self.put_back_ms, other.put_back_ms].into_iter().flatten().min();
    }
}

fn by_topic(partitions: &[(Place, Judged)], is_judged: bool) -> Box<[(Arc<str>, Summed)]> {
    let of_topics = partitions.chunk_by(|(one, _), (other, _)| one.topic == other.topic);
    of_topics.filter_map(|of| Some((of.first()?.0.topic.clone(), Summed::of(of, is_judged)))).collect()
}

/// The lag of a share group is what the broker says: from its start offset it cannot be told.
fn of_share_group(rows: &[ShareGroupOffset]) -> Summed {
    let topics: HashSet<&str> = rows.iter().map(|row| row.topic.as_ref()).collect();
    let known: Vec<i64> = rows.iter().filter_map(|row| row.lag).collect();
    let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    Summed {
        lag_records: (!known.is_empty())
            .then(|| known.iter().filter_map(|lag| u64::try_from(*lag).ok()).fold(0, u64::saturating_add)),
        topics: count(topics.len()),
        partitions: count(rows.len()),
        unknown: count(rows.len() - known.len()),
        ..Summed::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capabilities::lag::{
        book::{Committed, LogEnd, Owner},
        model::{Keeping, Peeked, Policy, Why},
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
        GroupsSample { listed, lists_all: true, sees_commits: true, ..GroupsSample::default() }
    }

    fn judged(book: &Book, sample: GroupsSample, now: DateTime) -> GroupsSnapshot {
        groups(book, sample, None, (&Policy::default(), 30_000), now)
    }

    /// Lag, raw lag, topics, partitions, and those of which the lag is not known.
    type Sums = (Option<u64>, Option<i64>, u32, u32, u32);

    fn of(summed: &Summed) -> Sums {
        (summed.lag_records, summed.lag_raw, summed.topics, summed.partitions, summed.unknown)
    }

    fn sums(book: &Book, group: &str) -> Sums {
        of(&judged(book, sample(&[group]), now()).named(group).unwrap().whole)
    }

    fn names(snapshot: &GroupsSnapshot) -> Vec<&str> {
        snapshot.rows.iter().map(|row| row.group.as_ref()).collect()
    }

    #[test]
    fn records_are_counted_to_the_stable_end_and_raw_to_the_log_end() {
        let book = book();
        commit(&book, "pay", "orders", 0, 90);
        commit(&book, "pay", "orders", 1, 98);
        let expected = (Some(5), Some(12), 1, 2, 0);
        assert_eq!(sums(&book, "pay"), expected);
    }

    #[test]
    fn what_is_not_known_is_not_zero() {
        let book = book();
        commit(&book, "pay", "clicks", 0, 90);
        let expected = (None, None, 1, 1, 1);
        assert_eq!(sums(&book, "pay"), expected);
        commit(&book, "pay", "orders", 0, 90);
        let expected = (Some(5), Some(10), 2, 2, 1);
        assert_eq!(sums(&book, "pay"), expected);
        assert_eq!(sums(&book, "idle"), Sums::default());
    }

    #[test]
    fn a_partition_that_is_assigned_and_not_committed_for_is_unknown() {
        let book = book();
        let owner = Arc::new(Owner { host: "/10.0.0.7".into(), client_id: "pay-1".into() });
        book.assign("pay", [("orders", 2, owner)].into_iter());
        let expected = (None, None, 1, 1, 1);
        assert_eq!(sums(&book, "pay"), expected);
    }

    #[test]
    fn what_comes_behind_the_mark_of_a_transaction_is_no_older_than_itself() {
        let book = Book::new(KEEPING, 1);
        let now_ms = now().timestamp_millis();
        // Nothing is written for hours behind the mark at 10; then one record.
        for (before_ms, offset) in [(10_800_000, 11), (10_000, 11), (0, 12)] {
            let end = LogEnd { offset, stable: Some(offset), time_ms: now_ms - before_ms };
            book.see_log_end("orders", (0, 1), end);
        }
        let (topic, time_ms) = ("orders", now_ms - 10_800_000);
        let it =
            Committed { group: "pay", topic, partition: 0, offset: 10, order: 1, time_ms, is_old: false };
        book.commit(&it, time_ms / 1_000);
        book.peek("pay", "orders", 0, Peeked { offset: 10, end: 11, is_empty: true, time_ms: None });
        let row = judged(&book, sample(&["pay"]), now()).rows[0].clone();
        assert_eq!((row.whole.verdict, row.whole.lag_records), (Some(LagVerdict::Ok), Some(1)));
        assert!(row.whole.age.unwrap().seconds <= 10.0, "{row:?}");
    }

    #[test]
    fn a_group_that_is_slow_itself_is_not_said_to_wait_for_others() {
        let place = |partition| Place { topic: "orders".into(), partition, is_assigned: None };
        let old = |seconds| Some(Age { seconds, method: shared::lag::AgeMethod::History });
        let behind =
            |why: Why, seconds| Judged { age: old(seconds), ..Judged::bare(LagVerdict::Behind, why) };
        let open = Why::OpenTransaction { offset: 5, behind_it: 7, open: 9_000.0, limit: 960.0 };
        let slow = Why::Behind { waits: 900.0, limit: 120.0, produced: 9.0, consumed: 1.0 };
        let whole = Summed::of(&[(place(0), behind(open, 9_000.0)), (place(1), behind(slow, 900.0))], true);
        assert_eq!(whole.decisive().map(|(_, partition, _)| *partition), Some(1));
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
            let row = judged(&book(), sample, now()).rows[0].clone();
            (row.group_type, of(&row.whole))
        };
        let known = (Some(7), None, 1, 2, 1);
        assert_eq!(of(vec![row(0, Some(7)), row(1, None)]), (GroupType::Share, known));
        let unknown = (None, None, 1, 1, 1);
        assert_eq!(of(vec![row(0, None)]), (GroupType::Share, unknown));
    }

    #[test]
    fn a_group_that_is_not_listed_is_there_only_while_it_may_be_newer_than_the_list() {
        let book = book();
        commit(&book, "new", "orders", 0, 90);
        let snapshot = judged(&book, sample(&["pay"]), now());
        assert_eq!(names(&snapshot), ["new", "pay"]);
        assert_eq!(snapshot.named("new").map(|row| row.group_type), Some(GroupType::Unknown));
        let later = now() + MAY_BE_NEWER;
        assert_eq!(names(&judged(&book, sample(&["pay"]), later)), ["pay"]);
    }

    #[test]
    fn a_group_that_is_not_listed_is_gone_where_commits_are_only_fetched_or_were_deleted() {
        let book = book();
        commit(&book, "gone", "orders", 0, 90);
        let of_admin = GroupsSample { sees_commits: false, ..sample(&["pay"]) };
        assert_eq!(names(&judged(&book, of_admin, now())), ["pay"]);
        commit(&book, "gone", "orders", 0, 90);
        book.forget_partition("gone", "orders", 0);
        assert_eq!(names(&judged(&book, sample(&["pay"]), now())), ["pay"]);
    }

    #[test]
    fn nothing_is_forgotten_while_not_all_groups_could_be_listed() {
        let book = book();
        commit(&book, "elsewhere", "orders", 0, 90);
        let some = GroupsSample { lists_all: false, sees_commits: false, ..sample(&["pay"]) };
        let snapshot = judged(&book, some, now() + MAY_BE_NEWER);
        assert_eq!(names(&snapshot), ["elsewhere", "pay"]);
    }
}
