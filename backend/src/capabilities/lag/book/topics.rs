//! The log ends of topics that groups have committed for.

use std::collections::VecDeque;

use super::named::Named;
use crate::capabilities::lag::model::{Looks, OpenTransaction, SavedEnds, SavedLooks};

/// The topics of a cluster.
#[derive(Clone, Debug, Default)]
pub struct Topics(Named<TopicEnds>);

/// The ends of a topic's logs.
#[derive(Clone, Debug, Default)]
pub struct TopicEnds {
    partitions: Vec<LogEnds>,
    retention_ms: Option<i64>,
    is_absent: bool,
}

/// What was seen of the log of a partition.
#[derive(Clone, Debug, Default)]
struct LogEnds {
    /// The last looks at its end, oldest first.
    looks: VecDeque<LogEnd>,
    /// Where it ended for a reader of what is committed, over weeks.
    past: Looks,
    /// Where it began.
    starts: Looks,
    /// That records wait behind a transaction that is open.
    open: Option<OpenTransaction>,
}

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
/// Looks at an end that are kept over weeks: an age is told within a quarter of itself.
const LOOKS: usize = 56;
/// Looks at a start that are kept.
const STARTS: usize = 8;
/// Looks at an end that are written down.
const SAVED: usize = 16;
/// Starts that moved less often have no rate.
const FEWEST_MOVES: usize = 2;

impl TopicEnds {
    /// The newest look at a partition.
    pub fn newest(&self, partition: usize) -> Option<LogEnd> {
        self.partitions.get(partition)?.looks.back().copied()
    }

    /// The look before that one.
    pub fn before(&self, partition: usize) -> Option<LogEnd> {
        self.partitions.get(partition)?.looks.iter().rev().nth(1).copied()
    }

    /// Where the log of a partition ended over the last weeks.
    pub fn past(&self, partition: usize) -> Option<&Looks> {
        self.partitions.get(partition).map(|ends| &ends.past)
    }

    /// The transaction that is open on a partition, as of the newest look.
    pub fn open_transaction(&self, partition: usize) -> Option<OpenTransaction> {
        self.partitions.get(partition)?.open
    }

    /// The first offset that there is. One beyond the end was read of another log under this name.
    pub fn start(&self, partition: usize) -> Option<i64> {
        let ends = self.partitions.get(partition)?;
        let (_, start) = ends.starts.newest()?;
        ends.looks.back().is_none_or(|end| start <= end.offset).then_some(start)
    }

    /// The first offset that there was at a time, about.
    pub fn start_at(&self, partition: usize, time_ms: i64) -> Option<f64> {
        self.start(partition)?;
        self.partitions.get(partition)?.starts.at(time_ms)
    }

    /// Records that are taken away at the start of the log each second, since a time in ms; none where that was not seen
    /// often enough.
    pub fn start_rate(&self, partition: usize, since_ms: i64) -> Option<f64> {
        let starts = &self.partitions.get(partition)?.starts;
        (starts.moves() >= FEWEST_MOVES).then(|| starts.rate(since_ms, 1))?
    }

    /// How long records are kept, where they are deleted by their age.
    pub fn retention_ms(&self) -> Option<i64> {
        self.retention_ms
    }

    /// Whether the topic is not there.
    pub fn is_absent(&self) -> bool {
        self.is_absent
    }

    fn widen(&mut self, count: usize) {
        let count = count.min(MOST_PARTITIONS);
        if self.partitions.len() < count {
            self.partitions.resize_with(count, LogEnds::default);
        }
    }
}

impl LogEnds {
    /// Notes whether what is not stable begins where it did. What was only just written is not stable for a moment.
    fn see_open(&mut self) {
        let Some(LogEnd { offset: end, stable: Some(offset), time_ms }) = self.looks.back().copied() else {
            return;
        };
        let seen = || OpenTransaction { offset, since_ms: time_ms, was_there: self.looks.len() == 1 };
        let before = self.open.filter(|open| open.offset == offset);
        self.open = (offset < end).then(|| before.unwrap_or_else(seen));
    }

    /// Takes over what was seen before everything that is known.
    fn restore(&mut self, mut before: Self) {
        let is_the_same = self.open.zip(before.open).is_some_and(|(now, then)| now.offset == then.offset);
        if is_the_same || self.looks.iter().all(|look| look.stable.is_none()) {
            self.open = before.open;
        }
        before.open = self.open;
        let since = self.looks.front().map_or(i64::MAX, |look| look.time_ms);
        before.looks.retain(|look| look.time_ms < since);
        for look in std::mem::take(&mut self.looks) {
            before.looks.push_back(look);
        }
        self.past.points().for_each(|(time_ms, offset)| before.past.see(time_ms, offset, LOOKS));
        before.starts = std::mem::take(&mut self.starts);
        *self = before;
    }
}

impl Topics {
    /// Takes over what a look at a partition told. `intervals` looks are kept.
    pub fn see(&mut self, topic: &str, place: (i32, i32), end: LogEnd, intervals: usize) {
        let (partition, partition_count) = place;
        let id = self.0.id_or_insert(topic, TopicEnds::default);
        let Some(ends) = self.0.get_mut(id) else { return };
        ends.is_absent = false;
        ends.widen(usize::try_from(partition_count).unwrap_or_default());
        let Some(ends) = usize::try_from(partition).ok().and_then(|at| ends.partitions.get_mut(at)) else {
            return;
        };
        while ends.looks.len() >= intervals.max(1) {
            ends.looks.pop_front();
        }
        ends.looks.push_back(end);
        ends.see_open();
        // Where committed records end is another line than where all do.
        if let Some(stable) = end.stable {
            ends.past.see(end.time_ms, stable, LOOKS);
        }
    }

    /// Takes over the last stable offset of a partition, where that is told apart from its end.
    pub fn see_stable(&mut self, topic: &str, partition: i32, offset: i64, time_ms: i64) {
        let ends = self.0.id(topic).and_then(|id| self.0.get_mut(id));
        let at = usize::try_from(partition).ok();
        let Some(ends) = ends.zip(at).and_then(|(ends, at)| ends.partitions.get_mut(at)) else { return };
        let Some(newest) = ends.looks.back_mut() else { return };
        let stable = offset.min(newest.offset);
        newest.stable = Some(stable);
        ends.see_open();
        ends.past.see(time_ms, stable, LOOKS);
    }

    /// Takes over where the log of a partition begins.
    pub fn see_start(&mut self, topic: &str, partition: i32, offset: i64, time_ms: i64) {
        let ends = self.0.id(topic).and_then(|id| self.0.get_mut(id));
        let at = usize::try_from(partition).ok();
        if let Some(ends) = ends.zip(at).and_then(|(ends, at)| ends.partitions.get_mut(at)) {
            ends.starts.see(time_ms, offset, STARTS);
        }
    }

    /// Takes over how long a topic keeps its records, if it deletes them by age.
    pub fn see_retention(&mut self, topic: &str, retention_ms: Option<i64>) {
        if let Some(ends) = self.0.id(topic).and_then(|id| self.0.get_mut(id)) {
            ends.retention_ms = retention_ms;
        }
    }

    /// Takes over that a topic is not there.
    pub fn miss(&mut self, topic: &str) {
        if let Some(ends) = self.0.id(topic).and_then(|id| self.0.get_mut(id)) {
            ends.is_absent = true;
        }
    }

    /// Where the log of a partition ended over the last weeks.
    pub fn past(&self, topic: usize, partition: i32) -> Option<&Looks> {
        self.ends(topic)?.past(usize::try_from(partition).ok()?)
    }

    /// What is known of a topic.
    pub fn ends(&self, topic: usize) -> Option<&TopicEnds> {
        self.0.get(topic)
    }

    /// The log ends of a partition at the last looks, oldest first.
    pub fn log_ends(&self, topic: usize, partition: usize) -> impl DoubleEndedIterator<Item = i64> + '_ {
        let ends = self.0.get(topic).and_then(|ends| ends.partitions.get(partition));
        ends.into_iter().flat_map(|ends| ends.looks.iter().map(|end| end.offset))
    }

    /// The newest look at a partition.
    pub fn log_end(&self, topic: usize, partition: usize) -> Option<LogEnd> {
        self.0.get(topic)?.newest(partition)
    }

    /// How many partitions a topic has, as far as is known.
    pub fn count(&self, topic: usize) -> usize {
        self.0.get(topic).map_or(0, |ends| ends.partitions.len())
    }

    /// Notes a topic with at least so many partitions, of which no log end is known.
    pub fn note(&mut self, topic: &str, partition_count: usize) {
        let id = self.0.id_or_insert(topic, TopicEnds::default);
        if let Some(ends) = self.0.get_mut(id) {
            ends.widen(partition_count);
        }
    }

    /// Where a commit for a partition belongs: the topic's number, its count of partitions, and the newest log end if that
    /// is known. None where the partition was never noted.
    pub fn noted(&self, topic: &str, partition: i32) -> Option<(usize, usize, Option<i64>)> {
        let id = self.0.id(topic)?;
        let ends = self.0.get(id)?;
        let of_partition = ends.partitions.get(usize::try_from(partition).ok()?)?;
        Some((id, ends.partitions.len(), of_partition.looks.back().map(|end| end.offset)))
    }

    /// The newest log end of each partition of a topic, where it is known.
    pub fn newest(&self, topic: &str) -> Option<Vec<Option<i64>>> {
        let newest = |ends: &LogEnds| ends.looks.back().map(|end| end.offset);
        Some(self.0.named(topic)?.partitions.iter().map(newest).collect())
    }

    /// What is known of topics, to be written down.
    pub fn saved(&self, is_asked: impl Fn(&str) -> bool) -> SavedEnds {
        let end = |end: &LogEnd| (end.offset, end.stable, end.time_ms);
        let looks = |ends: &LogEnds| SavedLooks {
            looks: ends.looks.iter().map(end).collect(),
            past: ends.past.thinned(SAVED).points().collect(),
            open: ends.open,
        };
        let asked = self.0.iter().filter(|(_, name, ends)| !ends.is_absent && is_asked(name));
        asked.map(|(_, name, ends)| (name.to_string(), ends.partitions.iter().map(looks).collect())).collect()
    }

    /// Takes over what was written down.
    pub fn restore(&mut self, saved: SavedEnds) {
        let end = |(offset, stable, time_ms)| LogEnd { offset, stable, time_ms };
        let ends = |saved: SavedLooks| {
            let mut past = Looks::default();
            saved.past.into_iter().for_each(|(time_ms, offset)| past.see(time_ms, offset, LOOKS));
            let looks = saved.looks.into_iter().map(end).collect();
            LogEnds { looks, past, starts: Looks::default(), open: saved.open }
        };
        for (topic, all) in saved {
            let id = self.0.id_or_insert(&topic, TopicEnds::default);
            let Some(known) = self.0.get_mut(id) else { continue };
            known.widen(all.len());
            // A topic may have been noted, and even looked at, before.
            for (known, saved) in known.partitions.iter_mut().zip(all) {
                known.restore(ends(saved));
            }
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

    /// The name of a topic, to be kept.
    pub fn shared_name(&self, topic: usize) -> Option<std::sync::Arc<str>> {
        self.0.name(topic).cloned()
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

#[cfg(test)]
mod tests {
    use super::*;

    fn see(topics: &mut Topics, second: i64, (stable, end): (i64, i64)) -> Option<(i64, i64)> {
        let end = LogEnd { offset: end, stable: Some(stable), time_ms: second * 1_000 };
        topics.see("orders", (0, 1), end, 10);
        since(topics)
    }

    /// The offset of the open transaction, and the second since when.
    fn since(topics: &Topics) -> Option<(i64, i64)> {
        let open = topics.ends(topics.id("orders")?)?.open_transaction(0)?;
        Some((open.offset, open.since_ms / 1_000))
    }

    #[test]
    fn a_transaction_is_open_since_its_first_record_was_seen_not_since_the_end_stood_there() {
        let mut topics = Topics::default();
        assert_eq!(see(&mut topics, 0, (5, 5)), None);
        assert_eq!(see(&mut topics, 3_600, (5, 7)), Some((5, 3_600)));
        assert_eq!(see(&mut topics, 3_610, (5, 9)), Some((5, 3_600)));
        assert_eq!(see(&mut topics, 3_620, (9, 12)), Some((9, 3_620)), "the next one");
        assert_eq!(see(&mut topics, 3_630, (12, 12)), None);
    }

    #[test]
    fn over_a_restart_the_same_transaction_is_open_since_then() {
        let mut before = Topics::default();
        see(&mut before, 10, (5, 7));
        let restored = |mut topics: Topics| {
            topics.restore(before.saved(|_| true));
            topics
        };
        let mut at_once = restored(Topics::default());
        assert_eq!(since(&at_once), Some((5, 10)));
        assert_eq!(see(&mut at_once, 7_200, (5, 9)), Some((5, 10)));
        let mut late = Topics::default();
        see(&mut late, 7_200, (5, 9));
        assert_eq!(since(&restored(late)), Some((5, 10)));
        let mut another = Topics::default();
        see(&mut another, 7_200, (8, 9));
        assert_eq!(since(&restored(another)), Some((8, 7_200)));
        let mut none = Topics::default();
        see(&mut none, 7_200, (9, 9));
        assert_eq!(since(&restored(none)), None);
    }
}
