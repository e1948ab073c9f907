//! What reading commits, keeping, judging and telling them costs: one core, in CPU time, from the bytes of records to pages. One line of JSON a
//! figure; the rate is compared with decoding the same records and nothing more. Where `RIVERKEEPER_BENCH_BOOTSTRAP` names a
//! broker, the same records are read from it, by the tap and by a bare consumer of librdkafka.

#![expect(clippy::disallowed_methods, reason = "a bench measures the time of its own process")]

mod groups;

use std::{
    alloc::System,
    hint::black_box,
    time::{Duration, Instant},
};

use backend::{
    capabilities::lag::{
        Counts,
        book::{Book, LogEnd},
        evaluate::{Judged, judge},
        model::{Commit, Keeping},
        take,
    },
    kafka::{
        Gateway, Settings,
        offsets_topic::decode,
        read::{Receive, Start, Tail, TailEvent, TailRecord, Tailed},
    },
    runtime::Clock,
};
use cpu_time::ThreadTime;
use groups::{Reading, Shape};
use rand::{SeedableRng, rngs::StdRng, seq::SliceRandom};
use rdkafka::{
    ClientConfig, Message, Offset, TopicPartitionList,
    admin::{AdminClient, AdminOptions, NewTopic, TopicReplication},
    client::DefaultClientContext,
    consumer::{BaseConsumer, Consumer},
    producer::{BaseProducer, BaseRecord, Producer},
};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use tokio_util::sync::CancellationToken;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const PARTITIONS: i32 = 20;
const TOPICS: usize = 400;
const NOW: i64 = 1_795_600_000;
const KEEPING: Keeping = Keeping {
    intervals: 10,
    min_distance_ms: 0,
    expire_group_ms: 604_800_000,
    drops_early: false,
    most_windows: usize::MAX,
};

/// A record of the offsets topic.
struct Record {
    key: Vec<u8>,
    value: Vec<u8>,
}

type Anyhow<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> Anyhow<()> {
    judging();
    ingest();
    groups::pages()?;
    match std::env::var("RIVERKEEPER_BENCH_BOOTSTRAP") {
        Ok(bootstrap) => end_to_end(&bootstrap),
        Err(_) => Ok(()),
    }
}

/// A topic of a million commits, from a real broker into windows.
fn end_to_end(bootstrap: &str) -> Anyhow<()> {
    let groups = 2_500;
    let records = records(groups, 20);
    let topic = format!("bench-lag-{}", std::process::id());
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", bootstrap).set("queue.buffering.max.messages", "2000000");
    let admin: AdminClient<DefaultClientContext> = config.create()?;
    let new = NewTopic::new(&topic, 1, TopicReplication::Fixed(1));
    runtime.block_on(admin.create_topics([&new], &AdminOptions::new()))?;
    let producer: BaseProducer = config.clone().set("linger.ms", "50").create()?;
    for record in &records {
        let record = BaseRecord::to(&topic).partition(0).key(&record.key).payload(&record.value);
        producer.send(record).map_err(|(error, _)| error)?;
    }
    producer.flush(Duration::from_secs(60))?;
    let (mut bare, mut ours) = (Duration::MAX, Duration::MAX);
    for _ in 0..3 {
        bare = bare.min(read_bare(&config, &topic, records.len())?);
        ours = ours.min(runtime.block_on(read_by_tap(bootstrap, &topic, groups, records.len()))?);
    }
    runtime.block_on(admin.delete_topics(&[&topic], &AdminOptions::new()))?;
    let rate = |took: Duration| records.len() as f64 / took.as_secs_f64();
    print("end_to_end_bare_consumer", rate(bare), "records/s", None);
    print("end_to_end", rate(ours), "commits/s", Some(("bare_consumer", rate(ours) / rate(bare))));
    Ok(())
}

/// From the first record on, as a consumer that does nothing.
fn read_bare(config: &ClientConfig, topic: &str, records: usize) -> Anyhow<Duration> {
    let mut config = config.clone();
    let consumer: BaseConsumer =
        config.set("group.id", "bench").set("enable.auto.commit", "false").create()?;
    let mut partitions = TopicPartitionList::new();
    partitions.add_partition_offset(topic, 0, Offset::Beginning)?;
    consumer.assign(&partitions)?;
    let (mut seen, mut started) = (0, None);
    while seen < records {
        if let Some(record) = consumer.poll(Duration::from_secs(1)) {
            black_box(record?.payload());
            started.get_or_insert_with(Instant::now);
            seen += 1;
        }
    }
    Ok(started.map_or(Duration::ZERO, |started| started.elapsed()))
}

async fn read_by_tap(bootstrap: &str, topic: &str, groups: usize, records: usize) -> Anyhow<Duration> {
    let gateway = Gateway::new(Settings::new("bench", vec![bootstrap.parse()?]));
    let (done, took) = tokio::sync::oneshot::channel();
    let into_book = IntoBook {
        book: book(groups),
        counts: Counts::default(),
        left: records,
        started: None,
        done: Some(done),
    };
    let tailed = Tailed { topic, starts: &[(0, Start::Beginning)] };
    let _tail = Tail::start(&gateway, Clock::system(), &[tailed], &CancellationToken::new(), into_book)?;
    Ok(took.await?)
}

struct IntoBook {
    book: Book,
    counts: Counts,
    left: usize,
    started: Option<Instant>,
    done: Option<tokio::sync::oneshot::Sender<Duration>>,
}

impl Receive for IntoBook {
    fn record(&mut self, record: &TailRecord<'_>) {
        let started = *self.started.get_or_insert_with(Instant::now);
        if let Ok(said) = decode(record.key.unwrap_or_default(), record.value) {
            take(&self.book, &self.counts, said, (record.offset, false), NOW);
        }
        self.left = self.left.saturating_sub(1);
        if self.left == 0
            && let Some(done) = self.done.take()
        {
            let _ = done.send(started.elapsed());
        }
    }

    fn event(&mut self, _: TailEvent) {}
}

/// 50,000 partitions of 2,500 groups; a group commits all of its partitions at a time, groups in no order.
fn ingest() {
    let groups = 2_500;
    let records = records(groups, 40);
    let commits = records.len() as f64;
    let decoding = shortest(|| {
        for record in &records {
            black_box(decode(&record.key, Some(&record.value)).is_ok());
        }
    });
    let mut taking = Duration::MAX;
    let (mut allocations, mut allocated) = (0.0, 0.0);
    for _ in 0..3 {
        let book = book(groups);
        // The first commits of each partition make room; what is measured is a group that goes on.
        let (first, rest) = records.split_at(records.len() / 4);
        taken(&book, first, 0);
        let region = Region::new(ALLOCATOR);
        let started = ThreadTime::now();
        taken(&book, rest, first.len());
        taking = taking.min(started.elapsed());
        let change = region.change();
        allocations = (change.allocations + change.reallocations) as f64 / rest.len() as f64;
        allocated = change.bytes_allocated as f64 / rest.len() as f64;
    }
    let rate = commits * 0.75 / taking.as_secs_f64();
    let bare = commits / decoding.as_secs_f64();
    print("ingest", rate, "commits/s", Some(("decoding", rate / bare)));
    print("ingest_decoding_alone", bare, "commits/s", None);
    print("ingest_allocations", allocations, "per commit", None);
    print("ingest_allocated", allocated, "bytes per commit", None);
    window(groups, &records);
}

fn window(groups: usize, records: &[Record]) {
    let book = book(groups);
    let region = Region::new(ALLOCATOR);
    taken(&book, records, 0);
    let windows = groups as f64 * f64::from(PARTITIONS);
    print("window_10_commits", held(&region) / windows, "bytes", None);
}

/// What was allocated since and is still there, in bytes.
fn held(region: &Region<'_, System>) -> f64 {
    let change = region.change();
    (change.bytes_allocated as f64) - (change.bytes_deallocated as f64)
}

/// Partitions a second that Burrow's rules judge.
fn judged_by_burrow(book: &Book) -> f64 {
    let mut window: Vec<Commit> = Vec::new();
    let mut judged = 0_usize;
    let took = shortest(|| {
        judged = 0;
        book.each(|topics, _, group| {
            for (topic, partitions) in group.topics() {
                for (at, partition) in partitions.iter().enumerate() {
                    partition.window.lay_open(&mut window);
                    let log_ends = [topics.log_end(topic, at).map_or(0, |end| end.offset)];
                    let it = Judged {
                        window: &window,
                        log_ends: &log_ends,
                        current_lag: 17,
                        now_seconds: NOW,
                        allowed_lag: 0,
                    };
                    black_box(judge(&it));
                    judged += 1;
                }
            }
        });
    });
    judged as f64 / took.as_secs_f64()
}

/// 100,000 groups × 20 partitions with full windows: what they weigh, and what judging them costs.
fn judging() {
    for (name, reading) in [("well", Reading::Well), ("behind", Reading::Behind)] {
        let shape = Shape { groups: 100_000, partitions: PARTITIONS, reading };
        let region = Region::new(ALLOCATOR);
        let book = shape.topics();
        if name == "well" {
            let partitions = TOPICS as f64 * f64::from(PARTITIONS);
            print("log_ends_of_a_topic_partition", held(&region) / partitions, "bytes", None);
        }
        let before = resident();
        shape.commit(&book);
        let windows = shape.groups as f64 * f64::from(PARTITIONS);
        let weight = resident() - before;
        if name == "well" {
            let ratio = Some(("windows_of_300_bytes", weight / windows / 300.0));
            print("resident_100000_groups_20_partitions", weight / 1e6, "MB", ratio);
        }
        let burrow = judged_by_burrow(&book);
        print(&format!("judge_burrow_{name}"), burrow, "partitions/s", None);
        groups::judging(name, &shape, &book, burrow);
    }
}

fn resident() -> f64 {
    memory_stats::memory_stats().map_or(0.0, |stats| stats.physical_mem as f64)
}

fn book(groups: usize) -> Book {
    let book = Book::new(KEEPING, 64);
    for topic in 0..groups.min(TOPICS) {
        for partition in 0..PARTITIONS {
            let end = LogEnd { offset: 10_000_000, stable: Some(10_000_000), time_ms: NOW * 1_000 };
            book.see_log_end(&topic_name(topic), (partition, PARTITIONS), end);
        }
    }
    book
}

fn taken(book: &Book, records: &[Record], from: usize) {
    let counts = Counts::default();
    for (order, record) in (from as i64..).zip(records) {
        if let Ok(said) = decode(&record.key, Some(&record.value)) {
            take(book, &counts, said, (order, false), NOW);
        }
    }
}

fn records(groups: usize, rounds: i64) -> Vec<Record> {
    let mut random = StdRng::seed_from_u64(7);
    let mut order: Vec<usize> = (0..groups).collect();
    let mut records = Vec::new();
    for round in 0..rounds {
        order.shuffle(&mut random);
        records.extend(
            order
                .iter()
                .flat_map(|group| (0..PARTITIONS).map(move |partition| record(*group, partition, round))),
        );
    }
    records
}

fn topic_name(topic: usize) -> String {
    format!("department-{}.orders-{topic:05}", topic % 40)
}

/// A commit as Kafka 4.3 writes it: key version 1, value version 3.
fn record(group: usize, partition: i32, round: i64) -> Record {
    let mut key = vec![0, 1];
    for text in [format!("application-{group:06}-consumer"), topic_name(group % TOPICS)] {
        key.extend((text.len() as i16).to_be_bytes());
        key.extend(text.as_bytes());
    }
    key.extend(partition.to_be_bytes());
    let mut value = vec![0, 3];
    value.extend((round * 500 + 1_000_000).to_be_bytes());
    value.extend(4_i32.to_be_bytes());
    value.extend(0_i16.to_be_bytes());
    value.extend((NOW * 1_000 - 600_000 + round * 10_000).to_be_bytes());
    Record { key, value }
}

/// CPU time: others may use the machine, too.
fn shortest(mut work: impl FnMut()) -> Duration {
    let mut shortest = Duration::MAX;
    for _ in 0..5 {
        let started = ThreadTime::now();
        work();
        shortest = shortest.min(started.elapsed());
    }
    shortest
}

/// One figure as a line of JSON, with its ratio to something of the same run.
fn print(bench: &str, value: f64, unit: &str, ratio: Option<(&str, f64)>) {
    let ratio = ratio.map(|(to, ratio)| format!(",\"ratio_to_{to}\":{ratio:.3}")).unwrap_or_default();
    println!("{{\"bench\":\"{bench}\",\"value\":{value:.3},\"unit\":\"{unit}\"{ratio}}}");
}
