//! Kafka → samples: which requests a turn of each part makes, and what of their answers may be missing.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use shared::{DateTime, inventory::BrokerState};

use super::{
    evaluate,
    model::{
        ConfigsSample, ConfigsSnapshot, FleetSample, FleetSnapshot, LogDirsSample, LogDirsSnapshot,
        MetadataSample, MetadataSnapshot, Policy,
    },
};
use crate::{
    kafka::{
        Gateway, KafkaError,
        answers::{Missing, OffsetQuery, OffsetSpec},
        read,
    },
    runtime::{Cell, Collected, Cycle, Evaluated, Stamped},
};

/// The settings of a topic that are read: those that decide what is lost, when, and whether writes go through.
const CONFIG_KEYS: [&str; 12] = [
    "cleanup.policy",
    "compression.type",
    "delete.retention.ms",
    "max.message.bytes",
    "message.timestamp.type",
    "min.compaction.lag.ms",
    "min.insync.replicas",
    "remote.storage.enable",
    "retention.bytes",
    "retention.ms",
    "segment.bytes",
    "unclean.leader.election.enable",
];
/// New topics whose configuration one turn asks for.
const MOST_NEW_TOPICS: usize = 20_000;
/// Brokers that a sentence of missing parts names.
const NAMED: usize = 3;

/// Which cluster id belongs to which configured cluster: one cluster under two names is read once.
#[derive(Debug, Default)]
pub struct Identities(Mutex<HashMap<String, (usize, String)>>);

impl Identities {
    /// Claims a cluster id for the cluster at `place` of the configuration; the earlier place wins. Gives the name
    /// that has it otherwise.
    fn claim(&self, cluster_id: &str, place: usize, name: &str) -> Result<(), String> {
        let mut claimed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        claimed.retain(|id, (owner, _)| id == cluster_id || *owner != place);
        match claimed.get(cluster_id) {
            Some((owner, other)) if *owner < place => Err(other.clone()),
            _ => {
                claimed.insert(cluster_id.into(), (place, name.into()));
                Ok(())
            }
        }
    }
}

/// The cycle of brokers, topics and partitions.
#[derive(Debug)]
pub struct MetadataCycle {
    /// Speaks to the cluster.
    pub gateway: Gateway,
    /// Its place in the configuration.
    pub place: usize,
    /// Shared by the cycles of all clusters.
    pub identities: Arc<Identities>,
    /// For `min.insync.replicas`.
    pub configs: Cell<ConfigsSnapshot>,
    /// For log directories that are offline.
    pub log_dirs: Cell<LogDirsSnapshot>,
    /// What is tolerated.
    pub policy: Policy,
}

impl Cycle for MetadataCycle {
    type Sample = MetadataSample;
    type Snapshot = MetadataSnapshot;

    async fn collect(&self) -> Result<Collected<MetadataSample>, String> {
        let gateway = &self.gateway;
        let cluster = gateway.cluster();
        // Metadata comes first: it teaches the gateway which brokers there are.
        let metadata = read::metadata(gateway).await.map_err(|error| sentence(&error))?;
        if let Some(id) = &metadata.cluster_id {
            self.identities.claim(id, self.place, cluster).map_err(|other| {
                format!("{cluster} is the same cluster as {other} (cluster id {id}): remove one of them.")
            })?;
        }
        let (description, quorum, reassignments, features) = tokio::join!(
            read::describe_cluster(gateway),
            read::describe_quorum(gateway),
            read::list_partition_reassignments(gateway),
            read::broker_features(gateway),
        );
        let mut missing: Vec<String> = Vec::new();
        let sample = MetadataSample {
            cluster: cluster.into(),
            metadata,
            description: part(description, &mut missing),
            quorum: part(quorum, &mut missing),
            reassignments: part(reassignments, &mut missing),
            features: features.answers,
            configs: self.configs.newest(),
            log_dirs: self.log_dirs.newest(),
        };
        Ok(Collected { sample, missing: (!missing.is_empty()).then(|| missing.join(" ")) })
    }

    fn evaluate(
        &self,
        previous: Option<&MetadataSnapshot>,
        sample: MetadataSample,
        now: DateTime,
    ) -> Evaluated<MetadataSnapshot> {
        let evaluated = evaluate::metadata(previous, sample, self.policy, now);
        if evaluated
            .events
            .iter()
            .any(|event| matches!(event.kind.as_str(), "topic_created" | "topic_recreated"))
        {
            // A new topic's settings are wanted before the next share of all settings is due.
            self.configs.state().activate();
        }
        if previous.is_none() {
            // Those that turned in vain because the brokers were not known need not wait for their period.
            for part in
                [self.configs.state(), self.log_dirs.state()].into_iter().filter(|it| it.turn_count() > 0)
            {
                part.activate();
            }
        }
        evaluated
    }
}

/// The cycle of sizes and log starts.
#[derive(Debug)]
pub struct LogDirsCycle {
    /// Speaks to the cluster.
    pub gateway: Gateway,
    /// Which partitions there are and who leads them.
    pub metadata: Cell<MetadataSnapshot>,
}

impl Cycle for LogDirsCycle {
    type Sample = LogDirsSample;
    type Snapshot = LogDirsSnapshot;

    async fn collect(&self) -> Result<Collected<LogDirsSample>, String> {
        let newest = first(&self.metadata).await?;
        let known = &newest.snapshot;
        let queries = leaders(known);
        let (log_dirs, log_starts) = tokio::join!(
            read::describe_log_dirs(&self.gateway),
            read::list_offsets(&self.gateway, OffsetSpec::Earliest, false, &queries),
        );
        if log_dirs.answers.is_empty() && !log_dirs.missing.is_empty() {
            return Err(missing_parts(&log_dirs.missing));
        }
        let mut missing = vec![missing_parts(&log_dirs.missing), missing_parts(&log_starts.missing)];
        missing.retain(|sentence| !sentence.is_empty());
        missing.dedup();
        let brokers = known.brokers.iter().map(|broker| broker.endpoint.broker_id).collect();
        let sample = LogDirsSample { log_dirs, log_starts, brokers };
        Ok(Collected { sample, missing: (!missing.is_empty()).then(|| missing.join(" ")) })
    }

    fn evaluate(
        &self,
        previous: Option<&LogDirsSnapshot>,
        sample: LogDirsSample,
        now: DateTime,
    ) -> Evaluated<LogDirsSnapshot> {
        evaluate::log_dirs(previous, sample, now)
    }
}

/// Every partition whose leader serves, with that leader.
fn leaders(known: &MetadataSnapshot) -> Vec<OffsetQuery<'_>> {
    let up: Vec<i32> = known
        .brokers
        .iter()
        .filter(|broker| broker.state == BrokerState::Up)
        .map(|broker| broker.endpoint.broker_id)
        .collect();
    known
        .topics()
        .flat_map(|(chunk, topic)| chunk.partitions_of(topic).iter().map(move |row| (chunk.name(topic), row)))
        .filter_map(|(topic, row)| {
            Some(OffsetQuery { topic, partition: row.partition, leader_id: row.leader_id()? })
        })
        .filter(|query| up.contains(&query.leader_id))
        .collect()
}

/// The cycle of topic configurations: each turn asks for new topics and for those that were read longest ago.
#[derive(Debug)]
pub struct ConfigsCycle {
    /// Speaks to the cluster.
    pub gateway: Gateway,
    /// Which topics there are.
    pub metadata: Cell<MetadataSnapshot>,
    /// What was read before.
    pub configs: Cell<ConfigsSnapshot>,
    /// Turns within which all topics are read anew.
    pub turns_per_period: u32,
}

impl Cycle for ConfigsCycle {
    type Sample = ConfigsSample;
    type Snapshot = ConfigsSnapshot;

    async fn collect(&self) -> Result<Collected<ConfigsSample>, String> {
        let existing = first(&self.metadata).await?;
        let known = self.configs.newest();
        let names =
            due(&existing.snapshot, known.as_deref().map(|known| &known.snapshot), self.turns_per_period);
        let read = read::describe_configs(&self.gateway, &names, &CONFIG_KEYS).await;
        let read = read.map_err(|error| sentence(&error))?;
        let refused: Vec<&str> = read
            .iter()
            .filter(|read| read.error_code != 0)
            .map(|read| read.topic.as_str())
            .take(NAMED)
            .collect();
        let missing = (!refused.is_empty())
            .then(|| format!("May not describe the configuration of some topics: {}.", refused.join(", ")));
        let cluster = self.gateway.cluster().into();
        drop(names);
        Ok(Collected { sample: ConfigsSample { cluster, read, existing }, missing })
    }

    fn evaluate(
        &self,
        previous: Option<&ConfigsSnapshot>,
        sample: ConfigsSample,
        now: DateTime,
    ) -> Evaluated<ConfigsSnapshot> {
        let evaluated = evaluate::configs(previous, sample, now);
        if evaluated.changed {
            // What is under min ISR depends on the configurations: let it be judged at once.
            self.metadata.state().activate();
        }
        evaluated
    }
}

/// The topics to ask for: those that are new, and a share of those that are known, oldest first.
fn due<'a>(
    existing: &'a MetadataSnapshot,
    known: Option<&ConfigsSnapshot>,
    turns_per_period: u32,
) -> Vec<&'a str> {
    let names = || existing.topics().map(|(chunk, topic)| chunk.name(topic));
    let Some(known) = known else { return names().take(MOST_NEW_TOPICS).collect() };
    let (mut read, mut due): (Vec<(DateTime, &str)>, Vec<&str>) = (Vec::new(), Vec::new());
    for name in names() {
        match known.topics.get(name) {
            Some(config) => read.push((config.read_at, name)),
            None => due.push(name),
        }
    }
    due.truncate(MOST_NEW_TOPICS);
    read.sort_unstable();
    let share = read.len().div_ceil(turns_per_period.max(1) as usize);
    due.extend(read.into_iter().take(share).map(|(_, name)| name));
    due
}

async fn first<S>(cell: &Cell<S>) -> Result<Arc<Stamped<S>>, String> {
    cell.first()
        .await
        .ok_or_else(|| "The brokers are not known yet: see why metadata could not be read.".into())
}

fn part<T>(answer: Result<T, KafkaError>, missing: &mut Vec<String>) -> Option<T> {
    answer.map_err(|error| missing.push(sentence(&error))).ok()
}

/// An error as a sentence. While a broker is left alone after a failure, that failure is what is wrong.
fn sentence(error: &KafkaError) -> String {
    let text = match error {
        KafkaError::BackingOff { last, .. } => last.to_string(),
        _ => error.to_string(),
    };
    let mut chars = text.chars();
    let first: String = chars.next().map(|first| first.to_uppercase().collect()).unwrap_or_default();
    let end = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{first}{}{end}", chars.as_str())
}

fn missing_parts(missing: &[Missing]) -> String {
    let mut sentences: Vec<String> = missing.iter().take(NAMED).map(|part| sentence(&part.error)).collect();
    if missing.len() > NAMED {
        sentences.push(format!("{} more brokers did not answer either.", missing.len() - NAMED));
    }
    sentences.join(" ")
}

/// The cycle of the fleet: it reads what the other cycles have published.
#[derive(Debug)]
pub struct FleetCycle {
    /// The metadata of every cluster.
    pub clusters: Vec<Cell<MetadataSnapshot>>,
}

impl Cycle for FleetCycle {
    type Sample = FleetSample;
    type Snapshot = FleetSnapshot;

    async fn collect(&self) -> Result<Collected<FleetSample>, String> {
        let readings = self.clusters.iter().map(|cell| cell.state().reading()).collect();
        Ok(Collected::whole(FleetSample { readings }))
    }

    fn evaluate(
        &self,
        previous: Option<&FleetSnapshot>,
        sample: FleetSample,
        now: DateTime,
    ) -> Evaluated<FleetSnapshot> {
        evaluate::fleet(previous, sample, now)
    }
}
