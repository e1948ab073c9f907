//! The look at partitions against real brokers: what it says waits is what a reader of committed records would be given.
//!
//! It looks at topics of the test's own, as the administrator: Riverkeeper itself may not read records there, and one
//! test sees what it is told then.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends where something is amiss")]

mod support;

use std::time::Duration;

use backend::{
    kafka::{
        ErrorCode, Gateway, Security, Settings,
        answers::{Peek, PeekQuery, Waiting},
        read,
    },
    runtime::Clock,
};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use support::{
    clients,
    fleet::{Held, Target, named},
    so, wait_until,
};

const SOON: Duration = Duration::from_secs(30);

/// A topic of the test's own, deleted when dropped, and the way to its leaders.
struct Topic {
    target: Target,
    name: String,
    gateway: Gateway,
    _held: Held,
}

impl Topic {
    /// One replica a partition.
    async fn create(cluster: &str, kind: &str, partitions: i32) -> Self {
        let target = named(cluster);
        let held = target.shared();
        let name = format!("peek-{kind}-{}", std::process::id());
        clients::create_topic(&target, &name, partitions).await;
        let gateway = gateway(&target, target.as_admin());
        Self { target, name, gateway, _held: held }
    }

    fn producer(&self, more: &[(&str, &str)]) -> BaseProducer {
        let mut config = clients::client(&self.target);
        config.set("linger.ms", "0");
        more.iter().for_each(|(name, value)| drop(config.set(*name, *value).clone()));
        config.create().unwrap()
    }

    /// A producer whose transaction has begun.
    fn transaction(&self) -> BaseProducer {
        let producer =
            self.producer(&[("transactional.id", &self.name), ("transaction.timeout.ms", "180000")]);
        producer.init_transactions(SOON).unwrap();
        producer.begin_transaction().unwrap();
        producer
    }

    /// Sends records of so many bytes to a partition.
    fn send(&self, producer: &BaseProducer, partition: i32, records: usize, bytes: usize) {
        for _ in 0..records {
            let record = BaseRecord::<(), [u8]>::to(&self.name).partition(partition);
            let payload = vec![b'x'; bytes];
            producer.send(record.payload(&payload)).unwrap_or_else(|(error, _)| panic!("{error}"));
        }
        producer.flush(SOON).unwrap();
    }

    /// Each partition's leader, once all have one.
    async fn leaders(&self) -> Vec<i32> {
        wait_until("every partition has a leader", SOON, async || {
            let metadata = read::metadata(&self.gateway).await.unwrap();
            let topic = metadata.topics.iter().find(|topic| metadata.name(topic) == self.name);
            let partitions = topic.map(|topic| metadata.partitions_of(topic)).unwrap_or_default();
            let leaders: Option<Vec<i32>> = partitions.iter().map(|row| row.leader_id).collect();
            leaders.filter(|leaders| !leaders.is_empty()).ok_or_else(|| format!("{partitions:?}"))
        })
        .await
    }

    /// Looks at (partition, offset); gives what came in the same order.
    async fn look(&self, rows: &[(i32, i64)]) -> Vec<Peek<'_>> {
        let leaders = self.leaders().await;
        let query = |(partition, offset): &(i32, i64)| {
            let leader_id = leaders[usize::try_from(*partition).unwrap()];
            PeekQuery { topic: &self.name, partition: *partition, offset: *offset, leader_id }
        };
        let queries: Vec<_> = rows.iter().map(query).collect();
        let told = read::peek(&self.gateway, &queries).await;
        assert!(told.missing.is_empty(), "{:?}", told.missing);
        let peeks: Vec<Peek<'_>> = told.answers.into_iter().flat_map(|(_, peeks)| peeks).collect();
        let find = |query: &PeekQuery<'_>| peeks.iter().find(|peek| peek.query == *query).cloned();
        queries.iter().map(|query| find(query).unwrap_or_else(|| panic!("{query:?} in {peeks:?}"))).collect()
    }

    /// What waits at offsets of partition 0, once its last stable offset is there: a transaction's end is written a
    /// moment after its producer is told.
    async fn waits(&self, stable: i64, offsets: &[i64]) -> Vec<Waiting> {
        let rows: Vec<_> = offsets.iter().map(|offset| (0, *offset)).collect();
        wait_until(&format!("{stable} is stable"), SOON, async || {
            let peeks = self.look(&rows).await;
            let is_stable = |peek: &Peek<'_>| (peek.error_code, peek.last_stable_offset) == (0, Some(stable));
            so(peeks, |peeks| peeks.iter().all(is_stable))
                .map(|peeks| peeks.iter().map(|peek| peek.waiting).collect())
        })
        .await
    }
}

impl Drop for Topic {
    fn drop(&mut self) {
        clients::delete_topic(&self.target, &self.name);
    }
}

fn gateway(target: &Target, security: Security) -> Gateway {
    let bootstrap = target.bootstrap.split(',').map(|at| at.parse().unwrap()).collect();
    Gateway::new(Settings { security, ..Settings::new(&target.name, bootstrap) })
}

fn now_ms() -> i64 {
    Clock::system().now().timestamp_millis()
}

/// Something waits that was written since then.
fn assert_was_written_since(then_ms: i64, waiting: Waiting) {
    let written_ms = waiting.first_time_ms();
    assert!(written_ms.is_some_and(|at| (then_ms..=now_ms()).contains(&at)), "{waiting:?} since {then_ms}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_is_what_a_reader_of_committed_records_would_be_given() {
    for cluster in ["east", "west", "aggregate", "old"] {
        let topic = Topic::create(cluster, "transactions", 1).await;
        let producer = topic.transaction();
        let then_ms = now_ms();
        topic.send(&producer, 0, 3, 10);
        producer.commit_transaction(SOON).unwrap();
        // Three records and the end. Whoever commits "the last record and one" stays one behind.
        let [first, last, end, behind] = topic.waits(4, &[0, 2, 3, 4]).await[..] else { panic!() };
        assert_was_written_since(then_ms, first);
        assert_eq!((last, end, behind), (first, Waiting::Nothing, Waiting::Nothing), "{cluster}");

        producer.begin_transaction().unwrap();
        topic.send(&producer, 0, 2, 10);
        producer.abort_transaction(SOON).unwrap();
        assert_eq!(topic.waits(7, &[3, 4, 5, 6, 7]).await, [Waiting::Nothing; 5], "{cluster}");

        let then_ms = now_ms();
        topic.send(&topic.producer(&[]), 0, 1, 10);
        let told = topic.waits(8, &[3, 4, 5, 7, 8]).await;
        assert_was_written_since(then_ms, told[0]);
        assert_eq!(told, [told[0], told[0], told[0], told[0], Waiting::Nothing], "{cluster}");

        producer.begin_transaction().unwrap();
        topic.send(&producer, 0, 2, 10);
        topic.send(&topic.producer(&[]), 0, 1, 10);
        assert_eq!(topic.waits(8, &[8, 9, 11]).await, [Waiting::Nothing; 3], "{cluster}: it is open");
        let open = &topic.look(&[(0, 8)]).await[0];
        assert_eq!((open.high_watermark, open.log_start_offset), (Some(11), Some(0)), "{cluster}");
        producer.commit_transaction(SOON).unwrap();
        let told = topic.waits(12, &[8, 10, 11]).await;
        assert!(told[..2].iter().all(|waiting| waiting.first_time_ms().is_some()), "{cluster}: {told:?}");
        assert_eq!(told[2], Waiting::Nothing, "{cluster}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn large_batches_of_many_partitions_are_seen_too() {
    let topic = Topic::create("east", "large", 6).await;
    let producer = topic.producer(&[]);
    for partition in 0..6 {
        topic.send(&producer, partition, 2, 200_000);
    }
    let before = topic.gateway.traffic().bytes_received;
    let rows: Vec<_> = (0..6).flat_map(|partition| [(partition, 0), (partition, 1)]).collect();
    let peeks = topic.look(&rows).await;
    for peek in &peeks {
        assert!(matches!(peek.waiting, Waiting::Something { first_time_ms: Some(_) }), "{peek:?}");
    }
    let bytes = topic.gateway.traffic().bytes_received - before;
    println!("{bytes} bytes came for {} looks", rows.len());
    assert!(bytes < 13 * 420_000, "{bytes} bytes");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_time_is_the_producer_s_or_the_broker_s_as_the_topic_says() {
    let topic = Topic::create("east", "times", 1).await;
    let producer = topic.producer(&[]);
    let then_ms = now_ms();
    let a_minute_ago = then_ms - 60_000;
    let send_old = || {
        let record = BaseRecord::<(), str>::to(&topic.name).partition(0).timestamp(a_minute_ago);
        producer.send(record.payload("a record")).unwrap_or_else(|(error, _)| panic!("{error}"));
        producer.flush(SOON).unwrap();
    };
    send_old();
    assert_eq!(topic.waits(1, &[0]).await[0].first_time_ms(), Some(a_minute_ago));
    topic.target.set_config(&topic.name, "message.timestamp.type=LogAppendTime");
    wait_until("the broker's time is told", SOON, async || {
        send_old();
        let end = topic.look(&[(0, 0)]).await[0].last_stable_offset.unwrap();
        let told = topic.look(&[(0, end - 1)]).await[0].waiting;
        so(told, |told| told.first_time_ms() > Some(then_ms))
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_right_to_read_the_code_says_so() {
    let topic = Topic::create("east", "rights", 1).await;
    topic.send(&topic.producer(&[]), 0, 1, 10);
    let leader_id = topic.leaders().await[0];
    let riverkeeper = gateway(&topic.target, topic.target.config().security);
    read::metadata(&riverkeeper).await.unwrap();
    let query = PeekQuery { topic: &topic.name, partition: 0, offset: 0, leader_id };
    let told = read::peek(&riverkeeper, &[query]).await;
    let [(_, peeks)] = &told.answers[..] else { panic!("{told:?}") };
    assert_eq!(peeks[0].error_code, ErrorCode::TOPIC_AUTHORIZATION_FAILED.0);
    assert_eq!((peeks[0].waiting, peeks[0].high_watermark), (Waiting::NotKnown, None));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_or_not_led_there_has_its_code_and_spoils_nothing_else() {
    let topic = Topic::create("east", "codes", 1).await;
    topic.send(&topic.producer(&[]), 0, 2, 10);
    let leader_id = topic.leaders().await[0];
    let followed = Followed { target: &topic.target, name: format!("peek-followed-{}", std::process::id()) };
    followed.target.create_topic(&followed.name, "2:1");
    let query = |topic, partition, offset, leader_id| PeekQuery { topic, partition, offset, leader_id };
    let queries = [
        query(&topic.name, 0, 1, leader_id),
        query(&topic.name, 0, 99, leader_id),
        query(&topic.name, 7, 0, leader_id),
        query("peek-nowhere", 0, 0, leader_id),
        query(&followed.name, 0, 0, 1),
    ];
    let unknown = Some("UNKNOWN_TOPIC_OR_PARTITION");
    let not_led = Some("NOT_LEADER_OR_FOLLOWER");
    // Broker 1 may hear of the topic a moment later.
    wait_until("each has its code", SOON, async || {
        let told = read::peek(&topic.gateway, &queries).await;
        let codes = queries.map(|query| {
            let peek = told.answers.iter().flat_map(|(_, peeks)| peeks).find(|peek| peek.query == query);
            peek.map(|peek| ErrorCode(peek.error_code).name().unwrap())
        });
        let expected = [Some("NONE"), Some("OFFSET_OUT_OF_RANGE"), unknown, unknown, not_led];
        so((codes, told.missing), |(codes, missing)| *codes == expected && missing.is_empty()).map(drop)
    })
    .await;
}

/// A topic that broker 2 leads and broker 1 follows, deleted when dropped.
struct Followed<'a> {
    target: &'a Target,
    name: String,
}

impl Drop for Followed<'_> {
    fn drop(&mut self) {
        self.target.delete_topic(&self.name);
    }
}
