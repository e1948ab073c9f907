//! Minutes of what a capability holds in memory: written once they are over, and read again where memory does not reach back.
//!
//! A minute is over when its last turn is: nothing comes late. After an outage everything is written that memory still holds.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use sha2::{Digest, Sha256};
use shared::DateTime;

use super::{Asked, Database, HistoryError, KeptBlock, Minute, Of, Subjects};
use crate::{
    runtime::Clock,
    series::{Resolution, Steps, Window},
};

/// Minutes of all subjects that one writing takes.
const AT_ONCE: usize = 5_000;
const MINUTE: Duration = Duration::from_secs(60);

/// What a name is called among the series: the first eight bytes of its SHA-256 as a number, without its sign. It stays the
/// same, whoever writes it.
pub fn subject(name: &str) -> i64 {
    let digest: [u8; 32] = Sha256::digest(name).into();
    let [a, b, c, d, e, f, g, h, ..] = digest;
    i64::from_be_bytes([a, b, c, d, e, f, g, h]) & i64::MAX
}

/// The minutes of one noun on one cluster, of so many columns.
#[derive(Debug)]
pub struct Minutes<const COLUMNS: usize> {
    cluster: String,
    noun: &'static str,
    database: Database,
    clock: Clock,
    /// All minutes before this one are written.
    written: Mutex<Option<DateTime>>,
}

/// What is kept of one subject, oldest first.
#[derive(Clone, Debug, PartialEq)]
pub struct Kept<const COLUMNS: usize> {
    /// How long a slot is.
    pub slot: Duration,
    /// When each slot begins, with the mean of each column; slots of which nothing is known are left out.
    pub points: Vec<(DateTime, [Option<f32>; COLUMNS])>,
}

impl<const COLUMNS: usize> Kept<COLUMNS> {
    /// The oldest that is kept.
    pub fn since(&self) -> Option<DateTime> {
        self.points.first().map(|(time, _)| *time)
    }

    /// The mean of each column in each step of a range. A slot that is longer than a step stands for all steps in it.
    pub fn steps(
        &self,
        (from, to): (DateTime, DateTime),
        step: Duration,
    ) -> [Vec<(DateTime, Option<f64>)>; COLUMNS] {
        let mut steps = [(); COLUMNS].map(|()| Steps::new(from, to, step));
        for (time, values) in &self.points {
            for (steps, value) in steps.iter_mut().zip(values) {
                value.iter().for_each(|value| steps.fill(*time, self.slot, *value));
            }
        }
        steps.map(|steps| steps.means())
    }
}

impl<const COLUMNS: usize> Minutes<COLUMNS> {
    /// Those of a noun on the cluster of this name.
    pub fn new(cluster: String, noun: &'static str, database: Database, clock: Clock) -> Self {
        Self { cluster, noun, database, clock, written: Mutex::default() }
    }

    /// Keeps the minutes that are over and not kept yet, of all that memory holds by subject.
    pub async fn keep(
        &self,
        cluster_id: Option<&str>,
        held: impl FnOnce() -> Vec<(i64, Window)> + Send + 'static,
    ) -> Result<(), String> {
        let (over, written) = (Resolution::Minute.floor(self.clock.now()), *self.written());
        let is_ours = self.database.is_kept() && self.database.writes(&self.cluster);
        if !is_ours || written.is_some_and(|until| until >= over) {
            return Ok(());
        }
        let windows: Arc<[(i64, Window)]> = apart(held).await?.into();
        let Some(begins) = windows.iter().filter_map(|(_, window)| window.since()).min() else {
            return Ok(());
        };
        let begins = Resolution::Minute.floor(begins);
        let mut start = written.map_or(begins, |until| until.max(begins));
        let step = MINUTE * u32::try_from((AT_ONCE / windows.len()).max(1)).unwrap_or(1);
        while start < over {
            let end = over.min(start + step);
            if !self.keep_between(start, end, &windows, cluster_id).await? {
                return Ok(());
            }
            *self.written() = Some(end);
            start = end;
        }
        Ok(())
    }

    /// Keeps some minutes, a part of the subjects at a time. False where this Riverkeeper is not the one that writes.
    async fn keep_between(
        &self,
        from: DateTime,
        to: DateTime,
        windows: &Arc<[(i64, Window)]>,
        cluster_id: Option<&str>,
    ) -> Result<bool, String> {
        for first in (0..windows.len()).step_by(AT_ONCE) {
            let windows = windows.clone();
            let minutes = apart(move || {
                let part = windows.iter().skip(first).take(AT_ONCE);
                part.flat_map(|(subject, window)| minutes(*subject, window, from, to)).collect::<Vec<_>>()
            });
            let minutes = minutes.await?;
            if minutes.is_empty() {
                continue;
            }
            let of = Of { name: &self.cluster, cluster_id };
            match self.database.write_minutes(of, self.noun, &minutes).await {
                Ok(()) => {}
                // The database itself says why it is not open, and that another writes is no failure.
                Err(HistoryError::NotOpen | HistoryError::NotOurs) => return Ok(false),
                Err(error) => return Err(error.to_string()),
            }
        }
        Ok(true)
    }

    /// What is kept of a subject in a range, by the coarsest resolution that serves the step; no points where nothing is.
    async fn read(
        &self,
        subject: i64,
        (from, to): (DateTime, DateTime),
        step: Duration,
    ) -> Result<Kept<COLUMNS>, HistoryError> {
        let age = (self.clock.now() - from).to_std().unwrap_or_default();
        let resolution = self.database.retention().resolution(age, step);
        let asked = Asked {
            cluster: &self.cluster,
            noun: self.noun,
            subjects: Subjects::One(subject),
            resolution,
            from,
            to,
        };
        let blocks = match self.database.read_blocks(asked).await {
            Err(HistoryError::NotKept) => vec![],
            blocks => blocks?,
        };
        let points = blocks.iter().flat_map(|kept| points(kept, resolution));
        let points = points.filter(|(time, _)| (from..to).contains(time)).collect();
        Ok(Kept { slot: resolution.slot(), points })
    }

    /// The same where memory, which knows a subject since then, does not reach back so far. Where the past cannot be read,
    /// what memory has is told alone; an error where it has nothing.
    pub async fn before(
        &self,
        known_since: Option<DateTime>,
        subject: i64,
        range: (DateTime, DateTime),
        step: Duration,
    ) -> Result<Option<Kept<COLUMNS>>, HistoryError> {
        if known_since.is_some_and(|since| since <= range.0) {
            return Ok(None);
        }
        match self.read(subject, range, step).await {
            Err(_) if known_since.is_some() => Ok(None),
            kept => kept.map(Some),
        }
    }

    fn written(&self) -> MutexGuard<'_, Option<DateTime>> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Works on a thread where it may take its time.
async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, String> {
    let worked = tokio::task::spawn_blocking(work).await;
    worked.map_err(|_| "Riverkeeper has a bug here: its minutes could not be made.".to_owned())
}

fn minutes(subject: i64, window: &Window, from: DateTime, to: DateTime) -> Vec<Minute> {
    let starts = std::iter::successors(Some(from), |start| Some(*start + MINUTE));
    let minute = |start| Some(Minute { subject, start, values: window.minute(start)? });
    starts.take_while(|start| *start < to).filter_map(minute).collect()
}

fn points<const COLUMNS: usize>(
    kept: &KeptBlock,
    resolution: Resolution,
) -> impl Iterator<Item = (DateTime, [Option<f32>; COLUMNS])> {
    let point = move |slot| {
        let mut values = [None; COLUMNS];
        values.iter_mut().enumerate().for_each(|(column, value)| *value = kept.block.get(slot, column));
        (resolution.begins(kept.start, slot), values)
    };
    let slots = 0..kept.block.slots();
    slots.map(point).filter(|(_, values)| values.iter().any(Option::is_some))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_is_the_same_on_every_machine_and_never_negative() {
        assert_eq!(subject("orders"), 2_023_957_755_765_852_388);
        let names = (0..1_000).map(|group| format!("group-{group}"));
        let subjects: std::collections::BTreeSet<i64> = names.map(|name| subject(&name)).collect();
        assert!(subjects.len() == 1_000 && subjects.iter().all(|subject| *subject >= 0));
    }

    #[test]
    fn a_slot_stands_for_all_steps_in_it_and_what_is_not_known_for_none() {
        let at = |seconds: i64| DateTime::from_timestamp_nanos((1_795_600_800 + seconds) * 1_000_000_000);
        let points = vec![(at(0), [Some(1.0), None]), (at(60), [Some(3.0), Some(5.0)])];
        let kept = Kept { slot: MINUTE, points };
        let of = |seconds: u64| kept.steps((at(0), at(120)), Duration::from_secs(seconds));
        let values = |steps: &[(DateTime, Option<f64>)]| steps.iter().map(|(_, it)| *it).collect::<Vec<_>>();
        let [first, second] = of(30);
        assert_eq!(values(&first), [Some(1.0), Some(1.0), Some(3.0), Some(3.0)]);
        assert_eq!(values(&second), [None, None, Some(5.0), Some(5.0)]);
        assert_eq!((values(&of(120)[0]), kept.since()), (vec![Some(2.0)], Some(at(0))));
    }
}
