//! The groups of a cluster, or a part of them: what each committed for which partition.

use std::sync::Arc;

use super::{Named, Topics};
use crate::capabilities::lag::{
    evaluate::{Placed, place},
    model::{Commit, Keeping, SavedCommit, SavedGroup, Window},
};

/// A commit as it comes.
#[derive(Clone, Copy, Debug)]
pub struct Committed<'a> {
    /// Who committed.
    pub group: &'a str,
    /// For which topic.
    pub topic: &'a str,
    /// For which partition of it.
    pub partition: i32,
    /// The next offset that the group will read.
    pub offset: i64,
    /// The offset of the commit's own record.
    pub order: i64,
    /// When, by the broker's clock, in ms since 1970.
    pub time_ms: i64,
    /// Whether it was made long before: nobody knows where the log ended then.
    pub is_old: bool,
}

/// A committed offset as the coordinator tells it.
#[derive(Clone, Copy, Debug)]
pub struct Fetched<'a> {
    /// Whose.
    pub group: &'a str,
    /// Of which topic.
    pub topic: &'a str,
    /// Of which partition of it.
    pub partition: i32,
    /// The next offset that the group will read.
    pub offset: i64,
    /// When the coordinator was asked, in s since 1970.
    pub asked_at_seconds: i64,
}

/// As what an offset that was fetched is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FetchedAs {
    /// As what holds where no commit was seen since it was asked for: commits are seen, or will be.
    First,
    /// As a commit of now where it has moved: commits are never seen.
    Commit,
    /// As what holds until commits are seen again.
    Meanwhile,
}

/// What became of a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// It has its place in the window.
    Placed(Placed),
    /// It is older than a group may be silent.
    Expired,
    /// The partition's log end is not known yet.
    LogEndUnknown,
    /// There is no room for one more window.
    NoRoom,
}

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
    fn forget(&mut self) {
        *self = Self { is_used: self.owner.is_some(), owner: self.owner.take(), window: Window::default() };
    }
}

/// A group.
#[derive(Clone, Debug, Default)]
pub struct Group {
    /// By the number of the topic, in that order; a partition at its own index.
    topics: Vec<(usize, Vec<Partition>)>,
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
    fn forget_what_is_unused(&mut self) {
        self.topics.retain(|(_, partitions)| partitions.iter().any(|partition| partition.is_used));
    }

    /// Whether its last commit is too long ago.
    pub fn is_expired(&self, keeping: Keeping, now_seconds: i64) -> bool {
        self.last_commit_ms < oldest_ms(keeping, now_seconds)
    }

    /// A partition of a topic that has so many of them.
    fn used(&mut self, topic: usize, count: usize, partition: i32) -> Option<&mut Partition> {
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

fn oldest_ms(keeping: Keeping, now_seconds: i64) -> i64 {
    now_seconds.saturating_mul(1_000).saturating_sub(keeping.expire_group_ms)
}

/// Groups by their names.
#[derive(Clone, Debug, Default)]
pub struct Groups {
    named: Named<Group>,
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
            observed_at_seconds: now_seconds,
            lag: log_end.filter(|_| !it.is_old).map(|log_end| lag(log_end, it.offset)),
        };
        self.open.clear();
        self.open.extend(partition.window.commits());
        let placed = place(&mut self.open, new, keeping);
        if matches!(placed, Placed::Newest | Placed::Late) {
            partition.window.set(&self.open, keeping.intervals);
        }
        if placed == Placed::Newest {
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
        self.open.clear();
        self.open.extend(partition.window.commits());
        match (self.open.last(), use_as) {
            (None, _) => self.open.push(new),
            (Some(newest), _) if newest.offset == it.offset => return Kept::Placed(Placed::Duplicate),
            (Some(newest), FetchedAs::First) if !newest.is_older_than(it.asked_at_seconds) => {
                return Kept::Placed(Placed::Late);
            }
            (Some(_), FetchedAs::Commit) => {
                place(&mut self.open, Commit { order: now_ms, ..new }, keeping);
            }
            (Some(_), FetchedAs::First | FetchedAs::Meanwhile) => {
                self.open.retain(|kept| !kept.is_fetched());
                self.open.push(new);
            }
        }
        partition.window.set(&self.open, keeping.intervals);
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
        for (topic, partition, owner) in owners {
            self.own(topics, group, (topic, partition, owner), keeping);
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
        let id = self.named.id_or_insert(group, Group::default);
        let Some((topic, count, log_end)) = topics.noted(topic, partition) else { return };
        if log_end.is_none() && keeping.drops_early {
            return;
        }
        let group = self.named.get_mut(id);
        if let Some(partition) = group.and_then(|group| group.used(topic, count, partition)) {
            partition.owner = Some(owner);
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

    /// All groups with what they committed, to be written down. What was fetched has to be fetched anew.
    pub fn saved<'a>(&'a self, topics: &'a Topics) -> impl Iterator<Item = SavedGroup> + 'a {
        let of_partition = |(at, partition): (usize, &Partition)| {
            let commits = partition.window.commits().filter(|commit| !commit.is_fetched());
            let commits: Vec<_> = commits.map(SavedCommit::from).collect();
            (!commits.is_empty()).then_some((i32::try_from(at).unwrap_or(i32::MAX), commits))
        };
        let of_topic = move |(topic, partitions): &(usize, Vec<Partition>)| {
            let partitions: Vec<_> = partitions.iter().enumerate().filter_map(of_partition).collect();
            (!partitions.is_empty()).then_some((topics.name(*topic)?.to_owned(), partitions))
        };
        self.named.iter().map(move |(_, name, group)| SavedGroup {
            group: name.to_string(),
            last_commit_ms: group.last_commit_ms,
            topics: group.topics.iter().filter_map(of_topic).collect(),
        })
    }

    /// Takes over what was written down of a group. Its topics have been noted.
    pub fn restore(&mut self, topics: &Topics, saved: SavedGroup, keeping: Keeping) {
        let id = self.named.id_or_insert(&saved.group, Group::default);
        let Some(group) = self.named.get_mut(id) else { return };
        group.last_commit_ms = group.last_commit_ms.max(saved.last_commit_ms);
        for (topic, partitions) in saved.topics {
            for (partition, commits) in partitions {
                let Some((topic, count, _)) = topics.noted(&topic, partition) else { continue };
                let Some(used) = group.used(topic, count, partition) else { continue };
                let commits: Vec<Commit> = commits.into_iter().map(Commit::from).collect();
                let newest = commits.len().saturating_sub(keeping.intervals);
                used.window.set(commits.get(newest..).unwrap_or_default(), keeping.intervals);
            }
        }
    }

    /// Forgets groups that `is_kept` does not name.
    pub fn keep(&mut self, is_kept: impl Fn(&str, &Group) -> bool) {
        let gone = self.named.iter().filter(|(_, name, group)| !is_kept(name, group));
        let gone: Vec<Arc<str>> = gone.map(|(_, name, _)| name.clone()).collect();
        gone.iter().for_each(|group| self.forget(group));
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

/// Records between a committed offset and a log end. Log ends are looked at now and then, so that a commit may be ahead.
pub fn lag(log_end: i64, offset: i64) -> u64 {
    if log_end > offset { log_end.abs_diff(offset) } else { 0 }
}
