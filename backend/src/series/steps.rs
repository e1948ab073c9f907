//! What a chart asks for: the mean of each step of a stretch of time.

use std::time::Duration;

use shared::DateTime;

use super::resolution::milliseconds;

/// Steps that are answered at most.
const MOST: i64 = 10_000;

/// Gathers values into steps. They begin at whole multiples of their length since 1970, so that a step is the same
/// whoever asks for it.
#[derive(Clone, Debug)]
pub struct Steps {
    first: i64,
    step: i64,
    gathered: Vec<(f64, u32)>,
}

impl Steps {
    /// The steps that touch the time from `from` until before `to`; at most 10,000, the oldest.
    pub fn new(from: DateTime, to: DateTime, step: Duration) -> Self {
        let step = milliseconds(step);
        let (from, to) = (from.timestamp_millis(), to.timestamp_millis());
        let first = from.div_euclid(step) * step;
        let count = if from < to { ((to - 1).div_euclid(step) - first / step + 1).min(MOST) } else { 0 };
        Self { first, step, gathered: vec![(0.0, 0); usize::try_from(count).unwrap_or_default()] }
    }

    /// Adds a value that holds for a slot from `time` on to all steps that begin in it.
    pub fn fill(&mut self, time: DateTime, slot: Duration, value: f32) {
        let (from, to) = (time.timestamp_millis(), (time + slot).timestamp_millis());
        let mut at = from;
        while at < to {
            self.add_at(at, value);
            at += self.step;
        }
    }

    /// Adds a value to the step that its time lies in, if it is one of these.
    pub(super) fn add_at(&mut self, ms: i64, value: f32) {
        let place = (ms - self.first).div_euclid(self.step);
        let step = usize::try_from(place).ok().and_then(|place| self.gathered.get_mut(place));
        if let Some((sum, count)) = step {
            *sum += f64::from(value);
            *count += 1;
        }
    }

    /// The beginning of each step with the mean of its values; none where nothing is known.
    pub fn means(&self) -> Vec<(DateTime, Option<f64>)> {
        let mean = |(place, (sum, count)): (usize, &(f64, u32))| {
            let begins = DateTime::from_timestamp_millis(self.first + self.step * place as i64)?;
            Some((begins, (*count > 0).then(|| sum / f64::from(*count))))
        };
        self.gathered.iter().enumerate().filter_map(mean).collect()
    }
}
