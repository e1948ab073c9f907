//! Topics beside each other, in the cluster that librdkafka brings for tests: what real brokers do is seen elsewhere.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Condvar, Mutex, MutexGuard};
use std::time::Duration;

use rdkafka::ClientConfig;
use rdkafka::mocking::MockCluster;
use rdkafka::producer::{BaseProducer, BaseRecord, DefaultProducerContext, Producer};

use super::*;
use crate::kafka::Settings;

const SOON: Duration = Duration::from_secs(20);
const PARTITIONS: i32 = 3;

/// By topic and partition: the offsets that came, and the ends that were told.
#[derive(Default)]
struct What {
    records: BTreeMap<(String, i32), Vec<i64>>,
    ends: BTreeMap<(String, i32), BTreeSet<i64>>,
    others: Vec<TailEvent>,
    /// The most that came between two pauses.
    most: usize,
    batch: usize,
}

#[derive(Clone, Default)]
struct Kept(Arc<(Mutex<What>, Condvar)>);

impl Receive for Kept {
    fn record(&mut self, record: &TailRecord<'_>) {
        let mut what = self.what();
        what.batch += 1;
        let at = (record.topic.to_owned(), record.partition);
        what.records.entry(at).or_default().push(record.offset);
    }

    fn event(&mut self, event: TailEvent) {
        let mut what = self.what();
        match event {
            TailEvent::End { topic, partition, offset, .. } => {
                let ends = what.ends.entry((topic.to_string(), partition)).or_default();
                ends.insert(offset.unwrap());
            }
            other => what.others.push(other),
        }
    }

    fn pause(&mut self) {
        let mut what = self.what();
        what.most = what.most.max(what.batch);
        what.batch = 0;
        self.0.1.notify_all();
    }
}

impl Kept {
    fn what(&self) -> MutexGuard<'_, What> {
        self.0.0.lock().unwrap()
    }

    fn until(&self, is_it: impl Fn(&What) -> bool) {
        let waited = self.0.1.wait_timeout_while(self.what(), SOON, |what| !is_it(what));
        let (what, timed_out) = waited.unwrap();
        assert!(!timed_out.timed_out(), "{:?} {:?}", what.ends, what.others);
    }
}

fn produce(cluster: &MockCluster<'_, DefaultProducerContext>, topic: &str, count: usize) {
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", cluster.bootstrap_servers()).set("linger.ms", "5");
    let producer: BaseProducer = config.create().unwrap();
    for number in 0..count {
        for partition in 0..PARTITIONS {
            let value = number.to_string();
            let record = BaseRecord::<(), _>::to(topic).partition(partition).payload(&value);
            producer.send(record).unwrap_or_else(|(error, _)| panic!("{error}"));
        }
    }
    producer.flush(SOON).unwrap();
}

#[test]
fn ends_of_equal_partitions_of_several_topics_are_not_mixed() {
    let cluster = MockCluster::new(2).unwrap();
    let topics = [("offsets", 1_500), ("status", 20), ("configs", 0), ("heartbeats", 7)];
    for (topic, count) in topics {
        cluster.create_topic(topic, PARTITIONS, 1).unwrap();
        produce(&cluster, topic, count);
    }
    let gateway = Gateway::new(Settings::new(
        "mock",
        cluster.bootstrap_servers().split(',').map(|at| at.parse().unwrap()).collect(),
    ));
    let starts: Vec<_> = (0..PARTITIONS).map(|partition| (partition, Start::Beginning)).collect();
    let tailed = topics.map(|(topic, _)| Tailed { topic, starts: &starts });
    let (kept, stop) = (Kept::default(), CancellationToken::new());
    let tail = Tail::start(&gateway, Clock::system(), &tailed, &stop, kept.clone()).unwrap();

    let at = |topic: &str, partition| (topic.to_owned(), partition);
    let has_ended = |what: &What, (topic, count): (&str, usize)| {
        let end = count as i64;
        (0..PARTITIONS)
            .all(|partition| what.ends.get(&at(topic, partition)).is_some_and(|ends| ends.contains(&end)))
    };
    kept.until(|what| topics.iter().all(|topic| has_ended(what, *topic)));
    produce(&cluster, "status", 5);
    kept.until(|what| has_ended(what, ("status", 25)));

    let what = kept.what();
    for (topic, count) in [("offsets", 1_500), ("status", 25), ("configs", 0), ("heartbeats", 7)] {
        for partition in 0..PARTITIONS {
            let offsets = what.records.get(&at(topic, partition)).cloned().unwrap_or_default();
            assert_eq!(offsets, (0..count).collect::<Vec<i64>>(), "{topic} {partition}");
            assert_eq!(tail.position(topic, partition), Some(count));
            let highest = what.ends.get(&at(topic, partition)).and_then(BTreeSet::last);
            assert_eq!(highest, Some(&count), "{topic} {partition}: {:?}", what.ends);
        }
    }
    // Those that did not grow have one end.
    for topic in ["offsets", "configs", "heartbeats"] {
        assert_eq!(what.ends.get(&at(topic, 0)).map(BTreeSet::len), Some(1));
    }
    assert_eq!(what.others, []);
    assert!(what.most <= 1_000, "{}", what.most);
    assert_eq!(tail.positions().len(), 12);
}
