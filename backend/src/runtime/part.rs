//! A part: the newest snapshot of one cycle, its stamp, and the books that are kept of its turns.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use shared::{
    DateTime,
    live::Notice,
    meta::{Failure, Reading},
    status::{CycleStatus, Outcome},
};
use tokio::sync::{Notify, watch};

use super::cycle::Rhythm;

/// Waiting longer than this between turns because they cost CPU would make a broken cluster look well for too long.
const LONGEST_STRETCH: Duration = Duration::from_secs(30);
/// A cycle may use this share of one core: a turn of 0.1 s CPU comes at most every 2 s.
const STRETCH_FACTOR: u32 = 20;

/// A snapshot with its stamp.
#[derive(Debug)]
pub struct Stamped<S> {
    /// What is known.
    pub snapshot: S,
    /// Moves when the content moved.
    pub revision: u64,
    /// When its oldest piece was read.
    pub as_of: DateTime,
}

/// The place where a cycle publishes, and where queries read without waiting.
#[derive(Debug)]
pub struct Cell<S> {
    newest: watch::Sender<Option<Arc<Stamped<S>>>>,
    state: Arc<PartState>,
}

impl<S> Clone for Cell<S> {
    fn clone(&self) -> Self {
        Self { newest: self.newest.clone(), state: self.state.clone() }
    }
}

impl<S> Cell<S> {
    pub(super) fn new(state: Arc<PartState>) -> Self {
        Self { newest: watch::Sender::new(None), state }
    }

    /// The newest snapshot; `None` before the first good turn.
    pub fn newest(&self) -> Option<Arc<Stamped<S>>> {
        self.newest.borrow().clone()
    }

    /// The newest snapshot, after waiting for the first turn where there was none yet; `None` when that gave none.
    pub async fn first(&self) -> Option<Arc<Stamped<S>>> {
        let mut turns = self.state.turns.subscribe();
        turns.wait_for(|turns| *turns > 0).await.ok()?;
        self.newest()
    }

    /// The books of the cycle behind this part.
    pub fn state(&self) -> &PartState {
        &self.state
    }

    pub(super) fn publish(&self, stamped: Arc<Stamped<S>>) {
        self.newest.send_replace(Some(stamped));
    }

    pub(super) fn subscribe(&self) -> watch::Receiver<Option<Arc<Stamped<S>>>> {
        self.newest.subscribe()
    }
}

/// The books of one cycle: who it is, how its turns went, how old its view is.
#[derive(Debug)]
pub struct PartState {
    noun: &'static str,
    cluster: Option<String>,
    part: &'static str,
    rhythm: Rhythm,
    books: Mutex<Books>,
    turns: watch::Sender<u64>,
    wake: Notify,
}

#[derive(Clone, Debug, Default)]
struct Books {
    stretched: Duration,
    as_of: Option<DateTime>,
    revision: u64,
    failure: Option<Failure>,
    store_failure: Option<Failure>,
    last_outcome: Option<Outcome>,
    failure_count: u64,
    last_turn: Option<Duration>,
    last_cpu: Option<Duration>,
}

/// How one turn went, as the driver enters it into the books.
pub(super) struct Entry {
    pub outcome: Outcome,
    /// The stamp of the new view; `None` when the old one stays.
    pub published: Option<(DateTime, u64)>,
    /// What is wrong, if anything.
    pub what: Option<String>,
    pub ended: DateTime,
    pub wall: Duration,
    pub cpu: Duration,
}

impl PartState {
    pub(super) fn new(
        noun: &'static str,
        cluster: Option<String>,
        part: &'static str,
        rhythm: Rhythm,
    ) -> Self {
        let turns = watch::Sender::new(0);
        Self { noun, cluster, part, rhythm, books: Mutex::default(), turns, wake: Notify::new() }
    }

    /// The cluster; `None` for the fleet.
    pub fn cluster(&self) -> Option<&str> {
        self.cluster.as_deref()
    }

    /// Turns so far, well or not.
    pub fn turn_count(&self) -> u64 {
        *self.turns.borrow()
    }

    /// Makes the next turn come at once.
    pub fn activate(&self) {
        self.wake.notify_one();
    }

    pub(super) async fn activated(&self) {
        self.wake.notified().await;
    }

    /// How the part was read, for beside every answer.
    pub fn reading(&self) -> Reading {
        self.notice().reading()
    }

    /// What the live stream says of the part.
    pub fn notice(&self) -> Notice {
        let books = self.books();
        Notice {
            noun: self.noun.into(),
            cluster: self.cluster.clone(),
            part: self.part.into(),
            revision: books.revision,
            as_of: books.as_of,
            period_seconds: self.period(&books).as_secs_f64(),
            failure: books.failure.clone(),
        }
    }

    /// What Status says of the cycle.
    pub fn status(&self, now: DateTime) -> CycleStatus {
        let books = self.books();
        CycleStatus {
            noun: self.noun.into(),
            cluster: self.cluster.clone(),
            part: self.part.into(),
            period_seconds: self.period(&books).as_secs_f64(),
            configured_period_seconds: self.rhythm.period.as_secs_f64(),
            last_outcome: books.last_outcome,
            as_of: books.as_of,
            age_seconds: books.as_of.map(|as_of| (now - as_of).as_seconds_f64().max(0.0)),
            failure: books.failure.clone(),
            store_failure: books.store_failure.clone(),
            turn_count: self.turn_count(),
            failure_count: books.failure_count,
            last_turn_seconds: books.last_turn.map(|time| time.as_secs_f64()),
            last_cpu_seconds: books.last_cpu.map(|time| time.as_secs_f64()),
            revision: books.revision,
        }
    }

    /// The time between two turns in force.
    pub(super) fn between_turns(&self) -> Duration {
        self.rhythm.between_turns().max(self.books().stretched)
    }

    /// How long after a turn that began then the next one begins.
    pub(super) fn until_next(&self, began: DateTime) -> Duration {
        let between = self.between_turns();
        let step = i64::try_from(between.as_millis()).unwrap_or(i64::MAX).max(1);
        if !self.rhythm.on_the_clock {
            return between;
        }
        let into = began.timestamp_millis().rem_euclid(step);
        // One that began a moment too early began in time.
        let left = if into > step - step / 10 { step + (step - into) } else { step - into };
        Duration::from_millis(left.unsigned_abs())
    }

    pub(super) fn enter(&self, entry: Entry) {
        let mut books = self.books();
        books.failure_count += u64::from(entry.published.is_none());
        books.last_outcome = Some(entry.outcome);
        books.last_turn = Some(entry.wall);
        books.last_cpu = Some(entry.cpu);
        books.stretched = (entry.cpu * STRETCH_FACTOR).min(LONGEST_STRETCH);
        if let Some((as_of, revision)) = entry.published {
            books.as_of = Some(as_of);
            books.revision = revision;
        }
        books.failure = lasting(books.failure.take(), entry.what, entry.ended);
        drop(books);
        self.turns.send_modify(|turns| *turns += 1);
    }

    pub(super) fn stored(&self, what: Option<String>, now: DateTime) {
        let mut books = self.books();
        books.store_failure = lasting(books.store_failure.take(), what, now);
    }

    fn period(&self, books: &Books) -> Duration {
        self.rhythm.period.max(books.stretched)
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A failure keeps the time of its beginning while it goes on, whatever its last words.
fn lasting(before: Option<Failure>, what: Option<String>, now: DateTime) -> Option<Failure> {
    what.map(|what| Failure { since: before.map_or(now, |failure| failure.since), what })
}
