//! Topic configurations, a share a turn.

use shared::DateTime;

use super::{NAMED, first, sentence};
use crate::{
    capabilities::inventory::{
        evaluate,
        model::{ConfigsSample, ConfigsSnapshot, MetadataSnapshot},
    },
    kafka::{ErrorCode, Gateway, answers::TopicConfigs, read},
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

/// What is said when no topic may be asked for its settings.
const REFUSED: &str = "May not describe configs of any topic: settings are unknown until Riverkeeper has DescribeConfigs on topics.";

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
        let missing = incomplete(&read);
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
        if evaluated.snapshot.was_granted && !evaluated.snapshot.refused.is_empty() {
            // What was granted on one topic mostly was granted on all.
            self.configs.state().activate();
        }
        evaluated
    }
}

/// What is missing of the answers, as a sentence. A topic that may not be described is no failure, unless all may
/// not: then there is nothing to show.
fn incomplete(read: &[TopicConfigs]) -> Option<String> {
    let is_refused = |read: &TopicConfigs| ErrorCode(read.error_code).is_of_rights();
    if !read.is_empty() && read.iter().all(is_refused) {
        return Some(REFUSED.into());
    }
    let failed: Vec<String> = read
        .iter()
        .filter(|read| read.error_code != 0 && !is_refused(read))
        .map(|read| format!("{} ({})", read.topic, ErrorCode(read.error_code)))
        .take(NAMED)
        .collect();
    (!failed.is_empty()).then(|| format!("Could not describe the configuration of {}.", failed.join(", ")))
}

/// The topics to ask for: those that are new, and a share of those that are known, oldest first. Of those that were
/// refused all are asked for once one of them was granted, and before that one a turn, so that it is noticed.
fn due<'a>(
    existing: &'a MetadataSnapshot,
    known: Option<&ConfigsSnapshot>,
    turns_per_period: u32,
) -> Vec<&'a str> {
    let names = || existing.topics().map(|(chunk, topic)| chunk.name(topic));
    let Some(known) = known else { return names().take(MOST_NEW_TOPICS).collect() };
    let (mut due, mut read, mut refused) = (Vec::new(), Vec::new(), Vec::new());
    for name in names() {
        match (known.topics.get(name), known.refused.get(name)) {
            (Some(config), _) => read.push((config.read_at, name)),
            (None, Some(_)) if known.was_granted => due.push(name),
            (None, Some(tried_at)) => refused.push((*tried_at, name)),
            (None, None) => due.push(name),
        }
    }
    due.truncate(MOST_NEW_TOPICS);
    for mut known in [read, refused] {
        known.sort_unstable();
        let share = known.len().div_ceil(turns_per_period.max(1) as usize);
        due.extend(known.into_iter().take(share).map(|(_, name)| name));
    }
    due
}
