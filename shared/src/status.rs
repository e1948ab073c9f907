//! Riverkeeper itself: every cycle, our own requests to Kafka, our memory.

use serde::{Deserialize, Serialize};

use crate::{
    DateTime,
    meta::{Failure, Meta},
    rights::MissingRight,
};

/// The state of this Riverkeeper.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Status {
    /// Version of the binary.
    pub version: String,
    /// Identifies the build.
    pub build: String,
    /// When this process started.
    pub started_at: DateTime,
    /// Resident memory; null where the system does not tell.
    pub memory_bytes: Option<u64>,
    /// Open live streams.
    pub stream_count: u32,
    /// Events held for the timeline.
    pub event_count: u64,
    /// Events that were dropped because the table is bounded.
    pub event_dropped_count: u64,
    /// Where history is kept, and how that fares.
    pub database: DatabaseStatus,
    /// Every cycle, failing ones first.
    pub cycles: Vec<CycleStatus>,
    /// Our traffic to each cluster.
    pub gateways: Vec<GatewayStatus>,
    /// What stands beside.
    pub meta: Meta,
}

/// Where history is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DatabaseStatus {
    /// Which database it is.
    pub engine: Engine,
    /// Where it is, without user and password; null where nothing is kept.
    pub location: Option<String>,
    /// Why nothing is kept at present, since when. Null while it is kept, and where nothing is meant to be.
    pub failure: Option<Failure>,
    /// When something was last written; null before.
    pub written_at: Option<DateTime>,
    /// Bytes that it takes; null where not known.
    pub size_bytes: Option<u64>,
    /// When the oldest event that is kept happened; null when there is none or it is not known.
    pub events_since: Option<DateTime>,
    /// Events that wait to be written.
    pub waiting_event_count: u64,
    /// Events that were never written: they waited for the database until there was no more room for them.
    pub lost_event_count: u64,
    /// Clusters whose history another Riverkeeper writes at present.
    pub written_by_others: Vec<String>,
}

/// A kind of database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Engine {
    /// A file.
    Sqlite,
    /// A server.
    Postgresql,
    /// None: history is in memory and ends with the process.
    None,
}

/// How the last turn of a cycle ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Everything was read.
    Done,
    /// Something is missing; what was read is shown.
    Partial,
    /// Nothing was read; the old view stays.
    Failed,
    /// The deadline of the turn passed.
    TimedOut,
    /// The turn had a bug and was stopped; the next one runs all the same.
    Panicked,
}

/// One cycle: what it reads, how often, and how it fares.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CycleStatus {
    /// The capability.
    pub noun: String,
    /// The cluster; null for the fleet.
    pub cluster: Option<String>,
    /// The part it publishes.
    pub part: String,
    /// The period in force, in seconds.
    pub period_seconds: f64,
    /// The period that was configured, in seconds; the one in force is longer when a turn costs much.
    pub configured_period_seconds: f64,
    /// How the last turn ended; null before the first.
    pub last_outcome: Option<Outcome>,
    /// When the last good turn read its view; null before.
    pub as_of: Option<DateTime>,
    /// Age of that view in seconds; null before.
    pub age_seconds: Option<f64>,
    /// The failure that lasts now.
    pub failure: Option<Failure>,
    /// What keeping the history fails with, while the view itself is fine.
    pub store_failure: Option<Failure>,
    /// Turns so far.
    pub turn_count: u64,
    /// Turns that failed, timed out or panicked.
    pub failure_count: u64,
    /// Wall-clock time of the last turn, in seconds.
    pub last_turn_seconds: Option<f64>,
    /// CPU time of the last turn, in seconds.
    pub last_cpu_seconds: Option<f64>,
    /// Moves when the content moved.
    pub revision: u64,
}

/// Our own traffic to one cluster, since the start.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GatewayStatus {
    /// The cluster.
    pub cluster: String,
    /// Requests sent.
    pub request_count: u64,
    /// Requests that failed.
    pub failure_count: u64,
    /// Bytes sent.
    pub sent_bytes: u64,
    /// Bytes received.
    pub received_bytes: u64,
    /// Open connections.
    pub connection_count: u32,
    /// Time spent waiting for answers, summed over requests, in seconds.
    pub busy_seconds: f64,
    /// The traffic by request.
    pub apis: Vec<ApiTraffic>,
    /// What Riverkeeper may not read of it, and what is unknown for it.
    pub missing_rights: Vec<MissingRight>,
    /// The brokers that we speak to.
    pub brokers: Vec<BrokerTraffic>,
}

/// Our traffic by Kafka's request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApiTraffic {
    /// Kafka's name of the request.
    pub api: String,
    /// Requests sent.
    pub request_count: u64,
    /// Requests that failed.
    pub failure_count: u64,
    /// Time spent waiting for answers, in seconds.
    pub busy_seconds: f64,
}

/// One connection of ours.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BrokerTraffic {
    /// Where it goes, `host:port`.
    pub address: String,
    /// The broker behind it, where known.
    pub broker_id: Option<i32>,
    /// Whether it is open.
    pub connected: bool,
    /// The last failure, if the connection is not open.
    pub last_error: Option<String>,
}

/// A status with invented numbers, for tests, documents and the gallery: west does not answer.
pub fn sample() -> Status {
    use crate::inventory::{self, part, samples};

    let now = samples::now();
    let ago = |seconds: i64| now - chrono::Duration::seconds(seconds);
    let cycle =
        |cluster: Option<&str>, part: &str, period: f64, age: i64, failure: Option<Failure>| CycleStatus {
            noun: inventory::NOUN.into(),
            cluster: cluster.map(String::from),
            part: part.into(),
            period_seconds: period,
            configured_period_seconds: 10.0_f64.min(period),
            last_outcome: Some(if failure.is_some() { Outcome::TimedOut } else { Outcome::Done }),
            as_of: Some(ago(age)),
            age_seconds: Some(age as f64),
            failure_count: if failure.is_some() { 11 } else { 0 },
            failure,
            store_failure: None,
            turn_count: 1_204,
            last_turn_seconds: Some(if part == part::METADATA { 0.041 } else { 1.28 }),
            last_cpu_seconds: Some(0.0042),
            revision: 812,
        };
    let gateway = |cluster: &str, failures: u64, error: Option<&str>| GatewayStatus {
        cluster: cluster.into(),
        request_count: 18_402,
        failure_count: failures,
        sent_bytes: 3_100_000,
        received_bytes: 412_000_000,
        connection_count: 3,
        busy_seconds: 214.0,
        missing_rights: if cluster == "east" { samples::missing_rights() } else { vec![] },
        apis: vec![
            ApiTraffic {
                api: "Metadata".into(),
                request_count: 1_204,
                failure_count: failures,
                busy_seconds: 31.0,
            },
            ApiTraffic {
                api: "DescribeLogDirs".into(),
                request_count: 612,
                failure_count: 0,
                busy_seconds: 88.0,
            },
        ],
        brokers: vec![BrokerTraffic {
            address: "127.0.0.1:19101".into(),
            broker_id: error.is_none().then_some(1),
            connected: error.is_none(),
            last_error: error.map(String::from),
        }],
    };
    Status {
        version: "0.1.0".into(),
        build: "5c1f0e7a92d4".into(),
        started_at: ago(12_700),
        memory_bytes: Some(61_400_000),
        stream_count: 3,
        event_count: 412,
        event_dropped_count: 0,
        database: DatabaseStatus {
            engine: Engine::Sqlite,
            location: Some("/var/lib/riverkeeper/riverkeeper.db".into()),
            failure: None,
            written_at: Some(ago(38)),
            size_bytes: Some(84_000_000),
            events_since: Some(ago(12 * 86_400)),
            waiting_event_count: 0,
            lost_event_count: 0,
            written_by_others: vec![],
        },
        cycles: vec![
            cycle(Some("west"), part::METADATA, 10.0, 120, Some(samples::silence())),
            cycle(Some("east"), part::METADATA, 10.0, 6, None),
            cycle(Some("east"), part::LOG_DIRS, 60.0, 31, None),
            cycle(Some("aggregate"), part::METADATA, 10.0, 4, None),
            cycle(None, part::FLEET, 10.0, 2, None),
        ],
        gateways: vec![
            gateway("west", 11, Some("connection refused by 127.0.0.1:19101")),
            gateway("east", 0, None),
            gateway("aggregate", 0, None),
        ],
        meta: Meta { total: None, next_cursor: None, revision: 812, now, readings: vec![] },
    }
}
