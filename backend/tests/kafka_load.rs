//! What brokers carry, against the brokers' own counters on real Kafka.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends where something is amiss")]

mod support;

use std::time::Duration;

use backend::config::MetricsUrl;
use rdkafka::producer::{FutureProducer, FutureRecord};
use shared::{
    DateTime,
    inventory::BrokerState,
    load::{BrokerLoads, Load, Metric},
};
use support::{
    Served,
    clients::client,
    config,
    fleet::{Target, named},
    so, wait_until,
};
use tokio::time::{Instant, interval, sleep};

/// A minute of load, read each second: the same rules as each ten seconds, and a test that ends.
const MINUTE: Duration = Duration::from_secs(60);
const SOON: Duration = Duration::from_secs(60);

/// The metrics endpoints of a cluster's brokers.
fn endpoints(target: &Target) -> Vec<(i32, String)> {
    match target.config().metrics_url {
        Some(MetricsUrl::Each(urls)) => urls.into_iter().collect(),
        other => panic!("{} has no list of endpoints: {other:?}", target.name),
    }
}

async fn watching(target: &Target) -> Served {
    let mut config = config([target.config()]);
    config.load.period_seconds = 1.0;
    config.load.timeout_seconds = 0.5;
    Served::start(&config).await
}

/// The bytes in of one broker by its own counter, or nothing while it does not answer.
async fn counted(url: &str) -> Option<f64> {
    let text = reqwest::get(url).await.ok()?.text().await.ok()?;
    let line = text.lines().find(|line| line.starts_with("kafka_broker_bytesin_total "))?;
    line.split(' ').nth(1)?.parse().ok()
}

/// Writes records of 1 kB at an even pace until dropped.
struct Writer(tokio::task::JoinHandle<()>);

impl Writer {
    fn start(target: &Target, topic: &'static str) -> Self {
        let producer: FutureProducer = client(target).set("acks", "1").create().unwrap();
        Self(tokio::spawn(async move {
            let mut pace = interval(Duration::from_millis(10));
            let payload = vec![b'x'; 1_000];
            loop {
                pace.tick().await;
                drop(producer.send_result(FutureRecord::<(), _>::to(topic).payload(&payload)));
            }
        }))
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// A topic that is deleted when dropped, also by a test that breaks off.
struct Deleted<'a>(&'a Target, &'static str);

impl Drop for Deleted<'_> {
    fn drop(&mut self) {
        self.0.delete_topic(self.1);
    }
}

/// What the brokers together counted in a second, looking often enough that a restart loses little.
async fn counted_together(endpoints: Vec<(i32, String)>, length: Duration) -> f64 {
    futures::future::join_all(endpoints.iter().map(|(_, url)| counted_by_one(url, length))).await.iter().sum()
}

async fn counted_by_one(url: &str, length: Duration) -> f64 {
    let (started, mut increase) = (Instant::now(), 0.0);
    let (mut before, mut begun, mut ended) = (None, None, started);
    while started.elapsed() < length {
        let asked = Instant::now();
        if let Some(now) = counted(url).await {
            increase += match before {
                Some(before) if now >= before => now - before,
                // It began anew: all of it was counted since.
                Some(_) => now,
                None => 0.0,
            };
            before = Some(now);
            ended = asked + asked.elapsed() / 2;
            begun = begun.or(Some(ended));
        }
        sleep(Duration::from_millis(250)).await;
    }
    increase / (ended - begun.unwrap_or(started)).as_secs_f64()
}

/// Compares what is told of a minute with what the brokers counted in it, and gives what they counted: both agree within
/// a hundredth. A machine that stands still for a second at an end of the minute spoils it, so that three may be tried.
async fn agreed(served: &Served, mut meanwhile: impl AsyncFnMut(), endpoints: Vec<(i32, String)>) -> f64 {
    let clock = backend::runtime::Clock::system();
    let mut seen = Vec::new();
    for _ in 0..3 {
        let from = clock.now();
        let counting = tokio::spawn(counted_together(endpoints.clone(), MINUTE));
        meanwhile().await;
        let counted = counting.await.unwrap();
        let told = told(served, "east", from, clock.now()).await;
        println!("{told:.0} bytes/s told, {counted:.0} counted, {:+.2} %", (told / counted - 1.0) * 100.0);
        if (told / counted - 1.0).abs() < 0.01 {
            return counted;
        }
        seen.push((told, counted));
    }
    panic!("what is told and what was counted do not agree in any minute: {seen:?}");
}

/// The mean of a cluster's bytes in over a time, by `/load`.
async fn told(served: &Served, cluster: &str, from: DateTime, to: DateTime) -> f64 {
    let times = format!("from={}&to={}", from.format("%FT%TZ"), to.format("%FT%TZ"));
    let page: Load = served
        .view(&format!("/api/v1/clusters/{cluster}/load?metric=bytes_in&broker=cluster&step=1&{times}"))
        .await;
    let known: Vec<f64> = page.load[0].points.iter().filter_map(|point| point.1).collect();
    assert!(known.len() >= 30, "only {} of {} points are known", known.len(), page.load[0].points.len());
    known.iter().sum::<f64>() / known.len() as f64
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_in_agree_with_the_brokers_own_counters_also_across_a_restart() {
    const TOPIC: &str = "load-agreement";
    let east = named("east");
    let mut broken = east.alone();
    // Led by brokers 1 and 2, so that what is written goes on while broker 3 is away.
    east.create_topic(TOPIC, "1:2,2:1");
    let _topic = Deleted(&east, TOPIC);
    let served = watching(&east).await;
    let _writer = Writer::start(&east, TOPIC);
    wait_until("all three brokers have rates", SOON, async || {
        let page: BrokerLoads = served.view("/api/v1/clusters/east/broker-loads").await;
        so(page, |page| {
            page.broker_loads.iter().filter(|row| row.values.contains_key(&Metric::BytesIn)).count() == 3
        })
    })
    .await;

    let counted = agreed(&served, async || {}, endpoints(&east)).await;
    let row = wait_until("no broker is missing", SOON, async || {
        so(served.cluster("east").await, |row| !row.rates_at_least)
    })
    .await;
    let mean = row.bytes_in_per_second.unwrap();
    assert!((mean / counted - 1.0).abs() < 0.05, "{mean} in the row, {counted} counted");
    let topic: shared::inventory::TopicDetail =
        served.view(&format!("/api/v1/clusters/east/topics/{TOPIC}")).await;
    assert!(topic.topic.bytes_in_per_second.unwrap() > 50_000.0, "{:?}", topic.topic);

    let restart = async || {
        sleep(Duration::from_secs(3)).await;
        let before = row_of(&served, 3).await;
        tokio::task::block_in_place(|| broken.kill(3));
        let lost = wait_until("broker 3 does not answer", SOON, async || {
            so(row_of(&served, 3).await, |row| row.failure.is_some())
        })
        .await;
        assert_eq!(
            lost.values.keys().collect::<Vec<_>>(),
            before.values.keys().collect::<Vec<_>>(),
            "its last values stay"
        );
        assert!(lost.as_of.is_some());
        wait_until("broker 3 is missed", SOON, async || {
            let page: shared::inventory::BrokerDetail = served.view("/api/v1/clusters/east/brokers/3").await;
            so(page.broker.state, |state| *state != BrokerState::Up)
        })
        .await;
        tokio::task::block_in_place(|| broken.resume());
        wait_until("broker 3 answers again", SOON, async || {
            so(row_of(&served, 3).await, |row| row.failure.is_none())
        })
        .await;
    };
    let counted = agreed(&served, restart, endpoints(&east)).await;
    let page: Load = served.view("/api/v1/clusters/east/load?metric=bytes_in&broker=3&step=2").await;
    let highest = page.load[0].points.iter().filter_map(|point| point.1).fold(0.0, f64::max);
    assert!(highest < counted, "a reset made a spike of {highest}");
    served.end().await;
}

async fn row_of(served: &Served, broker_id: i32) -> shared::load::BrokerLoad {
    let page: BrokerLoads = served.view("/api/v1/clusters/east/broker-loads").await;
    page.broker_loads.into_iter().find(|row| row.broker_id == broker_id).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_metric_but_those_of_what_never_happened_is_read_from_a_real_broker() {
    let aggregate = named("aggregate");
    let _held = aggregate.shared();
    let served = watching(&aggregate).await;
    let page = wait_until("the broker is read", SOON, async || {
        let page: BrokerLoads = served.view("/api/v1/clusters/aggregate/broker-loads").await;
        so(page, |page| page.broker_loads.first().is_some_and(|row| row.values.len() >= 22))
    })
    .await;
    let row = &page.broker_loads[0];
    let missing: Vec<_> = Metric::ALL.into_iter().filter(|metric| !row.values.contains_key(metric)).collect();
    // Nobody follows a single broker, and nothing is flushed or elected where nothing asks for it.
    let may_be = [Metric::FetchFollowerP99, Metric::LogFlushP99, Metric::UncleanElections, Metric::AnswerP90];
    assert!(missing.iter().all(|metric| may_be.contains(metric)), "{missing:?}");
    assert!(row.values.iter().all(|(_, value)| value.is_finite() && *value >= 0.0), "{row:?}");
    served.end().await;
}
