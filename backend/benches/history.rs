//! What keeping and reading history costs, printed as one line of JSON a figure.
//!
//! Writing is compared with bare rows of eight bytes a sample in the same kind of file, reading with reading the bytes of
//! all blocks that a question touches, memory with four bytes a sample. SQLite always; PostgreSQL where
//! `RIVERKEEPER_POSTGRES` names a server.

#![expect(clippy::disallowed_methods, reason = "a bench measures the time of its own process")]

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use backend::{
    db::{Asked, Database, Holder, Minute, Of, Place, Retention, Settings, Subjects},
    runtime::{Clock, Runtime},
    series::{Block, Resolution, Window},
};
use rand::{Rng, SeedableRng, rngs::StdRng};
use shared::DateTime;
use sqlx::{AnyConnection, AssertSqlSafe, Connection, Executor, Row};

const COLUMNS: usize = 25;
const BROKERS: i64 = 100;
const FLEET: f64 = 4_000.0;
const EAST: Of<'_> = Of { name: "east", cluster_id: Some("bench") };

type Anyhow<T> = Result<T, Box<dyn std::error::Error>>;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Anyhow<()> {
    memory();
    let folder = tempfile::tempdir()?;
    let place = Place::file(&folder.path().join("history.db"));
    engine("sqlite", place, &format!("sqlite:{}", folder.path().join("history.db").display())).await?;
    if let Ok(server) = std::env::var("RIVERKEEPER_POSTGRES") {
        sqlx::any::install_default_drivers();
        let name = format!("bench_{:08x}", rand::random::<u32>());
        AnyConnection::connect(&server)
            .await?
            .execute(AssertSqlSafe(format!("CREATE DATABASE {name}")))
            .await?;
        let url = format!("{}/{name}", server.rsplit_once('/').map_or(&*server, |(before, _)| before));
        engine("postgresql", Place::parse(&url, Path::new(""))?, &url).await?;
    }
    Ok(())
}

/// Six hours of one broker at 10 s, times 4,000.
fn memory() {
    let mut broker = Broker::new(1);
    let mut window = Window::new(COLUMNS, Duration::from_secs(6 * 3_600));
    let samples = 2_160;
    let started = Instant::now();
    for sample in 0..samples {
        window = window.push(at(sample * 10_000), &broker.next());
    }
    let pushing = started.elapsed();
    let plain = (samples as usize * COLUMNS * 4) as f64;
    let held = window.held_bytes() as f64;
    print("window_6h_4000_brokers", held * FLEET / 1e6, "MB", Some(("plain", held / plain)));
    print("window_sample", held / (samples as f64 * COLUMNS as f64), "bytes", None);
    let a_push = pushing.as_secs_f64() / samples as f64;
    print("window_push_4000_brokers", a_push * FLEET * 1e3, "ms", None);
    let started = Instant::now();
    let steps = window.steps(0, at(0), at(samples * 10_000), Duration::from_secs(60));
    print("window_steps_6h", started.elapsed().as_secs_f64() * 1e6, "µs", None);
    assert_eq!(steps.len(), 360);
}

async fn engine(name: &str, place: Place, url: &str) -> Anyhow<()> {
    let runtime = Runtime::new(Clock::system());
    let year = Duration::from_secs(366 * 86_400);
    let settings = Settings {
        place: Some(place),
        retention: Retention { minutes: year, ten_minutes: year, hours: year, events: year },
        clusters: Arc::new(["east".to_owned()]),
        holder: Holder::this_process(),
        beat: Duration::from_millis(50),
    };
    let database = Database::start(&runtime, settings);
    while !database.writes("east") {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    writing(name, &database, url).await?;
    reading(name, &database, url).await?;
    runtime.stop(Duration::from_secs(5)).await;
    Ok(())
}

/// A minute of 100 brokers at a time, two hours of them, as it is done in production; then the same as bare rows.
async fn writing(name: &str, database: &Database, url: &str) -> Anyhow<()> {
    let mut brokers: Vec<Broker> = (0..BROKERS).map(|seed| Broker::new(seed as u64)).collect();
    let minutes = 120;
    let started = Instant::now();
    for minute in 0..minutes {
        database.write_minutes(EAST, "load", &sampled(&mut brokers, minute)).await?;
    }
    let ours = started.elapsed();
    let samples = (minutes * BROKERS) as f64 * COLUMNS as f64;
    let bare = bare_rows(url, &mut brokers, 10).await?;
    let rate = samples / ours.as_secs_f64();
    print(&format!("{name}_write"), rate, "samples/s", Some(("bare_rows", rate / bare)));
    Ok(())
}

/// Samples a second as rows of their own, 10 minutes of 100 brokers, a transaction a minute.
async fn bare_rows(url: &str, brokers: &mut [Broker], minutes: i64) -> Anyhow<f64> {
    let mut connection = AnyConnection::connect(url).await?;
    connection
        .execute("CREATE TABLE bare (broker BIGINT, metric BIGINT, time BIGINT, value DOUBLE PRECISION)")
        .await?;
    connection.execute("CREATE INDEX bare_by ON bare (broker, metric, time)").await?;
    let started = Instant::now();
    for minute in 0..minutes {
        let mut transaction = connection.begin().await?;
        for row in sampled(brokers, minute) {
            let places = (0..COLUMNS).map(|it| format!("($1, {it}, $2, ${})", it + 3)).collect::<Vec<_>>();
            let sql = format!("INSERT INTO bare VALUES {}", places.join(", "));
            let query = sqlx::query(AssertSqlSafe(sql)).bind(row.subject).bind(row.start.timestamp_millis());
            let query = row.values.iter().fold(query, |query, value| query.bind(value.map(f64::from)));
            query.execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
    }
    let samples = (minutes * BROKERS) as f64 * COLUMNS as f64;
    let rate = samples / started.elapsed().as_secs_f64();
    connection.execute("DROP TABLE bare").await?;
    Ok(rate)
}

/// A week of 100 brokers, put in by the hour; then what a chart asks.
async fn reading(name: &str, database: &Database, url: &str) -> Anyhow<()> {
    let mut brokers: Vec<Broker> = (0..BROKERS).map(|seed| Broker::new(seed as u64)).collect();
    let hours = 7 * 24;
    for hour in 0..hours {
        let minutes = (hour * 60..hour * 60 + 60).flat_map(|minute| sampled(&mut brokers, minute));
        database.write_minutes(EAST, "week", &minutes.collect::<Vec<_>>()).await?;
    }
    // A minute later, so that the last points are made.
    database.write_minutes(EAST, "week", &sampled(&mut brokers, hours * 60)).await?;
    sizes(name, url).await?;
    let asked = |resolution, subjects| Asked {
        cluster: "east",
        noun: "week",
        subjects,
        resolution,
        from: at(0),
        to: at(hours * 3_600_000),
    };
    for (what, resolution, subjects, rounds) in [
        ("week_100_brokers_by_ten_minutes", Resolution::TenMinutes, Subjects::All, 100),
        ("week_100_brokers_by_minute", Resolution::Minute, Subjects::All, 20),
        ("week_1_broker_by_minute", Resolution::Minute, Subjects::One(7), 100),
    ] {
        let bytes = p99(rounds, async || bytes_of(url, resolution, subjects).await).await?;
        let ours = p99(rounds, async || {
            let found = database.read_column(asked(resolution, subjects), 3).await?;
            Ok(found.iter().map(|points| points.points.len()).sum())
        })
        .await?;
        print(&format!("{name}_{what}_p99"), ours * 1e3, "ms", Some(("bytes", ours / bytes)));
    }
    Ok(())
}

/// What a sample takes in blocks, and on the disk with all that the database adds.
async fn sizes(name: &str, url: &str) -> Anyhow<()> {
    let mut connection = AnyConnection::connect(url).await?;
    for resolution in Resolution::ALL {
        let sql = "SELECT block FROM series WHERE noun = 'week' AND resolution = $1";
        let rows =
            sqlx::query(sql).bind(resolution.slot().as_secs() as i64).fetch_all(&mut connection).await?;
        let (mut bytes, mut samples) = (0_usize, 0_usize);
        for row in rows {
            let block: Vec<u8> = row.try_get(0)?;
            let known = Block::decode(&block)?;
            let slots = 0..known.slots();
            samples += slots
                .flat_map(|slot| (0..COLUMNS).filter_map(|it| known.get(slot, it)).collect::<Vec<_>>())
                .count();
            bytes += block.len();
        }
        let seconds = resolution.slot().as_secs();
        print(
            &format!("{name}_block_sample_of_{seconds}_s"),
            bytes as f64 / samples.max(1) as f64,
            "bytes",
            None,
        );
    }
    // A week and two hours of minutes, and their points of ten minutes and an hour.
    let minutes = (7.0 * 24.0 * 60.0 + 121.0) * BROKERS as f64 * COLUMNS as f64;
    let samples = minutes * (1.0 + 1.0 / 10.0 + 1.0 / 60.0);
    let size = if name == "sqlite" {
        "SELECT (page_count - freelist_count) * page_size FROM pragma_page_count(), pragma_freelist_count(), \
         pragma_page_size()"
    } else {
        // It keeps what was replaced until it is vacuumed, by itself after a minute or more.
        let size = "SELECT pg_total_relation_size('series')";
        let before: i64 = sqlx::query(size).fetch_one(&mut connection).await?.try_get(0)?;
        print(&format!("{name}_disk_sample_before_vacuum"), before as f64 / samples, "bytes", None);
        connection.execute("VACUUM FULL series").await?;
        size
    };
    let size: i64 = sqlx::query(size).fetch_one(&mut connection).await?.try_get(0)?;
    print(&format!("{name}_disk_sample"), size as f64 / samples, "bytes", None);
    Ok(())
}

/// The bytes of all blocks that a question touches, fetched and nothing more.
async fn bytes_of(url: &str, resolution: Resolution, subjects: Subjects) -> Anyhow<usize> {
    let mut connection = AnyConnection::connect(url).await?;
    let (first, last) = match subjects {
        Subjects::All => (i64::MIN, i64::MAX),
        Subjects::One(subject) => (subject, subject),
    };
    let sql =
        "SELECT block FROM series WHERE noun = 'week' AND resolution = $1 AND subject BETWEEN $2 AND $3";
    let rows = sqlx::query(sql)
        .bind(resolution.slot().as_secs() as i64)
        .bind(first)
        .bind(last)
        .fetch_all(&mut connection)
        .await?;
    Ok(rows.len())
}

async fn p99(rounds: usize, mut work: impl AsyncFnMut() -> Anyhow<usize>) -> Anyhow<f64> {
    let mut times = Vec::new();
    for _ in 0..rounds {
        let started = Instant::now();
        assert!(work().await? > 0, "there is something to read");
        times.push(started.elapsed().as_secs_f64());
    }
    times.sort_by(f64::total_cmp);
    Ok(times.get((rounds * 99).div_ceil(100).saturating_sub(1)).copied().unwrap_or_default())
}

fn sampled(brokers: &mut [Broker], minute: i64) -> Vec<Minute> {
    let one = |(subject, broker): (i64, &mut Broker)| Minute {
        subject,
        start: at(minute * 60_000),
        values: broker.next(),
    };
    (0..).zip(brokers).map(one).collect()
}

/// A whole week's first moment, and so many milliseconds.
fn at(ms: i64) -> DateTime {
    DateTime::from_timestamp_millis(2_969 * 604_800_000 + ms).unwrap_or_default()
}

/// A broker with metrics like those of a real one: noisy rates with a tide, p99s that jump, shares that hardly move,
/// counts that are nearly always zero, constants, a disk that grows, a heap that fills and empties.
struct Broker {
    random: StdRng,
    noise: [f64; COLUMNS],
    taken: u32,
}

impl Broker {
    fn new(seed: u64) -> Self {
        Self { random: StdRng::seed_from_u64(seed), noise: [0.0; COLUMNS], taken: 0 }
    }

    fn next(&mut self) -> Vec<Option<f32>> {
        self.taken += 1;
        let tide = 1.0 + 0.4 * (f64::from(self.taken) / 230.0).sin();
        (0..COLUMNS).map(|column| Some(self.value(column, tide) as f32)).collect()
    }

    fn value(&mut self, column: usize, tide: f64) -> f64 {
        let jolt: f64 = (0..6).map(|_| self.random.random::<f64>()).sum::<f64>() - 3.0;
        let noise = self.noise.get_mut(column).map_or(0.0, |noise| {
            *noise = 0.8 * *noise + jolt;
            *noise
        });
        let taken = f64::from(self.taken);
        match column {
            0..9 => 4e6 * (column + 1) as f64 * tide * (1.0 + 0.03 * noise),
            9..13 => (4.0 + (0.6 * jolt).exp() * 9.0).round(),
            13..16 => (0.93 + 0.01 * noise).min(1.0),
            16..20 => f64::from(u8::from(self.random.random::<f64>() < 0.01)),
            20..22 => 1_440.0,
            22 => 3e11 + taken * 4e5,
            23 => 2e8 + (taken * 37.0) % 61.0 * 1e7 + jolt * 1e6,
            _ => 0.2 * tide * (1.0 + 0.1 * noise.abs()),
        }
    }
}

/// One figure as a line of JSON, with its ratio to something bare of the same run.
fn print(bench: &str, value: f64, unit: &str, ratio: Option<(&str, f64)>) {
    let ratio = ratio.map(|(to, ratio)| format!(",\"ratio_to_{to}\":{ratio:.3}")).unwrap_or_default();
    println!("{{\"bench\":\"{bench}\",\"value\":{value:.3},\"unit\":\"{unit}\"{ratio}}}");
}
