//! What groups had to read and what waited on flows, over a restart: minutes that are over are kept, also of groups that are
//! gone, and told again as the past.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends where something is amiss")]

mod database;
mod support;

use std::time::Duration;

use backend::{
    config::{Config, Mirror, MirrorPolicy, OffsetsSource, Token},
    db::{Minute, Of, subject},
    runtime::Clock,
};
use chrono::{DurationRound, SecondsFormat, TimeDelta};
use database::Fresh;
use shared::{
    DateTime,
    access::Role,
    lag::{LagHistory, LagPoint, NOUN},
    topology::{self, FlowHistory, FlowPoint},
};
use support::{
    Answer, Served,
    broker::{FakeCluster, LOG_END, Reads},
    cluster, so, wait_until,
};

on_both!(what_groups_had_to_read_is_kept_and_told_again, what_waited_on_a_flow_is_told_again,);

const SOON: Duration = Duration::from_secs(60);
const READS: Reads = Reads { group: "pay", topic: "orders", committed: 90 };
/// What `pay` has to read now, and what it had to read yesterday, with the age of that.
const NOW: f64 = (LOG_END - READS.committed) as f64;
const BEFORE: (f32, f32) = (1_000.0, 60.0);

fn now() -> DateTime {
    Clock::system().now()
}

/// As a query writes it.
fn written(time: DateTime) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}

fn range(step: u32, from: DateTime, to: DateTime) -> String {
    format!("step={step}&from={}&to={}", written(from), written(to))
}

/// An hour of yesterday, as a Riverkeeper of before has kept it of two groups.
async fn filled(fresh: &Fresh, yesterday: DateTime) {
    let kept = fresh.open_as("a").writes().await;
    let of = |group: &str, minute: i64| {
        let (subject, start) = (subject(group), yesterday + TimeDelta::minutes(minute));
        Minute { subject, start, values: vec![Some(BEFORE.0), Some(BEFORE.1)] }
    };
    // One more, so that the points of the hour are made.
    let minutes: Vec<Minute> = (0..=60).flat_map(|minute| [of("pay", minute), of("gone", minute)]).collect();
    let east = Of { name: "east", cluster_id: Some("east-id") };
    kept.database.write_minutes(east, NOUN, &minutes).await.unwrap();
    kept.end().await;
}

fn config(fresh: &Fresh, east: &FakeCluster) -> Config {
    let mut config = support::config([cluster("east", &east.address.to_string())]);
    config.lag.source = OffsetsSource::Admin;
    config.lag.period_seconds = 1.0;
    config.database.url = Some(fresh.place.clone());
    config
}

fn known(history: &LagHistory) -> Vec<(DateTime, f64)> {
    history.points.iter().filter_map(|LagPoint(time, lag, _)| Some((*time, (*lag)?))).collect()
}

/// The history once it is told with a point.
async fn told(what: &str, ask: impl AsyncFn() -> Answer) -> LagHistory {
    wait_until(what, SOON, async || {
        let history: LagHistory = ask().await.json_or_missing()?;
        so(history, |history| !known(history).is_empty())
    })
    .await
}

async fn what_groups_had_to_read_is_kept_and_told_again(fresh: Fresh) {
    let east = FakeCluster::start_with("east-id", &["orders"], Some(READS)).await;
    let hour = now().duration_trunc(TimeDelta::hours(1)).unwrap();
    let yesterday = hour - TimeDelta::days(1);
    filled(&fresh, yesterday).await;
    let mut config = config(&fresh, &east);
    let served = Served::start(&config).await;
    let ask = async |group: &str, query: &str| {
        served.get(&format!("/api/v1/lag/east/{group}/history?{query}")).await
    };

    // The past, by the minute and by what is coarser, also of a group that is gone.
    for (group, step, points) in [("pay", 60, 60), ("gone", 600, 6), ("pay", 3_600, 1)] {
        let query = range(step, yesterday, yesterday + TimeDelta::hours(1));
        let history = told("the past is told", async || ask(group, &query).await).await;
        let lags = known(&history);
        assert_eq!(lags.len(), points, "{group} by {step} s: {history:?}");
        assert!(lags.iter().all(|(_, lag)| (lag / f64::from(BEFORE.0) - 1.0).abs() < 0.01), "{lags:?}");
        let ages: Vec<f64> = history.points.iter().filter_map(|point| point.2).collect();
        assert_eq!(ages, vec![f64::from(BEFORE.1); points]);
        assert!(history.kept_since.is_some_and(|since| since <= yesterday), "{:?}", history.kept_since);
    }

    // What it has to read now is in memory.
    let history = told("now is told", async || ask("pay", "").await).await;
    assert!(known(&history).iter().all(|(_, lag)| *lag == NOW), "{history:?}");
    ask("gone", "").await.problem(404);
    ask("never", &range(60, yesterday, hour)).await.problem(404);

    // A minute that is over is kept: told by another Riverkeeper, whose memory begins later.
    let minute = now().duration_trunc(TimeDelta::minutes(1)).unwrap();
    let over = (minute + TimeDelta::seconds(66) - now()).to_std().unwrap();
    tokio::time::sleep(over).await;
    served.end().await;
    config.tokens = vec![token("all", None, None), token("west", Some("west"), None)];
    config.tokens.push(token("nobody", None, Some("nobody")));
    let served = Served::start(&config).await;
    let query = range(60, minute, minute + TimeDelta::minutes(1));
    let get = async |secret: &str, path: &str| {
        let bearer = format!("Bearer {secret}");
        served.get_with(path, &[("authorization", &bearer)]).await
    };
    let ask = async |secret: &str, group: &str| {
        get(secret, &format!("/api/v1/lag/east/{group}/history?{query}")).await
    };
    wait_until("the groups are read", SOON, async || {
        so(get("all", "/api/v1/lag/east/pay").await.status.as_u16(), |status| *status == 200).map(drop)
    })
    .await;
    let history = told("the minute is told", async || ask("all", "pay").await).await;
    assert_eq!(known(&history), [(minute, NOW)]);
    ask("all", "never").await.problem(404);
    ask("west", "pay").await.problem(404);
    ask("nobody", "pay").await.problem(404);
    served.end().await;
}

async fn what_waited_on_a_flow_is_told_again(fresh: Fresh) {
    let (east, west) =
        (FakeCluster::start("east-id", &["orders"]).await, FakeCluster::start("west-id", &["orders"]).await);
    let hour = now().duration_trunc(TimeDelta::hours(1)).unwrap() - TimeDelta::days(1);
    let kept = fresh.open_as("a").writes().await;
    let values = vec![Some(BEFORE.0), Some(BEFORE.1), None];
    let minutes: Vec<Minute> = (0..=60)
        .map(|minute| Minute {
            subject: subject("east~west~mirror"),
            start: hour + TimeDelta::minutes(minute),
            values: values.clone(),
        })
        .collect();
    let of = Of { name: "west", cluster_id: None };
    kept.database.write_minutes(of, topology::NOUN, &minutes).await.unwrap();
    kept.end().await;

    let clusters = [("east", &east), ("west", &west)];
    let mut config = support::config(clusters.map(|(name, fake)| cluster(name, &fake.address.to_string())));
    config.database.url = Some(fresh.place.clone());
    config.topology.period_seconds = 1.0;
    let same = Some(MirrorPolicy::Identity);
    config.mirrors =
        vec![Mirror { source: "east".into(), target: "west".into(), policy: same, ..Mirror::default() }];
    let served = Served::start(&config).await;
    for (step, count) in [(60, 60), (600, 6), (3_600, 1)] {
        let query = range(step, hour, hour + TimeDelta::hours(1));
        let path = format!("/api/v1/topology/flows/east~west~mirror/history?{query}");
        let history = wait_until("the past is told", SOON, async || {
            let history: FlowHistory = served.get(&path).await.json_or_missing()?;
            so(history, |history| history.points.iter().any(|point| point.1.is_some()))
        })
        .await;
        assert_eq!(history.points.len(), count, "{history:?}");
        for FlowPoint(_, lag, age, latency) in &history.points {
            assert!((lag.unwrap() / f64::from(BEFORE.0) - 1.0).abs() < 0.01, "{history:?}");
            assert_eq!((*age, *latency), (Some(f64::from(BEFORE.1)), None));
        }
        assert!(history.kept_since.is_some_and(|since| since <= hour), "{:?}", history.kept_since);
    }
    served.end().await;
}

fn token(name: &str, clusters: Option<&str>, owner: Option<&str>) -> Token {
    Token {
        name: name.into(),
        sha256: database::sha256(name),
        role: Role::Viewer,
        clusters: clusters.map(|glob| vec![globset::Glob::new(glob).unwrap()]),
        owners: owner.map(|owner| vec![owner.into()]),
        expires: now() + TimeDelta::hours(1),
    }
}
