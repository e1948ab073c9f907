//! Between inventory, load, lag and topology: topology is told of clusters, of what goes into them, and of groups.

use std::sync::Arc;

use futures::{FutureExt, future::BoxFuture};
use shared::{
    DateTime,
    inventory::BrokerState,
    lag::LagVerdict,
    meta::{Freshness, Reading},
    verdict::Severity,
};

use crate::{
    capabilities::{
        inventory::{Inventory, NewestOfTopics, model::ClusterRates},
        lag::{Lag, NewestGroups},
        load,
        topology::model::{ClusterRate, ClusterTopics, Fleet, Groups, TopicPlaces},
    },
    kafka::answers::TopicId,
};

use super::load::KnownRates;
use crate::capabilities::inventory::model::Rates;

/// Tells topology of what the others know.
pub(super) struct KnownClusters {
    pub inventory: Inventory,
    pub cells: load::Cells,
    pub lag: Lag,
}

impl Fleet for KnownClusters {
    fn cluster(&self, cluster: &str) -> Option<Arc<dyn ClusterTopics>> {
        let newest = self.inventory.newest_of_topics(cluster)?;
        let [reading, _] = self.inventory.readings(cluster)?;
        let rates = KnownRates(self.cells.clone()).of(cluster);
        Some(Arc::new(Newest { newest, reading, rates }))
    }

    fn first<'a>(&'a self, cluster: &'a str) -> BoxFuture<'a, Option<Arc<dyn ClusterTopics>>> {
        async move {
            self.inventory.first(cluster).await;
            self.cluster(cluster)
        }
        .boxed()
    }

    fn groups(&self, cluster: &str) -> Option<Arc<dyn Groups>> {
        Some(Arc::new(self.lag.newest(cluster)?))
    }
}

#[derive(Debug)]
struct Newest {
    newest: NewestOfTopics,
    reading: Reading,
    rates: Option<Arc<dyn ClusterRates>>,
}

impl ClusterTopics for Newest {
    fn revision(&self) -> u64 {
        self.newest.metadata.revision
    }

    fn cluster_id(&self) -> Option<String> {
        self.newest.metadata.snapshot.cluster_id.clone()
    }

    fn is_fresh(&self, now: DateTime) -> bool {
        self.reading.freshness(now) == Freshness::Fresh
    }

    fn health(&self) -> Severity {
        self.newest.metadata.snapshot.health.severity
    }

    fn brokers(&self) -> (u32, u32) {
        let brokers = &self.newest.metadata.snapshot.brokers;
        let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        (count(brokers.iter().filter(|row| row.state == BrokerState::Up).count()), count(brokers.len()))
    }

    fn each_topic(&self, see: &mut dyn FnMut(&str)) {
        self.newest.metadata.snapshot.topics().for_each(|(chunk, topic)| see(chunk.name(topic)));
    }

    fn topic(&self, topic: &str) -> Option<TopicPlaces> {
        let (chunk, row) = self.newest.metadata.snapshot.topic(topic)?;
        let leaders =
            chunk.partitions_of(row).iter().map(|partition| (partition.partition, partition.leader_id()));
        Some(TopicPlaces {
            topic_id: Some(row.topic_id).filter(|id| *id != TopicId::default()),
            first_seen: row.first_seen,
            leaders: leaders.collect(),
        })
    }

    fn rate(&self) -> ClusterRate {
        let rate = self.rates.as_ref().map(|rates| rates.cluster()).unwrap_or_default();
        ClusterRate { bytes_in: rate.bytes_in, bytes_out: rate.bytes_out, at_least: rate.at_least }
    }

    fn topic_bytes_in(&self, topic: &str) -> Option<f64> {
        self.rates.as_ref()?.topic(topic)?.bytes_in
    }
}

impl Groups for NewestGroups {
    fn revision(&self) -> u64 {
        self.snapshot().revision
    }

    fn each(&self, now: DateTime, see: &mut dyn FnMut(&str, Option<LagVerdict>)) {
        let is_fresh = self.reading().freshness(now) == Freshness::Fresh;
        // Who reads no topic is no application: workers of Kafka Connect are groups, too.
        for row in self.snapshot().snapshot.rows.iter().filter(|row| row.whole.topics > 0) {
            let verdict =
                row.whole.verdict.map(|verdict| if is_fresh { verdict } else { LagVerdict::Unknown });
            see(&row.group, verdict);
        }
    }
}
