//! Between inventory and lag: lag is told where partitions are.

use std::sync::Arc;

use futures::{FutureExt, future::BoxFuture};
use shared::{inventory::BrokerState, meta::Reading};

use crate::{
    capabilities::{
        inventory::{
            Inventory, NewestOfTopics,
            model::{BrokerRow, PartitionRow},
        },
        lag::model::{BrokerPlace, BrokerPlaces, Fleet, Layout, PartitionPlace, Partitions, Places},
    },
    kafka::answers::TopicId,
};

/// Tells lag of the topics that inventory knows.
pub(super) struct KnownTopics(pub Inventory);

impl Fleet for KnownTopics {
    fn topics(&self, cluster: &str) -> Option<Arc<dyn Partitions>> {
        let newest = self.0.newest_of_topics(cluster)?;
        Some(Arc::new(newest))
    }

    fn first<'a>(&'a self, cluster: &'a str) -> BoxFuture<'a, Option<Arc<dyn Partitions>>> {
        async move {
            self.0.first(cluster).await;
            self.topics(cluster)
        }
        .boxed()
    }

    fn layout(&self, cluster: &str) -> Option<Arc<dyn Layout>> {
        let newest = self.0.newest_of_topics(cluster)?;
        let [reading, log_starts_reading] = self.0.readings(cluster)?;
        Some(Arc::new(NewestLayout { newest, reading, log_starts_reading }))
    }
}

impl Partitions for NewestOfTopics {
    fn cluster_id(&self) -> Option<String> {
        self.metadata.snapshot.cluster_id.clone()
    }

    fn topic(&self, topic: &str) -> Option<Places> {
        let (chunk, row) = self.metadata.snapshot.topic(topic)?;
        let leaders =
            chunk.partitions_of(row).iter().map(|partition| (partition.partition, partition.leader_id()));
        Some(Places {
            topic_id: Some(row.topic_id).filter(|id| *id != TopicId::default()),
            leaders: leaders.collect(),
        })
    }

    fn log_starts(&self, topic: &str) -> Vec<(i32, i64)> {
        self.log_dirs.as_ref().map_or_else(Vec::new, |sizes| sizes.snapshot.log_starts(topic).to_vec())
    }

    fn retention_ms(&self, topic: &str) -> Option<i64> {
        let settings = &self.configs.as_ref()?.snapshot.topics.get(topic)?.settings;
        let deletes = settings.cleanup_policy.as_ref().is_none_or(|policy| policy.contains("delete"));
        settings.retention_ms.filter(|retention| deletes && *retention >= 0)
    }
}

struct NewestLayout {
    newest: NewestOfTopics,
    reading: Reading,
    log_starts_reading: Reading,
}

impl Layout for NewestLayout {
    fn reading(&self) -> Reading {
        self.reading.clone()
    }

    fn log_starts_reading(&self) -> Reading {
        self.log_starts_reading.clone()
    }

    fn brokers(&self) -> BrokerPlaces {
        let metadata = &self.newest.metadata.snapshot;
        let place = |row: &BrokerRow| BrokerPlace {
            broker_id: row.endpoint.broker_id,
            host: row.endpoint.host.clone(),
            port: row.endpoint.port,
            rack: row.endpoint.rack.clone(),
        };
        BrokerPlaces {
            cluster_id: metadata.cluster_id.clone(),
            controller_id: metadata.controller_id,
            brokers: metadata.brokers.iter().filter(|row| row.state == BrokerState::Up).map(place).collect(),
        }
    }

    fn topics(&self) -> Vec<(String, usize)> {
        let topics = self.newest.metadata.snapshot.topics();
        topics.map(|(chunk, topic)| (chunk.name(topic).to_owned(), topic.partitions.len())).collect()
    }

    fn partitions(&self, topic: &str) -> Vec<PartitionPlace> {
        let Some((chunk, row)) = self.newest.metadata.snapshot.topic(topic) else { return vec![] };
        let log_dirs = self.newest.log_dirs.as_ref().map(|log_dirs| &log_dirs.snapshot);
        let place = |it: &PartitionRow| PartitionPlace {
            partition: it.partition,
            leader: it.leader_id(),
            preferred_leader: chunk.replicas(it).first().copied(),
            replicas: chunk.replicas(it).len(),
            in_sync: chunk.isr(it).len(),
            is_under_replicated: it.is_under_replicated(),
            log_start: log_dirs.and_then(|log_dirs| log_dirs.log_start(topic, it.partition)),
        };
        chunk.partitions_of(row).iter().map(place).collect()
    }
}
