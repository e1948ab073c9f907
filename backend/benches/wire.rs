//! What decoding the metadata of a million replicas costs, printed as one line of JSON a figure.
//!
//! The time is compared with walking the same bytes once, because that ratio is the same on every machine.

mod million;

use std::hint::black_box;
use std::time::Duration;

use backend::kafka::wire::read_metadata;
use kafka_wire::MetadataResponse;
use kafka_wire_core::{ApiVersion, Bytes, DecodeLimits, KafkaDecode, KafkaEncode};
use million::{VERSION, print, response, shortest};

const TOPICS: i32 = 20_000;
const PARTITIONS: i32 = 333_334;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let bytes = response(TOPICS, PARTITIONS).encode_to_bytes(ApiVersion::new(VERSION))?;
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
