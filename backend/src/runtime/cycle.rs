//! The cycle: what a capability says to be driven.

use std::{sync::Arc, time::Duration};

use shared::{DateTime, event::Event};

use super::part::Stamped;

/// How often a cycle turns.
#[derive(Clone, Copy, Debug)]
pub struct Rhythm {
    /// The period within which all of the part is read anew; a view older than two of them is stale.
    pub period: Duration,
    /// Turns in a period; more than one where a turn reads a share of the whole.
    pub turns_per_period: u32,
    /// Whether turns begin at whole multiples of the time between them, by the clock: then what was measured between
    /// two turns of a minute is of that minute.
    pub on_the_clock: bool,
}

impl Rhythm {
    /// One turn reads all.
    pub fn every(period: Duration) -> Self {
        Self { period, turns_per_period: 1, on_the_clock: false }
    }

    /// The same, at whole multiples of the time between turns.
    pub fn on_the_clock(self) -> Self {
        Self { on_the_clock: true, ..self }
    }

    /// The time between two turns.
    pub fn between_turns(self) -> Duration {
        self.period / self.turns_per_period.max(1)
    }
}

/// What a turn has collected.
#[derive(Debug)]
pub struct Collected<T> {
    /// What was read.
    pub sample: T,
    /// What is missing from it and why, as a sentence; `None` when all is there.
    pub missing: Option<String>,
}

impl<T> Collected<T> {
    /// All of it.
    pub fn whole(sample: T) -> Self {
        Self { sample, missing: None }
    }
}

/// What the rules made of a sample.
#[derive(Debug)]
pub struct Evaluated<S> {
    /// What is known now.
    pub snapshot: S,
    /// When its oldest piece was read.
    pub as_of: DateTime,
    /// Whether anything differs that a reader can see; only then the revision moves.
    pub changed: bool,
    /// What happened since the previous snapshot.
    pub events: Vec<Event>,
}

/// One period, one subject (a cluster or the fleet), one published part.
///
/// A turn is idempotent and takes no input but what it reads; the next tick is the retry.
pub trait Cycle: Send + Sync + 'static {
    /// What a turn reads.
    type Sample: Send + 'static;
    /// What is known after it: compact, whole, immutable.
    type Snapshot: Send + Sync + 'static;

    /// Reads. Bounded by the turn's deadline; dropped when it passes. The error says what to check.
    fn collect(&self) -> impl Future<Output = Result<Collected<Self::Sample>, String>> + Send;

    /// Judges: pure, on a thread where it may take its time.
    fn evaluate(
        &self,
        previous: Option<&Self::Snapshot>,
        sample: Self::Sample,
        now: DateTime,
    ) -> Evaluated<Self::Snapshot>;

    /// Keeps the history, after publishing and apart from the turns: it may fail or hang alone.
    fn store(
        &self,
        _newest: Arc<Stamped<Self::Snapshot>>,
    ) -> impl Future<Output = Result<(), String>> + Send {
        async { Ok(()) }
    }
}
