//! How far each partition has been read: written by the tail's thread, read by anybody.

use std::sync::atomic::{AtomicI64, Ordering::Relaxed};

use super::Start;

const UNKNOWN: i64 = -1;

/// Positions by partition.
#[derive(Debug)]
pub(super) struct Positions {
    partitions: Vec<i32>,
    offsets: Vec<AtomicI64>,
}

impl Positions {
    pub fn new(starts: &[(i32, Start)]) -> Self {
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

    /// Notes a position and gives back the one before it.
    pub fn set(&self, partition: i32, offset: i64) -> Option<i64> {
        known(self.of(partition)?.swap(offset, Relaxed))
    }

    pub fn get(&self, partition: i32) -> Option<i64> {
        known(self.of(partition)?.load(Relaxed))
    }

    pub fn all(&self) -> Vec<(i32, i64)> {
        let both = self.partitions.iter().zip(&self.offsets);
        both.filter_map(|(partition, offset)| Some((*partition, known(offset.load(Relaxed))?))).collect()
    }

    fn of(&self, partition: i32) -> Option<&AtomicI64> {
        self.offsets.get(self.partitions.binary_search(&partition).ok()?)
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
        let positions = Positions::new(&[(7, Start::At(40)), (0, Start::End), (3, Start::Beginning)]);
        assert_eq!((positions.get(0), positions.get(7), positions.get(9)), (None, Some(40), None));
        assert_eq!(positions.set(0, 12), None);
        assert_eq!(positions.set(0, 13), Some(12));
        assert_eq!(positions.set(9, 1), None);
        assert_eq!(positions.all(), [(0, 13), (7, 40)]);
    }
}
