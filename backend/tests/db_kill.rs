//! A process that writes history is killed again and again, on both engines: nothing that it said was written is
//! missing, nothing is doubled, and the database opens.
#![allow(clippy::unwrap_used, reason = "a test ends where something is amiss")]

mod database;

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use backend::{
    db::{Asked, Holder, Minute, Of, Place, Subjects},
    series::Resolution,
};
use database::{Fresh, Kept, event, minute};
use rand::Rng;
use sqlx::Row;

on_both!(ten_kills_lose_at_most_a_minute_each_and_double_nothing);

const KILLS: usize = 10;
const SUBJECTS: i64 = 10;
const COLUMNS: i64 = 8;
const WHERE: &str = "RIVERKEEPER_TEST_WRITES_TO";
const FROM: &str = "RIVERKEEPER_TEST_WRITES_FROM";
const SAYS: &str = "wrote ";

/// What is written is told by where it stands; numbers up to 1,024 come back as they were.
fn value(subject: i64, at: i64, column: i64) -> f32 {
    ((subject * 7 + at * 3 + column) % 1_000) as f32
}

/// Not a test of its own: what the other starts and kills.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writes_until_it_is_killed() {
    let Ok(url) = std::env::var(WHERE) else { return };
    let place = Place::parse(&url, Path::new("")).unwrap();
    let kept = Kept::start(place, "", |settings| settings.holder = Holder::this_process()).writes().await;
    let mut at: i64 = std::env::var(FROM).unwrap().parse().unwrap();
    loop {
        let minutes: Vec<Minute> = (0..SUBJECTS)
            .map(|subject| Minute {
                subject,
                start: minute(at),
                values: (0..COLUMNS).map(|column| Some(value(subject, at, column))).collect(),
            })
            .collect();
        // Of every minute the same thing happened, whoever tells it and how often.
        kept.runtime.timeline().record(vec![
            event(Some("east"), minute(at - 1), "again"),
            event(Some("east"), minute(at), "again"),
        ]);
        let of = Of { name: "east", cluster_id: Some("Kafka-1") };
        kept.database.write_minutes(of, "load", &minutes).await.unwrap();
        println!("{SAYS}{at}");
        std::io::stdout().flush().unwrap();
        at += 1;
    }
}

/// Starts a writer, kills it a while after the first minute that it says was written, and tells all of them.
fn run_and_kill(url: &str, from: i64, after: Duration) -> Vec<i64> {
    let mut writer = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "writes_until_it_is_killed", "--nocapture"])
        .envs([(WHERE, url.to_owned()), (FROM, from.to_string())])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(writer.stdout.take().unwrap()).lines();
    let (writes, written) = std::sync::mpsc::channel();
    let said = std::thread::spawn(move || {
        let lines = lines.map_while(Result::ok);
        let said = lines.filter_map(|line| line.strip_prefix(SAYS)?.parse::<i64>().ok());
        said.inspect(|_| writes.send(()).unwrap_or_default()).collect::<Vec<i64>>()
    });
    let begun = written.recv_timeout(Duration::from_secs(60));
    std::thread::sleep(after);
    writer.kill().unwrap();
    writer.wait().unwrap();
    begun.unwrap();
    said.join().unwrap()
}

async fn ten_kills_lose_at_most_a_minute_each_and_double_nothing(fresh: Fresh) {
    let (mut said, mut next) = (BTreeSet::new(), 55);
    for _ in 0..KILLS {
        let url = fresh.url.clone();
        let after = Duration::from_millis(rand::rng().random_range(0..1_000));
        let wrote = tokio::task::spawn_blocking(move || run_and_kill(&url, next, after)).await.unwrap();
        // The minute in which it was killed is lost.
        next = wrote.last().map_or(next, |last| last + 2);
        said.extend(wrote);
    }
    assert!(said.len() > KILLS, "it wrote {} minutes", said.len());

    let kept = Kept::start(fresh.place.clone(), "", |settings| settings.holder = Holder::this_process())
        .writes()
        .await;
    let to = minute(next + 10);
    let asked = |resolution| Asked {
        cluster: "east",
        noun: "load",
        subjects: Subjects::All,
        resolution,
        from: minute(0),
        to,
    };
    let mut there = BTreeMap::new();
    for column in 0..COLUMNS {
        let found = kept.database.read_column(asked(Resolution::Minute), column as usize).await.unwrap();
        assert_eq!(found.len() as i64, SUBJECTS);
        for points in found {
            let minutes = points.points.iter().map(|(time, _)| (*time - minute(0)).num_minutes());
            let minutes: BTreeSet<i64> = minutes.collect();
            assert!(said.is_subset(&minutes), "what was said to be written is there");
            let gap = minutes.iter().zip(minutes.iter().skip(1)).map(|(one, other)| other - one).max();
            assert!(gap <= Some(2), "no gap is longer than a minute: {minutes:?}");
            for (at, (_, found)) in minutes.iter().zip(&points.points) {
                assert!((found - value(points.subject, *at, column)).abs() < 0.5, "column {column} at {at}");
            }
            there.insert(points.subject, minutes);
        }
    }
    let tens = kept.database.read_column(asked(Resolution::TenMinutes), 0).await.unwrap();
    let last = said.last().unwrap();
    for points in tens {
        let minutes = &there[&points.subject];
        let expected: Vec<i64> =
            (5..last / 10).filter(|ten| minutes.range(ten * 10..ten * 10 + 10).next().is_some()).collect();
        let made: Vec<i64> =
            points.points.iter().map(|(time, _)| (*time - minute(0)).num_minutes() / 10).collect();
        assert!(expected.iter().all(|ten| made.contains(ten)), "{made:?} of {expected:?}");
        for (ten, (_, found)) in made.iter().zip(&points.points) {
            let values: Vec<f32> =
                minutes.range(ten * 10..ten * 10 + 10).map(|at| value(points.subject, *at, 0)).collect();
            let mean = values.iter().sum::<f32>() / values.len() as f32;
            assert!((found - mean).abs() <= 1.0, "{found} at {ten}, not {mean}");
        }
    }
    let sql = "SELECT COUNT(*), COUNT(DISTINCT time) FROM events";
    let row = sqlx::query(sql).fetch_one(&mut fresh.connection().await).await.unwrap();
    assert_eq!(row.get::<i64, _>(0), row.get::<i64, _>(1), "no event is kept twice");
    assert!(row.get::<i64, _>(0) > KILLS as i64 / 2);
}
