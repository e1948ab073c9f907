//! What the fleet asks of Kafka itself: is everybody there, create, delete.

use crate::layout::{Broker, Cluster, Ports};
use crate::login::Login;
use crate::places::Places;
use crate::topics::Topic;
use crate::wait::until_nothing;
use anyhow::{Context, Result, bail};
use rdkafka::ClientConfig;
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication, TopicResult};
use rdkafka::client::DefaultClientContext;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::RDKafkaErrorCode;
use rdkafka::metadata::Metadata;
use std::collections::BTreeSet;
use std::future::Future;
use std::time::Duration;

const ANSWER: Duration = Duration::from_secs(5);
/// Thousands of topics at once take the brokers a while.
const CHANGE: Duration = Duration::from_secs(120);
const BATCH: usize = 100;

/// The client settings of the fleet's own errands.
pub fn client(bootstrap: &str, login: &Login) -> ClientConfig {
    let mut config = ClientConfig::new();
    login.configure(&mut config);
    config
        .set("bootstrap.servers", bootstrap)
        .set("client.id", "demo-fleet")
        .set("reconnect.backoff.max.ms", "300")
        .set("socket.connection.setup.timeout.ms", "3000");
    config
}

/// How the fleet reaches its clusters: where they listen, and where its passwords are.
#[derive(Debug, Clone, Copy)]
pub struct Reach<'a> {
    /// Where passwords are.
    pub places: &'a Places,
    /// Where brokers listen.
    pub ports: Ports,
}

/// One broker's own view of its cluster.
pub struct View {
    name: String,
    id: i32,
    config: ClientConfig,
}

impl View {
    /// Of this broker alone.
    pub fn of(reach: Reach<'_>, broker: Broker) -> Result<Self> {
        let login = Login::admin(reach.places, broker.cluster)?;
        Ok(Self {
            name: broker.name(),
            id: i32::from(broker.id),
            config: client(&reach.ports.client_address(broker), &login),
        })
    }

    /// Its answer now. Each is asked over a connection of its own: one from before a pause or a restart may wait in
    /// vain, and in a client that lives on it was once seen to do so for 90 s.
    pub fn metadata(&self) -> Result<Metadata> {
        let consumer: BaseConsumer = self.config.create()?;
        let metadata = consumer.fetch_metadata(None, ANSWER)?;
        // A client that has learnt of the others may ask one of them; of a bootstrap server it knows no id.
        if ![self.id, -1].contains(&metadata.orig_broker_id()) {
            bail!("broker {} answered for {}", metadata.orig_broker_id(), self.name);
        }
        Ok(metadata)
    }

    /// What is not whole yet, as this broker sees it; fenced brokers are not in metadata.
    pub fn missing(&self, brokers: &BTreeSet<i32>) -> Option<String> {
        let metadata = match self.metadata() {
            Ok(metadata) => metadata,
            Err(error) => return Some(format!("{} does not answer: {error}", self.name)),
        };
        let present: BTreeSet<i32> = metadata.brokers().iter().map(|broker| broker.id()).collect();
        if &present != brokers {
            return Some(format!("{} sees the brokers {present:?} of {brokers:?}", self.name));
        }
        let partitions = metadata.topics().iter().flat_map(|topic| topic.partitions());
        let lacking = partitions.filter(|p| p.leader() < 0 || p.isr().len() < p.replicas().len()).count();
        (lacking > 0).then(|| format!("{} sees {lacking} partitions without leader or full ISR", self.name))
    }

    /// What this broker finds missing of the broker `id`: its registration, or replicas in sync.
    pub fn missing_of(&self, id: i32) -> Option<String> {
        let metadata = match self.metadata() {
            Ok(metadata) => metadata,
            Err(error) => return Some(format!("{} does not answer: {error}", self.name)),
        };
        if !metadata.brokers().iter().any(|present| present.id() == id) {
            return Some(format!("{} does not see broker {id}", self.name));
        }
        let partitions = metadata.topics().iter().flat_map(|topic| topic.partitions());
        let behind = partitions.filter(|p| p.replicas().contains(&id) && !p.isr().contains(&id)).count();
        (behind > 0).then(|| format!("{} sees {behind} replicas of broker {id} out of sync", self.name))
    }
}

/// Waits until every broker of the cluster answers, sees all others, and every replica is in sync.
pub fn wait_until_whole(reach: Reach<'_>, cluster: &'static Cluster, at_most: Duration) -> Result<()> {
    let ids: BTreeSet<i32> = cluster.brokers().map(|broker| i32::from(broker.id)).collect();
    let views: Vec<View> = cluster.brokers().map(|broker| View::of(reach, broker)).collect::<Result<_>>()?;
    until_nothing(at_most, || Ok(views.iter().find_map(|view| view.missing(&ids))))
        .with_context(|| format!("{} is not whole", cluster.name))
}

/// Creates those of the topics that are not there.
pub fn create_topics(reach: Reach<'_>, cluster: &'static Cluster, topics: &[&Topic]) -> Result<()> {
    let factor = cluster.replication_factor();
    let topics: Vec<NewTopic<'_>> = topics
        .iter()
        .map(|topic| {
            let new = NewTopic::new(topic.name, topic.partitions, TopicReplication::Fixed(factor));
            topic.configs.iter().fold(new, |new, (key, value)| new.set(key, value))
        })
        .collect();
    Admin::of(reach, cluster)?.create(&topics)
}

/// Creates topics of this shape at replication factor 1, in batches.
pub fn create_single(
    reach: Reach<'_>,
    cluster: &'static Cluster,
    names: &[String],
    partitions: i32,
) -> Result<()> {
    let admin = Admin::of(reach, cluster)?;
    for batch in names.chunks(BATCH) {
        let new = |name| {
            NewTopic::new(name, partitions, TopicReplication::Fixed(1)).set("min.insync.replicas", "1")
        };
        admin.create(&batch.iter().map(|name| new(name)).collect::<Vec<_>>())?;
    }
    Ok(())
}

/// Deletes those of the topics that are there, in batches.
pub fn delete_topics(reach: Reach<'_>, cluster: &'static Cluster, names: &[String]) -> Result<()> {
    let admin = Admin::of(reach, cluster)?;
    for batch in names.chunks(BATCH) {
        let batch: Vec<&str> = batch.iter().map(String::as_str).collect();
        let results =
            now(admin.client.delete_topics(&batch, &admin.options))?.context("could not delete topics")?;
        refuse(results, RDKafkaErrorCode::UnknownTopicOrPartition)?;
    }
    Ok(())
}

struct Admin {
    client: AdminClient<DefaultClientContext>,
    options: AdminOptions,
}

impl Admin {
    fn of(reach: Reach<'_>, cluster: &'static Cluster) -> Result<Self> {
        let login = Login::admin(reach.places, cluster)?;
        let client = client(&cluster.bootstrap(reach.ports), &login).create()?;
        let options = AdminOptions::new().request_timeout(Some(CHANGE)).operation_timeout(Some(CHANGE));
        Ok(Self { client, options })
    }

    fn create(&self, topics: &[NewTopic<'_>]) -> Result<()> {
        let results =
            now(self.client.create_topics(topics, &self.options))?.context("could not create topics")?;
        refuse(results, RDKafkaErrorCode::TopicAlreadyExists)
    }
}

/// An error if any topic failed for another reason than that it is already as wanted.
fn refuse(results: Vec<TopicResult>, harmless: RDKafkaErrorCode) -> Result<()> {
    for result in results {
        match result {
            Ok(_) => {}
            Err((_, code)) if code == harmless => {}
            Err((topic, code)) => bail!("Kafka refused to change {topic}: {code}"),
        }
    }
    Ok(())
}

/// Waits for a client's answer where there is no runtime.
pub fn now<F: Future>(future: F) -> Result<F::Output> {
    Ok(tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(future))
}
