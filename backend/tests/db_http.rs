//! The past over HTTP: what memory holds it answers, what is older comes from the database, page by page, and to
//! everybody only what he may see.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends where something is amiss")]

mod database;
mod support;

use std::time::Duration;

use backend::config::{Config, Token};
use database::{Fresh, event, minute};
use shared::{
    access::Role,
    event::{Event, Events, Subject},
    status::{Engine, Status},
};
use support::{Served, cluster, dead_address, wait_until};

/// What waited for a database would take longer: reading it ends after 2 s.
const AT_ONCE: Duration = Duration::from_millis(1_500);

on_both!(older_events_are_found_page_by_page_after_a_restart, the_past_is_told_to_everybody_within_his_scope,);

/// A Riverkeeper on that database; its clusters answer nothing, so that nothing happens but what a test tells.
async fn config(fresh: &Fresh) -> Config {
    let dead = dead_address().await.to_string();
    let mut config = support::config([cluster("east", &dead), cluster("west", &dead)]);
    config.inventory.metadata_period_seconds = 3_600.0;
    config.database.url = Some(fresh.place.clone());
    config
}

fn topic_event(cluster: &str, at: i64, topic: &str) -> Event {
    let subject = Subject::Topic { name: topic.into() };
    let sentence = format!("{topic} changed at {at}.");
    Event { subject, topics: vec![topic.into()], ..event(Some(cluster), minute(at), &sentence) }
}

/// Puts events into the database, more than memory holds.
async fn filled(fresh: &Fresh) {
    let kept = fresh.open_as("a").writes().await;
    let timeline = kept.runtime.timeline();
    for part in 0..5 {
        let events = (part * 500..part * 500 + 500).map(|at| match at % 5 {
            0 => topic_event("east", at, "orders"),
            1 => topic_event("east", at, "payroll"),
            _ => event(Some("east"), minute(at), &format!("{at}")),
        });
        timeline.record(events.collect());
        kept.until("they are written", async || kept.database.counts().events == (part as u64 + 1) * 500)
            .await;
    }
    timeline.record(vec![topic_event("west", 3, "orders"), event(None, minute(4), "east fell silent.")]);
    kept.until("all are written", async || kept.database.counts().events == 2_502).await;
    kept.end().await;
}

async fn given_back(served: &Served) {
    wait_until("the newest are given back", Duration::from_secs(20), async || {
        let held = served.get("/api/v1/events?limit=1000").await.json::<Events>().events.len();
        if held == 1_000 { Ok(()) } else { Err(format!("{held} are held")) }
    })
    .await;
}

/// All pages from the first on.
async fn pages(served: &Served, secret: Option<&str>, path: &str) -> Vec<Event> {
    let bearer = secret.map(|secret| ("authorization", format!("Bearer {secret}")));
    let headers: Vec<(&str, &str)> = bearer.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let (mut all, mut cursor) = (Vec::new(), String::new());
    for _ in 0..100 {
        let page: Events = served.get_with(&format!("{path}{cursor}"), &headers).await.well().json();
        all.extend(page.events);
        match page.meta.next_cursor {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return all,
        }
    }
    panic!("the pages of {path} do not end");
}

async fn older_events_are_found_page_by_page_after_a_restart(fresh: Fresh) {
    filled(&fresh).await;
    let served = Served::start(&config(&fresh).await).await;
    given_back(&served).await;
    let own = |event: &Event| event.kind == "broker_left";
    let all: Vec<Event> = pages(&served, None, "/api/v1/clusters/east/events?limit=700")
        .await
        .into_iter()
        .filter(own)
        .collect();
    assert_eq!(all.len(), 2_500);
    assert!(all.is_sorted_by(|one, other| one.time > other.time), "newest first, each once");
    let early = format!(
        "/api/v1/events?limit=1000&from={}&to={}",
        minute(2).to_rfc3339().replace('+', "%2B"),
        minute(7).to_rfc3339().replace('+', "%2B")
    );
    let early = pages(&served, None, &early).await;
    let clusters: Vec<Option<&str>> = early.iter().map(|event| event.cluster.as_deref()).collect();
    assert_eq!(early.len(), 7, "{clusters:?}");
    assert!(clusters.contains(&None) && clusters.contains(&Some("west")));
    let status: Status = served.view("/api/v1/status").await;
    assert_ne!(status.database.engine, Engine::None);
    assert_eq!(status.database.failure, None);
    let metrics = served.get("/metrics").await.well().text();
    assert!(metrics.contains("riverkeeper_history_kept{} 1"), "{metrics}");
    served.get("/api/v1/events?cursor=nonsense").await.problem(400);
    served.end().await;
}

async fn the_past_is_told_to_everybody_within_his_scope(fresh: Fresh) {
    filled(&fresh).await;
    let mut config = config(&fresh).await;
    let folder = tempfile::tempdir().unwrap();
    let owners = folder.path().join("owners.toml");
    std::fs::write(&owners, "[[owner]]\nname = \"checkout\"\ntopics = [\"orders\"]\n").unwrap();
    config.catalog.file = Some(owners);
    let token = |name: &str, clusters: Option<&str>, owners: Option<&str>| Token {
        name: name.into(),
        sha256: database::sha256(name),
        role: Role::Viewer,
        clusters: clusters.map(|glob| vec![globset::Glob::new(glob).unwrap()]),
        owners: owners.map(|owner| vec![owner.to_owned()]),
        expires: backend::runtime::Clock::system().now() + Duration::from_secs(3_600),
    };
    config.tokens =
        vec![token("west-only", Some("west"), None), token("checkout-only", None, Some("checkout"))];
    let served = Served::start(&config).await;
    wait_until("the past can be told", Duration::from_secs(20), async || {
        let past = served
            .get_with("/api/v1/events?from=2020-01-01T00:00:00Z", &[("authorization", "Bearer west-only")])
            .await;
        past.json_or_missing::<Events>()
    })
    .await;
    let of_west =
        pages(&served, Some("west-only"), "/api/v1/events?limit=100&from=2020-01-01T00:00:00Z").await;
    assert_eq!(of_west.iter().map(|event| event.cluster.as_deref()).collect::<Vec<_>>(), [Some("west")]);
    let east = served
        .get_with(
            "/api/v1/clusters/east/events?from=2020-01-01T00:00:00Z",
            &[("authorization", "Bearer west-only")],
        )
        .await;
    east.problem(404);
    let path = "/api/v1/events?limit=300&from=2020-01-01T00:00:00Z";
    let owned = pages(&served, Some("checkout-only"), path).await;
    assert_eq!(owned.len(), 501);
    assert!(owned.iter().all(|event| event.subject == Subject::Topic { name: "orders".into() }));
    served.end().await;
}

#[tokio::test]
async fn a_database_that_is_not_there_is_not_on_the_way_to_the_present() {
    let mut config = config(&Fresh::sqlite()).await;
    let url = format!("postgres://ann:secret@{}/history", dead_address().await);
    config.database.url = Some(backend::db::Place::parse(&url, std::path::Path::new("")).unwrap());
    let served = Served::start(&config).await;
    for path in ["/api/v1/clusters", "/api/v1/events", "/api/v1/clusters/east/events?limit=5", "/readyz"] {
        let answer = served.get(path).await;
        assert!(answer.took < AT_ONCE, "{path} took {:?}", answer.took);
    }
    let past = served.get("/api/v1/events?from=2020-01-01T00:00:00Z").await.problem(503);
    assert!(past.text().contains("history-unavailable"), "{}", past.text());
    let status = wait_until("it is told", Duration::from_secs(20), async || {
        let status: Status = served.view("/api/v1/status").await;
        status.database.failure.clone().map(|_| status.database).ok_or_else(|| "no failure".into())
    })
    .await;
    assert!(!format!("{status:?}").contains("secret"), "{status:?}");
    let metrics = served.get("/metrics").await.well().text();
    assert!(metrics.contains("riverkeeper_history_kept{} 0"), "{metrics}");
    served.end().await;
}
