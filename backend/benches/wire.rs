//! What decoding the metadata of a million replicas costs, printed as one line of JSON a figure.
//!
//! The time is compared with walking the same bytes once, because that ratio is the same on every machine.

use std::hint::black_box;
use std::time::{Duration, Instant};

use backend::kafka::wire::read_metadata;
use kafka_wire::MetadataResponse;
use kafka_wire::metadata_response::{
    MetadataResponseBroker, MetadataResponsePartition, MetadataResponseTopic,
};
use kafka_wire_core::{ApiVersion, Bytes, DecodeLimits, KafkaDecode, KafkaEncode};

const VERSION: i16 = 13;
const TOPICS: i32 = 20_000;
const PARTITIONS: i32 = 333_334;
const BROKERS: i32 = 60;
const ROUNDS: u32 = 7;

fn response() -> MetadataResponse {
    let mut response = MetadataResponse::default();
    response.cluster_id = Some("bench".into());
    for id in 0..BROKERS {
        let mut broker = MetadataResponseBroker::default();
        (broker.node_id, broker.host, broker.port) = (id, format!("broker-{id}.example").into(), 9092);
        response.brokers.push(broker);
    }
    response.topics = (0..TOPICS).map(topic).collect();
    response
}

fn topic(number: i32) -> MetadataResponseTopic {
    let mut topic = MetadataResponseTopic::default();
    topic.name = Some(format!("department-{}.orders-{number:05}", number % 40).into());
    let more = i32::from(number < PARTITIONS % TOPICS);
    topic.partitions = (0..PARTITIONS / TOPICS + more).map(|index| partition(number, index)).collect();
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
fn shortest<T>(mut work: impl FnMut() -> T) -> Duration {
    let round = |_| {
        let started = Instant::now();
        black_box(work());
        started.elapsed()
    };
    (0..ROUNDS).map(round).min().unwrap_or_default()
}

fn print(bench: &str, value: f64, unit: &str, ratio_to_walk: Option<f64>) {
    let ratio = ratio_to_walk.map(|ratio| format!(",\"ratio_to_walk\":{ratio:.2}")).unwrap_or_default();
    println!("{{\"bench\":\"{bench}\",\"value\":{value:.3},\"unit\":\"{unit}\"{ratio}}}");
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let bytes = response().encode_to_bytes(ApiVersion::new(VERSION))?;
    let metadata = read_metadata(VERSION, &bytes)?;
    let replicas: usize =
        metadata.partitions.iter().map(|partition| metadata.replicas(partition).len()).sum();
    assert_eq!(replicas, PARTITIONS as usize * 3, "the answer is read as it was encoded");

    let walk = shortest(|| bytes.iter().map(|byte| u64::from(*byte)).fold(0, |sum, b| black_box(sum + b)));
    let decode = shortest(|| read_metadata(VERSION, black_box(&bytes)));
    let by_crate = shortest(|| {
        let mut limits = DecodeLimits::default();
        limits.max_array_elements = bytes.len();
        let bytes = Bytes::clone(black_box(&bytes));
        MetadataResponse::decode_from_bytes(bytes, ApiVersion::new(VERSION), limits)
    });
    let ratio = |time: Duration| Some(time.as_secs_f64() / walk.as_secs_f64());
    print("metadata_bytes", bytes.len() as f64 / 1e6, "MB", None);
    print("metadata_walk", walk.as_secs_f64() * 1e3, "ms", None);
    print("metadata_decode", decode.as_secs_f64() * 1e3, "ms", ratio(decode));
    print("metadata_decode_by_crate", by_crate.as_secs_f64() * 1e3, "ms", ratio(by_crate));
    print("metadata_decoded_size", size_of_answer(&metadata) as f64 / 1e6, "MB", None);
    Ok(())
}

/// What the decoded answer holds, by what can be counted from outside.
fn size_of_answer(metadata: &backend::kafka::answers::Metadata) -> usize {
    use std::mem::size_of_val;
    let names: usize = metadata.topics.iter().map(|topic| metadata.name(topic).len()).sum();
    let ids: usize = metadata
        .partitions
        .iter()
        .map(|p| metadata.replicas(p).len() + metadata.isr(p).len() + metadata.offline_replicas(p).len())
        .sum();
    size_of_val(&metadata.topics[..]) + size_of_val(&metadata.partitions[..]) + names + ids * 4
}
