//! Riverkeeper itself, killed again and again while it watches real brokers and writes. Long, so it is run by `./run
//! test soak` only.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends where something is amiss")]

mod support;

use std::{collections::BTreeSet, path::PathBuf, time::Duration};

use chrono::{DurationRound, TimeDelta};
use rand::Rng;
use shared::{
    DateTime,
    event::Events,
    load::{Load, LoadPoint},
    status::{Engine, Status},
};
use support::{
    fleet::{config_text, named},
    process::Riverkeeper,
    wait_until,
};

const KILLS: usize = 10;
const SOON: Duration = Duration::from_secs(60);
const OFTEN: &[(&str, &str)] =
    &[("RIVERKEEPER__LOAD__PERIOD_SECONDS", "2"), ("RIVERKEEPER__LOAD__TIMEOUT_SECONDS", "1")];

#[tokio::test(flavor = "multi_thread")]
async fn ten_kills_leave_no_gap_longer_than_a_minute_and_double_nothing() {
    let east = named("east");
    let folder = tempfile::tempdir().unwrap();
    let config: PathBuf = folder.path().join("riverkeeper.toml");
    let database = folder.path().join("riverkeeper.db");
    std::fs::write(&config, config_text()).unwrap();

    let began = now();
    for round in 0..KILLS {
        let mut riverkeeper = Riverkeeper::start(&config, &database, OFTEN).await;
        let lives = Duration::from_millis(rand::rng().random_range(18_000..45_000));
        tokio::time::sleep(lives / 2).await;
        let topic = format!("soak-history-{round}");
        east.create_topic(&topic, "1:2:3");
        tokio::time::sleep(lives / 2).await;
        riverkeeper.kill();
        east.delete_topic(&topic);
    }

    let riverkeeper = Riverkeeper::start(&config, &database, OFTEN).await;
    let status: Status = riverkeeper.view("/api/v1/status").await.unwrap();
    assert_eq!((status.database.engine, status.database.failure), (Engine::Sqlite, None));
    // The minute that was open at the last kill is over and written.
    tokio::time::sleep(Duration::from_secs(70)).await;

    let range = format!("from={}&to={}", written(began), written(now()));
    let path = format!("/api/v1/clusters/east/load?metric=bytes_in&broker=cluster&step=60&{range}");
    let load: Load = wait_until("the past is read", SOON, async || riverkeeper.view(&path).await).await;
    let points = &load.load[0].points;
    let known: Vec<DateTime> =
        points.iter().filter(|point| point.1.is_some()).map(|LoadPoint(time, _)| *time).collect();
    let longest = known.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap();
    println!("{} of {} minutes are known, the longest step is {longest}", known.len(), points.len());
    assert!(known.len() >= 5, "{points:?}");
    assert!(longest <= TimeDelta::minutes(2), "more than one minute in a row is missing: {points:?}");

    let path = format!("/api/v1/clusters/east/events?kind=topic_created&limit=1000&{range}");
    let events: Events = wait_until("events are read", SOON, async || riverkeeper.view(&path).await).await;
    let told: Vec<String> = events.events.iter().map(|event| event.sentence.clone()).collect();
    let once: BTreeSet<&String> = told.iter().collect();
    println!("{} topics were told of", told.len());
    assert_eq!(once.len(), told.len(), "each is told once: {told:?}");
    assert!(told.len() >= KILLS / 2, "{told:?}");
}

fn now() -> DateTime {
    backend::runtime::Clock::system().now()
}

fn written(time: DateTime) -> String {
    time.duration_trunc(TimeDelta::minutes(1)).unwrap().to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}
