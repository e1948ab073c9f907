//! Minutes of groups in the database: written once they are over, and read again where memory does not reach back.
//!
//! A minute is over when its last turn is: nothing comes late. After an outage everything is written that memory still holds.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use shared::{DateTime, lag::NOUN};

use super::{AGE, LAG, Past, Sample, subject};
use crate::{
    db::{Asked, Database, HistoryError, KeptBlock, Minute, Of, Subjects},
    http::range::Range,
    runtime::Clock,
    series::{Resolution, Window},
};

/// Minutes of all groups that one writing takes.
const AT_ONCE: usize = 5_000;
const MINUTE: Duration = Duration::from_secs(60);

/// When a slot begins, with its mean lag and age.
pub type PastPoint = (DateTime, Sample);

/// The minutes of one cluster.
#[derive(Debug)]
pub struct Minutes {
    cluster: String,
    database: Database,
    clock: Clock,
    past: Arc<Past>,
    /// All minutes before this one are written.
    written: Mutex<Option<DateTime>>,
}

impl Minutes {
    /// Those of the cluster of this name.
    pub fn new(cluster: String, database: Database, clock: Clock, past: Arc<Past>) -> Self {
        Self { cluster, database, clock, past, written: Mutex::default() }
    }

    /// Keeps the minutes that are over and not kept yet.
    pub async fn keep(&self, cluster_id: Option<&str>) -> Result<(), String> {
        let (over, written) = (Resolution::Minute.floor(self.clock.now()), *self.written());
        let is_ours = self.database.is_kept() && self.database.writes(&self.cluster);
        if !is_ours || written.is_some_and(|until| until >= over) {
            return Ok(());
        }
        let past = self.past.clone();
        let windows: Arc<[(i64, Window)]> = apart(move || past.windows()).await?.into();
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

    /// Keeps some minutes, a part of the groups at a time. False where this Riverkeeper is not the one that writes.
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
            match self.database.write_minutes(of, NOUN, &minutes).await {
                Ok(()) => {}
                // The database itself says why it is not open, and that another writes is no failure.
                Err(HistoryError::NotOpen | HistoryError::NotOurs) => return Ok(false),
                Err(error) => return Err(error.to_string()),
            }
        }
        Ok(true)
    }

    /// What is kept of a group, oldest first, and how long a slot of it is; empty where nothing is.
    pub async fn read(
        &self,
        group: &str,
        range: Range,
    ) -> Result<(Resolution, Vec<PastPoint>), HistoryError> {
        let age = (self.clock.now() - range.from).to_std().unwrap_or_default();
        let resolution = self.database.retention().resolution(age, range.step);
        let asked = Asked {
            cluster: &self.cluster,
            noun: NOUN,
            subjects: Subjects::One(subject(group)),
            resolution,
            from: range.from,
            to: range.to,
        };
        let blocks = match self.database.read_blocks(asked).await {
            Err(HistoryError::NotKept) => vec![],
            blocks => blocks?,
        };
        let points = blocks.iter().flat_map(|kept| points(kept, resolution));
        Ok((resolution, points.filter(|(time, _)| (range.from..range.to).contains(time)).collect()))
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

fn points(kept: &KeptBlock, resolution: Resolution) -> impl Iterator<Item = PastPoint> {
    let point = move |slot| {
        let sample = [kept.block.get(slot, LAG), kept.block.get(slot, AGE)];
        (resolution.begins(kept.start, slot), sample)
    };
    let slots = 0..kept.block.slots();
    slots.map(point).filter(|(_, sample)| sample.iter().any(Option::is_some))
}
