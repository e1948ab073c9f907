//! The log ends of topics that groups have committed for.

use std::collections::VecDeque;

use super::named::Named;
use crate::capabilities::lag::model::SavedEnds;

/// The topics of a cluster.
#[derive(Clone, Debug, Default)]
pub struct Topics(Named<Vec<LogEnds>>);

/// The log ends of a partition at the last looks, oldest first.
#[derive(Clone, Debug, Default)]
pub struct LogEnds(VecDeque<LogEnd>);

/// What a look at a partition told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogEnd {
    /// The high watermark.
    pub offset: i64,
    /// The last stable offset, where it is known: behind it, nothing is read by who wants only what is committed.
    pub stable: Option<i64>,
    /// When, in ms since 1970.
    pub time_ms: i64,
}

/// The most partitions that a topic is believed to have: Kafka itself ends far below.
const MOST_PARTITIONS: usize = 1_000_000;

impl Topics {
    /// Takes over what a look at a partition told. `intervals` looks are kept.
    pub fn see(&mut self, topic: &str, place: (i32, i32), end: LogEnd, intervals: usize) {
        let (partition, partition_count) = place;
        let count = usize::try_from(partition_count).unwrap_or_default().min(MOST_PARTITIONS);
        let id = self.0.id_or_insert(topic, Vec::new);
        let Some(partitions) = self.0.get_mut(id) else { return };
        if partitions.len() < count {
            partitions.resize_with(count, LogEnds::default);
        }
        let Some(ends) = usize::try_from(partition).ok().and_then(|at| partitions.get_mut(at)) else {
            return;
        };
        while ends.0.len() >= intervals.max(1) {
            ends.0.pop_front();
        }
        ends.0.push_back(end);
    }

    /// The log ends of a partition at the last looks, oldest first.
    pub fn log_ends(&self, topic: usize, partition: usize) -> impl DoubleEndedIterator<Item = i64> + '_ {
        let ends = self.0.get(topic).and_then(|partitions| partitions.get(partition));
        ends.into_iter().flat_map(|ends| ends.0.iter().map(|end| end.offset))
    }

    /// The newest look at a partition.
    pub fn log_end(&self, topic: usize, partition: usize) -> Option<LogEnd> {
        self.0.get(topic)?.get(partition)?.0.back().copied()
    }

    /// How many partitions a topic has, as far as is known.
    pub fn count(&self, topic: usize) -> usize {
        self.0.get(topic).map_or(0, Vec::len)
    }

    /// Notes a topic with at least so many partitions, of which no log end is known.
    pub fn note(&mut self, topic: &str, partition_count: usize) {
        let id = self.0.id_or_insert(topic, Vec::new);
        let count = partition_count.min(MOST_PARTITIONS);
        if let Some(partitions) = self.0.get_mut(id).filter(|partitions| partitions.len() < count) {
            partitions.resize_with(count, LogEnds::default);
        }
    }

    /// Where a commit for a partition belongs: the topic's number, its count of partitions, and the newest log end if that
    /// is known. None where the partition was never noted.
    pub fn noted(&self, topic: &str, partition: i32) -> Option<(usize, usize, Option<i64>)> {
        let id = self.0.id(topic)?;
        let partitions = self.0.get(id)?;
        let ends = partitions.get(usize::try_from(partition).ok()?)?;
        Some((id, partitions.len(), ends.0.back().map(|end| end.offset)))
    }

    /// The newest log end of each partition of a topic, where it is known.
    pub fn newest(&self, topic: &str) -> Option<Vec<Option<i64>>> {
        let newest = |ends: &LogEnds| ends.0.back().map(|end| end.offset);
        Some(self.0.named(topic)?.iter().map(newest).collect())
    }

    /// What is known of topics, to be written down.
    pub fn saved(&self, is_asked: impl Fn(&str) -> bool) -> SavedEnds {
        let end = |end: &LogEnd| (end.offset, end.stable, end.time_ms);
        let ends = |ends: &LogEnds| ends.0.iter().map(end).collect();
        let asked = self.0.iter().filter(|(_, name, _)| is_asked(name));
        asked.map(|(_, name, all)| (name.to_string(), all.iter().map(ends).collect())).collect()
    }

    /// Takes over what was written down, where nothing is known yet.
    pub fn restore(&mut self, saved: SavedEnds) {
        let end = |(offset, stable, time_ms)| LogEnd { offset, stable, time_ms };
        for (topic, all) in saved {
            let ends = |ends: Vec<_>| LogEnds(ends.into_iter().map(end).collect());
            self.0.id_or_insert(&topic, || all.into_iter().take(MOST_PARTITIONS).map(ends).collect());
        }
    }

    /// The number of a topic.
    pub fn id(&self, topic: &str) -> Option<usize> {
        self.0.id(topic)
    }

    /// The name of a topic.
    pub fn name(&self, topic: usize) -> Option<&str> {
        self.0.name(topic).map(AsRef::as_ref)
    }

    /// The names of all topics.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(_, name, _)| name.as_ref())
    }

    /// Takes a topic's name away; gives its number, of which groups must know no more before it is free.
    pub fn unname(&mut self, topic: &str) -> Option<usize> {
        self.0.unname(topic)
    }

    /// Forgets the topic of that number.
    pub fn free(&mut self, topic: usize) {
        self.0.free(topic);
    }
}
