//! Clients of tests' own, as librdkafka makes them: quicker than Kafka's tools. They log in as the fleet's administrator.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
    time::Duration,
};

use futures::executor::block_on;
use rdkafka::{
    ClientConfig, Offset, TopicPartitionList,
    admin::{AdminClient, AdminOptions, NewTopic, TopicReplication},
    client::DefaultClientContext,
    consumer::{BaseConsumer, CommitMode, Consumer, ConsumerGroupMetadata},
    producer::{BaseProducer, BaseRecord, Producer},
};
use secrecy::ExposeSecret;

use super::{fleet::Target, wait_until};

pub const SOON: Duration = Duration::from_secs(30);

/// An offset for a partition of a topic.
pub type Place<'a> = (&'a str, i32, i64);

/// How an administrator reaches a cluster.
pub fn client(target: &Target) -> ClientConfig {
    let mut client = ClientConfig::new();
    client.set("bootstrap.servers", &target.bootstrap);
    let security = target.as_admin();
    for (name, value) in security.librdkafka() {
        client.set(name, value.expose_secret());
    }
    client
}

pub fn admin(target: &Target) -> AdminClient<DefaultClientContext> {
    client(target).create().unwrap()
}

/// Creates a topic of one replica, once there is none of that name any more.
pub async fn create_topic(target: &Target, topic: &str, partitions: i32) {
    let topic = NewTopic::new(topic, partitions, TopicReplication::Fixed(1));
    let (admin, options) = (admin(target), AdminOptions::new());
    wait_until(&format!("{topic:?} is created"), SOON, async || {
        let told = admin.create_topics([&topic], &options).await.unwrap();
        told.into_iter().next().unwrap().map_err(|error| format!("{error:?}"))
    })
    .await;
}

/// Deletes a topic, if it is there.
pub fn delete_topic(target: &Target, topic: &str) {
    drop(block_on(admin(target).delete_topics(&[topic], &AdminOptions::new())));
}

/// Deletes groups, if they are there.
pub fn delete_groups(target: &Target, groups: &[&str]) {
    drop(block_on(admin(target).delete_groups(groups, &AdminOptions::new())));
}

/// Writes records to a partition.
pub fn produce(target: &Target, topic: &str, partition: i32, records: usize) {
    let producer: BaseProducer = client(target).create().unwrap();
    for _ in 0..records {
        producer.send(BaseRecord::<(), str>::to(topic).partition(partition).payload("a record")).unwrap();
    }
    producer.flush(SOON).unwrap();
}

/// The log end of a partition.
pub fn log_end(target: &Target, topic: &str, partition: i32) -> i64 {
    let consumer: BaseConsumer = client(target).create().unwrap();
    consumer.fetch_watermarks(topic, partition, SOON).unwrap().1
}

/// Writes records to a partition in a transaction, and commits or aborts it.
pub fn transact(target: &Target, topic: &str, partition: i32, records: usize, is_committed: bool) {
    let transaction = OpenTransaction::write(target, topic, partition, records);
    if is_committed { transaction.commit() } else { transaction.abort() }
}

/// Deletes the records of a partition before an offset.
pub fn delete_records(target: &Target, topic: &str, partition: i32, before: i64) {
    let deleting = places(&[(topic, partition, before)]);
    block_on(admin(target).delete_records(&deleting, &AdminOptions::new())).unwrap();
}

fn places(offsets: &[Place<'_>]) -> TopicPartitionList {
    let mut list = TopicPartitionList::new();
    for (topic, partition, offset) in offsets {
        list.add_partition_offset(topic, *partition, Offset::Offset(*offset)).unwrap();
    }
    list
}

/// Commits for a group without members.
pub async fn commit(target: &Target, group: &str, offsets: &[Place<'_>]) {
    let consumer = consumer(target, group);
    wait_until(&format!("{group} has committed"), SOON, async || {
        let committed = tokio::task::block_in_place(|| consumer.commit(&places(offsets), CommitMode::Sync));
        committed.map_err(|error| error.to_string())
    })
    .await;
}

fn consumer(target: &Target, group: &str) -> BaseConsumer {
    client(target).set("group.id", group).set("enable.auto.commit", "false").create().unwrap()
}

/// A member of a group that reads and never commits; it leaves the group when dropped.
pub struct Member {
    stop: Arc<AtomicBool>,
    reading: Option<JoinHandle<()>>,
}

impl Member {
    /// Starts it, under one of the protocols that `group.protocol` names.
    pub fn start(target: &Target, group: &str, topic: &str, protocol: &str) -> Self {
        let consumer: BaseConsumer = client(target)
            .set("group.id", group)
            .set("client.id", format!("member-of-{group}"))
            .set("group.protocol", protocol)
            .set("enable.auto.commit", "false")
            .create()
            .unwrap();
        consumer.subscribe(&[topic]).unwrap();
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = stop.clone();
        let reading = std::thread::spawn(move || {
            while !stopped.load(Ordering::Relaxed) {
                drop(consumer.poll(Duration::from_millis(50)));
            }
        });
        Self { stop, reading: Some(reading) }
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        drop(self.reading.take().map(JoinHandle::join));
    }
}

/// A transaction that is still open.
pub struct OpenTransaction(BaseProducer);

impl OpenTransaction {
    fn open(target: &Target, id: String) -> BaseProducer {
        let mut config = client(target);
        config.set("transactional.id", id).set("transaction.timeout.ms", "180000");
        let producer: BaseProducer = config.create().unwrap();
        producer.init_transactions(SOON).unwrap();
        producer.begin_transaction().unwrap();
        producer
    }

    /// One that has written records to a partition.
    pub fn write(target: &Target, topic: &str, partition: i32, records: usize) -> Self {
        let producer = Self::open(target, format!("writer of {topic}"));
        for _ in 0..records {
            let record = BaseRecord::<(), str>::to(topic).partition(partition);
            producer.send(record.payload("a record")).unwrap();
        }
        producer.flush(SOON).unwrap();
        Self(producer)
    }

    /// One that has committed offsets of a group.
    pub fn begin(target: &Target, group: &str, offsets: &[Place<'_>]) -> Self {
        let producer = Self::open(target, format!("transaction of {group}"));
        let of_group: ConsumerGroupMetadata = consumer(target, group).group_metadata().unwrap();
        producer.send_offsets_to_transaction(&places(offsets), &of_group, SOON).unwrap();
        Self(producer)
    }

    /// What it committed counts.
    pub fn commit(self) {
        self.0.commit_transaction(SOON).unwrap();
    }

    /// What it committed never was.
    pub fn abort(self) {
        self.0.abort_transaction(SOON).unwrap();
    }
}
