//! Answers as brokers would send them, by the codec crate's encoder: for the readers' tests and the fake peers.

pub mod batches;
pub mod groups;

use kafka_wire::describe_configs_response::{DescribeConfigsResourceResult, DescribeConfigsResult};
use kafka_wire::describe_log_dirs_response::{
    DescribeLogDirsPartition, DescribeLogDirsResult, DescribeLogDirsTopic,
};
use kafka_wire::list_offsets_response::{ListOffsetsPartitionResponse, ListOffsetsTopicResponse};
use kafka_wire::list_partition_reassignments_response::{
    OngoingPartitionReassignment, OngoingTopicReassignment,
};
use kafka_wire::metadata_response::{
    MetadataResponseBroker, MetadataResponsePartition, MetadataResponseTopic,
};
use kafka_wire::{
    ApiVersionsResponse, DescribeClusterResponse, DescribeConfigsResponse, DescribeLogDirsResponse,
    DescribeQuorumResponse, KafkaMessage, ListOffsetsResponse, ListPartitionReassignmentsResponse,
    MetadataResponse, SaslAuthenticateResponse, SaslHandshakeResponse, api_versions_response as av,
    describe_cluster_response as dc, describe_quorum_response as dq,
};
use kafka_wire_core::{ApiVersion, Bytes, StrBytes, Uuid};

use super::*;

/// A message as it follows the correlation id of an answer.
pub fn answer<M: KafkaMessage>(message: &M, version: i16) -> Bytes {
    let mut bytes = BytesMut::new();
    if M::is_flexible(ApiVersion::new(version)) && M::NAME != "ApiVersionsResponse" {
        bytes.extend_from_slice(&[0]);
    }
    message.encode_into(&mut bytes, ApiVersion::new(version)).unwrap();
    bytes.freeze()
}

/// The versions that a broker like ours speaks, or only some of them.
pub fn api_versions(version: i16, spoken: &[(Api, i16)], error_code: i16) -> Bytes {
    let mut response = ApiVersionsResponse::default();
    response.error_code = error_code;
    for (api, highest) in spoken {
        let mut row = av::ApiVersion::default();
        (row.api_key, row.max_version) = (api.key(), *highest);
        response.api_keys.push(row);
    }
    if version >= 3 {
        let mut supported = av::SupportedFeatureKey::default();
        (supported.name, supported.min_version, supported.max_version) = ("metadata.version".into(), 7, 29);
        let mut finalized = av::FinalizedFeatureKey::default();
        (finalized.name, finalized.max_version_level) = ("metadata.version".into(), 27);
        response.supported_features = vec![supported];
        response.finalized_features = vec![finalized];
        response.finalized_features_epoch = 5;
    }
    answer(&response, version)
}

/// Two brokers' ports, two topics: one partition is well, one has no leader.
pub fn metadata(version: i16, ports: &[u16]) -> MetadataResponse {
    let mut response = MetadataResponse::default();
    response.cluster_id = Some("east-id".into());
    response.controller_id = 2;
    for (id, port) in (1..).zip(ports) {
        let mut broker = MetadataResponseBroker::default();
        (broker.node_id, broker.host, broker.port) = (id, "127.0.0.1".into(), i32::from(*port));
        broker.rack = (id == 1).then(|| "a".into());
        response.brokers.push(broker);
    }
    let well = metadata_partition((0, 0, 1, 4), &[1, 2], &[1, 2], &[]);
    let offline = metadata_partition((1, 5, -1, 9), &[2, 3], &[2], &[2, 3]);
    response.topics.push(metadata_topic(version, (0, "orders", 7, false), vec![well, offline]));
    response.topics.push(metadata_topic(version, (29, "__consumer_offsets", 9, true), vec![]));
    response
}

pub fn metadata_topic(
    version: i16,
    (error_code, name, id, is_internal): (i16, &str, u8, bool),
    partitions: Vec<MetadataResponsePartition>,
) -> MetadataResponseTopic {
    let mut topic = MetadataResponseTopic::default();
    (topic.error_code, topic.name, topic.is_internal) = (error_code, Some(name.into()), is_internal);
    if version >= 10 {
        topic.topic_id = Uuid::from_bytes([id; 16]);
    }
    topic.partitions = partitions;
    topic
}

pub fn metadata_partition(
    (index, error_code, leader, epoch): (i32, i16, i32, i32),
    replicas: &[i32],
    isr: &[i32],
    offline: &[i32],
) -> MetadataResponsePartition {
    let mut partition = MetadataResponsePartition::default();
    (partition.partition_index, partition.error_code) = (index, error_code);
    (partition.leader_id, partition.leader_epoch) = (leader, epoch);
    partition.replica_nodes = replicas.to_vec();
    partition.isr_nodes = isr.to_vec();
    partition.offline_replicas = offline.to_vec();
    partition
}

pub fn list_offsets(rows: &[(&str, i32, i16, i64)]) -> ListOffsetsResponse {
    let mut response = ListOffsetsResponse::default();
    for of_topic in rows.chunk_by(|a, b| a.0 == b.0) {
        let mut topic = ListOffsetsTopicResponse::default();
        topic.name = of_topic[0].0.into();
        for (_, index, error_code, offset) in of_topic {
            let mut row = ListOffsetsPartitionResponse::default();
            (row.partition_index, row.error_code, row.offset) = (*index, *error_code, *offset);
            topic.partitions.push(row);
        }
        response.topics.push(topic);
    }
    response
}

/// Directories: path, error code, and replicas as (topic, partition, size, future).
pub type SampleDir<'a> = (&'a str, i16, &'a [(&'a str, i32, i64, bool)]);

pub fn log_dirs(version: i16, dirs: &[SampleDir<'_>]) -> DescribeLogDirsResponse {
    let mut response = DescribeLogDirsResponse::default();
    for (path, error_code, replicas) in dirs {
        let mut dir = DescribeLogDirsResult::default();
        (dir.log_dir, dir.error_code) = ((*path).into(), *error_code);
        for of_topic in replicas.chunk_by(|a, b| a.0 == b.0) {
            let mut topic = DescribeLogDirsTopic::default();
            topic.name = of_topic[0].0.into();
            for (_, index, size, is_future) in of_topic {
                let mut row = DescribeLogDirsPartition::default();
                (row.partition_index, row.partition_size, row.is_future_key) = (*index, *size, *is_future);
                topic.partitions.push(row);
            }
            dir.topics.push(topic);
        }
        if version >= 4 {
            (dir.total_bytes, dir.usable_bytes) = (1 << 40, 1 << 39);
        }
        dir.is_cordoned = version >= 5;
        response.results.push(dir);
    }
    response
}

pub fn describe_cluster(version: i16) -> DescribeClusterResponse {
    let mut response = DescribeClusterResponse::default();
    response.cluster_authorized_operations = 256;
    for (id, is_fenced) in [(1, false), (2, true)] {
        let mut broker = dc::DescribeClusterBroker::default();
        (broker.broker_id, broker.host, broker.port, broker.is_fenced) =
            (id, "b".into(), 9092, is_fenced && version >= 2);
        response.brokers.push(broker);
    }
    response
}

pub fn describe_quorum(version: i16) -> DescribeQuorumResponse {
    let replica = |id| {
        let mut replica = dq::ReplicaState::default();
        (replica.replica_id, replica.log_end_offset) = (id, 100 + i64::from(id));
        if version >= 1 {
            replica.last_fetch_timestamp = 1_700_000_000_000;
        }
        replica
    };
    let mut partition = dq::PartitionData::default();
    (partition.leader_id, partition.leader_epoch, partition.high_watermark) = (2, 11, 99);
    partition.current_voters = vec![replica(1), replica(2)];
    partition.observers = vec![replica(3)];
    let mut topic = dq::TopicData::default();
    topic.partitions = vec![partition];
    let mut response = DescribeQuorumResponse::default();
    response.topics = vec![topic];
    response
}

pub fn describe_configs() -> DescribeConfigsResponse {
    let entry = |(name, value, source, is_sensitive): (&str, Option<&str>, i8, bool)| {
        let mut entry = DescribeConfigsResourceResult::default();
        (entry.name, entry.value) = (name.into(), value.map(StrBytes::from));
        (entry.config_source, entry.is_sensitive) = (source, is_sensitive);
        entry
    };
    let mut result = DescribeConfigsResult::default();
    (result.resource_type, result.resource_name) = (2, "orders".into());
    result.configs =
        [("retention.ms", Some("5"), 1, false), ("a.password", Some("x"), 4, true)].map(entry).to_vec();
    let mut response = DescribeConfigsResponse::default();
    response.results = vec![result];
    response
}

pub fn reassignments() -> ListPartitionReassignmentsResponse {
    let mut partition = OngoingPartitionReassignment::default();
    partition.partition_index = 3;
    (partition.replicas, partition.adding_replicas, partition.removing_replicas) =
        (vec![1, 2, 3], vec![3], vec![1]);
    let mut topic = OngoingTopicReassignment::default();
    (topic.name, topic.partitions) = ("orders".into(), vec![partition]);
    let mut response = ListPartitionReassignmentsResponse::default();
    response.topics = vec![topic];
    response
}

pub fn sasl_handshake(error_code: i16) -> SaslHandshakeResponse {
    let mut response = SaslHandshakeResponse::default();
    response.error_code = error_code;
    response.mechanisms = vec!["SCRAM-SHA-512".into(), "OAUTHBEARER".into()];
    response
}

pub fn sasl_authenticate(version: i16, message: &[u8], session_lifetime_ms: i64) -> SaslAuthenticateResponse {
    let mut response = SaslAuthenticateResponse::default();
    response.auth_bytes = Bytes::copy_from_slice(message);
    if version >= 1 {
        response.session_lifetime_ms = session_lifetime_ms;
    }
    response
}

pub fn sasl_refusal(error_code: i16, words: &str) -> SaslAuthenticateResponse {
    let mut response = SaslAuthenticateResponse::default();
    (response.error_code, response.error_message) = (error_code, Some(StrBytes::from(words)));
    response
}
