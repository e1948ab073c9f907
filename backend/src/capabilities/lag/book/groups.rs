//! The groups of a cluster, or a part of them: what each committed for which partition.

use std::{collections::HashSet, sync::Arc};

use super::{
    Named, Topics,
    group::{Group, Owner, Partition, oldest_ms},
    told::{Committed, Fetched, FetchedAs, Kept, lag},
};
use crate::capabilities::lag::{
    evaluate::{Placed, place},
    model::{Commit, Keeping, Peeked},
};

/// Groups by their names.
#[derive(Clone, Debug, Default)]
pub struct Groups {
    pub(super) named: Named<Group>,
    /// Where a window lies open while a commit is placed.
    open: Vec<Commit>,
}

impl Groups {
    /// Takes a commit in.
    pub fn commit(
        &mut self,
        topics: &Topics,
        it: &Committed<'_>,
        (keeping, is_full): (Keeping, bool),
        now_seconds: i64,
    ) -> Kept {
        if it.time_ms < oldest_ms(keeping, now_seconds) {
            return Kept::Expired;
        }
        let Some((topic, count, log_end)) = topics.noted(it.topic, it.partition) else {
            return Kept::LogEndUnknown;
        };
        if log_end.is_none() && keeping.drops_early {
            return Kept::LogEndUnknown;
        }
        if is_full && !self.has_window(it.group, topic, it.partition) {
            return Kept::NoRoom;
        }
        let id = self.named.id_or_insert(it.group, Group::default);
        let Some(group) = self.named.get_mut(id) else { return Kept::LogEndUnknown };
        let Some(partition) = group.used(topic, count, it.partition) else { return Kept::LogEndUnknown };
        let new = Commit {
            offset: it.offset,
            order: it.order,
            time_ms: it.time_ms,
            observed_at_seconds: if it.is_old {
                now_seconds.min(it.time_ms.div_euclid(1_000))
            } else {
                now_seconds
            },
            lag: log_end.filter(|_| !it.is_old).map(|log_end| lag(log_end, it.offset)),
        };
        partition.window.lay_open(&mut self.open);
        let before = self.open.last().copied();
        let placed = place(&mut self.open, new, keeping);
        if matches!(placed, Placed::Newest | Placed::Late) {
            partition.window.set(&self.open, keeping.intervals);
        }
        if placed == Placed::Newest {
            partition.note_move(before, &new);
            partition.note_rhythm(&self.open, topics.past(topic, it.partition));
            group.last_commit_ms = it.time_ms;
        }
        Kept::Placed(placed)
    }

    /// Takes in what the coordinator told.
    pub fn fetched(
        &mut self,
        topics: &Topics,
        it: &Fetched<'_>,
        (keeping, is_full, use_as): (Keeping, bool, FetchedAs),
        now_seconds: i64,
    ) -> Kept {
        let Some((topic, count, log_end)) = topics.noted(it.topic, it.partition) else {
            return Kept::LogEndUnknown;
        };
        if is_full && !self.has_window(it.group, topic, it.partition) {
            return Kept::NoRoom;
        }
        let id = self.named.id_or_insert(it.group, Group::default);
        let Some(group) = self.named.get_mut(id) else { return Kept::NoRoom };
        let now_ms = now_seconds.saturating_mul(1_000);
        // A group that the coordinator knows is not expired.
        group.last_commit_ms = group.last_commit_ms.max(now_ms);
        let Some(partition) = group.used(topic, count, it.partition) else { return Kept::NoRoom };
        let new = Commit::fetched(it.offset, now_seconds, log_end.map(|log_end| lag(log_end, it.offset)));
        partition.window.lay_open(&mut self.open);
        match (self.open.last(), use_as) {
            (None, _) => self.open.push(new),
            (Some(newest), _) if newest.offset == it.offset => return Kept::Placed(Placed::Duplicate),
            (Some(newest), FetchedAs::First) if !newest.is_older_than(it.asked_at_seconds) => {
                return Kept::Placed(Placed::Late);
            }
            (Some(newest), FetchedAs::Commit) => {
                // Also behind a clock that went back.
                let order = now_ms.max(newest.order.saturating_add(1));
                place(&mut self.open, Commit { order, ..new }, keeping);
                partition.note_rhythm(&self.open, topics.past(topic, it.partition));
            }
            (Some(_), FetchedAs::First | FetchedAs::Meanwhile) => {
                self.open.retain(|kept| !kept.is_fetched());
                self.open.push(new);
            }
        }
        let before = partition.window.newest();
        partition.window.set(&self.open, keeping.intervals);
        if let Some(newest) = partition.window.newest() {
            partition.note_move(before, &newest);
        }
        Kept::Placed(Placed::Newest)
    }

    fn has_window(&self, group: &str, topic: usize, partition: i32) -> bool {
        let partition = self.named.named(group).and_then(|group| group.partition(topic, partition));
        partition.is_some_and(|partition| !partition.window.is_empty())
    }

    /// Takes in whose all partitions of a group are.
    pub fn assign<'a>(
        &mut self,
        topics: &Topics,
        group: &str,
        owners: impl Iterator<Item = (&'a str, i32, Arc<Owner>)>,
        keeping: Keeping,
    ) {
        self.clear_owners(group);
        let mut known: HashSet<Arc<Owner>> = HashSet::new();
        for (topic, partition, owner) in owners {
            // The same member, as far as is told.
            let owner = known.get(&owner).cloned().unwrap_or(owner);
            known.insert(owner.clone());
            self.give(topics, group, (topic, partition, owner), keeping);
        }
    }

    /// Takes in whose a partition is.
    pub fn own(
        &mut self,
        topics: &Topics,
        group: &str,
        (topic, partition, owner): (&str, i32, Arc<Owner>),
        keeping: Keeping,
    ) {
        let known = self.named.named(group).and_then(|group| group.owners().find(|known| ***known == *owner));
        let owner = known.cloned().unwrap_or(owner);
        self.give(topics, group, (topic, partition, owner), keeping);
    }

    fn give(
        &mut self,
        topics: &Topics,
        group: &str,
        (topic, partition, owner): (&str, i32, Arc<Owner>),
        keeping: Keeping,
    ) {
        let id = self.named.id_or_insert(group, Group::default);
        let Some((topic, count, log_end)) = topics.noted(topic, partition) else { return };
        if log_end.is_none() && keeping.drops_early {
            return;
        }
        let Some(group) = self.named.get_mut(id) else { return };
        if let Some(partition) = group.used(topic, count, partition) {
            partition.owner = Some(owner);
        }
    }

    /// Takes over what was seen at a group's offset.
    pub fn peek(&mut self, group: &str, topic: usize, partition: i32, peeked: Peeked) {
        let group = self.named.id(group).and_then(|id| self.named.get_mut(id));
        let (Some(group), Ok(index)) = (group, usize::try_from(partition)) else { return };
        let of_topic = group.topics.iter_mut().find(|(id, _)| *id == topic);
        if let Some(partition) = of_topic.and_then(|(_, all)| all.get_mut(index)) {
            partition.peek(peeked);
        }
    }

    /// Takes over under which generation the partitions of a group are assigned, and whether it has members.
    pub fn note_generation(&mut self, group: &str, generation: i32, has_members: bool, now_seconds: i64) {
        if let Some(group) = self.named.id(group).and_then(|id| self.named.get_mut(id)) {
            group.note_generation(generation, has_members, now_seconds);
        }
    }

    /// Forgets what a group committed for a partition.
    pub fn forget_partition(&mut self, group: &str, topic: usize, partition: i32) {
        let group = self.named.id(group).and_then(|id| self.named.get_mut(id));
        let (Some(group), Ok(index)) = (group, usize::try_from(partition)) else { return };
        let of_topic = group.topics.iter_mut().find(|(id, _)| *id == topic);
        if let Some(partition) = of_topic.and_then(|(_, all)| all.get_mut(index)) {
            partition.forget();
            group.forget_what_is_unused();
        }
    }

    /// Forgets what a group committed for partitions that the coordinator did not tell when it was asked for all of them.
    pub fn forget_untold(
        &mut self,
        group: &str,
        is_told: impl Fn(usize, i32) -> bool,
        asked_at_seconds: i64,
    ) {
        let group = self.named.id(group).and_then(|id| self.named.get_mut(id));
        let Some(group) = group else { return };
        for (topic, partitions) in &mut group.topics {
            for (at, partition) in (0..).zip(partitions) {
                let newest = partition.window.newest();
                let was_there = newest.is_some_and(|newest| newest.is_older_than(asked_at_seconds));
                if was_there && !is_told(*topic, at) {
                    partition.forget();
                }
            }
        }
        group.forget_what_is_unused();
    }

    /// Nothing is anybody's any more.
    pub fn clear_owners(&mut self, group: &str) {
        let group = self.named.id(group).and_then(|id| self.named.get_mut(id));
        let partitions = group.into_iter().flat_map(|group| &mut group.topics).flat_map(|(_, all)| all);
        partitions.for_each(|partition| partition.owner = None);
    }

    /// Forgets a group.
    pub fn forget(&mut self, group: &str) {
        self.named.remove(group);
    }

    /// Forgets a topic by its number; gives the groups that knew it.
    pub fn forget_topic(&mut self, topic: usize) -> Vec<Arc<str>> {
        let mut knew = Vec::new();
        for (_, name, group) in self.named.iter_mut() {
            let count = group.topics.len();
            group.topics.retain(|(id, _)| *id != topic);
            if group.topics.len() < count {
                knew.push(name.clone());
            }
        }
        knew
    }

    /// Gives every group all partitions that its topics have: before a log end is known, only those of commits are.
    pub fn widen(&mut self, topics: &Topics) {
        let all = self.named.iter_mut().flat_map(|(_, _, group)| &mut group.topics);
        for (topic, partitions) in all {
            let count = topics.count(*topic).max(partitions.len());
            partitions.reserve_exact(count - partitions.len());
            partitions.resize_with(count, Partition::default);
        }
    }

    /// How many windows there are.
    pub fn windows(&self) -> usize {
        let partitions = self.named.iter().flat_map(|(_, _, group)| &group.topics).flat_map(|(_, all)| all);
        partitions.filter(|partition| !partition.window.is_empty()).count()
    }

    /// Forgets groups that `is_kept` does not name.
    pub fn keep(&mut self, is_kept: impl Fn(&str, &Group) -> bool) {
        let gone = self.named.iter().filter(|(_, name, group)| !is_kept(name, group));
        let gone: Vec<Arc<str>> = gone.map(|(_, name, _)| name.clone()).collect();
        gone.iter().for_each(|group| self.forget(group));
    }

    /// Forgets the commits of some groups that were written at an order or behind it.
    pub fn forget_from(&mut self, is_asked: impl Fn(&str) -> bool, order: i64, keeping: Keeping) {
        let Self { named, open } = self;
        let asked = named.iter_mut().filter(|(_, name, _)| is_asked(name));
        for partition in asked.flat_map(|(_, _, group)| &mut group.topics).flat_map(|(_, all)| all) {
            partition.window.lay_open(open);
            let count = open.len();
            open.retain(|commit| commit.order < order);
            if open.len() < count {
                partition.window.set(open, keeping.intervals);
            }
        }
    }

    /// A group by its name.
    pub fn named(&self, group: &str) -> Option<&Group> {
        self.named.named(group)
    }

    /// All groups.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Group)> {
        self.named.iter().map(|(_, name, group)| (name.as_ref(), group))
    }
}
