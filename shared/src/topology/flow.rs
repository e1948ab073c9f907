//! A flow: what copies topics from one cluster to another, and how far it has got.

use serde::{Deserialize, Serialize};

use super::{Finding, FlowVerdict};
use crate::{DateTime, meta::Meta, verdict::Reason};

/// What copies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum FlowKind {
    /// MirrorMaker 2.
    MirrorMaker2,
    /// Something that leaves no trace but the topics.
    Mirror,
}

impl FlowKind {
    /// Its name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::MirrorMaker2 => "mirror-maker2",
            Self::Mirror => "mirror",
        }
    }

    /// The word on the screen.
    pub fn word(self) -> &'static str {
        match self {
            Self::MirrorMaker2 => "MirrorMaker 2",
            Self::Mirror => "Mirror",
        }
    }
}

/// How sure it is that there is a flow, from least to most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// Names of topics look like it.
    Suspected,
    /// What a mirror leaves behind is there, and nothing of it has moved.
    Likely,
    /// What a mirror writes has moved.
    Proved,
    /// The configuration says so.
    Declared,
}

impl Confidence {
    /// The word on the screen.
    pub fn word(self) -> &'static str {
        match self {
            Self::Suspected => "Suspected",
            Self::Likely => "Likely",
            Self::Proved => "Proved",
            Self::Declared => "Declared",
        }
    }
}

/// What a flow is known from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum EvidenceKind {
    /// Riverkeeper's configuration.
    Configuration,
    /// How far the source was read: `mm2-offsets`.
    Positions,
    /// Heartbeats of the source that were copied to the target.
    Heartbeats,
    /// Pairs of offsets at the source and the target: `mm2-offset-syncs`.
    OffsetSyncs,
    /// Offsets of groups at both sides: `checkpoints`.
    Checkpoints,
    /// The settings of its connector: `mm2-configs`.
    ConnectorSettings,
    /// Names of topics at the target.
    TopicNames,
}

impl EvidenceKind {
    /// The words on the screen.
    pub fn word(self) -> &'static str {
        match self {
            Self::Configuration => "configuration",
            Self::Positions => "position",
            Self::Heartbeats => "heartbeats",
            Self::OffsetSyncs => "offset syncs",
            Self::Checkpoints => "checkpoints",
            Self::ConnectorSettings => "connector settings",
            Self::TopicNames => "topic names",
        }
    }
}

/// One thing that a flow is known from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Evidence {
    /// What it is.
    pub kind: EvidenceKind,
    /// Where it lies: a topic and its cluster, in words.
    pub place: String,
    /// When it moved last; null where it never did, or does not move.
    pub last_seen: Option<DateTime>,
}

/// What topics are called at the target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "policy", rename_all = "snake_case")]
pub enum RenamePolicy {
    /// The source's alias, a separator, the topic.
    Prefix {
        /// The alias.
        alias: String,
        /// The separator.
        separator: String,
    },
    /// As at the source.
    Identity,
    /// Nobody knows.
    Unknown,
}

/// How a latency was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum LatencyMethod {
    /// The age of a heartbeat of the source when Riverkeeper saw its copy at the target: an upper bound.
    Heartbeats,
    /// From the time of a record at the source to the time at which the mirror noted that it had arrived.
    OffsetSyncs,
}

/// How long a record takes from the source to the target.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Latency {
    /// How it was found.
    pub method: LatencyMethod,
    /// Seconds, the median of the last minutes.
    pub seconds: f64,
    /// When the newest of them was seen.
    pub as_of: DateTime,
}

/// A flow in a list. Everything that is not known is null, never zero.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Flow {
    /// `source~target~kind`.
    pub id: String,
    /// The cluster that is read.
    pub source: String,
    /// The cluster that is written.
    pub target: String,
    /// What copies.
    pub kind: FlowKind,
    /// What it is known from, the strongest first.
    pub evidence: Vec<Evidence>,
    /// How sure that is.
    pub confidence: Confidence,
    /// What topics are called at the target.
    #[serde(flatten)]
    pub policy: RenamePolicy,
    /// Whose it is, as declared.
    pub owner: Option<String>,
    /// Topics that are copied.
    pub topic_count: u32,
    /// What is wrong, worst first.
    pub findings: Vec<Finding>,
    /// Bytes that are written to its topics at the target each second, the mean of the last 60 s; null where no broker's
    /// metrics are known.
    pub bytes_per_second: Option<f64>,
    /// Whether others write to these topics too, or some broker is missing: then it is about as much.
    pub bytes_are_estimated: bool,
    /// Records that are written to its topics at the target each second.
    pub records_per_second: Option<f64>,
    /// Records that are written to its topics at the source each second.
    pub source_records_per_second: Option<f64>,
    /// Records at the source that are not copied, of the partitions where that is known.
    pub lag_records: Option<u64>,
    /// Whether it is not known of some partitions: then there are at least so many.
    pub lag_is_at_least: bool,
    /// How long the oldest record that is not copied has waited.
    pub age_seconds: Option<f64>,
    /// How long ago the newest heartbeat of its process was written at the target.
    pub heartbeat_age_seconds: Option<f64>,
    /// How long records take, by each way to measure it.
    pub latency: Vec<Latency>,
    /// How it is.
    pub verdict: FlowVerdict,
    /// Why: its worst finding; null where all is well.
    pub reason: Option<Reason>,
}

/// One flow, with a page of its topics.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FlowDetail {
    /// The flow.
    #[serde(flatten)]
    pub flow: Flow,
    /// What is set of it, as far as that is known.
    pub settings: FlowSettings,
    /// Consumer groups whose offsets it translates: they depend on it.
    pub checkpointed_group_count: Option<u32>,
    /// A page of its topics, worst first unless told otherwise.
    pub topics: Vec<FlowTopic>,
    /// What stands beside it; `total` counts the topics.
    pub meta: Meta,
}

/// Settings of a flow that Riverkeeper uses; null where they are not known.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FlowSettings {
    /// Which topics are copied: names and regular expressions.
    pub topics: Option<String>,
    /// Which of them are not.
    pub topics_exclude: Option<String>,
    /// Whether what was aborted is copied: `read_uncommitted` or `read_committed`.
    pub isolation_level: Option<String>,
    /// The class that names topics at the target.
    pub policy_class: Option<String>,
    /// Seconds between two looks at which topics there are.
    pub refresh_seconds: Option<f64>,
    /// Tasks that copy.
    pub task_count: Option<u32>,
    /// Seconds between two writings of the position, as observed.
    pub flush_seconds: Option<f64>,
    /// Where the connector runs, by its own word.
    pub workers: Vec<String>,
}

/// One topic of a flow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FlowTopic {
    /// Its name at the source.
    pub source_topic: String,
    /// Its name at the target; null where it is not there.
    pub target_topic: Option<String>,
    /// Its partitions at the source.
    pub partition_count: Option<u32>,
    /// Records that are written at the source each second.
    pub source_records_per_second: Option<f64>,
    /// Records that are written at the target each second.
    pub target_records_per_second: Option<f64>,
    /// Records at the source that are not copied.
    pub lag_records: Option<u64>,
    /// Whether it is not known of some partitions.
    pub lag_is_at_least: bool,
    /// How long the oldest of them has waited.
    pub age_seconds: Option<f64>,
    /// Records that were gone before they were copied, or skipped, as far as it was seen.
    pub lost_records: Option<u64>,
    /// How it is.
    pub verdict: FlowVerdict,
    /// Why.
    pub reason: Option<Reason>,
}
