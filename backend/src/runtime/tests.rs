//! The promises of the runtime (I9, I10, I11), under paused time: whatever one cycle does, the others turn, nothing
//! known is erased, and a database that fails or hangs is not on the way to the present.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use shared::{DateTime, meta::Freshness, status::Outcome};
use tokio::time::{Instant, sleep};

use super::*;

const PERIOD: Duration = Duration::from_secs(10);

/// What a cycle of these tests does when it turns.
#[derive(Clone, Copy, PartialEq)]
enum Does {
    Works,
    Fails,
    Hangs,
    PanicsReading,
    PanicsJudging,
}

/// What its store does.
#[derive(Clone, Copy, PartialEq)]
enum Stores {
    Nothing,
    Works,
    Fails,
    Hangs,
}

struct Counting {
    does: Arc<Mutex<Does>>,
    stores: Stores,
    stored: Arc<AtomicU64>,
    reading: Arc<AtomicU64>,
}

impl Counting {
    fn that(does: Does) -> Self {
        Self {
            does: Arc::new(Mutex::new(does)),
            stores: Stores::Nothing,
            stored: Arc::default(),
            reading: Arc::default(),
        }
    }

    fn storing(stores: Stores) -> Self {
        Self { stores, ..Self::that(Does::Works) }
    }

    fn does(&self) -> Does {
        *self.does.lock().unwrap()
    }
}

impl Cycle for Counting {
    type Sample = Does;
    type Snapshot = u64;

    async fn collect(&self) -> Result<Collected<Does>, String> {
        self.reading.fetch_add(1, Ordering::Relaxed);
        let does = self.does();
        match does {
            Does::Fails => Err("The cluster refused.".into()),
            Does::Hangs => std::future::pending().await,
            Does::PanicsReading => panic!("a planted bug"),
            Does::Works | Does::PanicsJudging => Ok(Collected::whole(does)),
        }
    }

    fn evaluate(&self, previous: Option<&u64>, sample: Does, now: DateTime) -> Evaluated<u64> {
        assert!(sample != Does::PanicsJudging, "a planted bug");
        Evaluated { snapshot: previous.copied().unwrap_or(0) + 1, as_of: now, changed: true, events: vec![] }
    }

    async fn store(&self, _: Arc<Stamped<u64>>) -> Result<(), String> {
        match self.stores {
            Stores::Nothing => {}
            Stores::Works => {
                self.stored.fetch_add(1, Ordering::Relaxed);
            }
            Stores::Fails => return Err("The disk is full.".into()),
            Stores::Hangs => std::future::pending().await,
        }
        Ok(())
    }
}

fn runtime() -> Runtime {
    Runtime::new(Clock::starting_at(DateTime::from_timestamp_nanos(1_800_000_000_000_000_000)))
}

fn drive(runtime: &Runtime, cluster: &str, cycle: Counting) -> Cell<u64> {
    let cell = runtime.cell("test", Some(cluster), "part", Rhythm::every(PERIOD));
    runtime.drive(cycle, cell.clone());
    cell
}

/// Lets time pass in small steps. Judging runs on real threads, so each step also lets them finish.
async fn pass(time: Duration) {
    let end = Instant::now() + time;
    while Instant::now() < end {
        sleep(Duration::from_millis(250)).await;
        for _ in 0..20 {
            tokio::task::spawn_blocking(|| {}).await.unwrap();
        }
    }
}

fn status(cell: &Cell<u64>, runtime: &Runtime) -> shared::status::CycleStatus {
    cell.state().status(runtime.clock().now())
}

#[tokio::test(start_paused = true)]
async fn a_bad_turn_spoils_one_part_of_one_cluster() {
    let runtime = runtime();
    let bad = [Does::Fails, Does::Hangs, Does::PanicsReading, Does::PanicsJudging]
        .map(|does| drive(&runtime, "bad", Counting::that(does)));
    let bad_stores =
        [Stores::Fails, Stores::Hangs].map(|stores| drive(&runtime, "bad-store", Counting::storing(stores)));
    let good = drive(&runtime, "good", Counting::that(Does::Works));
    pass(Duration::from_secs(61)).await;

    assert!(status(&good, &runtime).turn_count >= 6);
    assert_eq!(status(&good, &runtime).failure_count, 0);
    let outcomes = bad.each_ref().map(|cell| status(cell, &runtime).last_outcome);
    assert_eq!(
        outcomes,
        [Outcome::Failed, Outcome::TimedOut, Outcome::Panicked, Outcome::Panicked].map(Some)
    );
    for cell in &bad {
        let status = status(cell, &runtime);
        assert!(status.turn_count >= 5, "{:?} turned {} times", status.last_outcome, status.turn_count);
        assert!(status.failure.is_some() && cell.newest().is_none());
    }
    for cell in &bad_stores {
        assert!(status(cell, &runtime).turn_count >= 6, "a store delays no turn");
        assert_eq!(status(cell, &runtime).failure, None);
    }
}

#[tokio::test(start_paused = true)]
async fn a_store_that_fails_or_hangs_is_named_and_is_not_on_the_way_to_the_present() {
    let runtime = runtime();
    let works = Counting::storing(Stores::Works);
    let stored = works.stored.clone();
    drive(&runtime, "works", works);
    let [fails, hangs] =
        [Stores::Fails, Stores::Hangs].map(|stores| drive(&runtime, "broken", Counting::storing(stores)));
    pass(Duration::from_secs(61)).await;

    assert!(stored.load(Ordering::Relaxed) >= 6);
    for cell in [&fails, &hangs] {
        assert!(cell.newest().is_some_and(|newest| newest.snapshot >= 6));
        assert_eq!(cell.state().reading().freshness(runtime.clock().now()), Freshness::Fresh);
    }
    let what = |cell| status(cell, &runtime).store_failure.map(|failure| failure.what).unwrap_or_default();
    assert_eq!(what(&fails), "The disk is full.");
    assert!(what(&hangs).starts_with("The database did not answer"), "{}", what(&hangs));
}

#[tokio::test(start_paused = true)]
async fn an_old_view_is_never_erased_and_its_age_and_failure_are_told() {
    let runtime = runtime();
    let cycle = Counting::that(Does::Works);
    let does = cycle.does.clone();
    let cell = drive(&runtime, "east", cycle);
    pass(Duration::from_secs(5)).await;
    let seen = cell.newest().unwrap().snapshot;

    for bad in [Does::Fails, Does::Hangs, Does::PanicsReading, Does::PanicsJudging] {
        *does.lock().unwrap() = bad;
        pass(Duration::from_secs(30)).await;
        let reading = cell.state().reading();
        assert_eq!(cell.newest().unwrap().snapshot, seen, "the view stays");
        assert_eq!(reading.freshness(runtime.clock().now()), Freshness::Stale);
        assert!(reading.failure.is_some());
    }
    let since = cell.state().reading().failure.unwrap().since;
    let began = runtime.clock().now() - since;
    assert!(
        began > chrono::Duration::seconds(100),
        "a failure keeps its beginning while it goes on: {began}"
    );

    *does.lock().unwrap() = Does::Works;
    pass(Duration::from_secs(12)).await;
    let reading = cell.state().reading();
    assert_eq!((reading.failure.clone(), reading.freshness(runtime.clock().now())), (None, Freshness::Fresh));
    assert!(cell.newest().unwrap().snapshot > seen, "it heals by itself");
}

#[tokio::test(start_paused = true)]
async fn a_hanging_turn_ends_at_its_deadline_and_never_overlaps_itself() {
    let runtime = runtime();
    let cycle = Counting::that(Does::Hangs);
    let reading = cycle.reading.clone();
    let cell = drive(&runtime, "east", cycle);
    pass(Duration::from_millis(7_500)).await;
    assert_eq!((status(&cell, &runtime).turn_count, reading.load(Ordering::Relaxed)), (0, 1));
    pass(Duration::from_secs(1)).await;
    assert_eq!(status(&cell, &runtime).turn_count, 1, "0.8 of the period is the deadline");
    pass(Duration::from_secs(10)).await;
    assert_eq!(reading.load(Ordering::Relaxed), 2);
}

#[tokio::test(start_paused = true)]
async fn turns_on_the_clock_begin_at_whole_multiples_of_the_time_between_them() {
    let runtime = runtime();
    pass(Duration::from_secs(3)).await;
    let cell = runtime.cell("test", Some("east"), "part", Rhythm::every(PERIOD).on_the_clock());
    runtime.drive(Counting::that(Does::Works), cell.clone());
    for (seconds, turns) in [(1, 1), (5, 1), (2, 2), (8, 2), (2, 3)] {
        pass(Duration::from_secs(seconds)).await;
        assert_eq!(status(&cell, &runtime).turn_count, turns, "after {seconds} s more");
    }
}

#[tokio::test(start_paused = true)]
async fn activating_a_cycle_makes_its_next_turn_come_at_once() {
    let runtime = runtime();
    let cell = drive(&runtime, "east", Counting::that(Does::Works));
    pass(Duration::from_secs(1)).await;
    let before = status(&cell, &runtime).turn_count;
    cell.state().activate();
    pass(Duration::from_secs(1)).await;
    assert_eq!(status(&cell, &runtime).turn_count, before + 1);
}

#[tokio::test(start_paused = true)]
async fn a_reader_is_told_everything_once_and_then_what_differs() {
    let runtime = runtime();
    let east = drive(&runtime, "east", Counting::that(Does::Works));
    drive(&runtime, "west", Counting::that(Does::Hangs));
    pass(Duration::from_secs(1)).await;
    let mut reader = runtime.notices().reader();
    let all = || Some(runtime.notices().parts().iter().map(|part| part.notice()).collect());
    assert_eq!(reader.next(all).await.unwrap().len(), 2);
    east.state().activate();
    let told = reader.next(all).await.unwrap();
    let clusters: Vec<_> = told.iter().map(|notice| notice.cluster.as_deref()).collect();
    assert_eq!(clusters, [Some("east")]);
}

#[tokio::test(start_paused = true)]
async fn stopping_ends_every_cycle_even_those_that_hang() {
    let runtime = runtime();
    let hangs = drive(&runtime, "east", Counting::that(Does::Hangs));
    drive(&runtime, "west", Counting::storing(Stores::Hangs));
    pass(Duration::from_secs(1)).await;
    let before = Instant::now();
    runtime.stop(Duration::from_secs(5)).await;
    assert!(before.elapsed() < Duration::from_secs(1), "took {:?}", before.elapsed());
    assert_eq!(status(&hangs, &runtime).turn_count, 0);
}

#[tokio::test(start_paused = true)]
async fn the_timeline_is_bounded_and_a_restless_cluster_pushes_out_only_its_own() {
    let runtime = runtime();
    let event = |cluster: &str| shared::event::Event {
        cluster: Some(cluster.into()),
        ..shared::inventory::samples::events().events.remove(0)
    };
    runtime.timeline().record(vec![event("calm")]);
    for _ in 0..5 {
        runtime.timeline().record((0..1_000).map(|_| event("restless")).collect());
    }
    let tally = runtime.timeline().tally(|_| true);
    assert_eq!((tally.held, tally.dropped), (2_001, 3_000));
    let calm = EventFilter { cluster: Some("calm".into()), ..EventFilter::default() };
    let calm = runtime.timeline().newest(&calm, |_| true);
    assert_eq!(calm.len(), 1);
}
