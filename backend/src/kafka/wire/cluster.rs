//! DescribeCluster: the registered brokers, fenced ones too, and what we may do with the cluster.

use kafka_wire::{DescribeClusterRequest, DescribeClusterResponse};
use kafka_wire_core::Bytes;

use super::{Answer, Api, Fault, Request, body, broker_count, decode, frame, port, refused};
use crate::kafka::answers::{BrokerEndpoint, ClusterDescription, RegisteredBroker};
use crate::kafka::rights::Operations;

/// DescribeCluster of the brokers, fenced ones included from version 2 on (KIP-1073).
pub(in crate::kafka) struct DescribeCluster;

impl Request for DescribeCluster {
    const API: Api = Api::DescribeCluster;
    type Answer = ClusterDescription;

    fn encode(&self, version: i16, correlation_id: i32, client_id: &str) -> Result<Bytes, Fault> {
        let mut request = DescribeClusterRequest::default();
        request.endpoint_type = 1; // brokers
        request.include_fenced_brokers = version >= 2;
        request.include_cluster_authorized_operations = true;
        frame(&request, version, correlation_id, client_id)
    }

    fn decode(&self, version: i16, bytes: Bytes) -> Answer<ClusterDescription> {
        let body = body::<DescribeClusterResponse>(version, &bytes)?;
        let response: DescribeClusterResponse = decode(version, body)?;
        if let Err(refusal) = refused(response.error_code, response.error_message.as_deref()) {
            return Ok(Err(refusal));
        }
        let mut brokers = Vec::with_capacity(broker_count(response.brokers.len())?);
        for broker in response.brokers {
            let endpoint = BrokerEndpoint {
                broker_id: broker.broker_id,
                host: broker.host.into_string(),
                port: port(broker.port)?,
                rack: broker.rack.map(|rack| rack.into_string()),
            };
            brokers.push(RegisteredBroker { endpoint, is_fenced: broker.is_fenced });
        }
        let operations = Operations::told(response.cluster_authorized_operations);
        Ok(Ok(ClusterDescription { brokers, lists_fenced: version >= 2, operations }))
    }
}
