//! The database stands still, is gone, is full, is read-only: the present goes on, it is told what is not kept and
//! since when, and what memory still holds is written once it is back.
#![allow(clippy::unwrap_used, reason = "a test ends where something is amiss")]

mod database;

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use backend::{
    db::{Asked, HistoryError, Minute, Of, Place, Subjects},
    runtime::EventFilter,
    series::Resolution,
};
use database::{Kept, event, minute, server::Server};
use tokio::time::Instant;

const EAST: Of<'_> = Of { name: "east", cluster_id: Some("Kafka-1") };

/// Enough to fill a small disk.
fn minutes(at: i64, subjects: i64) -> Vec<Minute> {
    let noise = |subject: i64, column: i64| ((subject * 7_919 + at * 104_729 + column * 31) % 65_521) as f32;
    let values = |subject| (0..25).map(|column| Some(noise(subject, column))).collect();
    (0..subjects).map(|subject| Minute { subject, start: minute(at), values: values(subject) }).collect()
}

async fn minutes_kept(kept: &Kept) -> Result<usize, HistoryError> {
    let asked = Asked {
        cluster: "east",
        noun: "load",
        subjects: Subjects::One(0),
        resolution: Resolution::Minute,
        from: minute(0),
        to: minute(600),
    };
    let found = kept.database.read_column(asked, 0).await?;
    Ok(found.iter().map(|points| points.points.len()).sum())
}

/// Something happens while nothing can be kept: it is on the timeline at once, and waits.
async fn something_happens(kept: &Kept, sentence: &str) {
    let before = Instant::now();
    let timeline = kept.runtime.timeline();
    timeline.record(vec![event(Some("east"), minute(1), sentence)]);
    let told = timeline.newest(&EventFilter::default(), |_| true);
    assert!(told.iter().any(|held| held.event.sentence == sentence));
    assert!(before.elapsed() < Duration::from_secs(1), "the present does not wait");
    kept.until("it waits", async || kept.database.status().waiting_event_count > 0).await;
}

async fn it_is_told(kept: &Kept, word: &str) {
    let says = || kept.database.status().failure.map(|failure| failure.what).unwrap_or_default();
    let since = Instant::now();
    while !says().contains(word) {
        assert!(since.elapsed() < Duration::from_secs(60), "it says {:?}, not {word}", says());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Minutes are written again with every turn until they are there, as memory holds them.
async fn it_heals(kept: &Kept, minutes: &[Minute]) {
    kept.until("minutes are written", async || {
        kept.database.write_minutes(EAST, "load", minutes).await.is_ok()
    })
    .await;
    let is_well =
        || kept.database.status().failure.is_none() && kept.database.status().waiting_event_count == 0;
    let since = Instant::now();
    while !is_well() {
        assert!(since.elapsed() < Duration::from_secs(60), "{:?}", kept.database.status());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_stands_still_or_is_gone_stops_nothing() {
    let mut server = Server::start();
    let place = Place::parse(&server.url(), Path::new("")).unwrap();
    let kept = Kept::start(place, "a", |_| {}).writes().await;
    kept.database.write_minutes(EAST, "load", &minutes(0, 3)).await.unwrap();

    server.pause();
    let before = Instant::now();
    let read = minutes_kept(&kept).await;
    assert!(
        read.is_err() && before.elapsed() < Duration::from_secs(10),
        "{read:?} after {:?}",
        before.elapsed()
    );
    something_happens(&kept, "while it stood still").await;
    it_is_told(&kept, "database").await;
    let since = kept.database.status().failure.unwrap().since;
    tokio::time::sleep(database::server::OUTAGE).await;
    assert_eq!(kept.database.status().failure.unwrap().since, since, "a failure keeps its beginning");
    server.resume();
    it_heals(&kept, &minutes(1, 3)).await;

    server.end();
    assert!(kept.database.write_minutes(EAST, "load", &minutes(2, 3)).await.is_err());
    something_happens(&kept, "while it was gone").await;
    it_is_told(&kept, "database").await;
    server.run();
    it_heals(&kept, &minutes(2, 3)).await;
    assert_eq!(minutes_kept(&kept).await, Ok(3));
    assert_eq!(kept.database.counts().events, 2);
}

/// A small disk of memory, which ends with the test.
struct Disk(tempfile::TempDir);

impl Disk {
    /// None where only root may make one.
    fn of(options: &str) -> Option<Self> {
        let disk = Self(tempfile::tempdir().unwrap());
        if disk.mount(options) {
            return Some(disk);
        }
        eprintln!("this needs the right to mount: nothing was tried");
        None
    }

    fn mount(&self, options: &str) -> bool {
        let mount =
            Command::new("mount").args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(self.0.path()).output();
        mount.is_ok_and(|mount| mount.status.success())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        drop(Command::new("umount").arg("-l").arg(self.0.path()).status());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_stops_nothing_and_writing_goes_on_once_there_is_room() {
    let Some(disk) = Disk::of("size=1500k") else { return };
    let kept = Kept::start(Place::file(&disk.path("history.db")), "a", |_| {}).writes().await;
    kept.database.write_minutes(EAST, "load", &minutes(0, 50)).await.unwrap();
    std::fs::write(disk.path("full"), vec![0; 4 << 20]).unwrap_err();
    let mut at = 1;
    let error = loop {
        match kept.database.write_minutes(EAST, "load", &minutes(at, 500)).await {
            Ok(()) => at += 1,
            Err(error) => break error,
        }
        assert!(at < 60, "the disk is never full");
    };
    assert!(error.to_string().contains("full"), "{error}");
    it_is_told(&kept, "full").await;
    something_happens(&kept, "while it was full").await;
    std::fs::remove_file(disk.path("full")).unwrap();
    it_heals(&kept, &minutes(at, 3)).await;
    assert_eq!(minutes_kept(&kept).await, Ok(at as usize + 1), "nothing that was written is lost");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_is_read_only_stops_nothing_and_is_written_once_it_may_be() {
    let Some(disk) = Disk::of("size=8m") else { return };
    let place = Place::file(&disk.path("history.db"));
    let kept = Kept::start(place.clone(), "a", |_| {}).writes().await;
    kept.database.write_minutes(EAST, "load", &minutes(0, 3)).await.unwrap();
    kept.end().await;
    let remounted = |how: &str| {
        let began = Instant::now();
        while !disk.mount(&format!("remount,{how}")) {
            assert!(began.elapsed() < Duration::from_secs(10), "somebody holds a file open");
            std::thread::sleep(Duration::from_millis(50));
        }
    };
    remounted("ro");
    let kept = Kept::start(place, "a", |_| {});
    it_is_told(&kept, "writable").await;
    something_happens(&kept, "while it was read-only").await;
    remounted("rw");
    it_heals(&kept, &minutes(1, 3)).await;
    assert_eq!((minutes_kept(&kept).await, kept.database.counts().events), (Ok(2), 1));
}
