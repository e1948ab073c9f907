//! How the applications connect: quietly, and patiently when a broker is gone.

use super::Group;
use crate::login::Login;
use anyhow::Result;
use rdkafka::ClientConfig;
use rdkafka::consumer::{Consumer, StreamConsumer};
use rdkafka::producer::FutureProducer;
use rdkafka::topic_partition_list::TopicPartitionList;
use std::time::Duration;

const ANSWER: Duration = Duration::from_secs(10);

/// One application's way to its cluster.
#[derive(Debug)]
pub struct Connection {
    bootstrap: String,
    login: Login,
    client_id: &'static str,
    /// How often the rare committer commits.
    pub rarely: Duration,
}

/// When a consumer commits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Commits {
    /// By itself, this often, what it has handled.
    Every(Duration),
    /// When it is told to.
    ByHand,
}

/// Kafka's default.
pub const OFTEN: Commits = Commits::Every(Duration::from_secs(5));

impl Connection {
    /// The connection of the application called `client_id`.
    pub fn new(bootstrap: String, login: Login, client_id: &'static str, rarely: Duration) -> Self {
        Self { bootstrap, login, client_id, rarely }
    }

    /// What all of its clients share.
    pub fn config(&self) -> ClientConfig {
        let mut config = ClientConfig::new();
        self.login.configure(&mut config);
        config
            .set("bootstrap.servers", &self.bootstrap)
            .set("client.id", self.client_id)
            .set("reconnect.backoff.max.ms", "2000")
            // Mirrored topics appear later than their readers.
            .set("topic.metadata.refresh.interval.ms", "10000");
        config
    }

    /// A producer that gathers records for a moment, as a real one under load would.
    pub fn producer_config(&self) -> ClientConfig {
        let mut config = self.config();
        config
            .set("acks", "all")
            .set("linger.ms", "100")
            .set("compression.type", "lz4")
            .set("message.timeout.ms", "60000");
        config
    }

    /// A plain producer.
    pub fn producer(&self) -> Result<FutureProducer> {
        Ok(self.producer_config().create()?)
    }

    /// A consumer of the group, not yet subscribed. What it has handled is what it stored.
    pub fn consumer(&self, group: Group, commits: Commits) -> Result<StreamConsumer> {
        let mut config = self.config();
        config
            .set("group.id", group.name)
            .set("auto.offset.reset", "earliest")
            .set("enable.auto.offset.store", "false")
            .set("fetch.wait.max.ms", "1000")
            .set("queued.max.messages.kbytes", "1024");
        match commits {
            Commits::Every(period) => {
                config.set("auto.commit.interval.ms", period.as_millis().to_string());
            }
            Commits::ByHand => {
                config.set("enable.auto.commit", "false");
            }
        }
        Ok(config.create()?)
    }

    /// A consumer that is a member of the group.
    pub fn member(&self, group: Group, commits: Commits) -> Result<StreamConsumer> {
        let consumer = self.consumer(group, commits)?;
        consumer.subscribe(&[group.topic])?;
        Ok(consumer)
    }
}

/// Every partition of the topic.
pub fn partitions(consumer: &StreamConsumer, topic: &str) -> Result<TopicPartitionList> {
    tokio::task::block_in_place(|| {
        let metadata = consumer.fetch_metadata(Some(topic), ANSWER)?;
        let mut list = TopicPartitionList::new();
        for partition in metadata.topics().iter().flat_map(|topic| topic.partitions()) {
            list.add_partition(topic, partition.id());
        }
        Ok(list)
    })
}

/// Has the group ever committed an offset of its topic?
pub fn has_committed(consumer: &StreamConsumer, group: Group) -> Result<bool> {
    let list = partitions(consumer, group.topic)?;
    let committed = tokio::task::block_in_place(|| consumer.committed_offsets(list, ANSWER))?;
    Ok(committed.elements().iter().any(|element| element.offset().to_raw().is_some_and(|offset| offset >= 0)))
}
