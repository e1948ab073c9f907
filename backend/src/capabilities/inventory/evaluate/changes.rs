//! What differs between two turns, gathered chunk by chunk, to be told as events.

use std::collections::BTreeMap;

/// How one topic's replication moved between two turns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moved {
    /// Partitions whose ISR became shorter than their replicas.
    pub shrank: u32,
    /// Partitions whose ISR is whole again.
    pub healed: u32,
    /// Partitions that have another leader.
    pub leaders: u32,
    /// Partitions that lost their leader.
    pub went_offline: u32,
    /// Partitions that have a leader again.
    pub came_online: u32,
}

/// All that differs, by topic name.
#[derive(Debug, Default)]
pub struct Changes {
    /// Topics that are new, with partitions and replication factor.
    pub created: BTreeMap<String, (u32, u16)>,
    /// Topics that are gone.
    pub deleted: BTreeMap<String, ()>,
    /// Topics of the same name and another topic id.
    pub recreated: BTreeMap<String, (u32, u16)>,
    /// Topics with more partitions than before: (before, now).
    pub grown: BTreeMap<String, (u32, u32)>,
    /// Topics whose replication moved.
    pub moved: BTreeMap<String, Moved>,
    /// Whether anything at all differs that a reader can see.
    pub any: bool,
}

impl Changes {
    /// Partitions that moved in one way, over all topics, and the topics that they belong to.
    pub fn count(&self, way: fn(&Moved) -> u32) -> (u32, Vec<&str>) {
        let topics = || self.moved.iter().filter(|(_, moved)| way(moved) > 0);
        (topics().map(|(_, moved)| way(moved)).sum(), topics().map(|(name, _)| name.as_str()).collect())
    }
}
