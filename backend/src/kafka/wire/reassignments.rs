//! ListPartitionReassignments: what is being moved now.

use kafka_wire::{ListPartitionReassignmentsRequest, ListPartitionReassignmentsResponse};
use kafka_wire_core::Bytes;

use super::{Answer, Api, Fault, Request, body, decode, frame, refused};
use crate::kafka::answers::Reassignment;

/// ListPartitionReassignments of every topic.
pub(in crate::kafka) struct ListPartitionReassignments {
    pub timeout_ms: i32,
}

impl Request for ListPartitionReassignments {
    const API: Api = Api::ListPartitionReassignments;
    type Answer = Vec<Reassignment>;

    fn encode(&self, version: i16, correlation_id: i32, client_id: &str) -> Result<Bytes, Fault> {
        let mut request = ListPartitionReassignmentsRequest::default();
        request.timeout_ms = self.timeout_ms;
        request.topics = None;
        frame(&request, version, correlation_id, client_id)
    }

    fn decode(&self, version: i16, bytes: Bytes) -> Answer<Vec<Reassignment>> {
        let body = body::<ListPartitionReassignmentsResponse>(version, &bytes)?;
        let response: ListPartitionReassignmentsResponse = decode(version, body)?;
        if let Err(refusal) = refused(response.error_code, response.error_message.as_deref()) {
            return Ok(Err(refusal));
        }
        let mut reassignments = Vec::new();
        for topic in response.topics {
            reassignments.extend(topic.partitions.into_iter().map(|partition| Reassignment {
                topic: topic.name.to_string(),
                partition: partition.partition_index,
                replicas: partition.replicas,
                adding: partition.adding_replicas,
                removing: partition.removing_replicas,
            }));
        }
        Ok(Ok(reassignments))
    }
}
