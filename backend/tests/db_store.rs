//! What is kept, on both engines: each test has a database of its own.
#![allow(clippy::unwrap_used, reason = "a test ends where something is amiss")]

mod database;

use std::{os::unix::fs::PermissionsExt, sync::Arc, time::Duration};

use backend::{
    db::{Asked, AskedEvents, HistoryError, Minute, Of, Points, Retention, Subjects, Which},
    runtime::EventFilter,
    series::Resolution,
};
use database::{Fresh, Kept, event, minute, until};
use sqlx::Row;

on_both!(
    minutes_come_back_and_writing_them_again_changes_nothing,
    points_are_made_when_their_time_is_over_also_after_a_restart,
    a_rename_keeps_the_history_and_another_cluster_of_that_name_begins_anew,
    one_of_two_writes_and_the_other_takes_over,
    who_has_ended_on_this_machine_is_not_waited_for,
    two_that_start_at_once_make_the_tables_once,
    a_checkpoint_of_another_version_is_none,
    events_are_kept_once_and_given_back_after_a_restart,
    events_are_found_by_what_they_are_like_page_by_page,
    what_is_too_old_goes,
    a_damaged_block_is_begun_anew_and_hides_nothing_else,
);

const EAST: Of<'_> = Of { name: "east", cluster_id: Some("Kafka-1") };

fn values(of: i64) -> Vec<Option<f32>> {
    vec![Some(of as f32), None, Some(0.5)]
}

fn minutes(of: std::ops::Range<i64>) -> Vec<Minute> {
    let both = of.flat_map(|at| [(1, at), (-1, at)]);
    both.map(|(subject, at)| Minute { subject, start: minute(at), values: values(at) }).collect()
}

fn asked(resolution: Resolution, from: i64, to: i64) -> Asked<'static> {
    Asked {
        cluster: "east",
        noun: "load",
        subjects: Subjects::One(1),
        resolution,
        from: minute(from),
        to: minute(to),
    }
}

async fn points(kept: &Kept, asked: Asked<'_>, column: usize) -> Vec<(i64, f32)> {
    let found = kept.database.read_column(asked, column).await.unwrap();
    let points = found.into_iter().flat_map(|points: Points| points.points);
    points.map(|(time, value)| ((time - minute(0)).num_minutes(), value)).collect()
}

async fn count(fresh: &Fresh, table: &str) -> i64 {
    let sql = format!("SELECT COUNT(*) FROM {table}");
    let row = sqlx::query(sqlx::AssertSqlSafe(sql)).fetch_one(&mut fresh.connection().await).await.unwrap();
    row.get(0)
}

async fn minutes_come_back_and_writing_them_again_changes_nothing(fresh: Fresh) {
    let kept = fresh.open_as("a").writes().await;
    for _ in 0..2 {
        kept.database.write_minutes(EAST, "load", &minutes(58..63)).await.unwrap();
    }
    let expected: Vec<(i64, f32)> = (58..63).map(|at| (at, at as f32)).collect();
    assert_eq!(points(&kept, asked(Resolution::Minute, 0, 100), 0).await, expected);
    assert_eq!(points(&kept, asked(Resolution::Minute, 60, 62), 0).await, expected[2..4]);
    assert_eq!(points(&kept, asked(Resolution::Minute, 0, 100), 1).await, []);
    assert_eq!(points(&kept, asked(Resolution::Minute, 0, 100), 9).await, []);
    let all = Asked { subjects: Subjects::All, ..asked(Resolution::Minute, 0, 100) };
    let found = kept.database.read_column(all, 2).await.unwrap();
    assert_eq!(found.iter().map(|points| points.subject).collect::<Vec<_>>(), [-1, 1]);
    let blocks = kept.database.read_blocks(all).await.unwrap();
    assert_eq!(blocks.len(), 4);
    assert_eq!(blocks[0].block.get(58, 0), Some(58.0));
    assert_eq!(kept.database.read_column(Asked { cluster: "west", ..all }, 0).await.unwrap(), []);
    assert!(kept.database.status().failure.is_none() && kept.database.status().written_at.is_some());
}

async fn points_are_made_when_their_time_is_over_also_after_a_restart(fresh: Fresh) {
    let kept = fresh.open_as("a").writes().await;
    kept.database.write_minutes(EAST, "load", &minutes(0..15)).await.unwrap();
    assert_eq!(points(&kept, asked(Resolution::TenMinutes, 0, 200), 0).await, [(0, 4.5)]);
    kept.end().await;
    let kept = fresh.open_as("a").writes().await;
    kept.database.write_minutes(EAST, "load", &minutes(125..126)).await.unwrap();
    assert_eq!(points(&kept, asked(Resolution::TenMinutes, 0, 200), 0).await, [(0, 4.5), (10, 12.0)]);
    assert_eq!(points(&kept, asked(Resolution::Hour, 0, 200), 0).await, [(0, 7.0)]);
    kept.database.write_minutes(EAST, "load", &minutes(15..20)).await.unwrap();
    assert_eq!(
        points(&kept, asked(Resolution::TenMinutes, 0, 200), 0).await,
        [(0, 4.5), (10, 14.5)],
        "late ones count"
    );
    kept.database.write_minutes(EAST, "load", &minutes(126..180)).await.unwrap();
    assert_eq!(points(&kept, asked(Resolution::Hour, 60, 200), 0).await, [(120, 152.0)]);
}

async fn a_rename_keeps_the_history_and_another_cluster_of_that_name_begins_anew(fresh: Fresh) {
    let kept = fresh.open_as("a").writes().await;
    let unknown = Of { name: "east", cluster_id: None };
    kept.database.write_minutes(unknown, "load", &minutes(0..1)).await.unwrap();
    kept.database.write_minutes(EAST, "load", &minutes(1..2)).await.unwrap();
    kept.database.write_minutes(unknown, "load", &minutes(2..3)).await.unwrap();
    assert_eq!(points(&kept, asked(Resolution::Minute, 0, 9), 0).await.len(), 3, "its id came later");
    let refused = kept.database.write_minutes(Of { name: "west", ..EAST }, "load", &minutes(0..1)).await;
    assert!(
        matches!(refused, Err(HistoryError::NotTaken(what)) if what.contains("is the same cluster as east"))
    );
    kept.end().await;

    let kept =
        Kept::start(fresh.place.clone(), "a", |settings| settings.clusters = Arc::new(["est".to_owned()]));
    kept.until("it writes est", async || kept.database.writes("est")).await;
    kept.database.write_minutes(Of { name: "est", ..EAST }, "load", &minutes(3..4)).await.unwrap();
    let renamed = Asked { cluster: "est", ..asked(Resolution::Minute, 0, 9) };
    assert_eq!(points(&kept, renamed, 0).await.len(), 4);
    let other = Of { name: "est", cluster_id: Some("Kafka-2") };
    kept.database.write_minutes(other, "load", &minutes(7..8)).await.unwrap();
    assert_eq!(points(&kept, renamed, 0).await, [(7, 7.0)]);
}

async fn one_of_two_writes_and_the_other_takes_over(fresh: Fresh) {
    let first = fresh.open_as("a").writes().await;
    let second = fresh.open_as("b");
    second
        .until("it sees who writes", async || second.database.status().written_by_others == ["east", "west"])
        .await;
    assert!(!second.database.writes("east"));
    let refused = second.database.write_minutes(EAST, "load", &minutes(0..1)).await;
    assert_eq!(refused, Err(HistoryError::NotOurs));
    assert_eq!(second.database.status().failure, None, "that another writes is no failure");
    let since = sqlx::query("UPDATE leases SET renewed = renewed - 181000");
    sqlx::Executor::execute(&mut fresh.connection().await, since).await.unwrap();
    first.end().await;
    let third = fresh.open_as("c").writes().await;
    assert_eq!(third.database.status().written_by_others, Vec::<String>::new());
}

async fn who_has_ended_on_this_machine_is_not_waited_for(fresh: Fresh) {
    let first = fresh.open_as("a").writes().await;
    let rows = sqlx::query("UPDATE leases SET holder = 'a/2147480000/0'");
    first.end().await;
    let second = fresh.open_as("b").writes().await;
    sqlx::Executor::execute(&mut fresh.connection().await, rows).await.unwrap();
    drop(second);
    fresh.open_as("a").writes().await;
}

async fn two_that_start_at_once_make_the_tables_once(fresh: Fresh) {
    let all: Vec<Kept> = (0..4).map(|number| fresh.open_as(&format!("machine-{number}"))).collect();
    for kept in &all {
        assert!(kept.database.opened(database::SOON).await, "{:?}", kept.database.status());
    }
    assert_eq!(count(&fresh, "_sqlx_migrations").await, 1);
    until("one of them writes", async || all.iter().filter(|kept| kept.database.writes("east")).count() == 1)
        .await;
}

async fn a_checkpoint_of_another_version_is_none(fresh: Fresh) {
    let kept = fresh.open_as("a").writes().await;
    let which = Which { noun: "inventory", part: "metadata", version: 2 };
    assert_eq!(kept.database.load_checkpoint("east", which).await.unwrap(), None);
    for bytes in [vec![1, 2], vec![0, 255, 3]] {
        kept.database.save_checkpoint(EAST, which, bytes).await.unwrap();
    }
    let found = kept.database.load_checkpoint("east", which).await.unwrap().unwrap();
    assert_eq!(found.bytes, [0, 255, 3]);
    let newer = Which { version: 3, ..which };
    assert_eq!(kept.database.load_checkpoint("east", newer).await.unwrap(), None);
    let too_large = vec![0; backend::db::MOST_CHECKPOINT_BYTES + 1];
    assert!(kept.database.save_checkpoint(EAST, which, too_large).await.is_err());
}

async fn events_are_kept_once_and_given_back_after_a_restart(fresh: Fresh) {
    let kept = fresh.open_as("a").writes().await;
    let timeline = kept.runtime.timeline().clone();
    let recorded = [
        event(Some("east"), minute(1), "one"),
        event(Some("east"), minute(2), "two"),
        event(None, minute(3), "all"),
    ];
    timeline.record(recorded.to_vec());
    timeline.record(vec![recorded[0].clone()]);
    kept.until("all are written", async || kept.database.counts().events == 3).await;
    kept.until("none waits", async || kept.database.status().waiting_event_count == 0).await;
    assert_eq!(count(&fresh, "events").await, 3);
    kept.end().await;

    let kept = fresh.open_as("a");
    let timeline = kept.runtime.timeline().clone();
    timeline.record(vec![recorded[1].clone(), event(Some("east"), minute(9), "new")]);
    let told = || -> Vec<String> {
        let all = timeline.newest(&EventFilter::default(), |_| true);
        all.iter().map(|held| held.event.sentence.clone()).collect()
    };
    kept.until("they are given back", async || told() == ["new", "all", "two", "one"]).await;
    assert!(timeline.complete_since([Some("east"), None]) < minute(0));
    kept.until("the new one is written", async || count(&fresh, "events").await == 4).await;
}

async fn events_are_found_by_what_they_are_like_page_by_page(fresh: Fresh) {
    let kept = fresh.open_as("a").writes().await;
    let all: Vec<_> = (0..1_200).map(|at| event(Some("east"), minute(at / 3), &format!("{at}"))).collect();
    kept.runtime.timeline().record(all);
    kept.runtime.timeline().record(vec![event(Some("west"), minute(5), "of west")]);
    kept.until("all are written", async || kept.database.counts().events == 1_201).await;
    let clusters = ["east".to_owned(), "west".to_owned(), "south".to_owned()];
    let filter = EventFilter { from: Some(minute(10)), to: Some(minute(390)), ..EventFilter::default() };
    let (mut behind, mut found) = (None, Vec::new());
    loop {
        let asked = AskedEvents { clusters: &clusters, of_fleet: true, filter: &filter, behind, most: 100 };
        let page = kept.database.read_events(&asked, |event| !event.sentence.ends_with('7')).await.unwrap();
        found.extend(page.events.into_iter().map(|(_, event)| event));
        behind = page.next;
        if behind.is_none() {
            break;
        }
    }
    let expected = (30..1_170).filter(|at| at % 10 != 7).count();
    let mut sentences: Vec<&str> = found.iter().map(|event| event.sentence.as_str()).collect();
    assert!(found.is_sorted_by(|one, other| one.time >= other.time));
    sentences.sort_unstable();
    sentences.dedup();
    assert_eq!((found.len(), sentences.len()), (expected, expected));

    let number = async |filter: EventFilter| {
        let asked =
            AskedEvents { clusters: &clusters, of_fleet: false, filter: &filter, behind: None, most: 5 };
        kept.database.read_events(&asked, |_| true).await.unwrap().events.len()
    };
    let any = EventFilter::default;
    assert_eq!(number(EventFilter { topic: Some("a_b".into()), ..any() }).await, 5);
    assert_eq!(number(EventFilter { topic: Some("axb".into()), ..any() }).await, 0, "_ stands for itself");
    assert_eq!(
        number(EventFilter {
            broker_id: Some(2),
            severity: Some(shared::verdict::Severity::Critical),
            ..any()
        })
        .await,
        5
    );
    assert_eq!(number(EventFilter { broker_id: Some(3), ..any() }).await, 0);
    assert_eq!(number(EventFilter { noun: Some("load".into()), ..any() }).await, 0);
}

async fn what_is_too_old_goes(fresh: Fresh) {
    let now = backend::runtime::Clock::system().now();
    let day = Duration::from_secs(86_400);
    let ages = Duration::from_secs(86_400 * 36_500);
    let kept = Kept::start(fresh.place.clone(), "a", |settings| {
        settings.retention = Retention { minutes: ages, ten_minutes: ages, hours: ages, events: ages };
    });
    let kept = kept.writes().await;
    let at = |days: u32| Minute { subject: 1, start: now - day * days, values: values(i64::from(days)) };
    kept.database.write_minutes(EAST, "load", &[at(0), at(3), at(30), at(2_000)]).await.unwrap();
    let timeline = kept.runtime.timeline();
    timeline.record([0, 30, 400].map(|days| event(Some("east"), now - day * days, "then")).to_vec());
    kept.until("they are written", async || kept.database.counts().events == 3).await;
    assert_eq!(count(&fresh, "series WHERE resolution = 60").await, 4);
    kept.end().await;

    let kept = fresh.open_as("a").writes().await;
    kept.until("minutes go", async || count(&fresh, "series WHERE resolution = 60").await == 2).await;
    kept.until("the hour goes", async || count(&fresh, "series WHERE resolution = 3600").await == 2).await;
    kept.until("an event goes", async || count(&fresh, "events").await == 2).await;
}

async fn a_damaged_block_is_begun_anew_and_hides_nothing_else(fresh: Fresh) {
    let kept = fresh.open_as("a").writes().await;
    kept.database.write_minutes(EAST, "load", &minutes(0..5)).await.unwrap();
    let damage =
        sqlx::query("UPDATE series SET block = $1 WHERE subject = 1").bind(vec![1_u8, 2, 3, 4, 5, 6]);
    sqlx::Executor::execute(&mut fresh.connection().await, damage).await.unwrap();
    let all = Asked { subjects: Subjects::All, ..asked(Resolution::Minute, 0, 100) };
    let subjects = async || -> Vec<(i64, usize)> {
        let found = kept.database.read_column(all, 0).await.unwrap();
        found.iter().map(|points| (points.subject, points.points.len())).collect()
    };
    assert_eq!(subjects().await, [(-1, 5)]);
    kept.database.write_minutes(EAST, "load", &minutes(5..6)).await.unwrap();
    assert_eq!(subjects().await, [(-1, 6), (1, 1)]);
    assert_eq!(kept.database.counts().damaged_blocks, 1);
}

#[tokio::test]
async fn a_new_file_is_ours_alone() {
    let fresh = Fresh::sqlite();
    let kept = fresh.open_as("a").writes().await;
    kept.database.write_minutes(EAST, "load", &minutes(0..1)).await.unwrap();
    for entry in std::fs::read_dir(fresh.folder().join("some folder")).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", entry.file_name());
    }
}

#[tokio::test]
async fn without_a_url_nothing_is_kept_and_nothing_fails() {
    let kept = Kept::start(Fresh::sqlite().place, "a", |settings| settings.place = None);
    let written = kept.database.write_minutes(EAST, "load", &minutes(0..1)).await;
    assert_eq!(written, Err(HistoryError::NotKept));
    let status = kept.database.status();
    assert_eq!((status.engine, status.failure), (shared::status::Engine::None, None));
}
