//! Whether a broker may be restarted, held against what happens when it is killed.
//!
//! What is true is asked of Kafka in two ways that share nothing with how Riverkeeper comes to its verdict: a producer
//! writes with acks=all to every partition and sees which writes are refused, and Kafka's own tool lists what is under
//! min ISR. Each broker of east is killed in turn; its verdict from before must be what became of the writes.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends where something is amiss")]

mod support;

use std::{collections::BTreeMap, time::Duration};

use rdkafka::{
    ClientConfig,
    producer::{FutureProducer, FutureRecord},
};
use shared::inventory::{Blocker, Restart, RestartVerdict, RestartVerdicts};
use support::{
    Served, config,
    fleet::{Target, named},
    so, wait_until,
};

const BROKERS: [i32; 3] = [1, 2, 3];
/// A broker is missed after its session of 9 s, and after 13 s when it was the active controller.
const MISSED: Duration = Duration::from_secs(60);
/// The partitions of a topic, on all three brokers, each leads two.
const ASSIGNMENT: &str = "1:2:3,2:3:1,3:1:2,1:3:2,2:1:3,3:2:1";
const PARTITIONS: i32 = 6;

/// Two topics: one that bears the loss of a broker, and one that does not.
struct Topics {
    target: Target,
    usual: String,
    strict: String,
}

impl Topics {
    fn create(target: &Target) -> Self {
        let name = |kind: &str| format!("restart-{kind}-{}", std::process::id());
        let topics = Self { target: target.clone(), usual: name("usual"), strict: name("strict") };
        topics.create_one(&topics.usual, 2);
        topics
    }

    fn create_one(&self, topic: &str, min_isr: u16) {
        self.target.create_topic(topic, ASSIGNMENT);
        self.target.set_config(topic, &format!("min.insync.replicas={min_isr}"));
    }
}

impl Drop for Topics {
    fn drop(&mut self) {
        let told = self.target.describe(&[]);
        for topic in [&self.usual, &self.strict] {
            if told.iter().any(|row| row.topic == *topic) {
                self.target.delete_topic(topic);
            }
        }
    }
}

/// Writes to every partition of a topic as an application would that must not lose anything; how many were accepted.
async fn accepted(target: &Target, topic: &str) -> usize {
    let mut client = ClientConfig::new();
    client.set("bootstrap.servers", &target.bootstrap).set("acks", "all");
    client.set("message.timeout.ms", "12000").set("request.timeout.ms", "4000").set("retries", "20");
    for line in std::fs::read_to_string(target.properties.as_ref().unwrap()).unwrap().lines() {
        let (key, value) = line.split_once('=').unwrap();
        match key {
            "security.protocol" => drop(client.set(key, value)),
            "sasl.mechanism" => drop(client.set("sasl.mechanisms", value)),
            "sasl.jaas.config" => {
                let word = |name: &str| value.split(&format!("{name}=\"")).nth(1)?.split('"').next();
                client.set("sasl.username", word("username").unwrap());
                client.set("sasl.password", word("password").unwrap());
            }
            _ => {}
        }
    }
    let producer: FutureProducer = client.create().unwrap();
    let write = |partition| {
        let producer = producer.clone();
        async move {
            let record = FutureRecord::<str, str>::to(topic).partition(partition).payload("a record");
            producer.send(record, Duration::from_secs(12)).await.is_ok()
        }
    };
    let writes = futures::future::join_all((0..PARTITIONS).map(write)).await;
    writes.into_iter().filter(|accepted| *accepted).count()
}

/// How many partitions of some topics are under min ISR, by Kafka's tool.
async fn under_min_isr(target: &Target, topics: &[&str]) -> BTreeMap<String, usize> {
    let target = target.clone();
    let told = tokio::task::spawn_blocking(move || target.describe(&["--under-min-isr-partitions"])).await;
    let told = told.unwrap();
    let count = |topic: &str| told.iter().filter(|row| row.topic == topic).count();
    topics.iter().map(|topic| ((*topic).to_owned(), count(topic))).collect()
}

async fn verdicts(served: &Served) -> Vec<RestartVerdict> {
    let page: RestartVerdicts = served.view("/api/v1/clusters/east/restart-verdicts").await;
    page.restart_verdicts
}

fn rules(verdict: &RestartVerdict) -> Vec<&str> {
    verdict.blockers.iter().map(|blocker| blocker.rule.as_str()).collect()
}

async fn wait_until_all_are(served: &Served, word: Restart) -> Vec<RestartVerdict> {
    wait_until(&format!("every broker of east is {word:?}"), MISSED, async || {
        let is_so = |all: &Vec<RestartVerdict>| all.len() == 3 && all.iter().all(|it| it.verdict == word);
        so(verdicts(served).await, is_so)
    })
    .await
}

/// What is said of the two that are left, once it is seen that one is down.
async fn wait_until_missed(served: &Served, down: i32) -> Vec<RestartVerdict> {
    wait_until(&format!("broker {down} is missed"), MISSED, async || {
        let is_so = |all: &Vec<RestartVerdict>| {
            all.iter().all(|it| match it.broker_id == down {
                true => it.verdict == Restart::Unknown && rules(it) == ["down"],
                false => it.verdict == Restart::Unsafe && rules(it).contains(&"min_isr"),
            })
        };
        so(verdicts(served).await, is_so)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_verdict_is_what_killing_the_broker_does_to_writes() {
    let east = named("east");
    let mut broken = east.alone();
    let topics = Topics::create(&east);
    let served = Served::start(&config([east.config()])).await;
    served.read_once().await;

    // Each broker is said to be safe, and is: nothing is under min ISR without it, and every write is accepted.
    for (turn, broker_id) in BROKERS.into_iter().enumerate() {
        wait_until_all_are(&served, Restart::Safe).await;
        broken.kill(broker_id);
        let left = wait_until_missed(&served, broker_id).await;
        let usual = [&*topics.usual];
        let writes = accepted(&east, &topics.usual).await;
        let under = under_min_isr(&east, &usual).await;
        assert_eq!((writes, under[&topics.usual]), (PARTITIONS as usize, 0), "without broker {broker_id}");

        // The two that are left are said to be unsafe, and are: a second one gone refuses writes.
        if turn == 0 {
            for verdict in left.iter().filter(|it| it.broker_id != broker_id) {
                let is_about_writes =
                    |it: &Blocker| it.rule == "min_isr" && it.partition_count >= Some(PARTITIONS as u32);
                assert!(verdict.blockers.iter().any(is_about_writes), "{verdict:?}");
            }
            broken.kill(2);
            assert_eq!(accepted(&east, &topics.usual).await, 0, "without two brokers");
        }
        broken.resume();
    }

    // A topic that bears no loss makes each of them unsafe, names itself, and its writes are refused without one.
    wait_until_all_are(&served, Restart::Safe).await;
    topics.create_one(&topics.strict, 3);
    assert_eq!(accepted(&east, &topics.strict).await, PARTITIONS as usize);
    let unsafe_by_one = wait_until("every broker of east is unsafe by one rule", MISSED, async || {
        let is_so = |it: &RestartVerdict| it.verdict == Restart::Unsafe && it.blockers.len() == 1;
        so(verdicts(&served).await, |all| all.len() == 3 && all.iter().all(is_so))
    })
    .await;
    for verdict in unsafe_by_one {
        let [blocker] = verdict.blockers.as_slice() else { panic!("{verdict:?}") };
        assert_eq!((blocker.rule.as_str(), blocker.partition_count), ("min_isr", Some(PARTITIONS as u32)));
        assert!(blocker.partitions.iter().all(|partition| partition.topic == topics.strict), "{blocker:?}");
        assert!(blocker.sentence.contains("no more replicas than min.insync.replicas"), "{blocker:?}");
    }
    broken.kill(3);
    wait_until_missed(&served, 3).await;
    let both = [&*topics.usual, &*topics.strict];
    let (usual, strict) = tokio::join!(accepted(&east, &topics.usual), accepted(&east, &topics.strict));
    let under = under_min_isr(&east, &both).await;
    assert_eq!((usual, strict), (PARTITIONS as usize, 0));
    assert_eq!((under[&topics.usual], under[&topics.strict]), (0, PARTITIONS as usize));
    broken.resume();
    wait_until_all_are(&served, Restart::Unsafe).await;
    east.delete_topic(&topics.strict);
    wait_until_all_are(&served, Restart::Safe).await;
}
