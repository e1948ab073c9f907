//! The cluster as a whole: what it consists of, who controls it, what is being moved.

use std::time::Duration;

use futures::FutureExt;
use tokio::time::Instant;

use crate::kafka::answers::{
    BrokerFeatures, ClusterDescription, Metadata, Missing, Partial, Quorum, Reassignment, RegisteredBroker,
};
use crate::kafka::codes::ErrorCode;
use crate::kafka::wire::{
    ApiVersions, DescribeCluster, DescribeQuorum, ListPartitionReassignments, MetadataOf,
};
use crate::kafka::{Gateway, KafkaError};

/// Metadata of all topics, from whichever broker answers. It also teaches the gateway the brokers' addresses, so
/// the requests that go to certain brokers need one before them.
pub async fn metadata(gateway: &Gateway) -> Result<Metadata, KafkaError> {
    let metadata = gateway.any(&MetadataOf::AllTopics).await?;
    gateway.learn(&metadata);
    Ok(metadata)
}

/// The registered brokers, and what we may do with the cluster. Those that are fenced are told by DescribeCluster
/// from version 2 on; from brokers without it comes what Metadata tells: the live ones.
pub async fn describe_cluster(gateway: &Gateway) -> Result<ClusterDescription, KafkaError> {
    match gateway.any(&DescribeCluster).await {
        Err(error) if error.is_unsupported() => {
            let metadata = brokers_alone(gateway).await?;
            let live = |endpoint| RegisteredBroker { endpoint, is_fenced: false };
            let operations = metadata.operations;
            let brokers = metadata.brokers.into_iter().map(live).collect();
            Ok(ClusterDescription { brokers, lists_fenced: false, operations })
        }
        outcome => outcome,
    }
}

/// The quorum of controllers; `None` where the cluster has none because it still is on ZooKeeper.
pub async fn describe_quorum(gateway: &Gateway) -> Result<Option<Quorum>, KafkaError> {
    match gateway.any(&DescribeQuorum).await {
        Ok(quorum) => Ok(Some(quorum)),
        Err(error) if error.is_unsupported() => Ok(None),
        Err(error) => Err(error),
    }
}

/// What each live broker's ApiVersions tells, asked freshly. When not even the brokers' addresses are known, the
/// one missing part has broker id -1.
pub async fn broker_features(gateway: &Gateway) -> Partial<BrokerFeatures> {
    match known_brokers(gateway).await {
        Ok(ids) => gateway.brokers(ids, |id| gateway.broker(id, &ApiVersions).boxed()).await,
        Err(error) => nobody_known(error),
    }
}

/// How long each live broker took to answer a small request just now: its network, its queue and its handlers, seen from
/// outside. While a broker stands still its own clocks stand too, and none of its metrics tells.
pub async fn answer_times(gateway: &Gateway) -> Partial<Duration> {
    match known_brokers(gateway).await {
        Ok(ids) => gateway.brokers(ids, |id| answer_time(gateway, id).boxed()).await,
        Err(error) => nobody_known(error),
    }
}

/// The same of one broker.
pub async fn answer_time(gateway: &Gateway, broker_id: i32) -> Result<Duration, KafkaError> {
    let started = Instant::now();
    gateway.broker(broker_id, &ApiVersions).await?;
    Ok(started.elapsed())
}

/// The reassignments in progress. Before KRaft only the controller knows them; then it is asked.
pub async fn list_partition_reassignments(gateway: &Gateway) -> Result<Vec<Reassignment>, KafkaError> {
    let request = ListPartitionReassignments { timeout_ms: gateway.request_timeout_ms() };
    match gateway.any(&request).await {
        Err(error) if error.code() == Some(ErrorCode::NOT_CONTROLLER) => {
            brokers_alone(gateway).await?;
            let controller_id = gateway.controller_id().ok_or(error)?;
            gateway.broker(controller_id, &request).await
        }
        outcome => outcome,
    }
}

/// The brokers of the last good metadata; asked for when there was none yet.
pub(super) async fn known_brokers(gateway: &Gateway) -> Result<Vec<i32>, KafkaError> {
    let known = gateway.broker_ids();
    if !known.is_empty() {
        return Ok(known);
    }
    brokers_alone(gateway).await?;
    Ok(gateway.broker_ids())
}

/// An answer that misses everything, because no broker could be named.
pub(super) fn nobody_known<T>(error: KafkaError) -> Partial<T> {
    Partial { answers: Vec::new(), missing: vec![Missing { broker_id: -1, error }] }
}

async fn brokers_alone(gateway: &Gateway) -> Result<Metadata, KafkaError> {
    let metadata = gateway.any(&MetadataOf::Brokers).await?;
    gateway.learn(&metadata);
    Ok(metadata)
}
