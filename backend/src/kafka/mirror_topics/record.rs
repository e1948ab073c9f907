//! What the records of MirrorMaker 2's topics say, borrowed from their bytes where that is easy.
//!
//! Where a record was taken back (a tombstone), what its value would say is `None`.

use std::borrow::Cow;

use super::name::Separators;

/// One record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MirrorRecord<'a> {
    /// A sign of life.
    Heartbeat(Heartbeat<'a>),
    /// Which offset there is which offset here.
    OffsetSync(OffsetSync<'a>),
    /// A group's committed offset, translated.
    Checkpoint(Checkpoint<'a>),
    /// How far a partition is mirrored.
    SourceOffset(SourceOffset<'a>),
    /// What a connector does.
    ConnectorStatus {
        /// Its name.
        connector: &'a str,
        /// What it does.
        status: Option<Status<'a>>,
    },
    /// What a task of a connector does.
    TaskStatus {
        /// The connector's name.
        connector: &'a str,
        /// The task's number.
        task: u32,
        /// What it does.
        status: Option<Status<'a>>,
    },
    /// What a connector is told; connectors that mirror nothing are here too.
    Connector {
        /// Its name.
        connector: &'a str,
        /// What of its properties matters here.
        properties: Option<Box<MirrorProperties>>,
    },
    /// What a connector is to do.
    TargetState {
        /// Its name.
        connector: &'a str,
        /// What it is to do.
        state: Option<TargetState>,
    },
    /// How many tasks a connector has.
    TaskCount {
        /// Its name.
        connector: &'a str,
        /// How many.
        count: Option<u32>,
    },
    /// A record that tells nothing of mirrors: of other connectors, of tasks' properties, of keys.
    Other,
}

/// A sign of life of a flow. It is written on the flow's target; where that is a source of others, they mirror it as it
/// is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Heartbeat<'a> {
    /// The alias of the flow's source.
    pub source: &'a str,
    /// The alias of its target.
    pub target: &'a str,
    /// When it was written, in milliseconds, by MirrorMaker's clock.
    pub timestamp_ms: Option<i64>,
}

/// Two offsets of the same record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OffsetPair {
    /// On the source.
    pub upstream: i64,
    /// On the target.
    pub downstream: i64,
}

/// Which offset there is which offset here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OffsetSync<'a> {
    /// The topic, by its name on the source.
    pub topic: &'a str,
    /// The partition.
    pub partition: i32,
    /// The offsets.
    pub offsets: Option<OffsetPair>,
}

/// A group's committed offset, translated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checkpoint<'a> {
    /// The group.
    pub group: &'a str,
    /// The topic, by its name on the target.
    pub topic: &'a str,
    /// The partition.
    pub partition: i32,
    /// What is committed on the source, and what that is on the target.
    pub offsets: Option<OffsetPair>,
    /// What the client wrote beside its commit; empty too where the record was taken back.
    pub metadata: &'a str,
}

/// How far a partition is mirrored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceOffset<'a> {
    /// The connector that mirrors it.
    pub connector: Cow<'a, str>,
    /// The alias of the source.
    pub cluster: Cow<'a, str>,
    /// The topic, by its name on the source.
    pub topic: Cow<'a, str>,
    /// The partition.
    pub partition: i32,
    /// The offset of the last record that was mirrored.
    pub offset: Option<i64>,
}

/// What a connector or a task does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status<'a> {
    /// What it does.
    pub state: ConnectState,
    /// Why it failed: the first line of the trace, at most 300 characters.
    pub trace: Option<String>,
    /// Where it runs.
    pub worker_id: Option<Cow<'a, str>>,
}

/// What connectors and tasks may do (Kafka Connect's AbstractStatus).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ConnectState {
    /// It runs.
    Running,
    /// It was told to wait.
    Paused,
    /// It was told to stop.
    Stopped,
    /// It has failed.
    Failed,
    /// No worker has it.
    Unassigned,
    /// It begins again.
    Restarting,
    /// It was deleted.
    Destroyed,
    /// Something that is not known here.
    Unknown,
}

/// What a connector is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TargetState {
    /// To run.
    Started,
    /// To wait.
    Paused,
    /// To stop.
    Stopped,
    /// Something that is not known here.
    Unknown,
}

/// Those of a connector's properties that are of mirrors. There is no other property in it. One that is not set, or is no
/// value of its kind, is `None`; what MirrorMaker takes for it then is MirrorMaker's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MirrorProperties {
    /// `connector.class`
    pub connector_class: Option<String>,
    /// `source.cluster.alias`
    pub source_alias: Option<String>,
    /// `target.cluster.alias`
    pub target_alias: Option<String>,
    /// `enabled`
    pub is_enabled: Option<bool>,
    /// `topics`: names and regular expressions, separated by commas.
    pub topics: Option<String>,
    /// `topics.exclude`, or its old name `topics.blacklist`
    pub topics_exclude: Option<String>,
    /// `replication.policy.class`
    pub policy_class: Option<String>,
    /// `replication.policy.separator`
    pub separator: Option<String>,
    /// `replication.policy.internal.topic.separator.enabled`
    pub separates_internal: Option<bool>,
    /// `offset-syncs.topic.location`
    pub syncs_location: Option<SyncsLocation>,
    /// `refresh.topics.enabled`
    pub refreshes_topics: Option<bool>,
    /// `refresh.topics.interval.seconds`
    pub refresh_topics_seconds: Option<i64>,
    /// `emit.heartbeats.enabled`
    pub emits_heartbeats: Option<bool>,
    /// `emit.heartbeats.interval.seconds`
    pub emit_heartbeats_seconds: Option<i64>,
    /// `offset.flush.interval.ms`
    pub offset_flush_ms: Option<i64>,
    /// `source.consumer.isolation.level`, else `consumer.isolation.level`: whether that is read_committed.
    pub reads_committed: Option<bool>,
    /// `source.consumer.auto.offset.reset`, else `consumer.auto.offset.reset`: whether that is `latest`. MirrorMaker 2 takes
    /// `earliest` where nothing is said.
    pub begins_at_end: Option<bool>,
    /// `offset.lag.max`
    pub offset_lag_max: Option<i64>,
}

/// On which cluster of a flow its offset syncs are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SyncsLocation {
    /// On the source.
    Source,
    /// On the target.
    Target,
}

/// What part of mirroring a connector has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MirrorRole {
    /// Mirrors records.
    Source,
    /// Translates committed offsets.
    Checkpoint,
    /// Writes heartbeats.
    Heartbeat,
}

impl MirrorProperties {
    /// The part of mirroring that the connector has; `None` where it has none.
    pub fn role(&self) -> Option<MirrorRole> {
        // Connect takes the name of a class without its package, and without "Connector".
        let class = self.connector_class.as_deref()?.rsplit('.').next()?;
        match class.strip_suffix("Connector").unwrap_or(class) {
            "MirrorSource" => Some(MirrorRole::Source),
            "MirrorCheckpoint" => Some(MirrorRole::Checkpoint),
            "MirrorHeartbeat" => Some(MirrorRole::Heartbeat),
            _ => None,
        }
    }

    /// What stands in the names of its topics.
    pub fn separators(&self) -> Separators<'_> {
        let of = |separator| Separators::of_policy(separator, self.separates_internal.unwrap_or(true));
        self.separator.as_deref().map_or_else(Separators::default, of)
    }
}
