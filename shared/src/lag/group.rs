//! A consumer group, and how far it has read.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::LagVerdict;
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
    /// How it is: as its worst partition. Null for share and streams groups, which are listed without a verdict.
    pub verdict: Option<LagVerdict>,
    /// Why; its `since` tells since when. Null where there is nothing to say.
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
    /// Records that are written to its partitions each second.
    pub produce_rate_per_second: Option<f64>,
    /// Records that it commits each second.
    pub consume_rate_per_second: Option<f64>,
    /// At these rates it has read everything after so long; null where it never will, or where that is not known.
    pub catch_up_seconds: Option<f64>,
    /// At these rates retention takes away the first unread record after so long; null where it will not, or where that
    /// is not known.
    pub data_loss_seconds: Option<f64>,
    /// Records that retention took away before they were read.
    pub lost_records: Option<u64>,
    /// Its members; null while they are not known.
    pub member_count: Option<u32>,
    /// Topics that it committed for or has assigned.
    pub topic_count: u32,
    /// Partitions of these that it committed for or has assigned.
    pub partition_count: u32,
    /// Partitions among these whose log end or committed offset is not known: the lags are without them.
    pub unknown_count: u32,
    /// Partitions among these that no member has; null where that is not known.
    pub unassigned_count: Option<u32>,
    /// The partitions that explain the verdict, worst first, at most three; none where nothing is to be said of any.
    pub worst: Vec<WorstPartition>,
    /// Whose it is, by the catalog.
    pub owner: Option<String>,
    /// When its log ends were read.
    pub as_of: Option<DateTime>,
}

/// A partition that explains how its group is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WorstPartition {
    /// Its topic.
    pub topic: String,
    /// Its number.
    pub partition: i32,
    /// How it is.
    pub verdict: LagVerdict,
    /// Records that could be read and are not.
    pub lag_records: Option<u64>,
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
    /// Groups that match the query, but for `verdict`, by their verdict, on all pages. Those without one are not counted.
    pub by_verdict: BTreeMap<LagVerdict, u64>,
}

/// One group, with a page of its partitions and all its members.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GroupDetail {
    /// The group.
    #[serde(flatten)]
    pub group: GroupLag,
    /// A page of its partitions, worst first unless told otherwise.
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
    /// When that was committed, as it was seen here; null where the coordinator told it and no commit was seen.
    pub committed_at: Option<DateTime>,
    /// The first offset that there still is.
    pub log_start_offset: Option<i64>,
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
    /// Records that are written each second.
    pub produce_rate_per_second: Option<f64>,
    /// Records that are committed each second.
    pub consume_rate_per_second: Option<f64>,
    /// At these rates everything is read after so long.
    pub catch_up_seconds: Option<f64>,
    /// At these rates retention takes away the first unread record after so long.
    pub data_loss_seconds: Option<f64>,
    /// Records that retention took away before they were read.
    pub lost_records: Option<u64>,
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
