//! What is published of groups.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use shared::lag::{AgeMethod, GroupType, LagVerdict};

use super::{Age, Judged, Why};

/// Partitions that explain how a group is, at most.
const EXPLAINING: usize = 3;

/// All groups of a cluster, as of one turn.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GroupsSnapshot {
    /// By name.
    pub rows: Vec<Arc<GroupRow>>,
    /// Commits that are read late.
    pub late: Late,
}

impl GroupsSnapshot {
    /// A group by its name.
    pub fn named(&self, group: &str) -> Option<&Arc<GroupRow>> {
        let at = self.rows.binary_search_by(|row| row.group.as_ref().cmp(group)).ok()?;
        self.rows.get(at)
    }
}

/// Partitions of the offsets topic that are not read as fast as they are written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Late {
    /// Partitions of the offsets topic.
    pub count: i32,
    /// Those that are read late.
    pub partitions: HashSet<i32>,
}

impl Late {
    /// Whether a partition of the offsets topic is one of them.
    pub fn is_late(&self, partition: i32) -> bool {
        self.count > 0 && self.partitions.contains(&partition)
    }
}

/// A group, without its partitions: those are in the book.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupRow {
    /// Its id.
    pub group: Arc<str>,
    /// How its members share partitions.
    pub group_type: GroupType,
    /// As Kafka names it.
    pub state: Option<String>,
    /// What it has read and not.
    pub whole: Summed,
    /// The same of each topic, by name.
    pub topics: Box<[(Arc<str>, Summed)]>,
    /// Partitions that are not well.
    pub troubled: Box<[Troubled]>,
    /// The last verdict that was no doubt.
    pub told: Option<LagVerdict>,
}

impl GroupRow {
    /// A group of which nothing is known.
    pub fn unknown(group: &str) -> Self {
        Self {
            group: group.into(),
            group_type: GroupType::Unknown,
            state: None,
            whole: Summed::default(),
            topics: Box::default(),
            troubled: Box::default(),
            told: None,
        }
    }

    /// Whether it is a group whose partitions have one reader each.
    pub fn is_judged(&self) -> bool {
        self.group_type.is_judged()
    }

    /// What it has read and not of one topic.
    pub fn of_topic(&self, topic: &str) -> Option<&Summed> {
        let at = self.topics.binary_search_by(|(name, _)| name.as_ref().cmp(topic)).ok()?;
        self.topics.get(at).map(|(_, summed)| summed)
    }

    /// What was wrong with a partition, and since when, in ms since 1970.
    pub fn was(&self, place: &Place) -> Option<(LagVerdict, i64)> {
        let at =
            self.troubled.binary_search_by(|it| (it.topic.as_ref(), it.partition).cmp(&place.key())).ok()?;
        self.troubled.get(at).map(|it| (it.verdict, it.since_ms))
    }

    /// How long its oldest unread record has waited, in seconds.
    pub fn age_seconds(&self) -> Option<f64> {
        self.whole.age.map(|age| age.seconds)
    }
}

/// A partition of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its topic.
    pub topic: Arc<str>,
    /// Its number.
    pub partition: i32,
    /// Whether a member has it; none where that is not known.
    pub is_assigned: Option<bool>,
}

impl Place {
    /// By what partitions are sorted.
    pub fn key(&self) -> (&str, i32) {
        (&self.topic, self.partition)
    }
}

/// A partition that is not well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Troubled {
    /// Its topic.
    pub topic: Arc<str>,
    /// Its number.
    pub partition: i32,
    /// How it is.
    pub verdict: LagVerdict,
    /// Since when, in ms since 1970.
    pub since_ms: i64,
}

impl Troubled {
    /// A partition, if it is not well.
    pub fn of(place: &Place, judged: &Judged) -> Option<Self> {
        let (verdict, since_ms) = (judged.verdict, judged.since_ms?);
        let (topic, partition) = (place.topic.clone(), place.partition);
        (verdict > LagVerdict::Unknown).then_some(Self { topic, partition, verdict, since_ms })
    }
}

/// Partitions of a group, summed up.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Summed {
    /// That of the worst; none where there is none, or where they are not judged.
    pub verdict: Option<LagVerdict>,
    /// The partitions that explain it, worst first.
    pub worst: Box<[(Arc<str>, i32, Judged)]>,
    /// Records up to the last stable offset that are not read; none where that is known of no partition.
    pub lag_records: Option<u64>,
    /// Log end minus committed offset; none where that is known of no partition.
    pub lag_raw: Option<i64>,
    /// How long the oldest unread record has waited.
    pub age: Option<Age>,
    /// Records that are written each second.
    pub produced: Option<f64>,
    /// Records that are committed each second.
    pub consumed: Option<f64>,
    /// What waits for too long is read after so many seconds; none where some of it never is.
    pub catch_up_seconds: Option<f64>,
    /// The first of them loses records after so many seconds.
    pub data_loss_seconds: Option<f64>,
    /// Records that retention has taken.
    pub lost_records: Option<u64>,
    /// Topics.
    pub topics: u32,
    /// Partitions.
    pub partitions: u32,
    /// Partitions of which the lag is not known.
    pub unknown: u32,
    /// Partitions that no member has; none where that is not known.
    pub unassigned: Option<u32>,
}

impl Summed {
    /// Partitions in the order of their topics.
    pub fn of(partitions: &[(Place, Judged)], is_judged: bool) -> Self {
        let all = || partitions.iter().map(|(_, judged)| judged);
        let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let sum = |of: fn(&Judged) -> Option<f64>| all().filter_map(of).reduce(|one, other| one + other);
        let unassigned = partitions.iter().try_fold(0, |sum, (place, _)| {
            let is_assigned = place.is_assigned?;
            Some(sum + usize::from(!is_assigned))
        });
        let ages = || all().filter_map(|it| it.age);
        let age = ages().max_by(|one, other| one.seconds.total_cmp(&other.seconds));
        // Where one waits for longer than is known, all together do.
        let is_bound = ages().any(|age| age.method == AgeMethod::OlderThan);
        let method = |age: Age| if is_bound { AgeMethod::OlderThan } else { age.method };
        let age = age.map(|age| Age { method: method(age), ..age });
        let (produced, consumed) = (sum(|it| it.produced), sum(|it| it.consumed));
        let lag_records = all().filter_map(|it| it.lag_records).reduce(u64::saturating_add);
        let late = || all().filter(|it| it.why != Why::InTime && it.lag_records != Some(0));
        let catch_up: Option<Vec<f64>> = late().map(|it| it.catch_up_seconds).collect();
        Self {
            verdict: all().map(|it| it.verdict).max().filter(|_| is_judged),
            worst: if is_judged { worst(partitions) } else { Box::default() },
            lag_records,
            lag_raw: all().filter_map(|it| it.lag_raw).reduce(i64::saturating_add),
            age,
            produced,
            consumed,
            catch_up_seconds: catch_up.into_iter().flatten().reduce(f64::max),
            data_loss_seconds: all().filter_map(|it| it.data_loss_seconds).reduce(f64::min),
            lost_records: all().filter_map(|it| it.lost_records).reduce(u64::saturating_add),
            topics: count(partitions.chunk_by(|(one, _), (other, _)| one.topic == other.topic).count()),
            partitions: count(partitions.len()),
            unknown: count(all().filter(|it| it.lag_records.is_none()).count()),
            unassigned: unassigned.filter(|_| !partitions.is_empty()).map(count),
        }
    }

    /// The partition that decides.
    pub fn decisive(&self) -> Option<&(Arc<str>, i32, Judged)> {
        self.worst.first()
    }
}

/// The partitions that explain how all are: the worst, and of those that are equally bad those where the group itself can
/// do something, and where records wait for longest. What stood still first may be why the others do.
fn worst(partitions: &[(Place, Judged)]) -> Box<[(Arc<str>, i32, Judged)]> {
    let mut worst: Vec<&(Place, Judged)> = Vec::with_capacity(EXPLAINING + 1);
    let badness = |(_, judged): &(Place, Judged)| {
        let age_ms = judged.age.map_or(0, |age| (age.seconds * 1_000.0) as u64);
        let is_its_own = !matches!(judged.why, Why::OpenTransaction { .. });
        (judged.verdict, is_its_own, age_ms, judged.lag_records.unwrap_or_default())
    };
    for it in partitions.iter().filter(|(_, judged)| judged.why != Why::InTime) {
        let at = worst.partition_point(|other| badness(other) >= badness(it));
        if at < EXPLAINING {
            worst.insert(at, it);
            worst.truncate(EXPLAINING);
        }
    }
    worst.into_iter().map(|(place, judged)| (place.topic.clone(), place.partition, *judged)).collect()
}

/// Who is in which group, as of one turn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MembersSnapshot {
    /// By group. A group that could not be described is not here.
    pub groups: HashMap<Arc<str>, Arc<[Member]>>,
}

/// A member of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its id.
    pub member_id: String,
    /// What it calls itself.
    pub client_id: String,
    /// Where it runs, as the broker sees it.
    pub host: String,
    /// What is assigned to it; none where members share partitions.
    pub partitions: Option<Vec<(String, Vec<i32>)>>,
}
