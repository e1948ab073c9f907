//! The driver: turns one cycle until shutdown, whatever its turns do.
//!
//! A turn runs as a task of its own, so that a panic ends the turn and not the cycle; collecting has a deadline of
//! 0.8 of the time between turns; judging is pure and is waited for, so that a cycle never overlaps itself; storing
//! runs apart, so that a database that hangs delays nothing.

use std::{sync::Arc, time::Duration};

use shared::status::Outcome;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

use super::{
    clock::Clock,
    cycle::{Collected, Cycle, Evaluated},
    events::Timeline,
    metered::{Metered, metered},
    notices::Notices,
    part::{Cell, Entry, Stamped},
};

/// Share of the time between two turns that collecting may take.
const DEADLINE_SHARE: f64 = 0.8;

pub(super) struct Driver<C: Cycle> {
    pub cycle: Arc<C>,
    pub cell: Cell<C::Snapshot>,
    pub clock: Clock,
    pub timeline: Arc<Timeline>,
    pub notices: Arc<Notices>,
    pub shutdown: CancellationToken,
}

/// What a turn that ran to its end gives.
struct Turned<S> {
    evaluated: Result<Evaluated<S>, String>,
    missing: Option<String>,
    cpu: Duration,
}

impl<C: Cycle> Driver<C> {
    pub(super) async fn run(self) {
        let mut next = Instant::now();
        loop {
            tokio::select! {
                () = self.shutdown.cancelled() => return,
                () = sleep_until(next) => {}
                () = self.cell.state().activated() => {}
            }
            let started = Instant::now();
            tokio::select! {
                () = self.shutdown.cancelled() => return,
                entry = self.turn(started) => self.cell.state().enter(entry),
            }
            self.notices.moved();
            next = started + self.cell.state().until_next(self.clock.now() - started.elapsed());
        }
    }

    async fn turn(&self, started: Instant) -> Entry {
        let deadline = self.cell.state().between_turns().mul_f64(DEADLINE_SHARE);
        let turn = turn(self.cycle.clone(), self.cell.newest(), self.clock.clone(), deadline);
        let joined = AbortOnDrop(tokio::spawn(turn)).await;
        let mut entry = Entry {
            outcome: Outcome::Done,
            published: None,
            what: None,
            ended: self.clock.now(),
            wall: started.elapsed(),
            cpu: Duration::ZERO,
        };
        match joined {
            Err(panic) => {
                tracing::error!(%panic, "a turn panicked");
                entry.outcome = Outcome::Panicked;
                entry.what =
                    Some("Riverkeeper has a bug here: the turn panicked. Its log has the details.".into());
            }
            Ok(None) => {
                entry.outcome = Outcome::TimedOut;
                entry.what = Some(format!("There was no answer within {:.0?}.", deadline));
            }
            Ok(Some(turned)) => self.finish(turned, &mut entry),
        }
        entry
    }

    fn finish(&self, turned: Turned<C::Snapshot>, entry: &mut Entry) {
        entry.cpu = turned.cpu;
        match turned.evaluated {
            Err(what) => {
                entry.outcome = Outcome::Failed;
                entry.what = Some(what);
            }
            Ok(evaluated) => {
                entry.outcome = if turned.missing.is_some() { Outcome::Partial } else { Outcome::Done };
                entry.what = turned.missing;
                entry.published = Some(self.publish(evaluated));
            }
        }
    }

    fn publish(&self, evaluated: Evaluated<C::Snapshot>) -> (shared::DateTime, u64) {
        let before = self.cell.newest().map_or(0, |newest| newest.revision);
        let revision = before + u64::from(evaluated.changed || before == 0);
        let stamped = Stamped { snapshot: evaluated.snapshot, revision, as_of: evaluated.as_of };
        self.cell.publish(Arc::new(stamped));
        self.timeline.record(evaluated.events);
        (evaluated.as_of, revision)
    }
}

/// One turn; `None` when its deadline passed.
async fn turn<C: Cycle>(
    cycle: Arc<C>,
    previous: Option<Arc<Stamped<C::Snapshot>>>,
    clock: Clock,
    deadline: Duration,
) -> Option<Turned<C::Snapshot>> {
    let (collected, collecting) = timeout(deadline, Metered::new(cycle.collect())).await.ok()?;
    let (sample, missing) = match collected {
        Ok(Collected { sample, missing }) => (sample, missing),
        Err(what) => return Some(Turned { evaluated: Err(what), missing: None, cpu: collecting }),
    };
    let now = clock.now();
    let judged = tokio::task::spawn_blocking(move || {
        metered(|| cycle.evaluate(previous.as_deref().map(|stamped| &stamped.snapshot), sample, now))
    });
    match judged.await {
        Ok((evaluated, judging)) => {
            Some(Turned { evaluated: Ok(evaluated), missing, cpu: collecting + judging })
        }
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => None,
        },
    }
}

/// Keeps the history of a part: the newest snapshot is stored when the previous one is, and none is waited for.
pub(super) async fn keep<C: Cycle>(
    cycle: Arc<C>,
    cell: Cell<C::Snapshot>,
    clock: Clock,
    shutdown: CancellationToken,
) {
    let mut published = cell.subscribe();
    loop {
        tokio::select! {
            () = shutdown.cancelled() => return,
            changed = published.changed() => if changed.is_err() { return },
        }
        let Some(newest) = published.borrow_and_update().clone() else { continue };
        let (cycle, limit) = (cycle.clone(), cell.state().between_turns());
        let storing = AbortOnDrop(tokio::spawn(async move { timeout(limit, cycle.store(newest)).await }));
        let what = tokio::select! {
            () = shutdown.cancelled() => return,
            stored = storing => match stored {
                Ok(Ok(Ok(()))) => None,
                Ok(Ok(Err(what))) => Some(what),
                Ok(Err(_)) => Some(format!("The database did not answer within {limit:.0?}.")),
                Err(_) => Some("Riverkeeper has a bug here: storing panicked.".into()),
            },
        };
        cell.state().stored(what, clock.now());
    }
}

/// A task that ends with whoever waits for it.
struct AbortOnDrop<T>(tokio::task::JoinHandle<T>);

impl<T> Future for AbortOnDrop<T> {
    type Output = Result<T, tokio::task::JoinError>;

    fn poll(
        mut self: std::pin::Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Self::Output> {
        std::pin::Pin::new(&mut self.0).poll(context)
    }
}

impl<T> Drop for AbortOnDrop<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}
