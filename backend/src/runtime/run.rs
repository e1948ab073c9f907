//! What `app` holds of the runtime: it adds cycles, and ends them.

use std::{sync::Arc, time::Duration};

use shared::status::{CycleStatus, Outcome};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{
    clock::Clock,
    cycle::{Cycle, Rhythm},
    driver::{Driver, keep},
    events::Timeline,
    notices::Notices,
    part::{Cell, PartState},
};

/// Drives cycles until it is told to stop.
#[derive(Clone, Debug)]
pub struct Runtime {
    clock: Clock,
    timeline: Arc<Timeline>,
    notices: Arc<Notices>,
    shutdown: CancellationToken,
    tasks: TaskTracker,
}

impl Runtime {
    /// A runtime without cycles.
    pub fn new(clock: Clock) -> Self {
        let notices = Arc::new(Notices::default());
        let timeline = Arc::new(Timeline::new(notices.clone(), clock.now()));
        Self { clock, timeline, notices, shutdown: CancellationToken::new(), tasks: TaskTracker::new() }
    }

    /// A place to publish a part of a cluster, or of the fleet. Made before its cycle, so that cycles and queries
    /// can be given each other's.
    pub fn cell<S>(
        &self,
        noun: &'static str,
        cluster: Option<&str>,
        part: &'static str,
        rhythm: Rhythm,
    ) -> Cell<S> {
        let state = Arc::new(PartState::new(noun, cluster.map(String::from), part, rhythm));
        self.notices.add(state.clone());
        Cell::new(state)
    }

    /// Turns a cycle from now on, publishing into `cell`.
    pub fn drive<C: Cycle>(&self, cycle: C, cell: Cell<C::Snapshot>) {
        let cycle = Arc::new(cycle);
        self.tasks.spawn(keep(cycle.clone(), cell.clone(), self.clock.clone(), self.shutdown.clone()));
        let driver = Driver {
            cycle,
            cell,
            clock: self.clock.clone(),
            timeline: self.timeline.clone(),
            notices: self.notices.clone(),
            shutdown: self.shutdown.clone(),
        };
        self.tasks.spawn(driver.run());
    }

    /// Runs something else until it ends by itself, which it does when `shutdown` is cancelled.
    pub fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.tasks.spawn(task);
    }

    /// The clock.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The event table.
    pub fn timeline(&self) -> &Arc<Timeline> {
        &self.timeline
    }

    /// What moved.
    pub fn notices(&self) -> &Arc<Notices> {
        &self.notices
    }

    /// Every cycle: first those that read nothing, then those that miss a part or are not kept.
    pub fn cycles(&self) -> Vec<CycleStatus> {
        let now = self.clock.now();
        let mut cycles: Vec<CycleStatus> = self.notices.parts().iter().map(|part| part.status(now)).collect();
        cycles.sort_by_key(|cycle| match (&cycle.failure, cycle.last_outcome) {
            (Some(_), Some(Outcome::Partial)) => 1,
            (Some(_), _) => 0,
            (None, _) if cycle.store_failure.is_some() => 1,
            (None, _) => 2,
        });
        cycles
    }

    /// Whether every cycle has turned at least once, well or not.
    pub fn is_ready(&self) -> bool {
        self.notices.parts().iter().all(|part| part.turn_count() > 0)
    }

    /// Cancelled when the process is to end.
    pub fn shutdown(&self) -> &CancellationToken {
        &self.shutdown
    }

    /// Ends all cycles and waits for them, at most `patience`.
    pub async fn stop(&self, patience: Duration) {
        self.shutdown.cancel();
        self.tasks.close();
        if tokio::time::timeout(patience, self.tasks.wait()).await.is_err() {
            tracing::warn!("some turns did not end within {patience:?}");
        }
    }
}
