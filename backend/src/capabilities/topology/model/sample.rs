//! What a turn reads: what taps have taken in, what others know, and where logs begin and end.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use super::{ClusterTopics, Name, Plan, Traces};

/// What a turn reads of the fleet.
#[derive(Debug, Default)]
pub struct FlowsSample {
    /// The clusters that are watched, in the configuration's order.
    pub clusters: Vec<ClusterSample>,
    /// The flows that there are.
    pub plans: Vec<Plan>,
}

/// What a turn reads of one cluster.
#[derive(Debug)]
pub struct ClusterSample {
    /// What is declared of it.
    pub declared: Declared,
    /// Its topics; none where it was never read.
    pub topics: Option<Arc<dyn ClusterTopics>>,
    /// What mirrors left there.
    pub traces: Arc<Traces>,
    /// Whether all that was there has been taken in once.
    pub is_whole: bool,
    /// What is in the way of reading it.
    pub trouble: Option<String>,
    /// Sources of which the positions may not be read, by their alias, and how that was said.
    pub refused: BTreeMap<Name, String>,
    /// Where logs begin and end, of the topics that were asked for.
    pub logs: Logs,
    /// Why some of that is missing.
    pub missing: Option<String>,
}

/// What is declared of a cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Declared {
    /// Its name.
    pub name: Name,
    /// Its other names.
    pub aliases: Vec<String>,
    /// Its tier.
    pub tier: Option<String>,
    /// Its data centre.
    pub datacenter: Option<String>,
    /// What kind of messages it is for.
    pub category: Option<String>,
}

impl Declared {
    /// Whether it is called so.
    pub fn is_called(&self, name: &str) -> bool {
        *self.name == *name || self.aliases.iter().any(|alias| alias == name)
    }
}

/// Where logs begin and end, and what lies where the copying stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Logs {
    /// By topic and partition.
    pub topics: HashMap<Name, HashMap<i32, Log>>,
    /// What was looked at, by topic and partition.
    pub peeks: HashMap<(Name, i32), Peeked>,
}

impl Logs {
    /// A partition's.
    pub fn of(&self, topic: &str, partition: i32) -> Option<Log> {
        self.topics.get(topic)?.get(&partition).copied()
    }
}

/// Where a log begins and ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Log {
    /// The first offset that there is.
    pub start: Option<i64>,
    /// The high watermark.
    pub end: Option<i64>,
}

/// What lies between an offset and the end of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peeked {
    /// From where.
    pub offset: i64,
    /// Where the log ended then.
    pub end: i64,
    /// Whether only marks of transactions lie there; none where that could not be told.
    pub is_empty: Option<bool>,
    /// When the first record that lies there was written, in ms since 1970.
    pub first_ms: Option<i64>,
}
