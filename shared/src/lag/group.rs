//! A consumer group, and how far it has read.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{DateTime, meta::Meta, verdict::Reason};

/// How the members of a group share their partitions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum GroupType {
    /// They agree among themselves.
    Classic,
    /// The broker assigns (KIP-848).
    Consumer,
    /// They share partitions (KIP-932).
    Share,
    /// Kafka Streams (KIP-1071).
    Streams,
    /// The broker does not tell, or tells a type that is not known here.
    Unknown,
}

/// How a group, or one partition of it, is; from best to worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum LagVerdict {
    /// It was not judged.
    Unknown,
}

/// How the age of a lag was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum AgeMethod {
    /// From when the log end passed the committed offset.
    History,
    /// It is older than that history.
    OlderThan,
    /// By the timestamp of the oldest unread record.
    Record,
}

/// A group in a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GroupLag {
    /// Its cluster.
    pub cluster: String,
    /// Its id.
    pub group: String,
    /// How its members share partitions.
    #[serde(rename = "type")]
    pub group_type: GroupType,
    /// Its state as Kafka names it: `Stable`, `Empty`, `PreparingRebalance`, …; null while the coordinator does not tell.
    pub state: Option<String>,
    /// How it is.
    pub verdict: LagVerdict,
    /// Why.
    pub reason: Option<Reason>,
    /// Records that it could read and has not, up to the last stable offset; null while that is not known of any
    /// partition.
    pub lag_records: Option<u64>,
    /// The sum of log end minus committed offset, as `kafka-consumer-groups` prints it.
    pub lag_raw: Option<i64>,
    /// How long its oldest unread record has waited.
    pub age_seconds: Option<f64>,
    /// How that was found.
    pub age_method: Option<AgeMethod>,
    /// Its members; null while they are not known.
    pub member_count: Option<u32>,
    /// Topics that it committed for or has assigned.
    pub topic_count: u32,
    /// Partitions of these that it committed for or has assigned.
    pub partition_count: u32,
    /// Partitions among these whose log end or committed offset is not known: the lags are without them.
    pub unknown_count: u32,
    /// Whose it is, by the catalog.
    pub owner: Option<String>,
    /// When its log ends were read.
    pub as_of: Option<DateTime>,
}

/// Groups, and what stands beside them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GroupLags {
    /// The page.
    pub groups: Vec<GroupLag>,
    /// What stands beside it.
    pub meta: LagMeta,
}

/// What stands beside a list of groups.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LagMeta {
    /// As everywhere.
    #[serde(flatten)]
    pub meta: Meta,
    /// Groups that match the query by their verdict, on all pages.
    pub by_verdict: BTreeMap<LagVerdict, u64>,
}

/// One group, with a page of its partitions and all its members.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GroupDetail {
    /// The group.
    #[serde(flatten)]
    pub group: GroupLag,
    /// A page of its partitions, by topic and number.
    pub partitions: Vec<PartitionLag>,
    /// Its members, at most 1,000; `member_count` tells how many there are.
    pub members: Vec<MemberLag>,
    /// What stands beside it; `total` counts the partitions.
    pub meta: Meta,
}

/// How far a group has read a partition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PartitionLag {
    /// The topic.
    pub topic: String,
    /// The partition.
    pub partition: i32,
    /// How it is.
    pub verdict: LagVerdict,
    /// Why.
    pub reason: Option<Reason>,
    /// The next offset that the group will read; null where it never committed.
    pub committed_offset: Option<i64>,
    /// The high watermark.
    pub log_end_offset: Option<i64>,
    /// The last stable offset.
    pub stable_end_offset: Option<i64>,
    /// Records up to the last stable offset that are not read.
    pub lag_records: Option<u64>,
    /// Log end minus committed offset.
    pub lag_raw: Option<i64>,
    /// How long the oldest unread record has waited.
    pub age_seconds: Option<f64>,
    /// How that was found.
    pub age_method: Option<AgeMethod>,
    /// The member that it is assigned to.
    pub member_id: Option<String>,
    /// What that member calls itself.
    pub client_id: Option<String>,
    /// Where that member runs, as the broker sees it.
    pub host: Option<String>,
}

/// A member of a group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MemberLag {
    /// Its id.
    pub member_id: String,
    /// What it calls itself.
    pub client_id: String,
    /// Where it runs, as the broker sees it.
    pub host: String,
    /// Partitions that are assigned to it; null for share and streams groups, whose members share them.
    pub partition_count: Option<u32>,
}
