//! Kafka's protocol as bytes: requests out of our types, answers into our types.
//!
//! This folder alone knows the codec crate (ADR 0002). Requests and small answers go through the crate's structs.
//! The answers that grow with the cluster are read by hand into flat vectors, because a struct a partition costs
//! seven hundred thousand allocations where fifteen do, and because there is no bound on what structs of *valid*
//! tiny elements take. Nothing here does I/O.

mod api;
mod api_versions;
mod batches;
mod cluster;
mod configs;
mod describe_groups;
mod fetch;
mod find_coordinator;
mod group_describe;
mod list_groups;
mod log_dirs;
mod metadata;
mod offset_fetch;
mod offsets;
mod quorum;
mod reader;
mod reassignments;
#[cfg(test)]
pub(super) mod samples;
mod sasl;
mod share_offsets;
#[cfg(test)]
mod tests;

use kafka_wire::{KafkaMessage, KafkaRequest, OutboundFrameLimits, encode_request};
use kafka_wire_core::{ApiVersion, Bytes, BytesMut, DecodeLimits, KafkaDecode, StrBytes};

use super::answers::Metadata;
use super::codes::ErrorCode;
pub use api::Api;
pub(super) use api::SpokenVersions;
pub(super) use api_versions::{ApiVersions, Handshake, handshake_answer};
pub use batches::{AbortedTransaction, waiting};
pub(super) use cluster::DescribeCluster;
pub(super) use configs::DescribeConfigs;
pub(super) use describe_groups::DescribeGroups;
pub(super) use fetch::Fetch;
pub(super) use find_coordinator::FindCoordinator;
pub(super) use group_describe::{ConsumerGroupDescribe, ShareGroupDescribe, StreamsGroupDescribe};
pub(super) use list_groups::ListGroups;
pub(super) use log_dirs::DescribeLogDirs;
pub(super) use metadata::MetadataOf;
pub(super) use offset_fetch::OffsetFetch;
pub(super) use offsets::ListOffsets;
pub(super) use quorum::DescribeQuorum;
pub use reader::Fault;
pub(super) use reader::Reader;
pub(super) use reassignments::ListPartitionReassignments;
pub(super) use sasl::{SaslAnswer, SaslAuthenticate, SaslHandshake};
pub(super) use share_offsets::DescribeShareGroupOffsets;

/// No request of ours is longer: 20,000 partitions with the longest topic names stay below it.
const LONGEST_REQUEST: usize = 16 << 20;
/// No cluster has more brokers: the largest known ones have some hundreds.
const MOST_BROKERS: usize = 10_000;

/// What the answers that tell of more than one thing have in common: they fail as a whole with a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub code: ErrorCode,
    pub message: Option<String>,
}

/// An answer: read, refused as a whole by the broker, or not readable.
pub(super) type Answer<T> = Result<Result<T, Refusal>, Fault>;

/// What a coordinator answers about each of the groups that it was asked about: our type, or a refusal.
pub(super) type OfGroups<T> = Vec<Result<T, RefusedGroup>>;

/// A group about which the coordinator tells nothing but a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RefusedGroup {
    pub group_id: String,
    pub refusal: Refusal,
}

/// One request of ours and the answer that it brings.
pub(super) trait Request: Sync {
    /// Which of Kafka's requests it is.
    const API: Api;
    /// Our type for its answer.
    type Answer;

    /// The lowest version that can ask this; above the table's where older ones ask for less at a time.
    fn least_version(&self) -> i16 {
        Self::API.versions().0
    }

    /// The whole frame of the request, its length first.
    fn encode(&self, version: i16, correlation_id: i32, client_id: &str) -> Result<Bytes, Fault>;

    /// Reads an answer from behind the correlation id: the rest of its header and its body.
    fn decode(&self, version: i16, bytes: Bytes) -> Answer<Self::Answer>;
}

/// Reads the answer to Metadata of `version`, 9 to 13, without its header. Public for the bench.
pub fn read_metadata(version: i16, body: &[u8]) -> Result<Metadata, Fault> {
    metadata::read(version, body).map(|(metadata, _)| metadata)
}

fn codec(error: impl std::fmt::Display) -> Fault {
    Fault::Codec(error.to_string())
}

/// A request's frame, by the codec crate.
fn frame<R: KafkaRequest>(request: &R, version: i16, id: i32, client_id: &str) -> Result<Bytes, Fault> {
    let mut buffer = BytesMut::new();
    let limits = OutboundFrameLimits::new(LONGEST_REQUEST);
    let client_id = Some(StrBytes::from(client_id));
    encode_request(&mut buffer, id, client_id, request, ApiVersion::new(version), limits).map_err(codec)?;
    Ok(buffer.freeze())
}

/// Whether the answer to `R` is of Kafka's flexible encoding, whose headers end with tagged fields.
fn is_flexible<R: KafkaMessage>(version: i16) -> bool {
    R::is_flexible(ApiVersion::new(version))
}

/// The answer's body, behind the tagged fields of its header.
fn body<R: KafkaMessage>(version: i16, bytes: &Bytes) -> Result<Bytes, Fault> {
    let mut reader = Reader::new(bytes, is_flexible::<R>(version));
    reader.tags()?;
    Ok(bytes.slice(bytes.len() - reader.remaining()..))
}

/// Decodes a small answer by the codec crate. Its vectors grow only as elements are really read, and no array has
/// more elements than the answer has bytes.
fn decode<M: KafkaMessage + KafkaDecode>(version: i16, body: Bytes) -> Result<M, Fault> {
    let mut limits = DecodeLimits::default();
    limits.max_frame_bytes = body.len();
    limits.max_array_elements = body.len();
    M::decode_from_bytes(body, ApiVersion::new(version), limits).map_err(codec)
}

/// The refusal that an answer's own error code says, if it is one.
fn refused(code: i16, message: Option<&str>) -> Result<(), Refusal> {
    ErrorCode(code).check().map_err(|code| Refusal { code, message: message.map(str::to_owned) })
}

/// How many brokers an answer names. Each is asked and connected to, so a stranger's millions are refused.
fn broker_count(count: usize) -> Result<usize, Fault> {
    match count > MOST_BROKERS {
        true => Err(Fault::Codec(format!("it names {count} brokers, and {MOST_BROKERS} are accepted"))),
        false => Ok(count),
    }
}

/// No answer tells of more groups than were asked for.
fn at_most_asked(count: usize, asked: &[&str]) -> Result<(), Fault> {
    match count > asked.len() {
        true => Err(Fault::Codec(format!("it tells of {count} groups where {} were asked for", asked.len()))),
        false => Ok(()),
    }
}

/// An advertised port. Kafka's protocol has 32 bits for it.
fn port(port: i32) -> Result<u16, Fault> {
    u16::try_from(port).map_err(|_| Fault::Codec(format!("a broker's port is {port}")))
}
