//! A turn of log directories: sizes by broker, directory, topic and replica, and log starts.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

use shared::{DateTime, inventory::LogDir};

use super::rights::hidden_topics;
use crate::{
    capabilities::inventory::model::{
        BrokerDirs, LogDirsSample, LogDirsSnapshot, MetadataSnapshot, ReplicaSize, TopicSizes,
    },
    kafka::{ErrorCode, answers::LogDirs},
    runtime::Evaluated,
};

/// What is known of sizes after a turn. What did not answer keeps what was known of it.
pub fn log_dirs(
    previous: Option<&LogDirsSnapshot>,
    sample: LogDirsSample,
    now: DateTime,
) -> Evaluated<LogDirsSnapshot> {
    let existing = &sample.existing.snapshot;
    let known: HashSet<i32> = existing.brokers.iter().map(|broker| broker.endpoint.broker_id).collect();
    let answered: HashSet<i32> = sample.log_dirs.answers.iter().map(|(id, _)| *id).collect();
    // Where nobody may be asked any more, what was known before is no longer known.
    let is_lost = sample.is_refused && answered.is_empty();
    let is_kept = |id: &i32| known.contains(id) && !answered.contains(id) && !is_lost;

    let mut brokers: BTreeMap<i32, BrokerDirs> = previous
        .iter()
        .flat_map(|previous| previous.brokers.iter().filter(|(id, _)| is_kept(id)))
        .map(|(id, dirs)| (*id, dirs.clone()))
        .collect();
    let mut gathered = Gathered::default();
    for (broker_id, answer) in &sample.log_dirs.answers {
        brokers.insert(*broker_id, BrokerDirs { as_of: now, dirs: dirs(answer) });
        for replica in answer.replicas.iter().filter(|replica| !replica.is_future) {
            let size_bytes = u64::try_from(replica.size_bytes).unwrap_or_default();
            let row = ReplicaSize { partition: replica.partition, broker_id: *broker_id, size_bytes };
            gathered.of(answer.topic(replica)).replicas.push(row);
        }
    }
    for (_, answer) in &sample.log_starts.answers {
        for row in answer.rows.iter().filter(|row| row.error_code == 0) {
            if let Some(offset) = row.offset {
                gathered.of(answer.topic(row)).log_starts.push((row.partition, offset));
            }
        }
    }
    if let Some(previous) = previous {
        gathered.keep(previous, is_kept, !sample.log_starts.missing.is_empty());
    }
    let unseen =
        gathered.unseen(existing, previous.filter(|_| !is_lost && !sample.log_dirs.missing.is_empty()));
    let snapshot = LogDirsSnapshot {
        is_refused: sample.is_refused,
        read_at: now,
        hidden: hidden_topics(&unseen, previous, &existing.rights.unseen),
        unseen,
        ..gathered.snapshot(brokers)
    };
    let changed = previous.is_none_or(|previous| !same(previous, &snapshot));
    Evaluated { snapshot, as_of: now, changed, events: vec![] }
}

/// Whether two readings tell differently of what may be read and what is hidden.
pub fn tells_otherwise(one: &LogDirsSnapshot, other: &LogDirsSnapshot) -> bool {
    one.is_refused != other.is_refused
        || one.hidden != other.hidden
        || one.unseen != other.unseen
        || !one.brokers.keys().eq(other.brokers.keys())
}

/// Free bytes are told in thousandths of the volume: each log line of the system moves them, and no reader cares.
const STEPS_OF_A_VOLUME: u64 = 1_000;

/// Whether two readings tell a reader the same.
fn same(one: &LogDirsSnapshot, other: &LogDirsSnapshot) -> bool {
    let dir = |dir: &LogDir| {
        let step = dir.total_bytes.map_or(1, |total| (total / STEPS_OF_A_VOLUME).max(1));
        LogDir { usable_bytes: dir.usable_bytes.map(|usable| usable / step), ..dir.clone() }
    };
    let dirs = |snapshot: &LogDirsSnapshot| {
        snapshot
            .brokers
            .iter()
            .map(|(id, dirs)| (*id, dirs.dirs.iter().map(dir).collect::<Vec<_>>()))
            .collect::<Vec<_>>()
    };
    one.replicas == other.replicas
        && one.log_starts == other.log_starts
        && one.topics == other.topics
        && dirs(one) == dirs(other)
}

fn dirs(answer: &LogDirs) -> Vec<LogDir> {
    let mut dirs: Vec<LogDir> = answer
        .dirs
        .iter()
        .map(|dir| LogDir {
            path: dir.path.clone(),
            error: (dir.error_code != 0).then(|| ErrorCode(dir.error_code).to_string()),
            size_bytes: 0,
            replica_count: 0,
            total_bytes: dir.total_bytes.and_then(|bytes| bytes.try_into().ok()),
            usable_bytes: dir.usable_bytes.and_then(|bytes| bytes.try_into().ok()),
            is_cordoned: dir.is_cordoned,
        })
        .collect();
    for replica in &answer.replicas {
        if let Some(dir) = dirs.get_mut(replica.dir as usize) {
            dir.size_bytes += u64::try_from(replica.size_bytes).unwrap_or_default();
            dir.replica_count += 1;
        }
    }
    dirs
}

/// Rows by topic, before they are laid out flat.
#[derive(Default)]
struct Gathered(HashMap<Arc<str>, OfTopic>);

#[derive(Default)]
struct OfTopic {
    replicas: Vec<ReplicaSize>,
    /// (partition, offset)
    log_starts: Vec<(i32, i64)>,
}

impl Gathered {
    fn of(&mut self, topic: &str) -> &mut OfTopic {
        if !self.0.contains_key(topic) {
            self.0.insert(topic.into(), Default::default());
        }
        self.0.entry(topic.into()).or_default()
    }

    /// Keeps what is known of brokers that did not answer, for topics that others still hold.
    fn keep(&mut self, previous: &LogDirsSnapshot, is_kept: impl Fn(&i32) -> bool, starts_missing: bool) {
        for (topic, sizes) in &previous.topics {
            let range = sizes.replicas.start as usize..sizes.replicas.end as usize;
            let rows = previous.replicas.get(range).unwrap_or_default();
            let kept = rows.iter().filter(|row| is_kept(&row.broker_id)).copied();
            let range = sizes.log_starts.start as usize..sizes.log_starts.end as usize;
            let starts = previous.log_starts.get(range).unwrap_or_default();
            let Some(OfTopic { replicas, log_starts }) = self.0.get_mut(topic) else { continue };
            replicas.extend(kept);
            if starts_missing {
                let told: HashSet<i32> = log_starts.iter().map(|(partition, _)| *partition).collect();
                log_starts.extend(starts.iter().filter(|(partition, _)| !told.contains(partition)));
            }
        }
    }

    /// The topics that are not in metadata, by name; with those of before where some broker did not answer.
    fn unseen(&self, existing: &MetadataSnapshot, before: Option<&LogDirsSnapshot>) -> Vec<Arc<str>> {
        let on_disk = self.0.iter().filter(|(_, of)| !of.replicas.is_empty()).map(|(name, _)| name);
        let before = before.iter().flat_map(|before| &before.unseen);
        let mut unseen: Vec<Arc<str>> =
            on_disk.chain(before).filter(|name| existing.topic(name).is_none()).cloned().collect();
        unseen.sort_unstable();
        unseen.dedup();
        unseen
    }

    fn snapshot(self, brokers: BTreeMap<i32, BrokerDirs>) -> LogDirsSnapshot {
        let mut snapshot = LogDirsSnapshot { brokers, ..LogDirsSnapshot::default() };
        let mut topics: Vec<_> = self.0.into_iter().collect();
        topics.sort_unstable_by(|one, other| one.0.cmp(&other.0));
        for (topic, OfTopic { mut replicas, mut log_starts }) in topics {
            replicas.sort_unstable();
            log_starts.sort_unstable();
            let sizes = TopicSizes {
                size_bytes: replicas.iter().map(|row| row.size_bytes).sum(),
                replicas: range(snapshot.replicas.len(), replicas.len()),
                log_starts: range(snapshot.log_starts.len(), log_starts.len()),
            };
            snapshot.replicas.append(&mut replicas);
            snapshot.log_starts.append(&mut log_starts);
            snapshot.topics.insert(topic, sizes);
        }
        snapshot
    }
}

fn range(start: usize, length: usize) -> std::ops::Range<u32> {
    let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    place(start)..place(start + length)
}
