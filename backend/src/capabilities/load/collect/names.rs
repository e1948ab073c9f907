//! What brokers call their metrics: one table of three dialects, and of the Java agent's own names.
//!
//! | dialect | where it comes from |
//! | --- | --- |
//! | the demo's | `demo/jmx-rules.yaml` |
//! | the exporter's | `kafka-2_0_0.yml` and `kafka-kraft-3_0_0.yml` among the examples of prometheus/jmx_exporter |
//! | Strimzi's | `examples/metrics/kafka-metrics.yaml` of strimzi/strimzi-kafka-operator |
//!
//! A name may mean the same in more than one; a broker speaks one of them. Newer agents add `_total` to the name of every
//! counter, so `_count` is known with it and without.

use std::{collections::HashMap, sync::LazyLock};

use super::text::Labels;
use crate::capabilities::load::model::{Counter, Gauge};

/// What a series is to us.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Wanted {
    /// A counter; series of the same add up.
    Counter(Counter),
    /// A gauge; series of the same add up.
    Gauge(Gauge),
    /// A gauge of which the highest series counts.
    Highest(Gauge),
    /// Bytes that producers wrote to the topic of the label.
    TopicIn,
    /// Bytes that consumers read from it.
    TopicOut,
    /// A release, in the label `version`.
    Version,
}

/// A line of the table: a name, what its labels must be (`None`: not there), and what it is.
type Row = (&'static str, &'static [(&'static str, Option<&'static str>)], Wanted);

const PLAIN: &[(&str, Option<&str>)] = &[];
const NO_TOPIC: &[(&str, Option<&str>)] = &[("topic", None)];
const NO_PROCESSOR: &[(&str, Option<&str>)] = &[("processor", None)];
const PRODUCE: &[(&str, Option<&str>)] = &[("request", Some("Produce"))];
const FETCH: &[(&str, Option<&str>)] = &[("request", Some("FetchConsumer"))];
const FETCH_FOLLOWER: &[(&str, Option<&str>)] = &[("request", Some("FetchFollower"))];
const PRODUCE_P99: &[(&str, Option<&str>)] = &[("request", Some("Produce")), ("quantile", Some("0.99"))];
const FETCH_P99: &[(&str, Option<&str>)] = &[("request", Some("FetchConsumer")), ("quantile", Some("0.99"))];
const FETCH_FOLLOWER_P99: &[(&str, Option<&str>)] =
    &[("request", Some("FetchFollower")), ("quantile", Some("0.99"))];
const P99: &[(&str, Option<&str>)] = &[("quantile", Some("0.99"))];
const HEAP: &[(&str, Option<&str>)] = &[("area", Some("heap"))];

use Wanted::{Counter as C, Gauge as G, Highest, TopicIn, TopicOut, Version};

const TABLE: &[Row] = &[
    // The demo's.
    ("kafka_broker_bytesin_total", PLAIN, C(Counter::BytesIn)),
    ("kafka_broker_bytesout_total", PLAIN, C(Counter::BytesOut)),
    ("kafka_broker_messagesin_total", PLAIN, C(Counter::MessagesIn)),
    ("kafka_broker_replicationbytesin_total", PLAIN, C(Counter::ReplicationBytesIn)),
    ("kafka_broker_replicationbytesout_total", PLAIN, C(Counter::ReplicationBytesOut)),
    ("kafka_topic_bytesin_total", PLAIN, TopicIn),
    ("kafka_topic_bytesout_total", PLAIN, TopicOut),
    ("kafka_request_total", PRODUCE, C(Counter::ProduceRequests)),
    ("kafka_request_total", FETCH, C(Counter::FetchRequests)),
    ("kafka_request_totaltimems_99thpercentile", PRODUCE, G(Gauge::ProduceP99)),
    ("kafka_request_totaltimems_99thpercentile", FETCH, G(Gauge::FetchP99)),
    ("kafka_request_totaltimems_99thpercentile", FETCH_FOLLOWER, G(Gauge::FetchFollowerP99)),
    ("kafka_broker_brokerrequesthandleravgidlepercent", PLAIN, G(Gauge::BrokerHandlersIdle)),
    ("kafka_broker_requesthandleravgidlepercent", PLAIN, G(Gauge::HandlersIdle)),
    ("kafka_network_idle_ratio", PLAIN, G(Gauge::NetworkIdle)),
    ("kafka_network_requestqueuesize", PLAIN, G(Gauge::RequestQueue)),
    ("kafka_network_responsequeuesize", PLAIN, G(Gauge::ResponseQueue)),
    ("kafka_broker_underreplicatedpartitions", PLAIN, G(Gauge::UnderReplicated)),
    ("kafka_broker_isrshrinks_total", PLAIN, C(Counter::IsrShrinks)),
    ("kafka_controller_uncleanleaderelectionspersec_total", PLAIN, C(Counter::UncleanElections)),
    ("kafka_log_flush_count", PLAIN, C(Counter::LogFlushes)),
    ("kafka_log_flush_99thpercentile", PLAIN, G(Gauge::LogFlushP99)),
    ("kafka_connections", PLAIN, G(Gauge::Connections)),
    ("kafka_release", PLAIN, Version),
    // The exporter's and Strimzi's, which was made from it. A topic's counter differs by its label alone.
    ("kafka_server_brokertopicmetrics_bytesin_total", NO_TOPIC, C(Counter::BytesIn)),
    ("kafka_server_brokertopicmetrics_bytesout_total", NO_TOPIC, C(Counter::BytesOut)),
    ("kafka_server_brokertopicmetrics_messagesin_total", NO_TOPIC, C(Counter::MessagesIn)),
    ("kafka_server_brokertopicmetrics_replicationbytesin_total", NO_TOPIC, C(Counter::ReplicationBytesIn)),
    ("kafka_server_brokertopicmetrics_replicationbytesout_total", NO_TOPIC, C(Counter::ReplicationBytesOut)),
    ("kafka_server_brokertopicmetrics_bytesin_total", PLAIN, TopicIn),
    ("kafka_server_brokertopicmetrics_bytesout_total", PLAIN, TopicOut),
    ("kafka_network_requestmetrics_requests_total", PRODUCE, C(Counter::ProduceRequests)),
    ("kafka_network_requestmetrics_requests_total", FETCH, C(Counter::FetchRequests)),
    ("kafka_network_requestmetrics_totaltimems", PRODUCE_P99, G(Gauge::ProduceP99)),
    ("kafka_network_requestmetrics_totaltimems", FETCH_P99, G(Gauge::FetchP99)),
    ("kafka_network_requestmetrics_totaltimems", FETCH_FOLLOWER_P99, G(Gauge::FetchFollowerP99)),
    (
        "kafka_server_kafkarequesthandlerpool_requesthandleravgidlepercent_count",
        PLAIN,
        C(Counter::HandlersIdleNanos),
    ),
    (
        "kafka_server_kafkarequesthandlerpool_requesthandleravgidlepercent_count_total",
        PLAIN,
        C(Counter::HandlersIdleNanos),
    ),
    ("kafka_server_kafkarequesthandlerpool_requesthandleravgidle_percent", PLAIN, G(Gauge::HandlersIdleEver)),
    ("kafka_network_socketserver_networkprocessoravgidlepercent", PLAIN, G(Gauge::NetworkIdle)),
    ("kafka_network_socketserver_networkprocessoravgidle_percent", PLAIN, G(Gauge::NetworkIdle)),
    ("kafka_network_requestchannel_requestqueuesize", NO_PROCESSOR, G(Gauge::RequestQueue)),
    ("kafka_network_requestchannel_responsequeuesize", NO_PROCESSOR, G(Gauge::ResponseQueue)),
    ("kafka_server_replicamanager_underreplicatedpartitions", PLAIN, G(Gauge::UnderReplicated)),
    ("kafka_server_replicamanager_isrshrinks_total", PLAIN, C(Counter::IsrShrinks)),
    ("kafka_controller_controllerstats_uncleanleaderelections_total", PLAIN, C(Counter::UncleanElections)),
    ("kafka_log_logflushstats_logflushrateandtimems_count", PLAIN, C(Counter::LogFlushes)),
    ("kafka_log_logflushstats_logflushrateandtimems_count_total", PLAIN, C(Counter::LogFlushes)),
    ("kafka_log_logflushstats_logflushrateandtimems", P99, G(Gauge::LogFlushP99)),
    ("kafka_server_socket_server_metrics_connection_count", PLAIN, G(Gauge::Connections)),
    // The agent's own, of any dialect. The names of memory changed with its version 1.
    ("process_cpu_seconds_total", PLAIN, C(Counter::CpuSeconds)),
    ("process_open_fds", PLAIN, Highest(Gauge::FilesOpen)),
    ("process_max_fds", PLAIN, Highest(Gauge::FilesMost)),
    ("process_start_time_seconds", PLAIN, Highest(Gauge::Started)),
    ("jvm_gc_collection_seconds_sum", PLAIN, C(Counter::GcSeconds)),
    ("jvm_memory_used_bytes", HEAP, Highest(Gauge::HeapUsed)),
    ("jvm_memory_bytes_used", HEAP, Highest(Gauge::HeapUsed)),
    ("jvm_memory_max_bytes", HEAP, Highest(Gauge::HeapMost)),
    ("jvm_memory_bytes_max", HEAP, Highest(Gauge::HeapMost)),
];

static BY_NAME: LazyLock<HashMap<&'static [u8], Vec<&'static Row>>> = LazyLock::new(|| {
    let mut rows: HashMap<&[u8], Vec<&Row>> = HashMap::new();
    TABLE.iter().for_each(|row| rows.entry(row.0.as_bytes()).or_default().push(row));
    rows
});

/// The lines of the table that a name has; none when it is not wanted.
pub fn named(name: &[u8]) -> Option<&'static [&'static Row]> {
    BY_NAME.get(name).map(Vec::as_slice)
}

/// What a series with these labels is.
pub fn meant(rows: &[&Row], labels: &Labels<'_>) -> Option<Wanted> {
    let fits = |(label, value): &(&str, Option<&str>)| labels.get(label) == *value;
    rows.iter().find(|(_, wanted, _)| wanted.iter().all(fits)).map(|(_, _, is)| *is)
}
