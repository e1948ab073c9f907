//! What real groups write into `__consumer_offsets`, of both protocols, is tailed and read.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends where something is amiss")]

mod support;

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use backend::{
    kafka::{
        Gateway, Settings,
        offsets_topic::{
            ClassicMember, GroupType, OffsetsRecord, TopicIdPartitions, TopicPartitions, decode,
        },
        read::{self, Receive, Start, Tail, TailEvent, TailRecord, Tailed},
    },
    runtime::Clock,
};
use rdkafka::{
    ClientConfig, Offset, TopicPartitionList,
    consumer::{BaseConsumer, CommitMode, Consumer},
};
use secrecy::ExposeSecret;
use support::{
    fleet::{Target, named},
    so, wait_until,
};
use tokio_util::sync::CancellationToken;

const SOON: Duration = Duration::from_secs(60);
const OFFSETS: &str = "__consumer_offsets";
const CLIENT_ID: &str = "offsets-topic-test";

/// What was read, each as words of one line.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<String>>>);

impl Receive for Lines {
    fn record(&mut self, record: &TailRecord<'_>) {
        let line = match decode(record.key.unwrap_or_default(), record.value) {
            Ok(read) => words(&read),
            Err(fault) => format!("fault: {fault} in {record:?}"),
        };
        self.0.lock().unwrap().push(line);
    }

    fn event(&mut self, event: TailEvent) {
        if !matches!(event, TailEvent::End { .. }) {
            self.0.lock().unwrap().push(format!("{event:?}"));
        }
    }
}

fn words(record: &OffsetsRecord<'_>) -> String {
    match record {
        OffsetsRecord::OffsetCommit(commit) => {
            format!("{} commits {} {} {}", commit.group, commit.topic, commit.partition, commit.offset)
        }
        OffsetsRecord::ClassicGroup(group) => {
            let member = |member: &ClassicMember<'_>| {
                let of = |topic: &TopicPartitions<'_>| {
                    format!("{} {:?}", topic.topic, topic.partitions.iter().collect::<Vec<_>>())
                };
                let has: Vec<String> = member.partitions.iter().map(of).collect();
                format!("{} at {} has {}", member.client_id, member.client_host, has.join(", "))
            };
            let members: Vec<String> = group.members.iter().map(member).collect();
            format!("{} of {}: {}", group.group, group.protocol_type, members.join("; "))
        }
        OffsetsRecord::ConsumerMember(member) => {
            format!("{} has member {} at {}", member.group, member.client_id, member.client_host)
        }
        OffsetsRecord::CurrentAssignment(has) => {
            let of = |topic: &TopicIdPartitions<'_>| {
                format!("{:?} {:?}", topic.topic_id, topic.partitions.iter().collect::<Vec<_>>())
            };
            let topics: Vec<String> = has.partitions.iter().map(of).collect();
            format!("{} assigns {}", has.group, topics.join(", "))
        }
        OffsetsRecord::GroupTombstone { group, group_type } => format!("{group} is gone: {group_type:?}"),
        other => format!("{other:?}"),
    }
}

impl Lines {
    async fn has(&self, wanted: &str) {
        let look = async || {
            let lines = self.0.lock().unwrap();
            let fault = lines.iter().find(|line| line.starts_with("fault") || line.starts_with("Trouble"));
            assert!(fault.is_none(), "{fault:?}");
            let group = wanted.split_whitespace().next().unwrap();
            let near: Vec<String> = lines.iter().filter(|line| line.contains(group)).cloned().collect();
            so(near, |near| near.iter().any(|line| line.contains(wanted)))
        };
        wait_until(&format!("there is “{wanted}”"), SOON, look).await;
    }
}

fn consumer(target: &Target, group: &str, protocol: &str) -> BaseConsumer {
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", &target.bootstrap).set("group.id", group).set("client.id", CLIENT_ID);
    config.set("group.protocol", protocol).set("enable.auto.commit", "false");
    for (name, value) in target.as_admin().librdkafka() {
        config.set(name, value.expose_secret());
    }
    config.create().unwrap()
}

/// A group of one member joins, commits, and leaves.
fn join_and_commit(target: &Target, group: &str, protocol: &str, topic: &str) {
    let consumer = consumer(target, group, protocol);
    consumer.subscribe(&[topic]).unwrap();
    let patience = Duration::from_millis(100);
    let is_assigned = || consumer.assignment().unwrap().count() == 3;
    let joined = (0..300).any(|_| {
        drop(consumer.poll(patience));
        is_assigned()
    });
    assert!(joined, "{group} never got its partitions");
    // The broker writes the assignment of a consumer group when the member has told that it has it.
    (0..60).for_each(|_| drop(consumer.poll(patience)));
    let mut offsets = TopicPartitionList::new();
    offsets.add_partition_offset(topic, 1, Offset::Offset(7)).unwrap();
    consumer.commit(&offsets, CommitMode::Sync).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn groups_of_both_protocols_are_read() {
    let target = named("east");
    let topic = format!("offsets-topic-{}", std::process::id());
    target.create_topic(&topic, "1:2,2:3,3:1");
    let bootstrap = target.bootstrap.split(',').map(|at| at.parse().unwrap()).collect();
    let settings = Settings { security: target.as_admin(), ..Settings::new("east", bootstrap) };
    let gateway = Gateway::new(settings);
    // The broker that is asked may hear of the topic a moment later.
    let metadata = wait_until("the topic is there", SOON, async || {
        let metadata = read::metadata(&gateway).await.map_err(|error| error.to_string())?;
        let is_there = metadata.topics.iter().any(|it| metadata.name(it) == topic);
        if is_there { Ok(metadata) } else { Err("it is not".to_owned()) }
    })
    .await;
    let found = |name: &str| metadata.topics.iter().find(|it| metadata.name(it) == name);
    let topic_id = found(&topic).unwrap().topic_id;
    let partitions = metadata.partitions_of(found(OFFSETS).unwrap());
    let starts: Vec<_> = partitions.iter().map(|row| (row.partition, Start::Beginning)).collect();
    let (lines, stop) = (Lines::default(), CancellationToken::new());
    let tailed = Tailed { topic: OFFSETS, starts: &starts };
    let _tail = Tail::start(&gateway, Clock::system(), &[tailed], &stop, lines.clone()).unwrap();

    for protocol in ["classic", "consumer"] {
        let group = format!("{topic}-{protocol}");
        let (at, of, on) = (target.clone(), group.clone(), topic.clone());
        tokio::task::spawn_blocking(move || join_and_commit(&at, &of, protocol, &on)).await.unwrap();
        lines.has(&format!("{group} commits {topic} 1 7")).await;
    }
    let classic = format!("{topic}-classic");
    lines.has(&format!("{classic} of consumer: {CLIENT_ID} at /127.0.0.1 has {topic} [0, 1, 2]")).await;
    lines.has(&format!("{topic}-consumer has member {CLIENT_ID} at /127.0.0.1")).await;
    lines.has(&format!("{topic}-consumer assigns {topic_id:?} [0, 1, 2]")).await;

    let tool = "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand";
    for (protocol, group_type) in [("classic", GroupType::Classic), ("consumer", GroupType::Consumer)] {
        let group = format!("{topic}-{protocol}");
        target.tool(tool, &["--delete", "--group", &group]);
        lines.has(&format!("{group} is gone: {group_type:?}")).await;
    }
    target.delete_topic(&topic);
    println!("{} records were read", lines.0.lock().unwrap().len());
}
