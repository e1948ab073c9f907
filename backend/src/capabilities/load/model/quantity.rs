//! What an endpoint tells that we want: counters, of which rates are made, and gauges, which are taken as they are.

/// What only grows while a process lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Counter {
    /// Bytes that producers wrote.
    BytesIn,
    /// Bytes that consumers read.
    BytesOut,
    /// Records that producers wrote.
    MessagesIn,
    /// Bytes fetched as a follower.
    ReplicationBytesIn,
    /// Bytes that followers fetched.
    ReplicationBytesOut,
    /// Produce requests, of all versions.
    ProduceRequests,
    /// Fetch requests of consumers, of all versions.
    FetchRequests,
    /// ISRs that shrank.
    IsrShrinks,
    /// Unclean leader elections.
    UncleanElections,
    /// Seconds of processor time.
    CpuSeconds,
    /// Seconds spent collecting garbage.
    GcSeconds,
    /// Nanoseconds in which a request handler was idle, a mean over the handlers of the broker.
    HandlersIdleNanos,
    /// Log flushes.
    LogFlushes,
}

/// How many counters there are.
pub const COUNTERS: usize = 13;

/// What goes up and down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gauge {
    /// Milliseconds, 99th percentile of Produce.
    ProduceP99,
    /// Milliseconds, 99th percentile of a consumer's Fetch.
    FetchP99,
    /// Milliseconds, 99th percentile of a follower's Fetch.
    FetchFollowerP99,
    /// Share of time in which the request handlers of the broker are idle, where they are told apart from the
    /// controller's.
    BrokerHandlersIdle,
    /// Share of time in which the request handlers are idle.
    HandlersIdle,
    /// The same since the process started: better than nothing.
    HandlersIdleEver,
    /// Share of time in which the network threads are idle.
    NetworkIdle,
    /// Requests that wait.
    RequestQueue,
    /// Answers that wait.
    ResponseQueue,
    /// Partitions that it leads and that miss a replica.
    UnderReplicated,
    /// Milliseconds, 99th percentile of a log flush.
    LogFlushP99,
    /// Bytes of the heap in use.
    HeapUsed,
    /// Bytes that the heap may have.
    HeapMost,
    /// Open file descriptors.
    FilesOpen,
    /// File descriptors that may be open.
    FilesMost,
    /// Open connections.
    Connections,
    /// When the process started, in seconds since 1970.
    Started,
}

/// How many gauges there are.
pub const GAUGES: usize = 17;
