//! The neighbours of every item on one side, in one list.

use super::cells::{at, put};

#[derive(Debug, Default)]
pub(super) struct Ties<T> {
    starts: Vec<usize>,
    ends: Vec<T>,
}

impl<T: Copy + Default> Ties<T> {
    /// From pairs of an item and what it is tied to, for `items` items; keeps the order of the pairs.
    pub fn new(items: usize, pairs: impl Iterator<Item = (usize, T)> + Clone) -> Self {
        let mut starts = vec![0_usize; items + 1];
        for (item, _) in pairs.clone() {
            let count = at(&starts, item + 1);
            put(&mut starts, item + 1, count + 1);
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let mut next = starts.clone();
        let mut ends = vec![T::default(); sum];
        for (item, end) in pairs {
            let place = at(&next, item);
            put(&mut ends, place, end);
            put(&mut next, item, place + 1);
        }
        Self { starts, ends }
    }

    /// What an item is tied to.
    pub fn of(&self, item: usize) -> &[T] {
        self.ends.get(at(&self.starts, item)..at(&self.starts, item + 1)).unwrap_or(&[])
    }
}
