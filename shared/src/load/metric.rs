//! What is read of a broker: the metrics, their words and their units.
//!
//! One table, so that a metric is called the same on the wire, in a column, in a sentence and in a chart.

use serde::{Deserialize, Serialize};

/// A metric of a broker. The order is the order of columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// Bytes that producers wrote.
    BytesIn,
    /// Bytes that consumers read.
    BytesOut,
    /// Records that producers wrote.
    MessagesIn,
    /// Bytes fetched from other brokers as a follower.
    ReplicationBytesIn,
    /// Bytes that followers fetched from it.
    ReplicationBytesOut,
    /// Produce requests.
    ProduceRequests,
    /// Fetch requests of consumers.
    FetchRequests,
    /// Total time of a Produce request, 99th percentile.
    ProduceP99,
    /// Total time of a consumer's Fetch request, 99th percentile. Fetches wait for records: see `fetch.max.wait.ms`.
    FetchP99,
    /// Total time of a follower's Fetch request, 99th percentile.
    FetchFollowerP99,
    /// Share of time in which the request handlers are busy.
    HandlersBusy,
    /// Share of time in which the network threads are busy.
    NetworkBusy,
    /// Requests that wait for a handler.
    RequestQueue,
    /// Answers that wait to be sent.
    ResponseQueue,
    /// Partitions that it leads and that miss a replica.
    UnderReplicated,
    /// ISRs that shrank.
    IsrShrinks,
    /// Unclean leader elections that it decided as controller.
    UncleanElections,
    /// Time of a log flush, 99th percentile.
    LogFlushP99,
    /// Processor time.
    Cpu,
    /// Share of the heap in use.
    HeapUsed,
    /// Share of time spent collecting garbage.
    Gc,
    /// Share of the file descriptors in use.
    FilesOpen,
    /// Open connections.
    Connections,
    /// Share of the volumes under its log directories that is in use.
    DiskUsed,
    /// Bytes of its replicas.
    Size,
    /// Time in which it answers a small request of Riverkeeper's, 90th percentile of the last minute: a broker that
    /// stands still again and again shows here, and in none of its own metrics.
    AnswerP90,
}

/// What a metric is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Bytes.
    Bytes,
    /// Bytes in a second.
    BytesPerSecond,
    /// Things in a second.
    PerSecond,
    /// Milliseconds.
    Milliseconds,
    /// A share from 0 to 1.
    Ratio,
    /// Processor cores.
    Cores,
    /// Things.
    Count,
}

/// How a metric of brokers becomes one of the cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Together {
    /// Brokers add up.
    Sum,
    /// The highest broker stands for all.
    Max,
}

impl Metric {
    /// Every metric, in the order of columns.
    pub const ALL: [Self; 26] = [
        Self::BytesIn,
        Self::BytesOut,
        Self::MessagesIn,
        Self::ReplicationBytesIn,
        Self::ReplicationBytesOut,
        Self::ProduceRequests,
        Self::FetchRequests,
        Self::ProduceP99,
        Self::FetchP99,
        Self::FetchFollowerP99,
        Self::HandlersBusy,
        Self::NetworkBusy,
        Self::RequestQueue,
        Self::ResponseQueue,
        Self::UnderReplicated,
        Self::IsrShrinks,
        Self::UncleanElections,
        Self::LogFlushP99,
        Self::Cpu,
        Self::HeapUsed,
        Self::Gc,
        Self::FilesOpen,
        Self::Connections,
        Self::DiskUsed,
        Self::Size,
        Self::AnswerP90,
    ];

    /// Its place among all, which is its column in what is kept. Never reused: a new metric goes to the end.
    pub fn index(self) -> usize {
        self as usize
    }

    /// Its word on the wire and in addresses.
    pub fn word(self) -> &'static str {
        self.row().0
    }

    /// The metric of a word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|metric| metric.word() == word)
    }

    /// As a heading says it.
    pub fn label(self) -> &'static str {
        self.row().1
    }

    /// What it is counted in.
    pub fn unit(self) -> Unit {
        self.row().2
    }

    /// How brokers make the cluster.
    pub fn together(self) -> Together {
        match self.unit() {
            Unit::Milliseconds | Unit::Ratio => Together::Max,
            _ => Together::Sum,
        }
    }

    fn row(self) -> (&'static str, &'static str, Unit) {
        match self {
            Self::BytesIn => ("bytes_in", "Bytes in", Unit::BytesPerSecond),
            Self::BytesOut => ("bytes_out", "Bytes out", Unit::BytesPerSecond),
            Self::MessagesIn => ("messages_in", "Records in", Unit::PerSecond),
            Self::ReplicationBytesIn => ("replication_bytes_in", "Replication in", Unit::BytesPerSecond),
            Self::ReplicationBytesOut => ("replication_bytes_out", "Replication out", Unit::BytesPerSecond),
            Self::ProduceRequests => ("produce_requests", "Produce requests", Unit::PerSecond),
            Self::FetchRequests => ("fetch_requests", "Fetch requests", Unit::PerSecond),
            Self::ProduceP99 => ("produce_p99", "Produce p99", Unit::Milliseconds),
            Self::FetchP99 => ("fetch_p99", "Fetch p99", Unit::Milliseconds),
            Self::FetchFollowerP99 => ("fetch_follower_p99", "Follower fetch p99", Unit::Milliseconds),
            Self::HandlersBusy => ("handlers_busy", "Handlers busy", Unit::Ratio),
            Self::NetworkBusy => ("network_busy", "Network busy", Unit::Ratio),
            Self::RequestQueue => ("request_queue", "Request queue", Unit::Count),
            Self::ResponseQueue => ("response_queue", "Response queue", Unit::Count),
            Self::UnderReplicated => ("under_replicated", "Under-replicated", Unit::Count),
            Self::IsrShrinks => ("isr_shrinks", "ISR shrinks", Unit::PerSecond),
            Self::UncleanElections => ("unclean_elections", "Unclean elections", Unit::PerSecond),
            Self::LogFlushP99 => ("log_flush_p99", "Log flush p99", Unit::Milliseconds),
            Self::Cpu => ("cpu", "CPU", Unit::Cores),
            Self::HeapUsed => ("heap_used", "Heap", Unit::Ratio),
            Self::Gc => ("gc", "Garbage collection", Unit::Ratio),
            Self::FilesOpen => ("files_open", "Open files", Unit::Ratio),
            Self::Connections => ("connections", "Connections", Unit::Count),
            Self::DiskUsed => ("disk_used", "Disk", Unit::Ratio),
            Self::Size => ("size", "Kept", Unit::Bytes),
            Self::AnswerP90 => ("answer_p90", "Answer time p90", Unit::Milliseconds),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_metric_is_where_its_index_says_and_its_word_finds_it() {
        for (place, metric) in Metric::ALL.into_iter().enumerate() {
            assert_eq!(metric.index(), place);
            assert_eq!(Metric::parse(metric.word()), Some(metric));
            assert_eq!(serde_json::to_value(metric).unwrap(), metric.word());
        }
    }
}
