//! Groups as they are written down, and taken over again.

use shared::lag::LagVerdict;

use super::{
    Topics,
    group::{Group, Partition, Rare},
    groups::Groups,
};
use crate::capabilities::lag::model::{Commit, Keeping, SavedCommit, SavedGroup, SavedWindow};

impl Groups {
    /// Groups with what they committed, to be written down. What was fetched has to be fetched anew.
    pub fn saved<'a>(
        &'a self,
        topics: &'a Topics,
        is_asked: impl Fn(&str) -> bool + 'a,
        told: impl Fn(&str) -> Option<LagVerdict> + 'a,
    ) -> impl Iterator<Item = SavedGroup> + 'a {
        let of_partition = |(at, partition): (usize, &Partition)| {
            let commits = partition.window.commits().filter(|commit| !commit.is_fetched());
            let commits: Vec<_> = commits.map(SavedCommit::from).collect();
            (!commits.is_empty()).then(|| SavedWindow {
                partition: i32::try_from(at).unwrap_or(i32::MAX),
                commits,
                seen_seconds: partition.seen_seconds,
                moved_seconds: partition.moved_seconds,
                fell: partition.fell(),
                pauses: partition.pauses(),
                peeked: partition.peeked(),
            })
        };
        let of_topic = move |(topic, partitions): &(usize, Vec<Partition>)| {
            let partitions: Vec<_> = partitions.iter().enumerate().filter_map(of_partition).collect();
            (!partitions.is_empty()).then_some((topics.name(*topic)?.to_owned(), partitions))
        };
        self.named.iter().filter(move |(_, name, _)| is_asked(name)).map(move |(_, name, group)| SavedGroup {
            group: name.to_string(),
            last_commit_ms: group.last_commit_ms,
            told: told(name).or(group.told),
            topics: group.topics.iter().filter_map(of_topic).collect(),
        })
    }

    /// Takes over what was written down of a group. Its topics have been noted.
    pub fn restore(&mut self, topics: &Topics, saved: SavedGroup, keeping: Keeping) {
        let id = self.named.id_or_insert(&saved.group, Group::default);
        let Some(group) = self.named.get_mut(id) else { return };
        group.last_commit_ms = group.last_commit_ms.max(saved.last_commit_ms);
        group.told = saved.told;
        for (topic, partitions) in saved.topics {
            for window in partitions {
                let Some((topic, count, _)) = topics.noted(&topic, window.partition) else { continue };
                let Some(used) = group.used(topic, count, window.partition) else { continue };
                let commits: Vec<Commit> = window.commits.into_iter().map(Commit::from).collect();
                let newest = commits.len().saturating_sub(keeping.intervals);
                used.window.set(commits.get(newest..).unwrap_or_default(), keeping.intervals);
                (used.seen_seconds, used.moved_seconds) = (window.seen_seconds, window.moved_seconds);
                let SavedWindow { fell, pauses, peeked, .. } = window;
                let rare = Rare { fell, pauses, peeked, pace: None };
                used.rare = (rare != Rare::default()).then(|| Box::new(rare));
            }
        }
    }
}
