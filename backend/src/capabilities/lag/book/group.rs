//! A group, and its partitions as it knows them.

use std::{collections::VecDeque, sync::Arc};

use shared::lag::{LagVerdict, MarkKind};

use crate::capabilities::lag::model::{Commit, Fell, Keeping, Looks, Pace, Pauses, Peeked, Window, busy_ms};

/// Marks of a group that are kept.
const MOST_MARKS: usize = 20;
/// A window that spans less tells no rate, in ms.
const SHORT_MS: i64 = 10_000;
/// A time between two commits that is kept beside the window, in ms.
const LONG_MS: i64 = 60_000;
/// Generations within so many seconds are one mark.
const ONE_REBALANCE: i64 = 5;

/// The member that a partition is assigned to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
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
    /// When the first commit was seen, and when the offset last moved, in s since 1970.
    pub(super) seen_seconds: u32,
    pub(super) moved_seconds: u32,
    /// What few partitions have.
    pub(super) rare: Option<Box<Rare>>,
}

/// What few partitions have.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rare {
    /// That it went back.
    pub fell: Option<Fell>,
    /// What was seen at its offset.
    pub peeked: Option<Peeked>,
    /// Long times between two commits.
    pub pauses: Pauses,
    /// Where it stood, where it is committed for very often.
    pub pace: Option<Pace>,
}

impl Partition {
    /// Whether it is committed for, or assigned.
    pub fn is_read(&self) -> bool {
        !self.window.is_empty() || self.owner.is_some()
    }

    /// When the first commit was seen, in s since 1970.
    pub fn seen_seconds(&self) -> i64 {
        self.seen_seconds.into()
    }

    /// When the committed offset was last seen to move, in s since 1970.
    pub fn moved_seconds(&self) -> i64 {
        self.moved_seconds.into()
    }

    /// That it went back.
    pub fn fell(&self) -> Option<Fell> {
        self.rare.as_ref()?.fell
    }

    /// What was seen at its offset.
    pub fn peeked(&self) -> Option<Peeked> {
        self.rare.as_ref()?.peeked
    }

    /// Long times between two commits.
    pub fn pauses(&self) -> Pauses {
        self.rare.as_ref().map(|rare| rare.pauses).unwrap_or_default()
    }

    /// Where it stood, where it is committed for very often.
    pub fn pace(&self) -> Option<Pace> {
        self.rare.as_ref()?.pace
    }

    /// Takes over that a commit came, with those of the window and where its log ended over time.
    pub(super) fn note_rhythm(&mut self, window: &[Commit], past: Option<&Looks>) {
        let [first, .., before, newest] = window else { return };
        if newest.time_ms - first.time_ms < SHORT_MS {
            let rare = self.rare.get_or_insert_default();
            rare.pace = Some(Pace::on(rare.pace, newest.offset, newest.observed_at_seconds));
            return;
        }
        if let Some(rare) = &mut self.rare {
            rare.pace = None;
        }
        if newest.time_ms - before.time_ms < LONG_MS {
            return;
        }
        let pause_ms = busy_ms(before, newest, past);
        if pause_ms >= LONG_MS {
            let seconds = |ms: i64| u32::try_from(ms.div_euclid(1_000)).unwrap_or_default();
            self.rare.get_or_insert_default().pauses.see(seconds(pause_ms), seconds(newest.time_ms));
        }
    }

    /// Takes over what was seen at an offset.
    pub(super) fn peek(&mut self, peeked: Peeked) {
        self.rare.get_or_insert_default().peeked = Some(peeked);
    }

    /// Forgets what was committed for it.
    pub(super) fn forget(&mut self) {
        *self = Self { is_used: self.owner.is_some(), owner: self.owner.take(), ..Self::default() };
    }

    /// Takes over that the newest commit is another than before.
    pub(super) fn note_move(&mut self, before: Option<Commit>, new: &Commit) {
        let seconds = u32::try_from(new.observed_at_seconds).unwrap_or_default();
        let Some(before) = before else {
            (self.seen_seconds, self.moved_seconds) = (seconds, seconds);
            return;
        };
        if before.is_fetched() {
            // Commits of before may be read after the coordinator was asked.
            self.seen_seconds = self.seen_seconds.min(seconds);
            self.moved_seconds = self.moved_seconds.min(seconds);
        }
        if before.offset != new.offset {
            self.moved_seconds = seconds;
        }
        let fell = self.fell();
        // What was fetched has no order: nobody knows which of both was first.
        if new.offset < before.offset && !before.is_fetched() && !new.is_fetched() {
            self.rare.get_or_insert_default().fell =
                Some(Fell::again(fell, before.offset, new.offset, new.observed_at_seconds));
        } else if let Some(fell) = fell.filter(|fell| !fell.is_passed && new.offset >= fell.from) {
            self.rare.get_or_insert_default().fell = fell.passed(new.observed_at_seconds);
        }
    }
}

/// A group.
#[derive(Clone, Debug, Default)]
pub struct Group {
    /// By the number of the topic, in that order; a partition at its own index.
    pub(super) topics: Vec<(usize, Vec<Partition>)>,
    /// When the newest commit was made, in ms since 1970.
    pub last_commit_ms: i64,
    /// What was told of it before this Riverkeeper began.
    pub told: Option<LagVerdict>,
    /// What happened to its members, in s since 1970, the newest last.
    pub(super) marks: VecDeque<(i64, MarkKind)>,
    /// Under which generation, or epoch, partitions were assigned; none before it was seen.
    pub(super) generation: Option<i32>,
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

    /// Whose its partitions are.
    pub(super) fn owners(&self) -> impl Iterator<Item = &Arc<Owner>> {
        let partitions = self.topics.iter().flat_map(|(_, partitions)| partitions);
        partitions.filter_map(|partition| partition.owner.as_ref())
    }

    /// Whether a member has any of its partitions.
    pub fn has_owners(&self) -> bool {
        self.owners().next().is_some()
    }

    /// What happened to its members, in s since 1970, oldest first.
    pub fn marks(&self) -> impl Iterator<Item = (i64, MarkKind)> + '_ {
        self.marks.iter().copied()
    }

    /// Takes over under which generation partitions are assigned, and whether there are members.
    pub(super) fn note_generation(&mut self, generation: i32, has_members: bool, now_seconds: i64) {
        let before = self.generation.replace(generation);
        if before.is_none_or(|before| before == generation) || !has_members {
            return;
        }
        // Members that come together make several generations.
        if self.marks.back().is_some_and(|(last, _)| now_seconds - last < ONE_REBALANCE) {
            return;
        }
        let kind = if self.has_owners() { MarkKind::Rebalance } else { MarkKind::Restart };
        if self.marks.len() >= MOST_MARKS {
            self.marks.pop_front();
        }
        self.marks.push_back((now_seconds, kind));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_partition_with_ten_commits_takes_no_more_than_three_hundred_bytes() {
        let commit = |at: i64| Commit {
            offset: (1 << 40) + at * 500,
            order: (1 << 41) + at * 70_000,
            time_ms: 1_795_046_400_000 + at * 60_000,
            observed_at_seconds: 1_795_046_400 + at * 60,
            lag: Some(17),
        };
        let mut partition = Partition::default();
        partition.window.set(&(0..10).map(commit).collect::<Vec<_>>(), 10);
        let bytes = size_of::<Partition>() + partition.window.heap_bytes();
        // Its group, and what the allocator takes, come on top.
        assert!(bytes <= 288, "{bytes}");
    }
}
