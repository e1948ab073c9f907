//! How often a mirror writes down its position.
//!
//! Each task writes in a rhythm of its own, so it is told by the times between two writings of the same partition.

/// Times between two writings that are remembered.
const REMEMBERED: usize = 64;

/// Times between two writings of a partition, the last ones of all partitions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flushes {
    times_ms: Vec<i64>,
    next: usize,
}

impl Flushes {
    /// A partition's position moved, so long after it had moved before.
    pub fn see(&mut self, time_ms: i64) {
        if time_ms <= 0 {
            return;
        }
        match self.times_ms.get_mut(self.next) {
            Some(oldest) => *oldest = time_ms,
            None => self.times_ms.push(time_ms),
        }
        self.next = (self.next + 1) % REMEMBERED;
    }

    /// The usual time between two writings in ms, the lower quartile: of a partition to which nothing comes nothing is
    /// written. None before three were seen.
    pub fn usual_ms(&self) -> Option<i64> {
        let mut times = self.times_ms.clone();
        times.sort_unstable();
        (times.len() >= 3).then(|| times.get(times.len() / 4).copied()).flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn partitions_that_rest_do_not_make_it_slow_and_too_few_tell_nothing() {
        let mut flushes = Flushes::default();
        [5_000, 5_010].into_iter().for_each(|time| flushes.see(time));
        assert_eq!(flushes.usual_ms(), None);
        [190_000, 5_005, 60_000].into_iter().for_each(|time| flushes.see(time));
        assert_eq!(flushes.usual_ms(), Some(5_005));
        (0..200).for_each(|_| flushes.see(60_000));
        assert_eq!(flushes.usual_ms(), Some(60_000), "the last ones count");
    }
}
