//! Riverkeeper itself, killed again and again while it watches real brokers and writes. Long, so it is run by `./run
//! test soak` only.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends where something is amiss")]

mod support;

use std::{
    collections::BTreeSet,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use chrono::{DurationRound, TimeDelta};
use rand::Rng;
use serde::de::DeserializeOwned;
use shared::{
    DateTime,
    event::Events,
    load::{Load, LoadPoint},
    status::{Engine, Status},
};
use support::{
    fleet::{config_text, named},
    wait_until,
};

const KILLS: usize = 10;
const SOON: Duration = Duration::from_secs(60);

/// A Riverkeeper in a process of its own.
struct Riverkeeper {
    process: Child,
    url: String,
}

impl Riverkeeper {
    async fn start(config: &Path, database: &Path) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let process = Command::new(env!("CARGO_BIN_EXE_riverkeeper"))
            .args(["serve", "--config", config.to_str().unwrap(), "--port", &port.to_string()])
            .args(["--database-url", &format!("sqlite:{}", database.display())])
            .env("RIVERKEEPER__LOAD__PERIOD_SECONDS", "2")
            .env("RIVERKEEPER__LOAD__TIMEOUT_SECONDS", "1")
            .env("RIVERKEEPER__INVENTORY__METADATA_PERIOD_SECONDS", "1")
            .env("RIVERKEEPER__KAFKA__REQUEST_TIMEOUT_SECONDS", "0.7")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let started = Self { process, url: format!("http://127.0.0.1:{port}") };
        wait_until("it answers", SOON, async || started.view::<Status>("/api/v1/status").await).await;
        started
    }

    async fn view<T: DeserializeOwned>(&self, path: &str) -> Result<T, String> {
        let answer = reqwest::get(format!("{}{path}", self.url)).await.map_err(|error| error.to_string())?;
        answer.json().await.map_err(|error| error.to_string())
    }

    /// As `kill -9` does it.
    fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

impl Drop for Riverkeeper {
    fn drop(&mut self) {
        // It may have been killed already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_kills_leave_no_gap_longer_than_a_minute_and_double_nothing() {
    // reqwest wants a default, even for plain HTTP.
    drop(rustls::crypto::ring::default_provider().install_default());
    let east = named("east");
    let folder = tempfile::tempdir().unwrap();
    let config: PathBuf = folder.path().join("riverkeeper.toml");
    let database = folder.path().join("riverkeeper.db");
    std::fs::write(&config, config_text()).unwrap();

    let began = now();
    for round in 0..KILLS {
        let mut riverkeeper = Riverkeeper::start(&config, &database).await;
        let lives = Duration::from_millis(rand::rng().random_range(18_000..45_000));
        tokio::time::sleep(lives / 2).await;
        let topic = format!("soak-history-{round}");
        east.create_topic(&topic, "1:2:3");
        tokio::time::sleep(lives / 2).await;
        riverkeeper.kill();
        east.delete_topic(&topic);
    }

    let riverkeeper = Riverkeeper::start(&config, &database).await;
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
