//! DescribeQuorum: who really is the controller, and how far its followers have come.

use kafka_wire::describe_quorum_request::{PartitionData, TopicData};
use kafka_wire::describe_quorum_response::ReplicaState;
use kafka_wire::{DescribeQuorumRequest, DescribeQuorumResponse};
use kafka_wire_core::{Bytes, StrBytes};

use super::{Answer, Api, Fault, Request, body, decode, frame, refused};
use crate::kafka::answers::{Quorum, QuorumReplica};

/// DescribeQuorum of the one partition of the metadata log.
pub(in crate::kafka) struct DescribeQuorum;

impl Request for DescribeQuorum {
    const API: Api = Api::DescribeQuorum;
    type Answer = Quorum;

    fn encode(&self, version: i16, correlation_id: i32, client_id: &str) -> Result<Bytes, Fault> {
        let mut topic = TopicData::default();
        topic.topic_name = StrBytes::from("__cluster_metadata");
        topic.partitions = vec![PartitionData::default()];
        let mut request = DescribeQuorumRequest::default();
        request.topics = vec![topic];
        frame(&request, version, correlation_id, client_id)
    }

    fn decode(&self, version: i16, bytes: Bytes) -> Answer<Quorum> {
        let body = body::<DescribeQuorumResponse>(version, &bytes)?;
        let response: DescribeQuorumResponse = decode(version, body)?;
        if let Err(refusal) = refused(response.error_code, response.error_message.as_deref()) {
            return Ok(Err(refusal));
        }
        let partition = response.topics.first().and_then(|topic| topic.partitions.first());
        let partition =
            partition.ok_or(Fault::Codec("it has no partition of the metadata log".to_owned()))?;
        if let Err(refusal) = refused(partition.error_code, partition.error_message.as_deref()) {
            return Ok(Err(refusal));
        }
        Ok(Ok(Quorum {
            leader_id: Some(partition.leader_id).filter(|id| *id >= 0),
            leader_epoch: partition.leader_epoch,
            high_watermark: partition.high_watermark,
            voters: partition.current_voters.iter().map(replica).collect(),
            observers: partition.observers.iter().map(replica).collect(),
        }))
    }
}

fn replica(state: &ReplicaState) -> QuorumReplica {
    QuorumReplica {
        replica_id: state.replica_id,
        log_end_offset: state.log_end_offset,
        last_fetch_ms: Some(state.last_fetch_timestamp).filter(|ms| *ms >= 0),
        last_caught_up_ms: Some(state.last_caught_up_timestamp).filter(|ms| *ms >= 0),
    }
}
