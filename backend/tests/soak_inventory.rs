//! Inventory at thousands of topics, on real brokers. Long, so it is run by `./run test soak` only.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends where something is amiss")]

mod support;

use std::{collections::BTreeSet, time::Duration};

use shared::{inventory::Topics, verdict::Severity};
use support::{AT_ONCE, Served, config, fleet::named, so, wait_until};

const TOPICS: usize = 2_000;
const PARTITIONS: u32 = 6;
const LONG: Duration = Duration::from_secs(180);

/// A page of the topics of east that is answered at once.
async fn page(served: &Served, query: &str) -> Topics {
    let answer = served.get(&format!("/api/v1/clusters/east/topics?{query}")).await.well();
    assert!(answer.took < AT_ONCE, "{query} took {:?}", answer.took);
    answer.json()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_thousand_topics_are_paged_sorted_and_searched() {
    let east = named("east");
    let mut filled = east.alone();
    let mut calm = config([east.config()]);
    calm.inventory.metadata_period_seconds = 5.0;
    calm.inventory.log_dirs_period_seconds = 10.0;
    calm.inventory.configs_period_seconds = 20.0;
    calm.kafka.request_timeout_seconds = 3.0;
    let served = Served::start(&calm).await;
    served.read_once().await;
    filled.fill(TOPICS);
    // The mirrors create topics of their own while they start: only Kafka's tool knows how many there are.
    let all = wait_until("everything is counted", LONG, async || {
        let (row, truth) = (served.cluster("east").await, east.truth());
        let counted = (row.topic_count, row.partition_count, row.replica_count);
        let true_counts = (truth.topics as u32, truth.partitions as u32, truth.replicas as u64);
        let are_all = counted == (Some(true_counts.0), Some(true_counts.1), Some(true_counts.2));
        if are_all && truth.topics > TOPICS {
            Ok(truth.topics)
        } else {
            Err(format!("{counted:?}, true {true_counts:?}"))
        }
    })
    .await;
    wait_until("every configuration is read", LONG, async || {
        let row = served.cluster("east").await;
        so(row, |row| row.under_min_isr_count == Some(0) && row.health.severity == Severity::Ok).map(drop)
    })
    .await;

    for (sort, limit) in [("name", 100), ("-name", 137), ("-partition_count", 1_000), ("size_bytes", 250)] {
        let topics = everything(&served, sort, limit).await;
        let names: BTreeSet<&str> = topics.iter().map(|topic| topic.name.as_str()).collect();
        assert_eq!((topics.len(), names.len()), (all, all), "{sort}: each exactly once");
        let filled = names.iter().filter(|name| name.starts_with("fill-")).count();
        assert_eq!(filled, TOPICS, "{sort}");
        match sort {
            "name" => assert!(topics.is_sorted_by_key(|topic| topic.name.clone())),
            "-name" => assert!(topics.is_sorted_by(|one, other| one.name >= other.name)),
            "size_bytes" => assert!(topics.is_sorted_by_key(|topic| topic.size_bytes)),
            _ => assert!(topics.is_sorted_by(|one, other| one.partition_count >= other.partition_count)),
        }
    }

    let found = page(&served, "q=FILL-0199&sort=name&limit=1000").await;
    let names: Vec<&str> = found.topics.iter().map(|topic| topic.name.as_str()).collect();
    assert_eq!(names, (1_990..2_000).map(|number| format!("fill-{number:05}")).collect::<Vec<_>>());
    assert!(
        found.topics.iter().all(|topic| topic.partition_count == PARTITIONS && topic.replication_factor == 1)
    );
    let middle = page(&served, "q=fill-&sort=name&offset=1000&limit=1").await;
    assert_eq!((middle.topics[0].name.as_str(), middle.meta.total), ("fill-01000", Some(TOPICS as u64)));
    let hits: shared::search::Hits = served.view("/api/v1/search?q=fill-01999").await;
    assert_eq!(hits.hits.len(), 1);

    let created = served.event("east", "kind=topic_created").await;
    assert!(created.topics.len() <= 100, "an event lists at most 100 topics");

    filled.empty();
    wait_until("they are gone again", LONG, async || {
        let left = east.truth().topics;
        so(served.cluster("east").await, |row| left < TOPICS && row.topic_count == Some(left as u32))
            .map(drop)
    })
    .await;
    let left = page(&served, "q=fill-").await;
    assert_eq!(left.meta.total, Some(0));
}

/// Every topic, by following the cursors.
async fn everything(served: &Served, sort: &str, limit: usize) -> Vec<shared::inventory::Topic> {
    let mut topics = Vec::new();
    let mut cursor = String::new();
    loop {
        let next = page(served, &format!("sort={sort}&limit={limit}{cursor}")).await;
        assert!(next.topics.len() <= limit);
        topics.extend(next.topics);
        match next.meta.next_cursor {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return topics,
        }
    }
}
