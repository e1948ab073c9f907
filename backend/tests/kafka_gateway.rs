//! The gateway against real brokers: whatever fleet is running, every promise must hold on each of its clusters.
//!
//! The fleet is named by `RIVERKEEPER_FLEET`, one line a cluster: name, bootstrap servers, metrics. The tests only
//! read, so they run beside others; what may change meanwhile is read twice and compared where it stood still.

mod support;

use std::collections::HashSet;
use std::time::Duration;

use backend::kafka::answers::{Metadata, OffsetQuery, OffsetSpec};
use backend::kafka::{Gateway, Settings, read};

/// A gateway for each cluster of the fleet.
fn fleet() -> Vec<Gateway> {
    let clusters = support::fleet::fleet().into_iter().map(|target| target.config());
    clusters
        .map(|cluster| {
            let security = cluster.security;
            Gateway::new(Settings { security, ..Settings::new(cluster.name, cluster.bootstrap) })
        })
        .collect()
}

/// Every replica as (topic, partition, broker).
fn replicas(metadata: &Metadata) -> HashSet<(String, i32, i32)> {
    let mut replicas = HashSet::new();
    for topic in &metadata.topics {
        for partition in metadata.partitions_of(topic) {
            for broker_id in metadata.replicas(partition) {
                replicas.insert((metadata.name(topic).to_owned(), partition.partition, *broker_id));
            }
        }
    }
    replicas
}

fn queries(metadata: &Metadata) -> Vec<OffsetQuery<'_>> {
    let partitions = |topic| metadata.partitions_of(topic).iter().map(move |partition| (topic, partition));
    let led = metadata.topics.iter().flat_map(partitions).filter_map(|(topic, partition)| {
        let leader_id = partition.leader_id?;
        Some(OffsetQuery { topic: metadata.name(topic), partition: partition.partition, leader_id })
    });
    led.collect()
}

#[tokio::test]
async fn metadata_names_live_brokers_and_their_partitions() {
    for gateway in fleet() {
        let metadata = read::metadata(&gateway).await.unwrap();
        let live: HashSet<i32> = metadata.brokers.iter().map(|broker| broker.broker_id).collect();
        assert!(metadata.cluster_id.as_ref().is_some_and(|id| !id.is_empty()), "{}", gateway.cluster());
        assert!(!live.is_empty() && metadata.controller_id.is_some_and(|id| live.contains(&id)));
        for topic in &metadata.topics {
            assert_ne!(topic.topic_id.0, [0; 16], "{} has a topic id", metadata.name(topic));
            for partition in metadata.partitions_of(topic) {
                let (replicas, isr) = (metadata.replicas(partition), metadata.isr(partition));
                assert!(partition.leader_id.is_none_or(|leader| live.contains(&leader)));
                assert!(!replicas.is_empty() && isr.iter().all(|id| replicas.contains(id)));
            }
        }
    }
}

#[tokio::test]
async fn every_live_broker_is_registered_and_tells_its_features() {
    for gateway in fleet() {
        let metadata = read::metadata(&gateway).await.unwrap();
        let features = read::broker_features(&gateway).await;
        assert!(features.missing.is_empty(), "{:?}", features.missing);
        assert_eq!(features.answers.len(), metadata.brokers.len());
        let mut fenced_are_told = true;
        for (broker_id, features) in &features.answers {
            let finalized = features.finalized_metadata_version.unwrap();
            assert!(features.supported_metadata_version.unwrap() >= finalized, "broker {broker_id}");
            fenced_are_told &= features.max_versions.iter().any(|(key, version)| *key == 60 && *version >= 2);
        }
        let cluster = read::describe_cluster(&gateway).await.unwrap();
        assert_eq!(cluster.lists_fenced, fenced_are_told, "{}", gateway.cluster());
        for broker in &metadata.brokers {
            assert!(cluster.brokers.iter().any(|registered| registered.endpoint == *broker), "{broker:?}");
        }
    }
}

#[tokio::test]
async fn the_quorum_has_a_leader_among_its_voters() {
    for gateway in fleet() {
        let quorum = read::describe_quorum(&gateway).await.unwrap().unwrap();
        let leader_id = quorum.leader_id.unwrap();
        assert!(quorum.voters.iter().any(|voter| voter.replica_id == leader_id), "{quorum:?}");
        assert!(quorum.high_watermark > 0 && quorum.leader_epoch > 0);
    }
}

#[tokio::test]
async fn every_replica_lies_in_a_log_dir_of_its_broker() {
    for gateway in fleet() {
        let before = replicas(&read::metadata(&gateway).await.unwrap());
        let log_dirs = read::describe_log_dirs(&gateway).await;
        let after = replicas(&read::metadata(&gateway).await.unwrap());
        assert!(log_dirs.missing.is_empty(), "{:?}", log_dirs.missing);
        let mut found = HashSet::new();
        for (broker_id, dirs) in &log_dirs.answers {
            assert!(dirs.dirs.iter().all(|dir| dir.error_code == 0 && dir.path.starts_with('/')));
            assert!(
                dirs.dirs.iter().all(|dir| dir.total_bytes > dir.usable_bytes && dir.usable_bytes > Some(0))
            );
            let rows = dirs.replicas.iter().filter(|replica| !replica.is_future);
            found.extend(rows.map(|row| (dirs.topic(row).to_owned(), row.partition, *broker_id)));
        }
        let lost: Vec<_> = before.intersection(&after).filter(|replica| !found.contains(*replica)).collect();
        assert!(lost.is_empty(), "{}: {lost:?}", gateway.cluster());
    }
}

#[tokio::test]
async fn log_starts_are_not_behind_log_ends() {
    for gateway in fleet() {
        let metadata = read::metadata(&gateway).await.unwrap();
        let queries = queries(&metadata);
        let mut seen = Vec::new();
        for (spec, committed) in
            [(OffsetSpec::Earliest, false), (OffsetSpec::Latest, true), (OffsetSpec::Latest, false)]
        {
            let partial = read::list_offsets(&gateway, spec, committed, &queries).await;
            assert!(partial.missing.is_empty(), "{:?}", partial.missing);
            let mut rows = Vec::new();
            for (_, offsets) in &partial.answers {
                let good = offsets.rows.iter().filter(|row| row.error_code == 0);
                rows.extend(
                    good.map(|row| ((offsets.topic(row).to_owned(), row.partition), row.offset.unwrap())),
                );
            }
            seen.push(rows.into_iter().collect::<std::collections::BTreeMap<_, _>>());
        }
        let [starts, stable, ends] = seen.try_into().unwrap();
        assert_eq!((starts.len(), ends.len()), (queries.len(), queries.len()), "{}", gateway.cluster());
        for (partition, start) in starts {
            assert!(start <= ends[&partition] && stable[&partition] <= ends[&partition], "{partition:?}");
        }
    }
}

#[tokio::test]
async fn configs_come_for_every_topic_with_their_source() {
    for gateway in fleet() {
        let metadata = read::metadata(&gateway).await.unwrap();
        let topics: Vec<&str> = metadata.topics.iter().map(|topic| metadata.name(topic)).collect();
        let configs =
            read::describe_configs(&gateway, &topics, &["cleanup.policy", "retention.ms"]).await.unwrap();
        assert_eq!(configs.len(), topics.len());
        for topic in configs.iter().filter(|topic| topic.error_code == 0) {
            let mut names: Vec<&str> = topic.entries.iter().map(|entry| entry.name.as_str()).collect();
            names.sort_unstable();
            assert_eq!(names, ["cleanup.policy", "retention.ms"], "{}", topic.topic);
            assert!(topic.entries.iter().all(|entry| entry.value.is_some()));
        }
    }
}

#[tokio::test]
async fn reassignments_are_listed() {
    for gateway in fleet() {
        for moving in read::list_partition_reassignments(&gateway).await.unwrap() {
            assert!(!moving.adding.is_empty() || !moving.removing.is_empty(), "{moving:?}");
        }
    }
}

#[tokio::test]
async fn an_unknown_leader_spoils_only_its_part() {
    for gateway in fleet() {
        let metadata = read::metadata(&gateway).await.unwrap();
        let mut queries = queries(&metadata);
        queries.push(OffsetQuery { topic: "orders", partition: 0, leader_id: 4711 });
        let partial = read::list_offsets(&gateway, OffsetSpec::Latest, false, &queries).await;
        assert_eq!(partial.missing.iter().map(|m| m.broker_id).collect::<Vec<_>>(), [4711]);
        let rows: usize = partial.answers.iter().map(|(_, offsets)| offsets.rows.len()).sum();
        assert_eq!(rows, queries.len() - 1);
    }
}

#[tokio::test]
async fn one_connection_a_broker_is_enough() {
    for gateway in fleet() {
        let metadata = read::metadata(&gateway).await.unwrap();
        let all = (0..20).map(|_| read::describe_log_dirs(&gateway));
        for partial in futures::future::join_all(all).await {
            assert!(partial.missing.is_empty(), "{:?}", partial.missing);
        }
        let traffic = gateway.traffic();
        assert_eq!(traffic.failures, 0, "{:?}", traffic.brokers);
        assert_eq!(traffic.open_connections as usize, metadata.brokers.len(), "{:?}", traffic.brokers);
        assert!(traffic.busy > Duration::ZERO && traffic.bytes_received > 0);
    }
}
