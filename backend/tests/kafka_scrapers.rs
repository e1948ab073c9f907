//! Scrapers are told what is known: however many ask, Kafka is asked no more.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test ends where something is amiss"
)]

mod support;

use std::time::Duration;

use backend::config::Config;
use futures::future::join_all;
use shared::lag::GroupLags;
use support::{
    Served,
    clients::{commit, create_topic, delete_groups, delete_topic},
    config,
    fleet::named,
    so, wait_until,
};

const SCRAPERS: usize = 10;
const DIALECTS: [&str; 4] = ["kafka-exporter", "lag-exporter", "burrow", "kminion"];
/// All is read once, and then not again while the test runs.
const SELDOM: f64 = 600.0;

fn reading_seldom(mut config: Config) -> Config {
    config.kafka.request_timeout_seconds = 5.0;
    config.inventory.metadata_period_seconds = SELDOM;
    config.inventory.log_dirs_period_seconds = SELDOM;
    // A tenth of the settings is read a turn.
    config.inventory.configs_period_seconds = 10.0 * SELDOM;
    config.lag.period_seconds = SELDOM;
    config.lag.members_period_seconds = SELDOM;
    config.topology.period_seconds = SELDOM;
    config
}

/// Nothing is asked any more when so many looks, 50 ms apart, find the same.
const LOOKS: u32 = 20;

/// The requests that were sent to Kafka so far, but for ApiVersions: how fast brokers answer is measured with it each
/// second.
async fn requests(served: &Served) -> u64 {
    let text = served.get("/metrics").await.well().text();
    let rows = text.lines().filter(|line| line.starts_with("riverkeeper_kafka_requests_total{"));
    let rows = rows.filter(|row| !row.contains("ApiVersions"));
    rows.map(|row| row.rsplit(' ').next().unwrap().parse::<u64>().unwrap()).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_scrapers_ask_no_more_of_kafka_than_none() {
    let target = named("aggregate");
    let _held = target.shared();
    let topic = format!("kafka-scrapers-{}", std::process::id());
    create_topic(&target, &topic, 1).await;
    commit(&target, &topic, &[(&topic, 0, 0)]).await;
    let served = Served::start(&reading_seldom(config([target.config()]))).await;
    served.read_once().await;
    wait_until("the groups are read", Duration::from_secs(60), async || {
        let page: GroupLags = served.view(&format!("/api/v1/lag?q={topic}")).await;
        so(page.groups, |groups| groups.iter().any(|group| group.member_count.is_some()))
    })
    .await;
    let (mut before, mut looks) = (0, 0);
    wait_until("Kafka is left alone", Duration::from_secs(60), async || {
        let now = requests(&served).await;
        looks = if now == before { looks + 1 } else { 0 };
        before = now;
        so(looks, |looks| *looks >= LOOKS)
    })
    .await;
    let scrape = async |dialect: &str| {
        let path = format!("/metrics/kafka?dialect={dialect}");
        let told = served.get(&path).await.well().text();
        assert!(told.contains(&topic), "{dialect}: {told}");
    };
    for dialect in DIALECTS {
        for _ in 0..3 {
            join_all((0..SCRAPERS).map(|_| scrape(dialect))).await;
        }
    }
    assert_eq!(requests(&served).await, before);
    served.end().await;
    delete_groups(&target, &[&topic]);
    delete_topic(&target, &topic);
}
