//! A group as Burrow tells of it: its partitions, judged, and the worst of them.

use serde::{Serialize, Serializer};

use super::{Judged, Status, judge};
use crate::capabilities::lag::{
    book::{Group, Partition, Topics, lag},
    model::{Commit, Keeping, Tolerated},
};

/// A commit, in Burrow's words.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Offset {
    /// The next offset that the group will read.
    pub offset: i64,
    /// When it was committed, in ms since 1970.
    pub timestamp: i64,
    /// When it was seen here, in ms since 1970, of whole seconds.
    #[serde(rename = "observedAt")]
    pub observed_at: i64,
    /// The lag at that moment, in records.
    pub lag: Option<u64>,
}

impl From<Commit> for Offset {
    fn from(commit: Commit) -> Self {
        Self {
            offset: commit.offset,
            timestamp: commit.time_ms,
            observed_at: commit.observed_at_seconds.saturating_mul(1_000),
            lag: commit.lag,
        }
    }
}

/// A partition, in Burrow's words.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PartitionStatus {
    /// Its topic.
    pub topic: String,
    /// Its number.
    pub partition: usize,
    /// The host of the member that it is assigned to, or empty.
    pub owner: String,
    /// The client id of that member, or empty.
    pub client_id: String,
    /// How it is.
    pub status: Status,
    /// The oldest commit of the window.
    pub start: Option<Offset>,
    /// The newest.
    pub end: Option<Offset>,
    /// Records between the newest commit and the newest log end.
    pub current_lag: u64,
    /// The share of the window that is filled.
    #[serde(serialize_with = "shortest")]
    pub complete: f32,
}

/// A group, in Burrow's words.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GroupStatus {
    /// Its cluster.
    pub cluster: String,
    /// Its name.
    pub group: String,
    /// That of its worst partition, `ERR` at the worst.
    pub status: Status,
    /// The share of its partitions whose window is full.
    #[serde(serialize_with = "shortest")]
    pub complete: f32,
    /// All partitions, or those that are worse than `OK`, by topic and number.
    pub partitions: Vec<PartitionStatus>,
    /// How many partitions there are in all.
    pub partition_count: usize,
    /// The partition with the largest lag.
    pub maxlag: Option<PartitionStatus>,
    /// The sum of all lags.
    pub totallag: u64,
}

/// As few digits as tell the number, like Burrow's: 0.7 and not 0.699999988079071.
fn shortest<S: Serializer>(share: &f32, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(share.to_string().parse().unwrap_or(f64::from(*share)))
}

/// What is said of a group that nothing is known of.
pub fn not_found(cluster: &str, group: &str) -> GroupStatus {
    GroupStatus {
        cluster: cluster.into(),
        group: group.into(),
        status: Status::NotFound,
        complete: 1.0,
        partitions: vec![],
        partition_count: 0,
        maxlag: None,
        totallag: 0,
    }
}

/// What is said of a group.
pub fn status(
    names: (&str, &str),
    (topics, group): (&Topics, &Group),
    (keeping, tolerated): (Keeping, Tolerated),
    now_seconds: i64,
) -> GroupStatus {
    let mut partitions: Vec<PartitionStatus> = group
        .topics()
        .flat_map(|(topic, partitions)| (0..).zip(partitions).map(move |(at, it)| (topic, at, it)))
        .map(|(topic, at, it)| PartitionStatus {
            topic: topics.name(topic).unwrap_or_default().into(),
            partition: at,
            ..of_partition(it, topics.log_ends(topic, at).collect(), keeping, tolerated, now_seconds)
        })
        .collect();
    partitions.sort_by(|one, other| (&one.topic, one.partition).cmp(&(&other.topic, other.partition)));
    let count = partitions.len();
    let complete = partitions.iter().filter(|partition| partition.complete >= 1.0).count();
    let worst = partitions.iter().map(|partition| partition.status.of_group()).max();
    GroupStatus {
        cluster: names.0.into(),
        group: names.1.into(),
        status: worst.unwrap_or(Status::Ok),
        complete: if count == 0 { 0.0 } else { complete as f32 / count as f32 },
        partition_count: count,
        totallag: partitions.iter().fold(0, |sum, partition| sum.saturating_add(partition.current_lag)),
        // The first of equals.
        maxlag: partitions.iter().rev().max_by_key(|partition| partition.current_lag).cloned(),
        partitions,
    }
}

/// Records between the newest commit for a partition and its newest log end; 0 also where one of them is not known, as
/// Burrow tells it.
pub fn current_lag(topics: &Topics, topic: usize, at: usize, it: &Partition) -> u64 {
    let newest = it.window.newest().zip(topics.log_end(topic, at));
    newest.map_or(0, |(commit, log_end)| lag(log_end.offset, commit.offset))
}

/// A partition, whose name its caller knows.
fn of_partition(
    it: &Partition,
    log_ends: Vec<i64>,
    keeping: Keeping,
    tolerated: Tolerated,
    now_seconds: i64,
) -> PartitionStatus {
    let newest = it.window.newest().zip(log_ends.last());
    let current_lag = newest.map_or(0, |(commit, log_end)| lag(*log_end, commit.offset));
    // Burrow knows only what was committed before its eyes.
    let window: Vec<Commit> = it.window.commits().filter(|_| !it.window.is_fetched()).collect();
    // Burrow takes a partition that has an owner and no commit for one with a single slot filled.
    let filled = if it.is_used { window.len().max(1) } else { 0 };
    let complete = filled as f32 / keeping.intervals.max(1) as f32;
    let judged = Judged {
        window: &window,
        log_ends: &log_ends,
        current_lag,
        now_seconds,
        allowed_lag: tolerated.allowed_lag,
    };
    let status = if complete < tolerated.minimum_complete { Status::Ok } else { judge(&judged) };
    let owner = it.owner.as_deref();
    PartitionStatus {
        topic: String::new(),
        partition: 0,
        owner: owner.map(|owner| owner.host.clone()).unwrap_or_default(),
        client_id: owner.map(|owner| owner.client_id.clone()).unwrap_or_default(),
        status,
        start: window.first().copied().map(Offset::from),
        end: window.last().copied().map(Offset::from),
        current_lag,
        complete,
    }
}
