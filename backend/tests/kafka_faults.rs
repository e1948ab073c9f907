//! What Riverkeeper shows while real brokers are killed and paused, and after they came back.
//!
//! Each test holds its cluster alone and mends it, also when it breaks off.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends where something is amiss")]

mod support;

use std::time::Duration;

use shared::{
    DateTime,
    event::Subject,
    inventory::{BrokerDetail, BrokerState, Brokers, ClusterDetail, Partitions, Topics, part},
    meta::{Freshness, Reading},
    status::Status,
    verdict::Severity,
};
use support::{
    AT_ONCE, Served, config,
    fleet::{Target, named},
    kinds, so,
    stream::Stream,
    wait_until,
};

/// A broker is missed after its session of 9 s, and after 13 s when it was the active controller.
const MISSED: Duration = Duration::from_secs(60);

async fn watching(targets: &[&Target]) -> Served {
    let served = Served::start(&config(targets.iter().map(|target| target.config()))).await;
    served.read_once().await;
    served
}

async fn metadata(served: &Served, cluster: &str) -> (Reading, DateTime) {
    let page = served.clusters().await;
    let reading = page.meta.reading(Some(cluster), part::METADATA).cloned();
    (reading.unwrap_or_else(|| panic!("{cluster} has no reading")), page.meta.now)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_broker_is_named_counted_as_kafkas_tools_count_and_heals_when_it_is_back() {
    let (east, west) = (named("east"), named("west"));
    let mut broken = east.alone();
    let _west = west.shared();
    let served = watching(&[&east, &west]).await;
    // What was broken before may have left it without a partition to lead.
    east.elect_preferred_leaders();
    served.until_well("east").await;
    wait_until("broker 2 leads", MISSED, async || {
        let broker: BrokerDetail = served.view("/api/v1/clusters/east/brokers/2").await;
        so(broker.broker.leader_count, |leads| *leads > 0)
    })
    .await;
    let mut stream = Stream::open(&served).await;
    let before = served.cluster("east").await;
    let revision = stream_revision(&mut stream, 0).await;

    broken.kill(2);
    stream_revision(&mut stream, revision).await;
    wait_until("east has lost broker 2", MISSED, async || {
        so(served.cluster("east").await, |row| row.brokers_down == Some(1))
    })
    .await;

    agrees_with_kafkas_tools(&served, &east).await;
    let row = wait_until("that is what is wrong with east, and all of it is read", MISSED, async || {
        let row = served.cluster("east").await;
        let first = row.health.reasons.first().map(|reason| reason.rule.as_str());
        let is_so = (row.health.severity, first) == (Severity::Critical, Some("brokers_down"))
            && (row.offline_count, &row.failure) == (Some(0), &None);
        if is_so { Ok(row) } else { Err(format!("{row:?}")) }
    })
    .await;
    assert!(row.under_replicated_count > Some(0) && row.under_replicated_since.is_some(), "{row:?}");
    assert_eq!(row.broker_count, before.broker_count);

    let broker: BrokerDetail = served.view("/api/v1/clusters/east/brokers/2").await;
    assert!(matches!(broker.broker.state, BrokerState::Down | BrokerState::Fenced), "{broker:?}");
    assert!(broker.broker.since.is_some() && broker.broker.last_seen.is_some(), "{broker:?}");
    assert_eq!(
        (broker.broker.leader_count, broker.broker.out_of_sync_count),
        (0, broker.broker.replica_count)
    );
    let first: Brokers = served.view("/api/v1/clusters/east/brokers?limit=1").await;
    assert_eq!(first.brokers[0].broker_id, 2, "the broker that is down comes first");

    let partitions: Partitions = served.view("/api/v1/clusters/east/topics/orders/partitions").await;
    for row in &partitions.partitions {
        assert!(row.under_replicated && !row.isr.contains(&2) && row.leader_id != Some(2), "{row:?}");
        assert!(row.under_replicated_since.is_some() && row.at_min_isr == Some(true), "{row:?}");
    }
    let worst: Topics = served.view("/api/v1/clusters/east/topics?limit=1").await;
    assert!(worst.topics[0].under_replicated_count > 0, "the topic in trouble comes first");
    let left = served.event("east", "kind=broker_left").await;
    assert_eq!((left.subject, left.severity), (Subject::Broker { broker_id: 2 }, Severity::Critical));
    let detail = left.detail.unwrap_or_default();
    let told = served.events("east", "").await;
    let (lost, moved) = (detail.contains("lost a replica"), detail.contains("moved leader"));
    assert!(lost && moved, "{detail:?}, of {:?}", kinds(&told));
    served.until_well("west").await;

    broken.resume();
    served.until_well("east").await;
    agrees_with_kafkas_tools(&served, &east).await;
    assert_eq!(served.cluster("east").await.under_replicated_count, Some(0));
    let back = served.event("east", "kind=broker_returned&broker=2").await;
    assert_eq!(back.sentence, "Broker 2 came back");
    assert!(back.detail.as_ref().is_some_and(|detail| detail.contains("was down for")), "{back:?}");
}

/// Waits for a notice that the metadata of east moved beyond a revision, and gives the new one.
async fn stream_revision(stream: &mut Stream, beyond: u64) -> u64 {
    let moved = async {
        loop {
            let notices = stream.notices().await.notices;
            let of_east = |it: &&shared::live::Notice| {
                it.part == part::METADATA && it.cluster.as_deref() == Some("east") && it.revision > beyond
            };
            if let Some(notice) = notices.iter().find(of_east) {
                return notice.revision;
            }
        }
    };
    tokio::time::timeout(MISSED, moved).await.unwrap_or_else(|_| panic!("the revision stays {beyond}"))
}

async fn agrees_with_kafkas_tools(served: &Served, target: &Target) {
    wait_until(&format!("Riverkeeper and Kafka's tools agree on {}", target.name), MISSED, async || {
        let truth = target.by_its_first_server().truth();
        let row = served.cluster(&target.name).await;
        let detail: ClusterDetail = served.view(&format!("/api/v1/clusters/{}", target.name)).await;
        let told = [
            row.broker_count.zip(row.brokers_down).map(|(all, down)| (all - down) as usize),
            row.topic_count.map(|count| count as usize),
            row.partition_count.map(|count| count as usize),
            row.replica_count.map(|count| count as usize),
            row.under_replicated_count.map(|count| count as usize),
            row.offline_count.map(|count| count as usize),
            detail.quorum.map(|quorum| quorum.voter_count as usize),
        ];
        let is = [
            truth.brokers.len(),
            truth.topics,
            truth.partitions,
            truth.replicas,
            truth.under_replicated,
            truth.offline,
            truth.voters,
        ];
        if told == is.map(Some) && row.controller_id == truth.controller_id {
            Ok(())
        } else {
            Err(format!("told {told:?} {:?}, true {truth:?}", row.controller_id))
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_whose_brokers_all_hang_keeps_its_last_view_with_age_and_reason() {
    let (east, west) = (named("east"), named("west"));
    let mut broken = east.alone();
    let _west = west.shared();
    let mut config = config([east.config(), west.config()]);
    // What waited for a request would take longer than a page may.
    config.kafka.request_timeout_seconds = 4.0 * AT_ONCE.as_secs_f64();
    let served = Served::start(&config).await;
    served.read_once().await;
    served.until_well("east").await;
    let before = served.cluster("east").await;

    (1..=3).for_each(|broker_id| broken.pause(broker_id));
    let paused_at = served.clusters().await.meta.now;
    let (reading, now) = wait_until("east is stale and says why", Duration::from_secs(30), async || {
        let (reading, now) = metadata(&served, "east").await;
        if reading.freshness(now) == Freshness::Stale && reading.failure.is_some() {
            Ok((reading, now))
        } else {
            Err(format!("{reading:?} at {now}"))
        }
    })
    .await;
    let waited = (now - paused_at).as_seconds_f64();
    let period = config.inventory.metadata_period_seconds;
    assert!(waited < 2.0 * period + 5.0, "stale only after {waited} s, with a period of {period} s");
    let what = &reading.failure.as_ref().unwrap().what;
    assert!(what.contains("answer"), "{what}");

    for path in routes_of(&served, "east").await {
        let answer = served.get(&path).await.well();
        assert!(answer.took < AT_ONCE, "{path} took {:?}", answer.took);
    }
    let row = served.cluster("east").await;
    assert_eq!((row.topic_count, row.broker_count), (before.topic_count, before.broker_count));
    assert_eq!(row.as_of, reading.as_of, "the age is that of the last view");
    assert!(row.failure.is_some());
    assert_eq!((row.health.severity, row.health.reasons[0].rule.as_str()), (Severity::Unknown, "stale"));
    let silent = served.event("east", "kind=cluster_silent").await;
    assert_eq!(silent.sentence, "east does not answer");

    served.until_well("west").await;
    let status: Status = served.view("/api/v1/status").await;
    let of_east =
        |part| status.cycles.iter().find(|it| it.cluster.as_deref() == Some("east") && it.part == part);
    assert!(of_east(part::METADATA).unwrap().failure.is_some());
    assert!(status.cycles[0].failure.is_some(), "failing cycles come first");

    broken.resume();
    served.until_well("east").await;
    served.event("east", "kind=cluster_answers").await;
    agrees_with_kafkas_tools(&served, &east).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_broker_that_hangs_spoils_nothing_but_its_own_part() {
    let east = named("east");
    let mut broken = east.alone();
    let served = watching(&[&east]).await;
    served.until_well("east").await;

    broken.pause(3);
    let fenced = wait_until("broker 3 is missed", MISSED, async || {
        let (reading, now) = metadata(&served, "east").await;
        assert_ne!(reading.freshness(now), Freshness::Failed);
        let brokers: Brokers = served.view("/api/v1/clusters/east/brokers").await;
        let third = brokers.brokers.into_iter().find(|broker| broker.broker_id == 3);
        so(third.unwrap(), |broker| broker.state != BrokerState::Up)
    })
    .await;
    assert_eq!(fenced.state, BrokerState::Fenced);
    let (reading, now) = wait_until("the metadata is fresh while broker 3 hangs", MISSED, async || {
        so(metadata(&served, "east").await, |(reading, now)| reading.freshness(*now) == Freshness::Fresh)
    })
    .await;
    assert!(reading.as_of.is_some_and(|as_of| as_of <= now));
    agrees_with_kafkas_tools(&served, &east).await;

    broken.resume();
    served.until_well("east").await;
}

/// What a range of load must be asked with.
const LOAD: &str = "?metric=bytes_in";

/// Every route of the API document about one cluster, with things that are there.
async fn routes_of(served: &Served, cluster: &str) -> Vec<String> {
    let document: serde_json::Value = served.view("/api/v1/openapi.json").await;
    let paths = document["paths"].as_object().unwrap().keys();
    let routes: Vec<String> = paths
        .filter(|path| path.starts_with("/api/v1/clusters"))
        .map(|path| {
            let path =
                path.replace("{cluster}", cluster).replace("{topic}", "orders").replace("{broker_id}", "1");
            if path.ends_with("/load") { path + LOAD } else { path }
        })
        .chain(
            ["/api/v1/events", "/api/v1/search?q=orders", "/api/v1/status", "/metrics", "/livez"]
                .map(String::from),
        )
        .chain([format!("/api/v1/load{LOAD}")])
        .collect();
    assert!(routes.len() > 10, "{routes:?}");
    routes
}
