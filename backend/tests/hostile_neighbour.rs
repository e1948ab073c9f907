//! Hostile clusters beside good ones: the good ones stay fresh, and memory stays bounded.
//!
//! The good brokers are fakes too, so that nothing but the neighbours can delay them.

#![expect(clippy::unwrap_used, reason = "a test ends where something is amiss")]

mod neighbour;
mod support;

use std::time::Duration;

use backend::config::{Cluster, Config};
use backend::kafka::{Properties, security};
use backend::runtime::Clock;
use neighbour::{Meanness, broker, mean};
use shared::meta::Freshness;
use support::{Served, config, so, wait_until};
use tokio::time::Instant;

const GOOD: [&str; 3] = ["good-1", "good-2", "good-3"];
/// Answers may have 32 MiB, as for a memory budget of 1 GiB.
const LONGEST_ANSWER: usize = 32 << 20;
/// What all of it may take at most, good clusters and the test itself included.
const MOST_MEMORY: usize = 1 << 30;
const WATCHED: Duration = Duration::from_secs(16);
/// What waited for a neighbour would take longer: a request to it ends after 3 s.
const AT_ONCE: Duration = Duration::from_secs(2);
/// One at a time: they measure the memory of the process.
static ALONE: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

fn cluster(name: &str, port: u16, told: &[(&str, &str)]) -> Cluster {
    let mut cluster = support::cluster(name, &format!("127.0.0.1:{port}"));
    let properties: Properties =
        told.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect();
    cluster.security = security(&properties, Clock::system().now()).unwrap();
    cluster
}

const SCRAM: [(&str, &str); 4] = [
    ("security.protocol", "SASL_PLAINTEXT"),
    ("sasl.mechanisms", "SCRAM-SHA-512"),
    ("sasl.username", "riverkeeper"),
    ("sasl.password", "s3cr3t-of-the-neighbour"),
];

/// Properties by their names.
type Told = &'static [(&'static str, &'static str)];

/// A cluster's name, its meanness, the properties with which we meet it, and what is said of it.
type Hostile = (&'static str, Meanness, Told, &'static str);

fn hostile() -> Vec<Hostile> {
    vec![
        ("garbage", Meanness::Garbage, &[], "malformed"),
        ("silent", Meanness::Silence, &[], "did not answer"),
        ("slow", Meanness::OneByteASecond, &[], "did not answer"),
        ("closing", Meanness::Close, &[], "the broker closed it"),
        ("claiming", Meanness::ClaimAndStall, &[], "did not answer"),
        ("talking", Meanness::NeverStops, &[], ""),
        ("too-long", Meanness::TooLong, &[], "more than the limit"),
        ("crowded", Meanness::TooManyBrokers, &[], "brokers, and 10000 are accepted"),
        ("tls", Meanness::Silence, &[("security.protocol", "SSL")], "did not answer the TLS handshake"),
        ("working", Meanness::MostIterations, &SCRAM, "by SCRAM-SHA-512: the "),
    ]
}

fn memory() -> usize {
    memory_stats::memory_stats().unwrap().physical_mem
}

async fn fleet(hostile: &[(&str, u16, Told)]) -> (Config, Vec<neighbour::Listening>) {
    let (mut clusters, mut listening) = (Vec::new(), Vec::new());
    for name in GOOD {
        let broker = broker(name).await;
        clusters.push(cluster(name, broker.port, &[]));
        listening.push(broker);
    }
    clusters.extend(hostile.iter().map(|(name, port, told)| cluster(name, *port, told)));
    let mut config = config(clusters);
    config.kafka.max_frame_bytes = LONGEST_ANSWER;
    // A turn may take 0.8 of it, also beside an answer of 32 MiB that is taken apart.
    config.inventory.metadata_period_seconds = 4.0;
    config.kafka.request_timeout_seconds = 3.0;
    (config, listening)
}

/// Watches for a while: every good cluster is fresh whenever one looks. Gives the most memory that was in use.
async fn watch(served: &Served) -> usize {
    wait_until("every good cluster is read", Duration::from_secs(20), async || {
        let page = served.clusters().await;
        let unread = |name: &&&str| {
            !page.meta.readings.iter().any(|r| r.cluster.as_deref() == Some(**name) && r.as_of.is_some())
        };
        match GOOD.iter().find(unread) {
            None => Ok(()),
            Some(name) => Err((*name).to_owned()),
        }
    })
    .await;
    let (started, mut most) = (Instant::now(), 0);
    while started.elapsed() < WATCHED {
        let answer = served.get("/api/v1/clusters").await.well();
        assert!(answer.took < AT_ONCE, "the list of clusters took {:?}", answer.took);
        let page: shared::inventory::Clusters = answer.json();
        for reading in &page.meta.readings {
            let is_good = GOOD.iter().any(|name| reading.cluster.as_deref() == Some(*name));
            if is_good && reading.part == "metadata" {
                let age = page.meta.now - reading.as_of.unwrap();
                assert!(reading.freshness(page.meta.now) == Freshness::Fresh, "{reading:?} is {age} old");
            }
        }
        most = most.max(memory());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    most
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_clusters_spoil_nothing_but_themselves() {
    let _alone = ALONE.lock().await;
    let before = memory();
    let hostile = hostile();
    let mut mean_ones = Vec::new();
    for (_, meanness, ..) in &hostile {
        mean_ones.push(mean(*meanness, LONGEST_ANSWER).await);
    }
    let ports: Vec<_> = hostile
        .iter()
        .zip(&mean_ones)
        .map(|((name, _, told, _), listening)| (*name, listening.port, *told))
        .collect();
    let (config, _good) = fleet(&ports).await;
    let served = Served::start(&config).await;
    let most = watch(&served).await;
    println!(
        "{} MiB before, {} MiB at most beside {} hostile clusters",
        before >> 20,
        most >> 20,
        hostile.len()
    );
    assert!(most < MOST_MEMORY, "{} MiB", most >> 20);
    for (name, _, _, said) in &hostile {
        let failure = wait_until(&format!("it is said of {name}"), Duration::from_secs(60), async || {
            let failure = served.cluster(name).await.failure.map(|failure| failure.what).unwrap_or_default();
            so(failure, |failure| failure.contains(said) && !failure.is_empty())
        })
        .await;
        println!("{name}: {failure}");
        assert!(!failure.contains("s3cr3t"), "{failure}");
    }
    served.end().await;
    for (listening, (name, ..)) in mean_ones.iter().zip(&hostile) {
        wait_until(&format!("the connections to {name} are freed"), Duration::from_secs(10), async || {
            match listening.open() {
                0 => Ok(()),
                open => Err(format!("{open} are open")),
            }
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_of_as_many_topics_as_an_answer_holds_is_bounded() {
    let _alone = ALONE.lock().await;
    let huge = mean(Meanness::AMillionTopics, LONGEST_ANSWER).await;
    let (config, _good) = fleet(&[("huge", huge.port, &[])]).await;
    let served = Served::start(&config).await;
    let before = memory();
    let most = watch(&served).await;
    let row = served.cluster("huge").await;
    println!(
        "{} MiB before, {} MiB at most; huge: {:?} {:?}",
        before >> 20,
        most >> 20,
        row.topic_count,
        row.failure
    );
    assert!(most < 2 * MOST_MEMORY, "{} MiB", most >> 20);
    served.end().await;
}
