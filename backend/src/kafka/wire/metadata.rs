//! Metadata, the one answer that grows with every partition of the cluster: read by hand.

use kafka_wire::{MetadataRequest, MetadataResponse};
use kafka_wire_core::Bytes;

use super::{Answer, Api, Fault, Reader, Request, body, broker_count, frame, is_flexible, port, refused};
use crate::kafka::answers::{BrokerEndpoint, Metadata, PartitionMetadata, TopicId, TopicMetadata};
use crate::kafka::rights::Operations;

/// Metadata of all topics, or of the brokers alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::kafka) enum MetadataOf {
    AllTopics,
    Brokers,
}

impl Request for MetadataOf {
    const API: Api = Api::Metadata;
    type Answer = Metadata;

    fn encode(&self, version: i16, correlation_id: i32, client_id: &str) -> Result<Bytes, Fault> {
        let mut request = MetadataRequest::default();
        request.topics = match self {
            Self::AllTopics => None,
            Self::Brokers => Some(Vec::new()),
        };
        request.allow_auto_topic_creation = false;
        // Only where DescribeCluster cannot be asked: it is there from Kafka 2.8 on, and tells it from then on.
        request.include_cluster_authorized_operations = *self == Self::Brokers && version <= 10;
        frame(&request, version, correlation_id, client_id)
    }

    fn decode(&self, version: i16, bytes: Bytes) -> Answer<Metadata> {
        let (metadata, error_code) = read(version, &body::<MetadataResponse>(version, &bytes)?)?;
        Ok(refused(error_code, None).map(|()| metadata))
    }
}

/// Reads versions 9 to 13; the code is 0 before version 13.
pub(super) fn read(version: i16, body: &[u8]) -> Result<(Metadata, i16), Fault> {
    let r = &mut Reader::new(body, is_flexible::<MetadataResponse>(version));
    let mut metadata = Metadata::default();
    r.i32()?; // throttle time
    for _ in 0..broker_count(r.count(11)?)? {
        metadata.brokers.push(broker(r)?);
    }
    metadata.cluster_id = r.nullable_str()?.map(str::to_owned);
    metadata.controller_id = Some(r.i32()?).filter(|id| *id >= 0);
    let topics = r.count(if version >= 10 { 26 } else { 10 })?;
    metadata.topics.reserve(topics);
    for _ in 0..topics {
        topic(r, version, &mut metadata)?;
    }
    if version <= 10 {
        metadata.operations = Operations::told(r.i32()?);
    }
    let error_code = if version >= 13 { r.i16()? } else { 0 };
    r.tags()?;
    r.end()?;
    Ok((metadata, error_code))
}

fn broker(r: &mut Reader) -> Result<BrokerEndpoint, Fault> {
    let broker_id = r.i32()?;
    let host = r.str()?.to_owned();
    let port = port(r.i32()?)?;
    let rack = r.nullable_str()?.map(str::to_owned);
    r.tags()?;
    Ok(BrokerEndpoint { broker_id, host, port, rack })
}

fn topic(r: &mut Reader, version: i16, metadata: &mut Metadata) -> Result<(), Fault> {
    let error_code = r.i16()?;
    let name = r.name(&mut metadata.names)?;
    let topic_id = TopicId(if version >= 10 { r.uuid()? } else { [0; 16] });
    let is_internal = r.bool()?;
    let start = r.index(metadata.partitions.len())?;
    let count = r.count(18)?;
    metadata.partitions.reserve(count);
    for _ in 0..count {
        let partition = partition(r, &mut metadata.broker_ids)?;
        metadata.partitions.push(partition);
    }
    let partitions = start..r.index(metadata.partitions.len())?;
    r.i32()?; // authorized operations of the topic
    r.tags()?;
    metadata.topics.push(TopicMetadata { error_code, topic_id, is_internal, partitions, name });
    Ok(())
}

fn partition(r: &mut Reader, broker_ids: &mut Vec<i32>) -> Result<PartitionMetadata, Fault> {
    let error_code = r.i16()?;
    let partition = r.i32()?;
    let leader_id = Some(r.i32()?).filter(|id| *id >= 0);
    let leader_epoch = r.i32()?;
    let replicas = r.ids(broker_ids)?;
    let isr = r.ids(broker_ids)?;
    let offline = r.ids(broker_ids)?;
    r.tags()?;
    Ok(PartitionMetadata { error_code, partition, leader_id, leader_epoch, replicas, isr, offline })
}
