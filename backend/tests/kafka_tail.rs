//! The tail against real brokers: every record, once and in order, from wherever it is asked to begin.
//!
//! It reads topics of the test's own, as the administrator: Riverkeeper itself may not read records there, and one
//! test sees what it is told then.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends where something is amiss")]

mod support;

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
    time::Duration,
};

use backend::{
    kafka::{
        ErrorCode, Gateway, Security, Settings,
        read::{Receive, Start, Tail, TailError, TailEvent, TailRecord, Tailed},
    },
    runtime::Clock,
};
use rdkafka::{
    ClientConfig,
    producer::{BaseProducer, BaseRecord, Producer},
};
use secrecy::ExposeSecret;
use support::{
    fleet::{Target, named},
    so, wait_until,
};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

const SOON: Duration = Duration::from_secs(30);
const PARTITIONS: i32 = 3;

/// A topic of the test's own, deleted when dropped.
struct Topic {
    target: Target,
    name: String,
}

impl Topic {
    fn create(target: Target, kind: &str) -> Self {
        let topic = Self { target, name: format!("tail-{kind}-{}", std::process::id()) };
        topic.target.create_topic(&topic.name, "1,1,1");
        topic
    }

    fn producer(&self, more: &[(&str, &str)]) -> BaseProducer {
        let mut config = ClientConfig::new();
        config.set("bootstrap.servers", &self.target.bootstrap).set("linger.ms", "0");
        for (name, value) in self.target.as_admin().librdkafka() {
            config.set(name, value.expose_secret());
        }
        more.iter().for_each(|(name, value)| drop(config.set(*name, *value).clone()));
        config.create().unwrap()
    }

    /// Sends records to every partition; what they say is their number.
    fn send(&self, producer: &BaseProducer, numbers: std::ops::Range<usize>) {
        for partition in 0..PARTITIONS {
            for number in numbers.clone() {
                let (key, value) = (format!("key {number}"), number.to_string());
                let record = BaseRecord::to(&self.name).partition(partition).key(&key).payload(&value);
                producer.send(record).unwrap_or_else(|(error, _)| panic!("{error}"));
            }
        }
        producer.flush(SOON).unwrap();
    }

    fn produce(&self, numbers: std::ops::Range<usize>) {
        self.send(&self.producer(&[]), numbers);
    }

    fn tail(&self, start: Start, kept: &Kept, stop: &CancellationToken) -> Tail {
        let starts: Vec<_> = (0..PARTITIONS).map(|partition| (partition, start)).collect();
        let tailed = Tailed { topic: &self.name, starts: &starts };
        let gateway = gateway(&self.target, self.target.as_admin());
        Tail::start(&gateway, Clock::system(), &[tailed], stop, kept.clone()).unwrap()
    }
}

impl Drop for Topic {
    fn drop(&mut self) {
        self.target.delete_topic(&self.name);
    }
}

fn gateway(target: &Target, security: Security) -> Gateway {
    let bootstrap = target.bootstrap.split(',').map(|at| at.parse().unwrap()).collect();
    Gateway::new(Settings { security, ..Settings::new(&target.name, bootstrap) })
}

/// What a tail has handed over.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<What>>);

#[derive(Default)]
struct What {
    /// Partition, offset, key, value.
    records: Vec<(i32, i64, String, String)>,
    /// The topic of each.
    topics: Vec<String>,
    events: Vec<TailEvent>,
    pauses: usize,
}

impl Receive for Kept {
    fn record(&mut self, record: &TailRecord<'_>) {
        assert!(record.timestamp_ms.is_some_and(|at| at > 1_700_000_000_000), "{record:?}");
        let text = |bytes: Option<&[u8]>| String::from_utf8(bytes.unwrap_or_default().to_vec()).unwrap();
        let row = (record.partition, record.offset, text(record.key), text(record.value));
        let mut what = self.0.lock().unwrap();
        what.topics.push(record.topic.to_owned());
        what.records.push(row);
    }

    fn event(&mut self, event: TailEvent) {
        self.0.lock().unwrap().events.push(event);
    }

    fn pause(&mut self) {
        self.0.lock().unwrap().pauses += 1;
    }
}

impl Kept {
    /// The values of a partition, in the order in which they came.
    fn values(&self, partition: i32) -> Vec<usize> {
        let what = self.0.lock().unwrap();
        let of_it = what.records.iter().filter(|row| row.0 == partition);
        of_it.map(|row| row.3.parse().unwrap()).collect()
    }

    /// Those of one topic.
    fn values_of(&self, topic: &Topic, partition: i32) -> Vec<usize> {
        let what = self.0.lock().unwrap();
        let of_it = what.topics.iter().zip(&what.records);
        let of_it = of_it.filter(|(name, row)| **name == topic.name && row.0 == partition);
        of_it.map(|(_, row)| row.3.parse().unwrap()).collect()
    }

    fn events(&self) -> Vec<TailEvent> {
        self.0.lock().unwrap().events.clone()
    }

    /// The newest end of a partition: where it is, and the high watermark.
    fn end(&self, partition: i32) -> Option<(i64, i64)> {
        self.events().iter().rev().find_map(|event| match event {
            TailEvent::End { partition: of, offset, high_watermark, .. } if *of == partition => {
                Some((offset.unwrap(), high_watermark.unwrap()))
            }
            _ => None,
        })
    }

    /// Every end of a topic that was told: its partition, and where it is.
    fn ends_of(&self, topic: &Topic) -> BTreeSet<(i32, i64)> {
        let of_it = |event: TailEvent| match event {
            TailEvent::End { topic: of, partition, offset, .. } if *of == *topic.name => {
                Some((partition, offset.unwrap()))
            }
            _ => None,
        };
        self.events().into_iter().filter_map(of_it).collect()
    }

    async fn until_values_are(&self, numbers: std::ops::Range<usize>) {
        let expected: Vec<usize> = numbers.collect();
        for partition in 0..PARTITIONS {
            let what = format!("{} records came of partition {partition}", expected.len());
            wait_until(&what, SOON, async || so(self.values(partition), |values| *values == expected)).await;
        }
    }

    async fn until_ended(&self) {
        let all = |ends: &Vec<Option<(i64, i64)>>| ends.iter().all(Option::is_some);
        let ends = async || so((0..PARTITIONS).map(|partition| self.end(partition)).collect(), all);
        wait_until("every partition tells its end", SOON, ends).await;
    }
}

/// Stops a tail, in time.
async fn stop(mut tail: Tail, stop: &CancellationToken, kept: &Kept) {
    let started = Instant::now();
    stop.cancel();
    assert_eq!(tail.ended().await, Ok(()));
    let took = started.elapsed();
    println!("stopped within {took:?}");
    assert!(took < Duration::from_secs(5), "{took:?}");
    assert_eq!(Arc::strong_count(&kept.0), 1, "what it kept is ours again");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_record_comes_in_order_from_the_beginning_and_on() {
    for cluster in ["east", "west", "aggregate"] {
        let topic = Topic::create(named(cluster), "beginning");
        topic.produce(0..500);
        let (kept, token) = (Kept::default(), CancellationToken::new());
        let tail = topic.tail(Start::Beginning, &kept, &token);
        kept.until_values_are(0..500).await;
        topic.produce(500..600);
        kept.until_values_are(0..600).await;
        for partition in 0..PARTITIONS {
            let at_end = async || so(kept.end(partition), |end| *end == Some((600, 600)));
            wait_until("the end is told", SOON, at_end).await;
            assert_eq!(tail.position(&topic.name, partition), Some(600));
        }
        let at = |partition| (Arc::from(&*topic.name), partition, 600);
        assert_eq!(tail.positions(), [at(0), at(1), at(2)]);
        let offsets: Vec<i64> =
            kept.0.lock().unwrap().records.iter().filter(|row| row.0 == 1).map(|row| row.1).collect();
        assert_eq!(offsets, (0..600).collect::<Vec<i64>>());
        let troubles = kept.events().into_iter().filter(|event| !matches!(event, TailEvent::End { .. }));
        assert_eq!(troubles.collect::<Vec<_>>(), [], "{cluster}");
        stop(tail, &token, &kept).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn from_the_end_only_what_is_new_comes() {
    for cluster in ["east", "west", "aggregate"] {
        let topic = Topic::create(named(cluster), "end");
        topic.produce(0..50);
        let (kept, token) = (Kept::default(), CancellationToken::new());
        let tail = topic.tail(Start::End, &kept, &token);
        kept.until_ended().await;
        assert_eq!((tail.position(&topic.name, 0), kept.end(0)), (Some(50), Some((50, 50))));
        topic.produce(50..80);
        kept.until_values_are(50..80).await;
        stop(tail, &token, &kept).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_offset_is_where_it_begins_and_one_that_is_not_there_is_told() {
    let topic = Topic::create(named("aggregate"), "offset");
    topic.produce(0..50);
    let (kept, token) = (Kept::default(), CancellationToken::new());
    let tail = topic.tail(Start::At(30), &kept, &token);
    kept.until_values_are(30..50).await;
    stop(tail, &token, &kept).await;

    let (kept, token) = (Kept::default(), CancellationToken::new());
    let tail = topic.tail(Start::At(1_000), &kept, &token);
    kept.until_values_are(0..50).await;
    let (name, expected) = (Arc::from(&*topic.name), 1_000);
    let backwards = TailEvent::Backwards { topic: name, partition: 2, expected, offset: 0 };
    assert!(kept.events().contains(&backwards), "{:?}", kept.events());
    stop(tail, &token, &kept).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_transaction_holds_its_partition_and_an_aborted_one_is_not_seen() {
    let topic = Topic::create(named("east"), "transaction");
    topic.produce(0..10);
    let producer = topic.producer(&[("transactional.id", &topic.name)]);
    let (kept, token) = (Kept::default(), CancellationToken::new());
    let tail = topic.tail(Start::Beginning, &kept, &token);
    producer.init_transactions(SOON).unwrap();

    producer.begin_transaction().unwrap();
    topic.send(&producer, 90..95);
    producer.abort_transaction(SOON).unwrap();
    let behind_aborted = async || so(kept.end(0), |end| *end == Some((16, 16)));
    wait_until("the end is behind what was aborted", SOON, behind_aborted).await;
    assert_eq!(tail.position(&topic.name, 0), Some(16));

    producer.begin_transaction().unwrap();
    topic.send(&producer, 10..15);
    topic.produce(15..20);
    kept.until_values_are(0..10).await;
    // One that begins now sees how far the high watermark is beyond what is stable.
    let (other, other_token) = (Kept::default(), CancellationToken::new());
    let other_tail = topic.tail(Start::End, &other, &other_token);
    let held = async || so(other.end(0), |end| *end == Some((16, 26)));
    wait_until("the partition is held", SOON, held).await;
    stop(other_tail, &other_token, &other).await;

    producer.commit_transaction(SOON).unwrap();
    kept.until_values_are(0..20).await;
    stop(tail, &token, &kept).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_topics_of_equal_partitions_are_read_beside_each_other() {
    for cluster in ["east", "west", "aggregate"] {
        let (long, short) = (Topic::create(named(cluster), "long"), Topic::create(named(cluster), "short"));
        long.produce(0..300);
        short.produce(0..20);
        let starts: Vec<_> = (0..PARTITIONS).map(|partition| (partition, Start::Beginning)).collect();
        let tailed = [&long, &short].map(|topic| Tailed { topic: &topic.name, starts: &starts });
        let (kept, token) = (Kept::default(), CancellationToken::new());
        let gateway = gateway(&long.target, long.target.as_admin());
        let tail = Tail::start(&gateway, Clock::system(), &tailed, &token, kept.clone()).unwrap();
        until_both_end(&kept, [(&long, 300), (&short, 20)]).await;
        short.produce(20..45);
        until_both_end(&kept, [(&long, 300), (&short, 45)]).await;
        for (topic, count) in [(&long, 300), (&short, 45)] {
            for partition in 0..PARTITIONS {
                assert_eq!(kept.values_of(topic, partition), (0..count).collect::<Vec<_>>());
                assert_eq!(tail.position(&topic.name, partition), Some(count as i64));
            }
        }
        // No end of one topic was told of the other.
        assert_eq!(kept.ends_of(&long), (0..PARTITIONS).map(|partition| (partition, 300)).collect());
        assert!(kept.ends_of(&short).iter().all(|(_, end)| *end <= 45), "{:?}", kept.events());
        assert_eq!(tail.positions().len(), 6);
        let troubles = kept.events().into_iter().filter(|event| !matches!(event, TailEvent::End { .. }));
        assert_eq!(troubles.collect::<Vec<_>>(), [], "{cluster}");
        stop(tail, &token, &kept).await;
    }
}

async fn until_both_end(kept: &Kept, topics: [(&Topic, i64); 2]) {
    for (topic, end) in topics {
        let all: BTreeSet<_> = (0..PARTITIONS).map(|partition| (partition, end)).collect();
        let ends = async || so(kept.ends_of(topic), |ends| ends.is_superset(&all));
        wait_until("every partition tells the end of its topic", SOON, ends).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trouble_of_one_topic_is_told_of_it_and_the_other_is_read() {
    let topic = Topic::create(named("east"), "beside");
    topic.produce(0..5);
    let gateway = gateway(&topic.target, topic.target.as_admin());
    let starts: Vec<_> = (0..PARTITIONS).map(|partition| (partition, Start::Beginning)).collect();
    let tailed = ["tail-nowhere", &topic.name].map(|topic| Tailed { topic, starts: &starts });
    let (kept, token) = (Kept::default(), CancellationToken::new());
    let tail = Tail::start(&gateway, Clock::system(), &tailed, &token, kept.clone()).unwrap();
    kept.until_values_are(0..5).await;
    let is_it = |event: &TailEvent| matches!(event, TailEvent::Trouble(it) if it.topic.as_deref() == Some("tail-nowhere") && it.partition == Some(0));
    wait_until("it says so", SOON, async || so(kept.events(), |events| events.iter().any(is_it))).await;
    println!("{:?}", kept.events());
    stop(tail, &token, &kept).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_right_to_read_it_says_which_one_is_missing() {
    let topic = Topic::create(named("east"), "rights");
    topic.produce(0..5);
    let riverkeeper = gateway(&topic.target, topic.target.config().security);
    let (kept, token) = (Kept::default(), CancellationToken::new());
    let tailed = Tailed { topic: &topic.name, starts: &[(0, Start::Beginning)] };
    let tail = Tail::start(&riverkeeper, Clock::system(), &[tailed], &token, kept.clone()).unwrap();
    wait_until("it says so", SOON, async || so(kept.events(), |events| !events.is_empty())).await;
    let events = kept.events();
    println!("{events:?}");
    let [TailEvent::Trouble(trouble)] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!(trouble.code, Some(ErrorCode::TOPIC_AUTHORIZATION_FAILED));
    assert!(trouble.sentence.contains(&format!("--operation Read --topic {}", topic.name)));
    stop(tail, &token, &kept).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_topic_or_partition_that_is_not_there_is_told() {
    let target = named("aggregate");
    let gateway = gateway(&target, target.as_admin());
    for (topic, partition) in [("tail-nowhere", 0), ("__consumer_offsets", 5_000)] {
        let (kept, token) = (Kept::default(), CancellationToken::new());
        let tailed = Tailed { topic, starts: &[(partition, Start::End)] };
        let tail = Tail::start(&gateway, Clock::system(), &[tailed], &token, kept.clone()).unwrap();
        let troubled = |events: &Vec<TailEvent>| {
            let is_it = |event: &TailEvent| matches!(event, TailEvent::Trouble(it) if it.partition == Some(partition));
            events.iter().any(is_it)
        };
        wait_until("it says so", SOON, async || so(kept.events(), troubled)).await;
        println!("{:?}", kept.events());
        stop(tail, &token, &kept).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_that_is_not_there_is_told_and_left_at_once() {
    let nowhere = Gateway::new(Settings::new("nowhere", vec!["127.0.0.1:1".parse().unwrap()]));
    let (kept, token) = (Kept::default(), CancellationToken::new());
    let tailed = Tailed { topic: "orders", starts: &[(0, Start::End)] };
    let tail = Tail::start(&nowhere, Clock::system(), &[tailed], &token, kept.clone()).unwrap();
    wait_until("it says so", SOON, async || so(kept.events(), |events| !events.is_empty())).await;
    println!("{:?}", kept.events());
    let pauses = kept.0.lock().unwrap().pauses;
    assert!(pauses > 0, "it goes on");
    stop(tail, &token, &kept).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tail_that_is_dropped_stops_and_one_whose_receiver_fails_says_so() {
    struct Fails;
    impl Receive for Fails {
        fn record(&mut self, _: &TailRecord<'_>) {}
        fn event(&mut self, _: TailEvent) {
            panic!("as the test wants it");
        }
    }
    let target = named("aggregate");
    let gateway = gateway(&target, target.as_admin());
    let tailed = Tailed { topic: "__consumer_offsets", starts: &[(0, Start::End)] };
    let token = CancellationToken::new();
    let mut fails = Tail::start(&gateway, Clock::system(), &[tailed], &token, Fails).unwrap();
    assert_eq!(fails.ended().await, Err(TailError::Panicked));

    let kept = Kept::default();
    drop(Tail::start(&gateway, Clock::system(), &[tailed], &token, kept.clone()).unwrap());
    let is_ours = async || so(Arc::strong_count(&kept.0), |count| *count == 1);
    wait_until("its thread has ended", Duration::from_secs(10), is_ours).await;
    assert!(!token.is_cancelled());
}
