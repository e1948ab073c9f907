//! A range of the past and its step, as every history is asked for them.

use std::time::Duration;

use shared::DateTime;

use super::{params::Params, problem::Fault};

/// Points of a series in one answer.
const MOST_POINTS: u64 = 2_000;
/// Points of all series in one answer.
const MOST_VALUES: u64 = 500_000;
/// Points of a series where no step is told.
const USUAL_POINTS: u64 = 240;
/// Where no range is told.
const USUAL_RANGE: chrono::Duration = chrono::Duration::hours(1);
/// Steps that are chosen from where none is told, in seconds. Longer ones are whole days.
const STEPS: [u64; 15] = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1_800, 3_600, 10_800, 21_600, 43_200];
const DAY: u64 = 86_400;

/// A range in steps, within bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// Where it begins, on a whole step.
    pub from: DateTime,
    /// Where it ends.
    pub to: DateTime,
    /// How long a step is.
    pub step: Duration,
}

/// `from`, `to` and `step` as they were given.
#[derive(Clone, Copy, Debug)]
pub struct AskedRange {
    range: (Option<DateTime>, Option<DateTime>),
    step: Option<u64>,
    shortest: u64,
}

impl AskedRange {
    /// Takes them; a step is at least so many seconds, and at most a day.
    pub fn take(params: &mut Params, shortest: u64) -> Result<Self, Fault> {
        let range = params.range()?;
        let takes = format!("a number of seconds from {shortest} to {DAY}");
        let step = params.typed::<u64>("step", &takes)?;
        match step.filter(|step| !(shortest..=DAY).contains(step)) {
            Some(step) => Err(Fault::BadParameter(format!("step={step}: takes {takes}."))),
            None => Ok(Self { range, step, shortest }),
        }
    }

    /// The same for so many series; the last hour where no range is told.
    pub fn bounded(self, now: DateTime, series: u64) -> Result<Range, Fault> {
        let (from, to) = self.range;
        let to = to.unwrap_or(now).min(now);
        let from = from.unwrap_or(to - USUAL_RANGE).min(to);
        let step = self.step.unwrap_or_else(|| chosen(from, to, self.shortest));
        bounded(from, to, step, series)?;
        let step = Duration::from_secs(step);
        Ok(Range { from: whole_step(from, step), to, step })
    }
}

/// The beginning of the step that a time lies in.
fn whole_step(time: DateTime, step: Duration) -> DateTime {
    let step = i64::try_from(step.as_millis()).unwrap_or(i64::MAX).max(1);
    let ms = time.timestamp_millis().div_euclid(step) * step;
    DateTime::from_timestamp_millis(ms).unwrap_or(time)
}

/// The shortest step of a good length that gives no more points than a chart needs.
fn chosen(from: DateTime, to: DateTime, shortest: u64) -> u64 {
    let seconds = (to - from).num_seconds().max(0).unsigned_abs();
    let needed = seconds.div_ceil(USUAL_POINTS).max(shortest);
    STEPS.into_iter().find(|step| *step >= needed).unwrap_or_else(|| needed.div_ceil(DAY) * DAY)
}

fn bounded(from: DateTime, to: DateTime, step: u64, series: u64) -> Result<(), Fault> {
    let points = (to - from).num_seconds().max(0).unsigned_abs().div_ceil(step);
    if points > MOST_POINTS {
        return Err(Fault::BadParameter(format!(
            "That are {points} points, and {MOST_POINTS} are answered at most: take a longer step or a shorter range."
        )));
    }
    if points.saturating_mul(series) > MOST_VALUES {
        return Err(Fault::BadParameter(format!(
            "That are {points} points of {series} series, and {MOST_VALUES} values are answered at most: take a longer \
             step, a shorter range, or fewer series."
        )));
    }
    Ok(())
}
