//! What is kept of what brokers carry: finished minutes, read again as the past and as what was usual.
//!
//! Minutes are written once they are over, and the two before them again: a broker that answers late tells what it did
//! then. Saying it again changes nothing. The minute under way is written too, every few seconds, as the mean of what there
//! is of it: else one that is killed twice in two minutes would leave both empty. After an outage everything is written
//! that memory still holds.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use chrono::Duration;
use shared::{
    DateTime,
    load::{Metric, NOUN},
};

use super::{
    model::{BrokersSnapshot, METRICS},
    query::{HistoryQuery, Who},
};
use crate::{
    db::{Asked, Database, HistoryError, Minute, Of, Points, Subjects},
    runtime::{Clock, Stamped},
    series::Resolution,
};

/// The cluster as a whole among the subjects, which else are broker ids.
pub const WHOLE: i64 = -1;
/// Minutes that are written again.
const AGAIN: i64 = 2;
/// Time between two writings of the minute under way.
const OPEN_PERIOD: Duration = Duration::seconds(10);
/// Minutes of all subjects that one writing takes.
const AT_ONCE: usize = 5_000;
/// A database that is well is open by then.
const OPENS_WITHIN: std::time::Duration = std::time::Duration::from_secs(5);
/// Days whose hour tells what is usual.
const DAYS: i64 = 7;

/// Keeps the history of one cluster.
#[derive(Debug)]
pub struct Keeping {
    cluster: String,
    database: Database,
    clock: Clock,
    written: Mutex<Option<Written>>,
}

/// How far it is written.
#[derive(Clone, Copy, Debug)]
struct Written {
    /// All minutes before this one are written.
    until: DateTime,
    /// When the minute under way was last written.
    open: DateTime,
}

impl Keeping {
    /// Keeps the history of a cluster in a database.
    pub fn new(cluster: String, database: Database, clock: Clock) -> Self {
        Self { cluster, database, clock, written: Mutex::default() }
    }

    /// Keeps the minutes that are over and not kept yet, and now and then the one under way.
    pub async fn keep(&self, newest: Arc<Stamped<BrokersSnapshot>>) -> Result<(), String> {
        let is_ours = self.database.is_kept() && self.database.writes(&self.cluster);
        let Some(begins) = since(&newest.snapshot).filter(|_| is_ours) else { return Ok(()) };
        let now = self.clock.now();
        let (over, written) = (Resolution::Minute.floor(now), *self.written());
        let from = match written {
            Some(written) if written.until >= over && now - written.open < OPEN_PERIOD => return Ok(()),
            Some(written) if written.until >= over => over,
            Some(written) => Resolution::Minute.floor(begins).max(written.until - Duration::minutes(AGAIN)),
            None => Resolution::Minute.floor(begins),
        };
        if self.keep_between(from, over + Duration::minutes(1), newest).await? {
            *self.written() = Some(Written { until: over, open: now });
        }
        Ok(())
    }

    /// Keeps minutes, oldest first. False where this Riverkeeper is not the one that writes.
    async fn keep_between(
        &self,
        from: DateTime,
        to: DateTime,
        newest: Arc<Stamped<BrokersSnapshot>>,
    ) -> Result<bool, String> {
        let subjects = newest.snapshot.brokers.len() + 1;
        let step = Duration::minutes(i64::try_from((AT_ONCE / subjects).max(1)).unwrap_or(1));
        let mut start = from;
        while start < to {
            let end = to.min(start + step);
            let snapshot = newest.clone();
            let minutes = tokio::task::spawn_blocking(move || minutes(&snapshot.snapshot, start, end)).await;
            let minutes =
                minutes.map_err(|_| "Riverkeeper has a bug here: its minutes could not be made.")?;
            let of = Of { name: &self.cluster, cluster_id: newest.snapshot.cluster_id.as_deref() };
            match self.database.write_minutes(of, NOUN, &minutes).await {
                Ok(()) => {}
                // The database itself says why it is not open, and that another writes is no failure.
                Err(HistoryError::NotOpen | HistoryError::NotOurs) => return Ok(false),
                Err(error) => return Err(error.to_string()),
            }
            start = end;
        }
        Ok(true)
    }

    /// What each broker had at this hour on the last days.
    pub async fn usual(&self) -> Result<Vec<(i32, Metric, Vec<f32>)>, String> {
        // After a start it opens in a moment, and the next look is far away.
        self.database.opened(OPENS_WITHIN).await;
        let (hour, slot) = Resolution::Hour.place(self.clock.now());
        let hour = Resolution::Hour.begins(hour, slot);
        let asked = Asked {
            cluster: &self.cluster,
            noun: NOUN,
            subjects: Subjects::All,
            resolution: Resolution::Hour,
            from: hour - Duration::days(DAYS),
            to: hour,
        };
        let blocks = match self.database.read_blocks(asked).await {
            Ok(blocks) => blocks,
            Err(HistoryError::NotKept | HistoryError::NotOpen) => return Ok(vec![]),
            Err(error) => return Err(error.to_string()),
        };
        let mut values: BTreeMap<(i32, usize), Vec<f32>> = BTreeMap::new();
        for kept in blocks {
            let Some(id) = i32::try_from(kept.subject).ok().filter(|id| *id >= 0) else { continue };
            for day in 1..=DAYS {
                let (block, slot) = Resolution::Hour.place(hour - Duration::days(day));
                if block != kept.start {
                    continue;
                }
                for column in 0..METRICS {
                    if let Some(value) = kept.block.get(slot, column) {
                        values.entry((id, column)).or_default().push(value);
                    }
                }
            }
        }
        let named = |((id, column), values): ((i32, usize), Vec<f32>)| {
            Some((id, Metric::ALL.get(column).copied()?, values))
        };
        Ok(values.into_iter().filter_map(named).collect())
    }

    /// One metric over a time, as it is kept; empty where nothing is.
    pub async fn past(&self, query: &HistoryQuery) -> Result<(Resolution, Vec<Points>), HistoryError> {
        let age = (self.clock.now() - query.range.from).to_std().unwrap_or_default();
        let resolution = self.database.retention().resolution(age, query.range.step);
        let subjects = match query.who {
            Who::Whole => Subjects::One(WHOLE),
            Who::Broker(id) => Subjects::One(id.into()),
            Who::Brokers => Subjects::All,
        };
        let asked = Asked {
            cluster: &self.cluster,
            noun: NOUN,
            subjects,
            resolution,
            from: query.range.from,
            to: query.range.to,
        };
        match self.database.read_column(asked, query.metric.index()).await {
            Err(HistoryError::NotKept) => Ok((resolution, vec![])),
            Err(error) => Err(error),
            Ok(points) => {
                let is_asked = |points: &Points| query.who != Who::Brokers || points.subject != WHOLE;
                Ok((resolution, points.into_iter().filter(is_asked).collect()))
            }
        }
    }

    fn written(&self) -> MutexGuard<'_, Option<Written>> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// When the oldest reading was taken that memory holds.
fn since(snapshot: &BrokersSnapshot) -> Option<DateTime> {
    let brokers = snapshot.brokers.iter().filter_map(|row| row.window.since());
    brokers.chain(snapshot.whole.window.since()).min()
}

/// The minutes of all brokers and of the cluster as a whole.
fn minutes(snapshot: &BrokersSnapshot, from: DateTime, to: DateTime) -> Vec<Minute> {
    let brokers = snapshot.brokers.iter().map(|row| (i64::from(row.broker_id), &row.window));
    let subjects: Vec<_> = brokers.chain([(WHOLE, &snapshot.whole.window)]).collect();
    let mut minutes = Vec::new();
    let mut start = from;
    while start < to {
        let of = |(subject, window): &(i64, &crate::series::Window)| {
            Some(Minute { subject: *subject, start, values: window.minute(start)? })
        };
        minutes.extend(subjects.iter().filter_map(of));
        start += Duration::minutes(1);
    }
    minutes
}
