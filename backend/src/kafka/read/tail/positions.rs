//! How far each partition has been read: written by the tail's thread, read by anybody.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering::Relaxed};

use super::{Start, Tailed};

const UNKNOWN: i64 = -1;

/// Positions by topic, and in it by partition; both are sorted.
#[derive(Debug)]
pub(super) struct Positions(Vec<(Arc<str>, OfTopic)>);

#[derive(Debug)]
struct OfTopic {
    partitions: Vec<i32>,
    offsets: Vec<AtomicI64>,
}

impl Positions {
    pub fn new(tailed: &[Tailed<'_>]) -> Self {
        let of_topic = |it: &Tailed<'_>| (Arc::from(it.topic), OfTopic::new(it.starts));
        let mut topics: Vec<(Arc<str>, _)> = tailed.iter().map(of_topic).collect();
        topics.sort_by(|(a, _), (b, _)| a.cmp(b));
        Self(topics)
    }

    /// Notes a position and gives back the one before it.
    pub fn set(&self, topic: &str, partition: i32, offset: i64) -> Option<i64> {
        known(self.of(topic, partition)?.swap(offset, Relaxed))
    }

    pub fn get(&self, topic: &str, partition: i32) -> Option<i64> {
        known(self.of(topic, partition)?.load(Relaxed))
    }

    pub fn all(&self) -> Vec<(Arc<str>, i32, i64)> {
        let of_topic = |(topic, of): &(Arc<str>, OfTopic)| {
            let topic = Arc::clone(topic);
            of.known()
                .map(move |(partition, offset)| (Arc::clone(&topic), partition, offset))
                .collect::<Vec<_>>()
        };
        self.0.iter().flat_map(of_topic).collect()
    }

    fn of(&self, topic: &str, partition: i32) -> Option<&AtomicI64> {
        let at = self.0.binary_search_by(|(name, _)| (**name).cmp(topic)).ok()?;
        let (_, of) = self.0.get(at)?;
        of.offsets.get(of.partitions.binary_search(&partition).ok()?)
    }
}

impl OfTopic {
    fn new(starts: &[(i32, Start)]) -> Self {
        let mut starts = starts.to_vec();
        starts.sort_unstable_by_key(|(partition, _)| *partition);
        let offset = |start| match start {
            Start::At(offset) => offset,
            Start::End | Start::Beginning => UNKNOWN,
        };
        Self {
            partitions: starts.iter().map(|(partition, _)| *partition).collect(),
            offsets: starts.iter().map(|(_, start)| AtomicI64::new(offset(*start))).collect(),
        }
    }

    fn known(&self) -> impl Iterator<Item = (i32, i64)> {
        let both = self.partitions.iter().zip(&self.offsets);
        both.filter_map(|(partition, offset)| Some((*partition, known(offset.load(Relaxed))?)))
    }
}

fn known(offset: i64) -> Option<i64> {
    (offset != UNKNOWN).then_some(offset)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_is_known_once_something_has_come() {
        let starts = [(7, Start::At(40)), (0, Start::End), (3, Start::Beginning)];
        let positions = Positions::new(&[Tailed { topic: "orders", starts: &starts }]);
        let get = |partition| positions.get("orders", partition);
        assert_eq!((get(0), get(7), get(9)), (None, Some(40), None));
        assert_eq!(positions.set("orders", 0, 12), None);
        assert_eq!(positions.set("orders", 0, 13), Some(12));
        assert_eq!(positions.set("orders", 9, 1), None);
        assert_eq!(positions.all(), [("orders".into(), 0, 13), ("orders".into(), 7, 40)]);
    }

    #[test]
    fn equal_partitions_of_two_topics_have_positions_of_their_own() {
        let (starts, others) = ([(0, Start::End)], [(0, Start::At(5)), (1, Start::End)]);
        let positions = Positions::new(&[
            Tailed { topic: "status", starts: &starts },
            Tailed { topic: "offsets", starts: &others },
        ]);
        positions.set("status", 0, 9);
        positions.set("status", 1, 9);
        positions.set("configs", 0, 9);
        assert_eq!(positions.all(), [("offsets".into(), 0, 5), ("status".into(), 0, 9)]);
    }
}
