//! A cluster of a million replicas as its brokers would answer, and how a figure is taken and printed.

use std::hint::black_box;
use std::time::{Duration, Instant};

use kafka_wire::MetadataResponse;
use kafka_wire::metadata_response::{
    MetadataResponseBroker, MetadataResponsePartition, MetadataResponseTopic,
};
use kafka_wire_core::Uuid;

/// The version of Metadata that is encoded.
pub const VERSION: i16 = 13;
const BROKERS: i32 = 60;
const ROUNDS: u32 = 7;

/// The answer to Metadata of a cluster with so many topics and partitions, three replicas each.
pub fn response(topics: i32, partitions: i32) -> MetadataResponse {
    let mut response = MetadataResponse::default();
    response.cluster_id = Some("bench".into());
    for id in 0..BROKERS {
        let mut broker = MetadataResponseBroker::default();
        (broker.node_id, broker.host, broker.port) = (id, format!("broker-{id}.example").into(), 9092);
        response.brokers.push(broker);
    }
    response.topics = (0..topics).map(|number| topic(number, topics, partitions)).collect();
    response
}

fn topic(number: i32, topics: i32, partitions: i32) -> MetadataResponseTopic {
    let mut topic = MetadataResponseTopic::default();
    topic.name = Some(format!("department-{}.orders-{number:05}", number % 40).into());
    topic.topic_id = Uuid::from_bytes(u128::from(number.unsigned_abs()).to_be_bytes());
    let more = i32::from(number < partitions % topics);
    topic.partitions = (0..partitions / topics + more).map(|index| partition(number, index)).collect();
    topic
}

fn partition(topic: i32, index: i32) -> MetadataResponsePartition {
    let replicas: Vec<i32> = (0..3).map(|replica| (topic + index + replica * 7) % BROKERS).collect();
    let mut partition = MetadataResponsePartition::default();
    (partition.partition_index, partition.leader_id, partition.leader_epoch) = (index, replicas[0], 3);
    partition.isr_nodes = replicas.clone();
    partition.replica_nodes = replicas;
    partition
}

/// The shortest of several rounds: what the machine's other work leaves untouched.
#[expect(clippy::disallowed_methods, reason = "a bench measures the time of its own process")]
pub fn shortest<T>(mut work: impl FnMut() -> T) -> Duration {
    let round = |_| {
        let started = Instant::now();
        black_box(work());
        started.elapsed()
    };
    (0..ROUNDS).map(round).min().unwrap_or_default()
}

/// One figure as a line of JSON.
pub fn print(bench: &str, value: f64, unit: &str, ratio_to_walk: Option<f64>) {
    let ratio = ratio_to_walk.map(|ratio| format!(",\"ratio_to_walk\":{ratio:.2}")).unwrap_or_default();
    println!("{{\"bench\":\"{bench}\",\"value\":{value:.3},\"unit\":\"{unit}\"{ratio}}}");
}
