//! What only time tells of flows, in the database: which topic stood under a name, and how far it was copied.
//!
//! A topic that is deleted and created again while Riverkeeper is down is seen by its id all the same.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use shared::{
    DateTime,
    topology::{Confidence, FindingKind, FlowKind, FlowSettings, FlowVerdict, NOUN, RenamePolicy},
};

use super::model::{FlowRow, FlowsSnapshot, Name, PartitionRow, Recreated, Rewind, TopicRow};
use crate::{
    db::{Database, HistoryError, Of, Which},
    kafka::answers::TopicId,
    runtime::Stamped,
    series::{Looks, Window},
};

/// The version of the bytes: postcard of [`SavedFlow`]s.
const VERSION: i64 = 4;
/// The name of the checkpoint.
const PART: &str = "flows";
/// Time between two checkpoints.
const PERIOD: TimeDelta = TimeDelta::seconds(60);
/// A start waits so long for the database, and begins anew without it.
const PATIENCE: Duration = Duration::from_secs(2);
/// Looks at log ends that are kept.
const LOOKS: usize = 24;

/// The memory of the fleet's flows: a checkpoint for each cluster, of the flows that end there.
#[derive(Debug)]
pub struct Memory {
    clusters: Vec<String>,
    database: Database,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    is_recalled: bool,
    saved: Option<DateTime>,
}

/// A flow as it is written down.
#[derive(Debug, Serialize, Deserialize)]
struct SavedFlow {
    source: String,
    target: String,
    is_mm2: bool,
    first_ms: i64,
    since: Vec<(FindingKind, i64)>,
    missing: Vec<(String, i64)>,
    topics: Vec<SavedTopic>,
}

/// A topic as it is written down.
#[derive(Debug, Serialize, Deserialize)]
struct SavedTopic {
    name: String,
    id: Option<[u8; 16]>,
    lost: u64,
    recreated: Option<SavedRecreated>,
    partitions: Vec<SavedPartition>,
}

/// When a topic was seen to be another, and how far the one before was copied, as it is written down.
#[derive(Debug, Serialize, Deserialize)]
struct SavedRecreated {
    at_ms: i64,
    since_ms: i64,
    positions: Vec<(i32, i64)>,
    target_ends: Vec<(i32, i64)>,
    counted: u64,
}

/// A partition as it is written down.
#[derive(Debug, Serialize, Deserialize)]
struct SavedPartition {
    partition: i32,
    position: Option<i64>,
    moved_ms: i64,
    start: Option<i64>,
    end: Option<(i64, i64)>,
    /// From, to, and when, in ms since 1970.
    rewind: Option<(i64, i64, i64)>,
}

impl Memory {
    /// The memory of these clusters.
    pub fn new(clusters: Vec<String>, database: Database) -> Self {
        Self { clusters, database, state: Mutex::default() }
    }

    /// What was written down, the first time that it is asked for.
    pub async fn recall(&self, held: Duration) -> Option<FlowsSnapshot> {
        if std::mem::replace(&mut self.state().is_recalled, true) {
            return None;
        }
        let reading = async {
            if !self.database.opened(PATIENCE).await {
                return vec![];
            }
            let mut flows = Vec::new();
            for cluster in &self.clusters {
                let which = Which { noun: NOUN, part: PART, version: VERSION };
                let Ok(Some(checkpoint)) = self.database.load_checkpoint(cluster, which).await else {
                    continue;
                };
                let saved: Vec<SavedFlow> = postcard::from_bytes(&checkpoint.bytes).unwrap_or_default();
                flows.extend(saved.into_iter().map(|flow| Arc::new(restored(flow, held))));
            }
            flows
        };
        let mut flows = tokio::time::timeout(PATIENCE, reading).await.unwrap_or_default();
        flows.sort_by(|one, other| one.id.cmp(&other.id));
        (!flows.is_empty()).then(|| FlowsSnapshot { flows, ..FlowsSnapshot::default() })
    }

    /// Writes what is known, if it is due, of clusters by their name and Kafka's id.
    pub async fn keep(
        &self,
        newest: Arc<Stamped<FlowsSnapshot>>,
        clusters: &[(String, Option<String>)],
        now: DateTime,
    ) -> Result<(), String> {
        if !self.database.is_kept() || self.state().saved.is_some_and(|saved| now - saved < PERIOD) {
            return Ok(());
        }
        let mut outcome = Ok(());
        for (cluster, cluster_id) in clusters.iter().filter(|(cluster, _)| self.database.writes(cluster)) {
            let (packed, name) = (newest.clone(), cluster.clone());
            let packing =
                tokio::task::spawn_blocking(move || postcard::to_stdvec(&saved(&packed.snapshot, &name)));
            let bytes = packing.await.map_err(|error| error.to_string())?;
            let bytes =
                bytes.map_err(|error| format!("What is known of flows cannot be written: {error}."))?;
            let (of, which) = (
                Of { name: cluster, cluster_id: cluster_id.as_deref() },
                Which { noun: NOUN, part: PART, version: VERSION },
            );
            match self.database.save_checkpoint(of, which, bytes).await {
                Ok(()) | Err(HistoryError::NotOurs) => {}
                // Whether history is kept at all, Status says.
                Err(HistoryError::NotKept | HistoryError::NotOpen) => return Ok(()),
                // It does not stand in the way of the others.
                Err(error) => outcome = outcome.and(Err(error.to_string())),
            }
        }
        self.state().saved = Some(now);
        outcome
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn saved(snapshot: &FlowsSnapshot, cluster: &str) -> Vec<SavedFlow> {
    let of_it = snapshot.flows.iter().filter(|flow| *flow.target == *cluster);
    of_it
        .map(|flow| SavedFlow {
            source: flow.source.to_string(),
            target: flow.target.to_string(),
            is_mm2: flow.kind == FlowKind::MirrorMaker2,
            first_ms: flow.first_ms,
            since: flow.since.iter().map(|(kind, ms)| (*kind, *ms)).collect(),
            missing: flow.missing.iter().map(|(name, ms)| (name.to_string(), *ms)).collect(),
            topics: flow.topics.iter().chain(flow.gone.values()).map(|row| saved_topic(row)).collect(),
        })
        .collect()
}

fn saved_topic(row: &TopicRow) -> SavedTopic {
    let partition = |row: &PartitionRow| SavedPartition {
        partition: row.partition,
        position: row.position,
        moved_ms: row.moved_ms,
        start: row.start,
        end: row.ends.newest(),
        rewind: row.rewind.map(|it| (it.from, it.to, it.time_ms)),
    };
    let recreated = |it: &Recreated| SavedRecreated {
        at_ms: it.at_ms,
        since_ms: it.since_ms,
        positions: it.positions.iter().map(|(at, offset)| (*at, *offset)).collect(),
        target_ends: it.target_ends.iter().map(|(at, offset)| (*at, *offset)).collect(),
        counted: it.counted,
    };
    SavedTopic {
        name: row.source_topic.to_string(),
        id: row.source_id.map(|id| id.0),
        lost: row.lost_records,
        recreated: row.recreated.as_ref().map(recreated),
        partitions: row.partitions.iter().map(partition).collect(),
    }
}

fn restored(flow: SavedFlow, held: Duration) -> FlowRow {
    let kind = if flow.is_mm2 { FlowKind::MirrorMaker2 } else { FlowKind::Mirror };
    let mut topics: Vec<Arc<TopicRow>> =
        flow.topics.into_iter().map(|it| Arc::new(restored_topic(it))).collect();
    topics.sort_by(|one, other| one.source_topic.cmp(&other.source_topic));
    FlowRow {
        id: format!("{}~{}~{}", flow.source, flow.target, kind.name()),
        source: flow.source.into(),
        target: flow.target.into(),
        target_aliases: vec![],
        kind,
        evidence: vec![],
        confidence: Confidence::Suspected,
        policy: RenamePolicy::Unknown,
        owner: None,
        topics,
        troubles: vec![],
        beat_ms: None,
        latency: vec![],
        settings: FlowSettings::default(),
        groups: None,
        bytes: None,
        bytes_are_estimated: false,
        first_ms: flow.first_ms,
        judged_ms: 0,
        since: flow.since.into_iter().collect(),
        missing: flow.missing.into_iter().map(|(name, ms)| (name.into(), ms)).collect(),
        gone: BTreeMap::new(),
        past: Window::new(super::PAST_COLUMNS, held),
        verdict: FlowVerdict::Unknown,
    }
}

fn restored_topic(saved: SavedTopic) -> TopicRow {
    let partition = |saved: SavedPartition| {
        let mut ends = Looks::default();
        if let Some((time_ms, end)) = saved.end {
            ends.see(time_ms, end, LOOKS);
        }
        PartitionRow {
            partition: saved.partition,
            position: saved.position,
            moved_ms: saved.moved_ms,
            start: saved.start,
            ends,
            rewind: saved.rewind.map(|(from, to, time_ms)| Rewind { from, to, time_ms }),
            ..PartitionRow::default()
        }
    };
    let recreated = saved.recreated.map(|it| Recreated {
        at_ms: it.at_ms,
        since_ms: it.since_ms,
        positions: it.positions.into_iter().collect(),
        target_ends: it.target_ends.into_iter().collect(),
        counted: it.counted,
    });
    TopicRow {
        source_id: saved.id.map(TopicId),
        lost_records: saved.lost,
        recreated,
        partitions: saved.partitions.into_iter().map(partition).collect(),
        ..TopicRow::named(Name::from(saved.name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_down_comes_back() {
        let mut ends = Looks::default();
        ends.see(5_000, 150, LOOKS);
        let partition = PartitionRow {
            partition: 3,
            position: Some(100),
            moved_ms: 4_000,
            start: Some(7),
            ends,
            rewind: Some(Rewind { from: 90, to: 7, time_ms: 3_500 }),
            ..PartitionRow::default()
        };
        let topic = TopicRow {
            source_id: Some(TopicId([9; 16])),
            lost_records: 50,
            recreated: Some(Recreated {
                at_ms: 3_000,
                since_ms: 2_000,
                positions: BTreeMap::from([(3, 80)]),
                target_ends: BTreeMap::from([(3, 95)]),
                counted: 30,
            }),
            partitions: vec![partition],
            ..TopicRow::named("orders".into())
        };
        let told = SavedFlow {
            source: "east".into(),
            target: "all".into(),
            is_mm2: true,
            first_ms: 1_000,
            since: vec![(FindingKind::NoProgress, 2_500)],
            missing: vec![("invoices".into(), 2_600)],
            topics: vec![saved_topic(&topic)],
        };
        let flow = restored(told, Duration::from_secs(60));
        assert_eq!(*flow.topics[0], topic);
        let snapshot = FlowsSnapshot { flows: vec![Arc::new(flow)], ..FlowsSnapshot::default() };
        let bytes = postcard::to_stdvec(&saved(&snapshot, "all")).unwrap();
        let read: Vec<SavedFlow> = postcard::from_bytes(&bytes).unwrap();
        assert_eq!(read[0].since, [(FindingKind::NoProgress, 2_500)]);
        assert_eq!(read[0].missing, [("invoices".to_owned(), 2_600)]);
        assert!(saved(&snapshot, "east").is_empty(), "kept where the flow ends");
    }
}
