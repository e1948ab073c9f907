//! Between inventory and lag: lag is told where partitions are.

use std::sync::Arc;

use futures::{FutureExt, future::BoxFuture};

use crate::{
    capabilities::{
        inventory::{Inventory, model::MetadataSnapshot},
        lag::model::{Fleet, Partitions, Places},
    },
    kafka::answers::TopicId,
    runtime::Stamped,
};

/// Tells lag of the topics that inventory knows.
pub(super) struct KnownTopics(pub Inventory);

impl Fleet for KnownTopics {
    fn topics(&self, cluster: &str) -> Option<Arc<dyn Partitions>> {
        let (metadata, _) = self.0.newest(cluster)?;
        Some(Arc::new(Newest(metadata)))
    }

    fn first<'a>(&'a self, cluster: &'a str) -> BoxFuture<'a, Option<Arc<dyn Partitions>>> {
        async move {
            self.0.first(cluster).await;
            self.topics(cluster)
        }
        .boxed()
    }
}

struct Newest(Arc<Stamped<MetadataSnapshot>>);

impl Partitions for Newest {
    fn cluster_id(&self) -> Option<String> {
        self.0.snapshot.cluster_id.clone()
    }

    fn topic(&self, topic: &str) -> Option<Places> {
        let (chunk, row) = self.0.snapshot.topic(topic)?;
        let leaders =
            chunk.partitions_of(row).iter().map(|partition| (partition.partition, partition.leader_id()));
        Some(Places {
            topic_id: Some(row.topic_id).filter(|id| *id != TopicId::default()),
            leaders: leaders.collect(),
        })
    }
}
