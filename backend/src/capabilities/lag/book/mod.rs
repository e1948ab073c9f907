//! All that is known of the groups of one cluster, in parts that are locked one at a time: whoever reads a page waits for
//! one commit, and the next commit for one page of one part.

mod group;
mod groups;
mod named;
mod saved;
mod told;
mod topics;

use std::{
    collections::HashSet,
    hash::{BuildHasher, RandomState},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard,
        atomic::{AtomicI64, AtomicU64, AtomicUsize, Ordering},
    },
};

pub use group::{Group, Owner, Partition};
use groups::Groups;
pub use named::Named;
pub use told::{Committed, Fetched, FetchedAs, Kept, lag};
pub use topics::{LogEnd, TopicEnds, Topics};

use shared::lag::LagVerdict;

use super::{
    evaluate::Placed,
    model::{Keeping, Peeked, SavedEnds, SavedGroup},
};

/// No commit was seen.
const NO_DELAY: i64 = i64::MAX;

/// The groups and log ends of a cluster.
#[derive(Debug)]
pub struct Book {
    keeping: Keeping,
    topics: RwLock<Topics>,
    parts: Box<[Mutex<Groups>]>,
    hasher: RandomState,
    /// How many windows there were at the last count.
    windows: AtomicUsize,
    turned_away: AtomicU64,
    /// The least time, in s, that a commit took to be seen: since the last turn, and in the turn before.
    delays: [AtomicI64; 2],
}

impl Book {
    /// An empty one, in so many parts.
    pub fn new(keeping: Keeping, parts: usize) -> Self {
        let parts = (0..parts.max(1)).map(|_| Mutex::default()).collect();
        Self {
            keeping,
            topics: RwLock::default(),
            parts,
            hasher: RandomState::new(),
            windows: AtomicUsize::new(0),
            turned_away: AtomicU64::new(0),
            delays: [const { AtomicI64::new(NO_DELAY) }; 2],
        }
    }

    /// How commits are kept.
    pub fn keeping(&self) -> Keeping {
        self.keeping
    }

    /// Takes over what a look at a partition (its number, of so many) told.
    pub fn see_log_end(&self, topic: &str, place: (i32, i32), end: LogEnd) {
        self.topics_to_change().see(topic, place, end, self.keeping.intervals);
    }

    /// Takes over the last stable offset of a partition, where that is told apart from its end.
    pub fn see_stable_end(&self, topic: &str, partition: i32, offset: i64, time_ms: i64) {
        self.topics_to_change().see_stable(topic, partition, offset, time_ms);
    }

    /// Takes over where the log of a partition begins.
    pub fn see_log_start(&self, topic: &str, partition: i32, offset: i64, time_ms: i64) {
        self.topics_to_change().see_start(topic, partition, offset, time_ms);
    }

    /// Takes over how long a topic keeps its records, if it deletes them by age.
    pub fn see_retention(&self, topic: &str, retention_ms: Option<i64>) {
        self.topics_to_change().see_retention(topic, retention_ms);
    }

    /// Takes over that a topic is not there.
    pub fn miss_topic(&self, topic: &str) {
        self.topics_to_change().miss(topic);
    }

    /// Takes over what was seen at a group's offset.
    pub fn peek(&self, group: &str, topic: &str, partition: i32, peeked: Peeked) {
        let id = self.topics().id(topic);
        if let Some(topic) = id {
            self.part(group).peek(group, topic, partition, peeked);
        }
    }

    /// Takes over under which generation the partitions of a group are assigned, and whether it has members.
    pub fn note_generation(&self, group: &str, generation: i32, has_members: bool, now_seconds: i64) {
        self.part(group).note_generation(group, generation, has_members, now_seconds);
    }

    /// Takes a commit in.
    pub fn commit(&self, it: &Committed<'_>, now_seconds: i64) -> Kept {
        let take =
            || self.part(it.group).commit(&self.topics(), it, (self.keeping, self.is_full()), now_seconds);
        let kept = self.noted(it.topic, it.partition, take);
        if kept == Kept::Placed(Placed::Newest) && !it.is_old {
            let delay = now_seconds.saturating_sub(it.time_ms.div_euclid(1_000));
            self.delays[0].fetch_min(delay, Ordering::Relaxed);
        }
        kept
    }

    /// A turn begins.
    pub fn turn(&self) {
        let least = self.delays[0].swap(NO_DELAY, Ordering::Relaxed);
        if least != NO_DELAY {
            self.delays[1].store(least, Ordering::Relaxed);
        }
    }

    /// The least time, in s, that a commit took lately from when it was made to when it was seen. Where that is long for
    /// all of them, the clocks differ; where it is for some, those are read late. None where none was seen.
    pub fn least_delay_seconds(&self) -> Option<i64> {
        let least = self.delays.iter().map(|delay| delay.load(Ordering::Relaxed)).min();
        least.filter(|least| *least != NO_DELAY)
    }

    /// Takes in what the coordinator told.
    pub fn fetched(&self, it: &Fetched<'_>, use_as: FetchedAs, now_seconds: i64) -> Kept {
        let how = || (self.keeping, self.is_full(), use_as);
        let take = || self.part(it.group).fetched(&self.topics(), it, how(), now_seconds);
        self.noted(it.topic, it.partition, take)
    }

    /// Takes something in, again after the partition was noted where it was not.
    fn noted(&self, topic: &str, partition: i32, take: impl Fn() -> Kept) -> Kept {
        let mut kept = take();
        if kept == Kept::LogEndUnknown && !self.keeping.drops_early {
            self.note(topic, partition);
            kept = take();
        }
        if kept == Kept::NoRoom {
            self.turned_away.fetch_add(1, Ordering::Relaxed);
        }
        kept
    }

    fn is_full(&self) -> bool {
        self.windows.load(Ordering::Relaxed) >= self.keeping.most_windows
    }

    /// How many windows there are.
    pub fn windows(&self) -> usize {
        self.parts.iter().map(|part| lock(part).windows()).sum()
    }

    /// Takes over how many windows there are; gives how many commits were turned away since the last time because there
    /// was no room for their windows.
    pub fn count(&self, windows: usize) -> u64 {
        self.windows.store(windows, Ordering::Relaxed);
        self.turned_away.swap(0, Ordering::Relaxed)
    }

    /// Notes a partition, so that its log end is asked for.
    fn note(&self, topic: &str, partition: i32) {
        let count = usize::try_from(partition).map_or(0, |partition| partition + 1);
        self.topics_to_change().note(topic, count);
    }

    /// Takes in what the coordinator told of partitions when it was asked for all of a group's: others have no offset.
    pub fn forget_untold(&self, group: &str, told: &HashSet<(&str, i32)>, asked_at_seconds: i64) {
        let (mut part, topics) = (self.part(group), self.topics());
        let is_told = |topic: usize, partition: i32| {
            topics.name(topic).is_some_and(|topic| told.contains(&(topic, partition)))
        };
        part.forget_untold(group, is_told, asked_at_seconds);
    }

    /// Takes in whose a partition is.
    pub fn own(&self, group: &str, topic: &str, partition: i32, owner: Arc<Owner>) {
        self.part(group).own(&self.topics(), group, (topic, partition, owner), self.keeping);
    }

    /// Takes in whose all partitions of a group are.
    pub fn assign<'a>(&self, group: &str, owners: impl Iterator<Item = (&'a str, i32, Arc<Owner>)>) {
        let owners: Vec<_> = owners.collect();
        if !self.keeping.drops_early {
            let topics = self.topics();
            let is_new =
                |(topic, partition, _): &&(&'a str, i32, _)| topics.noted(topic, *partition).is_none();
            let new: Vec<_> = owners.iter().filter(is_new).collect();
            drop(topics);
            new.into_iter().for_each(|(topic, partition, _)| self.note(topic, *partition));
        }
        self.part(group).assign(&self.topics(), group, owners.into_iter(), self.keeping);
    }

    /// Forgets what a group committed for a partition.
    pub fn forget_partition(&self, group: &str, topic: &str, partition: i32) {
        let topic = self.topics().id(topic);
        if let Some(topic) = topic {
            self.part(group).forget_partition(group, topic, partition);
        }
    }

    /// Forgets groups that `is_kept` does not name.
    pub fn keep(&self, is_kept: impl Fn(&str, &Group) -> bool) {
        self.parts.iter().for_each(|part| lock(part).keep(&is_kept));
    }

    /// Forgets the commits of some groups that were written at an order or behind it.
    pub fn forget_from(&self, is_asked: impl Fn(&str) -> bool, order: i64) {
        self.parts.iter().for_each(|part| lock(part).forget_from(&is_asked, order, self.keeping));
    }

    /// Gives every group all partitions that its topics have.
    pub fn widen(&self) {
        for part in &self.parts {
            let (mut part, topics) = (lock(part), self.topics());
            part.widen(&topics);
        }
    }

    /// Groups with what they committed, to be written down.
    pub fn saved(
        &self,
        is_asked: impl Fn(&str) -> bool,
        told: impl Fn(&str) -> Option<LagVerdict>,
    ) -> Vec<SavedGroup> {
        let mut saved = Vec::new();
        for part in &self.parts {
            let (part, topics) = (lock(part), self.topics());
            saved.extend(part.saved(&topics, &is_asked, &told));
        }
        saved
    }

    /// Takes over what was written down of a group.
    pub fn restore(&self, saved: SavedGroup) {
        for (topic, partitions) in &saved.topics {
            let most = partitions.iter().map(|window| window.partition).max();
            most.into_iter().for_each(|partition| self.note(topic, partition));
        }
        self.part(&saved.group).restore(&self.topics(), saved, self.keeping);
    }

    /// Takes over log ends that were written down.
    pub fn restore_ends(&self, saved: SavedEnds) {
        self.topics_to_change().restore(saved);
    }

    /// Looks at every group, a part at a time.
    pub fn each(&self, mut look: impl FnMut(&Topics, &str, &Group)) {
        for part in &self.parts {
            let (part, topics) = (lock(part), self.topics());
            part.iter().for_each(|(name, group)| look(&topics, name, group));
        }
    }

    /// Nothing is anybody's in a group any more.
    pub fn clear_owners(&self, group: &str) {
        self.part(group).clear_owners(group);
    }

    /// Forgets a group.
    pub fn forget_group(&self, group: &str) {
        self.part(group).forget(group);
    }

    /// Forgets a topic: its log ends, and what groups committed for it. Gives the groups that knew it.
    pub fn forget_topic(&self, topic: &str) -> Vec<Arc<str>> {
        let Some(id) = self.topics_to_change().unname(topic) else { return vec![] };
        let knew = self.parts.iter().flat_map(|part| lock(part).forget_topic(id)).collect();
        // Only now may its number be given away again.
        self.topics_to_change().free(id);
        knew
    }

    /// Looks at a group, however long it has been silent.
    pub fn even_silent<T>(&self, group: &str, look: impl FnOnce(&Topics, &Group) -> T) -> Option<T> {
        let part = self.part(group);
        Some(look(&self.topics(), part.named(group)?))
    }

    /// Looks at a group that is not expired, as Burrow does; there, one that is expired is forgotten then.
    pub fn group<T>(
        &self,
        group: &str,
        now_seconds: i64,
        look: impl FnOnce(&Topics, &Group) -> T,
    ) -> Option<T> {
        let mut part = self.part(group);
        if part.named(group)?.is_expired(self.keeping, now_seconds) {
            // Whether Kafka still knows it is told by Kafka.
            if self.keeping.drops_early {
                part.forget(group);
            }
            return None;
        }
        Some(look(&self.topics(), part.named(group)?))
    }

    /// The log ends.
    pub fn topics(&self) -> RwLockReadGuard<'_, Topics> {
        self.topics.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn topics_to_change(&self) -> RwLockWriteGuard<'_, Topics> {
        self.topics.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn part(&self, group: &str) -> MutexGuard<'_, Groups> {
        let at = self.hasher.hash_one(group) % (self.parts.len() as u64).max(1);
        lock(&self.parts[at as usize])
    }
}

fn lock(part: &Mutex<Groups>) -> MutexGuard<'_, Groups> {
    part.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod room;
#[cfg(test)]
mod tests;
