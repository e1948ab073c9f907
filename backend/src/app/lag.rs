//! Between inventory and lag: lag is told where partitions are.

use std::sync::Arc;

use futures::{FutureExt, future::BoxFuture};

use crate::{
    capabilities::{
        inventory::{Inventory, NewestOfTopics},
        lag::model::{Fleet, Partitions, Places},
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
