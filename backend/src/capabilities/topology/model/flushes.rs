//! How often a mirror writes down its position.

/// Moves that come within so many ms of each other are of one writing.
const TOGETHER_MS: i64 = 1_500;
/// Times between writings that are remembered.
const REMEMBERED: usize = 9;

/// When positions moved lately.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flushes {
    last_ms: Option<i64>,
    times_ms: Vec<i64>,
}

impl Flushes {
    /// A position moved.
    pub fn see(&mut self, time_ms: i64) {
        let Some(last_ms) = self.last_ms else {
            self.last_ms = Some(time_ms);
            return;
        };
        let time_between = time_ms - last_ms;
        if time_between <= 0 {
            return;
        }
        self.last_ms = Some(time_ms);
        if time_between > TOGETHER_MS {
            if self.times_ms.len() >= REMEMBERED {
                self.times_ms.remove(0);
            }
            self.times_ms.push(time_between);
        }
    }

    /// The usual time between two writings in ms, the lower quartile: a mirror that has nothing to copy writes nothing.
    /// None before four were seen.
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
    fn moves_of_one_writing_count_once_and_a_pause_does_not_make_it_slow() {
        let mut flushes = Flushes::default();
        for time in [0, 10, 5_000, 5_020, 10_000, 15_000, 200_000, 205_000] {
            flushes.see(time);
        }
        assert_eq!(flushes.usual_ms().map(|ms| ms / 1_000), Some(4));
    }

    #[test]
    fn too_few_writings_tell_nothing() {
        let mut flushes = Flushes::default();
        [0, 60_000, 120_000].into_iter().for_each(|time| flushes.see(time));
        assert_eq!(flushes.usual_ms(), None);
    }
}
