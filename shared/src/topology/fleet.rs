//! The fleet as tiers, flows and applications.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Drawing, Finding, Flow, FlowVerdict};
use crate::{lag::LagVerdict, meta::Meta, verdict::Severity};

/// What a tier is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TierRole {
    /// Producers write to its clusters, and no mirror does.
    Local,
    /// Mirrors write to its clusters.
    Aggregate,
}

/// Clusters that stand at the same place of the flow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Tier {
    /// What it is called: as its clusters declare where they agree, else by its role.
    pub name: String,
    /// What it is for, as seen.
    pub role: TierRole,
    /// Its clusters, by name.
    pub clusters: Vec<TierCluster>,
}

/// A cluster of a tier.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TierCluster {
    /// Its name; the alias of a mirror where nobody knows the cluster.
    pub name: String,
    /// Whether Riverkeeper watches it, or knows it from a mirror's settings only.
    pub is_watched: bool,
    /// Its data centre, as declared.
    pub datacenter: Option<String>,
    /// What kind of messages it is for, as declared.
    pub category: Option<String>,
    /// Its tier, as declared.
    pub declared_tier: Option<String>,
    /// How it is; null where nobody knows.
    pub health: Option<Severity>,
    /// Brokers that serve, and all that are known.
    pub brokers_up: Option<u32>,
    /// All brokers that are known.
    pub broker_count: Option<u32>,
    /// Bytes that are written to it each second, by producers and mirrors.
    pub produce_bytes_per_second: Option<f64>,
    /// Bytes that are read from it each second.
    pub consume_bytes_per_second: Option<f64>,
}

/// On which side of the flow an application stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ApplicationRole {
    /// It writes.
    Producers,
    /// It reads.
    Consumers,
}

/// An application: a consumer group, those of one owner, or producers whose names nobody knows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Application {
    /// What it is called in the drawing.
    pub id: String,
    /// What it is called: the group, the owner, `producers`, or `9 more`.
    pub name: String,
    /// On which side it stands.
    pub role: ApplicationRole,
    /// The cluster that it writes to or reads from.
    pub cluster: String,
    /// Whose it is, by the catalog.
    pub owner: Option<String>,
    /// Consumer groups that it is made of; null for producers.
    pub group_count: Option<u32>,
    /// Bytes that it writes each second, less what mirrors write; null where that is not known.
    pub bytes_per_second: Option<f64>,
    /// The worst of its groups; null for producers.
    pub verdict: Option<LagVerdict>,
}

/// The fleet as tiers, flows and applications.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Topology {
    /// In the order of the flow.
    pub tiers: Vec<Tier>,
    /// Worst first.
    pub flows: Vec<Flow>,
    /// Who writes and who reads.
    pub applications: Vec<Application>,
    /// Where what is declared and what is seen differ, and what else is of no flow alone.
    pub findings: Vec<Finding>,
    /// Whether any flow is declared in Riverkeeper's configuration.
    pub is_declared: bool,
    /// All data centres, categories that are declared, for filters.
    pub datacenters: Vec<String>,
    /// All categories that are declared.
    pub categories: Vec<String>,
    /// Where everything is drawn.
    pub drawing: Drawing,
    /// What stands beside it; `total` counts the flows.
    pub meta: Meta,
}

/// A page of flows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Flows {
    /// The flows; the worst first, unless told otherwise.
    pub flows: Vec<Flow>,
    /// What stands beside it.
    pub meta: FlowsMeta,
}

/// What stands beside [`Flows`], read without its rows.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct FlowCounts {
    /// What stands beside them.
    pub meta: FlowsMeta,
}

/// What stands beside a list of flows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FlowsMeta {
    /// As everywhere.
    #[serde(flatten)]
    pub meta: Meta,
    /// Flows that match the query, but for `verdict`, by their verdict, on all pages.
    pub by_verdict: BTreeMap<FlowVerdict, u64>,
}
