//! What librdkafka is told: the cluster's own properties, and how a tail reads.

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
    // What waits here for us, and what one broker sends at a time: in all at most 16 MB beside what comes at once from
    // a few brokers. A single batch of records may be larger and is still read.
    ("queued.max.messages.kbytes", "8192"),
    ("fetch.max.bytes", "2097152"),
    ("fetch.message.max.bytes", "524288"),
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

/// A consumer of these partitions.
pub(super) fn consumer(
    settings: &Settings,
    clock: Clock,
    tailed: Tailed<'_>,
    stop: CancellationToken,
) -> Result<BaseConsumer<Context>, TailError> {
    let partitions = assignment(tailed)?;
    let context = Context::new(settings, clock, stop)?;
    let hidden = context.hidden();
    let consumer: Result<BaseConsumer<Context>, _> =
        BaseConsumer::from_config_and_context(&config(settings), context);
    let consumer = consumer.map_err(|error| match error {
        // Its value may be a secret.
        ClientError::ClientConfig(_, reason, name, _) => {
            TailError::Property { name, reason: hidden.in_text(&reason) }
        }
        ClientError::ClientCreation(reason) => TailError::Client(hidden.in_text(&reason)),
        other => TailError::Client(hidden.in_text(&other.to_string())),
    })?;
    consumer.assign(&partitions).map_err(|error| TailError::assignment(tailed.topic, error))?;
    Ok(consumer)
}

fn config(settings: &Settings) -> ClientConfig {
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
    // What is told of it is decided where it is logged.
    config.set_log_level(RDKafkaLogLevel::Info);
    config
}

fn assignment(tailed: Tailed<'_>) -> Result<TopicPartitionList, TailError> {
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
    let mut list = TopicPartitionList::with_capacity(tailed.starts.len());
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
    Ok(list)
}

#[cfg(test)]
mod tests {
    use super::*;
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
        let tailed = Tailed { topic: "orders", starts };
        consumer(settings, Clock::system(), tailed, CancellationToken::new()).map(drop)
    }

    #[test]
    fn librdkafka_takes_all_that_a_tail_tells_it() {
        let plain = settings(&[]);
        assert_eq!(start(&plain, &[(0, Start::End), (1, Start::Beginning), (2, Start::At(7))]), Ok(()));
        assert_eq!(config(&plain).get("bootstrap.servers"), Some("[::1]:9,b:9"));
        let scram = settings(&[
            ("security.protocol", "SASL_PLAINTEXT"),
            ("sasl.mechanisms", "SCRAM-SHA-512"),
            ("sasl.username", "river"),
            ("sasl.password", "hunter2"),
        ]);
        assert_eq!(config(&scram).get("sasl.password"), Some("hunter2"));
        assert_eq!(start(&scram, &[(0, Start::End)]), Ok(()));
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
