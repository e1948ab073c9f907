//! A group, and its partitions as it knows them.

use std::sync::Arc;

use crate::capabilities::lag::model::{Keeping, Window};

/// The member that a partition is assigned to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// Its host, as the broker sees it.
    pub host: String,
    /// What it calls itself.
    pub client_id: String,
}

/// A partition as a group knows it.
#[derive(Clone, Debug, Default)]
pub struct Partition {
    /// The last commits.
    pub window: Window,
    /// Whether there ever was a commit, or an owner.
    pub is_used: bool,
    /// Whose it is.
    pub owner: Option<Arc<Owner>>,
}

impl Partition {
    /// Whether it is committed for, or assigned.
    pub fn is_read(&self) -> bool {
        !self.window.is_empty() || self.owner.is_some()
    }

    /// Forgets what was committed for it.
    pub(super) fn forget(&mut self) {
        *self = Self { is_used: self.owner.is_some(), owner: self.owner.take(), window: Window::default() };
    }
}

/// A group.
#[derive(Clone, Debug, Default)]
pub struct Group {
    /// By the number of the topic, in that order; a partition at its own index.
    pub(super) topics: Vec<(usize, Vec<Partition>)>,
    /// When the newest commit was made, in ms since 1970.
    pub last_commit_ms: i64,
}

impl Group {
    /// What it reads, by the number of the topic.
    pub fn topics(&self) -> impl Iterator<Item = (usize, &[Partition])> {
        self.topics.iter().map(|(topic, partitions)| (*topic, partitions.as_slice()))
    }

    /// A partition that it knows.
    pub fn partition(&self, topic: usize, partition: i32) -> Option<&Partition> {
        let at = self.topics.binary_search_by_key(&topic, |(id, _)| *id).ok()?;
        self.topics.get(at)?.1.get(usize::try_from(partition).ok()?)
    }

    /// Whether anything is committed.
    pub fn has_commits(&self) -> bool {
        let mut partitions = self.topics.iter().flat_map(|(_, partitions)| partitions);
        partitions.any(|partition| !partition.window.is_empty())
    }

    /// Forgets topics of which it has no partition any more.
    pub(super) fn forget_what_is_unused(&mut self) {
        self.topics.retain(|(_, partitions)| partitions.iter().any(|partition| partition.is_used));
    }

    /// Whether its last commit is too long ago.
    pub fn is_expired(&self, keeping: Keeping, now_seconds: i64) -> bool {
        self.last_commit_ms < oldest_ms(keeping, now_seconds)
    }

    /// A partition of a topic that has so many of them.
    pub(super) fn used(&mut self, topic: usize, count: usize, partition: i32) -> Option<&mut Partition> {
        let at = match self.topics.binary_search_by_key(&topic, |(id, _)| *id) {
            Ok(at) => at,
            Err(at) => {
                self.topics.insert(at, (topic, Vec::new()));
                at
            }
        };
        let (_, partitions) = self.topics.get_mut(at)?;
        let index = usize::try_from(partition).ok()?;
        if index >= partitions.len() {
            partitions.reserve_exact(count.saturating_sub(partitions.len()));
            partitions.resize_with(count.max(partitions.len()), Partition::default);
        }
        let used = partitions.get_mut(index)?;
        used.is_used = true;
        Some(used)
    }
}

/// What was committed before it is too old, in ms since 1970.
pub(super) fn oldest_ms(keeping: Keeping, now_seconds: i64) -> i64 {
    now_seconds.saturating_mul(1_000).saturating_sub(keeping.expire_group_ms)
}
