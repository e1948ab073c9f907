//! What librdkafka is told: the cluster's own properties, and how a tail reads.

use std::sync::Arc;

use rdkafka::ClientConfig;
use rdkafka::TopicPartitionList;
use rdkafka::config::{FromClientConfigAndContext, RDKafkaLogLevel};
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaError as ClientError;
use rdkafka::topic_partition_list::Offset;
use secrecy::ExposeSecret;
use tokio_util::sync::CancellationToken;

use super::context::Context;
use super::error::TailError;
use super::queues::{Names, Queues};
use super::{Start, Tailed};
use crate::kafka::Settings;
use crate::runtime::Clock;

/// librdkafka wants a name of a group even where there is none: no member ever joins it, and nothing is committed.
const GROUP: &str = "riverkeeper-tap";

/// How a tail reads, by librdkafka's names.
const READING: &[(&str, &str)] = &[
    ("group.id", GROUP),
    ("enable.auto.commit", "false"),
    ("enable.auto.offset.store", "false"),
    ("isolation.level", "read_committed"),
    ("enable.partition.eof", "true"),
    // An offset that is no more, or not yet, is no reason to miss what is there.
    ("auto.offset.reset", "earliest"),
    // What one broker sends at a time. A single batch of records may be larger and is still read.
    ("fetch.max.bytes", "2097152"),
    // Where we were slow, the brokers are asked again soon after we are not.
    ("fetch.queue.backoff.ms", "50"),
    ("reconnect.backoff.max.ms", "10000"),
    // A topic that is not there is told after so long, instead of 30 s: a tail begins with topics that are known.
    ("topic.metadata.propagation.max.ms", "5000"),
    // An observer creates nothing and is no object of its brokers' telemetry.
    ("allow.auto.create.topics", "false"),
    ("enable.metrics.push", "false"),
    ("log.connection.close", "false"),
];

/// What waits here for us in one queue, in KiB; several share it. In all at most 16 MB wait, beside what comes at once
/// from a few brokers, and some more where partitions are very many.
const QUEUED: usize = 8_192;
/// The same of what is asked of one partition at a time.
const ASKED: usize = 512;
/// The least of both: a partition is to come forward.
const LEAST: usize = 64;

/// The queues of a consumer of these partitions.
pub(super) fn queues(
    settings: &Settings,
    clock: Clock,
    tailed: &[Tailed<'_>],
    topics: Names,
    stop: CancellationToken,
) -> Result<Queues, TailError> {
    let mut partitions = TopicPartitionList::new();
    for tailed in tailed {
        assign(&mut partitions, *tailed)?;
    }
    let told = topics.told.clone();
    let queue_count = if topics.only.is_some() { 1 } else { partitions.count() };
    let context = Context::new(settings, clock, stop)?;
    let hidden = context.hidden();
    let consumer: Result<BaseConsumer<Context>, _> =
        BaseConsumer::from_config_and_context(&config(settings, queue_count), context);
    let consumer = consumer.map_err(|error| match error {
        // Its value may be a secret.
        ClientError::ClientConfig(_, reason, name, _) => {
            TailError::Property { name, reason: hidden.in_text(&reason) }
        }
        ClientError::ClientCreation(reason) => TailError::Client(hidden.in_text(&reason)),
        other => TailError::Client(hidden.in_text(&other.to_string())),
    })?;
    let queues = Queues::new(Arc::new(consumer), tailed, topics)?;
    queues.consumer().assign(&partitions).map_err(|error| TailError::assignment(&told, error))?;
    Ok(queues)
}

fn config(settings: &Settings, queue_count: usize) -> ClientConfig {
    let bootstrap: Vec<String> = settings.bootstrap.iter().map(ToString::to_string).collect();
    let timeout = settings.connect_timeout.as_millis().clamp(1_000, 60_000);
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", bootstrap.join(","));
    config.set("client.id", &settings.client_id);
    config.set("socket.connection.setup.timeout.ms", timeout.to_string());
    for (name, value) in settings.security.librdkafka() {
        config.set(name, value.expose_secret());
    }
    for (name, value) in READING {
        config.set(*name, *value);
    }
    let share = |of: usize| (of / queue_count.max(1)).clamp(LEAST, of);
    config.set("queued.max.messages.kbytes", share(QUEUED).to_string());
    config.set("fetch.message.max.bytes", (share(ASKED) * 1_024).to_string());
    // What is told of it is decided where it is logged.
    config.set_log_level(RDKafkaLogLevel::Info);
    config
}

fn assign(list: &mut TopicPartitionList, tailed: Tailed<'_>) -> Result<(), TailError> {
    let fault = |reason: &str| TailError::assignment(tailed.topic, reason);
    let mut partitions: Vec<i32> = tailed.starts.iter().map(|(partition, _)| *partition).collect();
    partitions.sort_unstable();
    match partitions.as_slice() {
        [] => return Err(fault("none is named")),
        [first, ..] if *first < 0 => return Err(fault("a partition is negative")),
        sorted if sorted.windows(2).any(|pair| pair.first() == pair.last()) => {
            return Err(fault("one is named twice"));
        }
        _ => {}
    }
    for (partition, start) in tailed.starts {
        let offset = match start {
            Start::End => Offset::End,
            Start::Beginning => Offset::Beginning,
            Start::At(offset) if *offset >= 0 => Offset::Offset(*offset),
            Start::At(_) => return Err(fault("an offset is negative")),
        };
        let added = list.add_partition_offset(tailed.topic, *partition, offset);
        added.map_err(|error| TailError::assignment(tailed.topic, error))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kafka::read::tail::queues::names;
    use crate::kafka::{Properties, security};

    fn settings(told: &[(&str, &str)]) -> Settings {
        let told = told.iter().map(|(name, value)| ((*name).to_owned(), (*value).into()));
        let security = security(&told.collect::<Properties>(), Clock::system().now()).unwrap();
        Settings {
            security,
            ..Settings::new("east", vec!["[::1]:9".parse().unwrap(), "b:9".parse().unwrap()])
        }
    }

    fn start(settings: &Settings, starts: &[(i32, Start)]) -> Result<(), TailError> {
        start_all(settings, &[Tailed { topic: "orders", starts }])
    }

    fn start_all(settings: &Settings, tailed: &[Tailed<'_>]) -> Result<(), TailError> {
        let topics = names(tailed)?;
        queues(settings, Clock::system(), tailed, topics, CancellationToken::new()).map(drop)
    }

    #[test]
    fn librdkafka_takes_all_that_a_tail_tells_it() {
        let plain = settings(&[]);
        assert_eq!(start(&plain, &[(0, Start::End), (1, Start::Beginning), (2, Start::At(7))]), Ok(()));
        assert_eq!(config(&plain, 1).get("bootstrap.servers"), Some("[::1]:9,b:9"));
        let starts = [(0, Start::End), (1, Start::Beginning)];
        let two = [Tailed { topic: "orders", starts: &starts }, Tailed { topic: "paid", starts: &starts }];
        assert_eq!(start_all(&plain, &two), Ok(()));
        let scram = settings(&[
            ("security.protocol", "SASL_PLAINTEXT"),
            ("sasl.mechanisms", "SCRAM-SHA-512"),
            ("sasl.username", "river"),
            ("sasl.password", "hunter2"),
        ]);
        assert_eq!(config(&scram, 1).get("sasl.password"), Some("hunter2"));
        assert_eq!(start(&scram, &[(0, Start::End)]), Ok(()));
    }

    #[test]
    fn queues_share_what_may_wait() {
        let told = |queue_count, name: &str| config(&settings(&[]), queue_count).get(name).map(str::to_owned);
        for (queue_count, queued, asked) in
            [(1, "8192", "524288"), (4, "2048", "131072"), (900, "64", "65536")]
        {
            assert_eq!(told(queue_count, "queued.max.messages.kbytes").as_deref(), Some(queued));
            assert_eq!(told(queue_count, "fetch.message.max.bytes").as_deref(), Some(asked));
        }
    }

    #[test]
    fn what_cannot_be_assigned_is_refused_in_a_sentence() {
        for (starts, reason) in [
            (&[][..], "none is named"),
            (&[(1, Start::End), (0, Start::End), (1, Start::Beginning)], "one is named twice"),
            (&[(-1, Start::End)], "a partition is negative"),
            (&[(0, Start::At(-3))], "an offset is negative"),
        ] {
            let said = start(&settings(&[]), starts).unwrap_err().to_string();
            assert_eq!(said, format!("could not assign partitions of orders: {reason}"));
        }
    }
}
