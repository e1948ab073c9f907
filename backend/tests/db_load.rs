//! What brokers carried, over a restart: minutes that are over are kept, read again as the past, and tell what is usual.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends where something is amiss")]

mod database;
mod support;

use std::{collections::BTreeMap, time::Duration};

use backend::{
    config::{Config, MetricsUrl, Token},
    db::{Minute, Of},
    runtime::Clock,
};
use chrono::{DurationRound, SecondsFormat, TimeDelta};
use database::Fresh;
use shared::{
    DateTime,
    access::Role,
    load::{BrokerLoads, Load, LoadPoint, Metric, NOUN},
};
use support::{Served, broker::FakeCluster, cluster, so, wait_until};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    time::Instant,
};

on_both!(what_was_carried_is_kept_told_again_and_usual,);

/// What the broker carries now, and what it carried on each of the last days at this hour, in bytes/s.
const NOW: f64 = 20_000_000.0;
const USUAL: f32 = 1_000.0;
const SOON: Duration = Duration::from_secs(60);

/// An endpoint whose broker takes in as many bytes a second all the time.
async fn endpoint() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/metrics", listener.local_addr().unwrap());
    let started = Instant::now();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut asked = vec![0; 4096];
            let _asked = stream.read(&mut asked).await;
            let bytes = started.elapsed().as_secs_f64() * NOW;
            let body = format!("kafka_broker_bytesin_total {bytes}\nprocess_start_time_seconds 1\n");
            let head =
                format!("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", body.len());
            let _answered = stream.write_all((head + &body).as_bytes()).await;
        }
    });
    url
}

fn now() -> DateTime {
    Clock::system().now()
}

/// As a query writes it.
fn written(time: DateTime) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// This hour and the next on each of the last seven days, as a Riverkeeper of before has kept them.
async fn filled(fresh: &Fresh, hour: DateTime) {
    let kept = fresh.open_as("a").writes().await;
    for day in (1..=7).rev() {
        let start = hour - TimeDelta::days(day);
        let of = |subject: i64, minute: i64| {
            let mut values = vec![None; Metric::ALL.len()];
            values[Metric::BytesIn.index()] = Some(USUAL);
            Minute { subject, start: start + TimeDelta::minutes(minute), values }
        };
        // One more, so that the points of the second hour are made.
        let minutes: Vec<Minute> = (0..=120).flat_map(|minute| [of(-1, minute), of(1, minute)]).collect();
        let east = Of { name: "east", cluster_id: Some("east-id") };
        kept.database.write_minutes(east, NOUN, &minutes).await.unwrap();
    }
    kept.end().await;
}

async fn config(fresh: &Fresh, east: &FakeCluster, west: &FakeCluster) -> Config {
    let mut watched = cluster("east", &east.address.to_string());
    watched.metrics_url = Some(MetricsUrl::Each(BTreeMap::from([(1, endpoint().await)])));
    let mut config = support::config([watched, cluster("west", &west.address.to_string())]);
    config.load.period_seconds = 2.0;
    config.database.url = Some(fresh.place.clone());
    config
}

fn known(load: &Load, broker_id: Option<i32>) -> Vec<(DateTime, f64)> {
    let of = load.load.iter().find(|series| series.cluster == "east" && series.broker_id == broker_id);
    let points = of.iter().flat_map(|series| &series.points);
    points.filter_map(|LoadPoint(time, value)| Some((*time, (*value)?))).collect()
}

async fn what_was_carried_is_kept_told_again_and_usual(fresh: Fresh) {
    let east = FakeCluster::start("east-id", &["orders"]).await;
    let west = FakeCluster::start("west-id", &["orders"]).await;
    let hour = now().duration_trunc(TimeDelta::hours(1)).unwrap();
    filled(&fresh, hour).await;
    let mut config = config(&fresh, &east, &west).await;
    let served = Served::start(&config).await;

    // The past, by the minute and by what is coarser.
    let yesterday = hour - TimeDelta::days(1);
    for (step, points) in [(60, 60), (600, 6), (3_600, 1)] {
        let path = format!(
            "/api/v1/clusters/east/load?metric=bytes_in&step={step}&from={}&to={}",
            written(yesterday),
            written(yesterday + TimeDelta::hours(1))
        );
        let load: Load = wait_until("the past is told", SOON, async || {
            let load: Load = served.get(&path).await.json_or_missing()?;
            so(load, |load| !known(load, Some(1)).is_empty())
        })
        .await;
        let told = known(&load, Some(1));
        assert_eq!(told.len(), points, "by {step} s: {load:?}");
        assert!(told.iter().all(|(_, value)| (value / f64::from(USUAL) - 1.0).abs() < 0.01), "{told:?}");
        assert_eq!(load.kept_since, Some(yesterday));
        assert!(load.load.iter().all(|series| series.broker_id == Some(1)), "the whole is no broker");
    }

    // What it carries now is far more than what was usual at this hour.
    let page = wait_until("it is abnormal against its own week", SOON, async || {
        let page: BrokerLoads = served.view("/api/v1/clusters/east/broker-loads").await;
        so(page, |page| page.broker_loads.first().is_some_and(|row| !row.abnormal.is_empty()))
    })
    .await;
    let abnormal = &page.broker_loads[0].abnormal[0];
    assert_eq!((abnormal.metric, abnormal.reason.rule.as_str()), (Metric::BytesIn, "usual"));
    assert!((abnormal.usual.unwrap() / f64::from(USUAL) - 1.0).abs() < 0.01, "{abnormal:?}");

    // A minute that is over is kept: told by another Riverkeeper, whose memory begins later.
    let minute = now().duration_trunc(TimeDelta::minutes(1)).unwrap();
    let over = (minute + TimeDelta::seconds(66) - now()).to_std().unwrap();
    tokio::time::sleep(over).await;
    served.end().await;
    config.tokens = vec![token("all", None), token("west-only", Some("west"))];
    let served = Served::start(&config).await;
    let range = format!("step=60&from={}&to={}", written(minute), written(minute + TimeDelta::minutes(1)));
    let ask = async |path: &str, secret: &str| {
        let bearer = format!("Bearer {secret}");
        served.get_with(&format!("{path}?metric=bytes_in&{range}"), &[("authorization", &bearer)]).await
    };
    let load: Load = wait_until("the minute is told", SOON, async || {
        let load: Load = ask("/api/v1/load", "all").await.json_or_missing()?;
        so(load, |load| !known(load, None).is_empty())
    })
    .await;
    let told = known(&load, None);
    assert_eq!(told.iter().map(|(time, _)| *time).collect::<Vec<_>>(), [minute]);
    assert!((told[0].1 / NOW - 1.0).abs() < 0.1, "{told:?}");

    ask("/api/v1/clusters/east/load", "west-only").await.problem(404);
    let of_west: Load = ask("/api/v1/load", "west-only").await.well().json();
    assert!(of_west.load.iter().all(|series| series.cluster == "west"), "{of_west:?}");
    served.end().await;
}

fn token(name: &str, clusters: Option<&str>) -> Token {
    Token {
        name: name.into(),
        sha256: database::sha256(name),
        role: Role::Viewer,
        clusters: clusters.map(|glob| vec![globset::Glob::new(glob).unwrap()]),
        owners: None,
        expires: now() + TimeDelta::hours(1),
    }
}
