//! Topic configurations, a share a turn.

use shared::DateTime;

use super::{NAMED, first, sentence};
use crate::{
    capabilities::inventory::{
        evaluate,
        model::{ConfigsSample, ConfigsSnapshot, MetadataSnapshot},
    },
    kafka::{Gateway, read},
    runtime::{Cell, Collected, Cycle, Evaluated},
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
