//! Search over everything that has a name.

use serde::{Deserialize, Serialize};

use crate::{meta::Meta, verdict::Severity};

/// One thing that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Hit {
    /// What it is: `cluster`, `broker`, `topic`, `group`.
    pub kind: HitKind,
    /// The cluster it is in (itself, for a cluster).
    pub cluster: String,
    /// Its name; a broker's is its id.
    pub name: String,
    /// Who owns it, by the catalog; null when nobody does.
    pub owner: Option<String>,
    /// What else helps to tell it from its like.
    pub detail: Option<String>,
    /// How it is.
    pub severity: Severity,
}

/// The kinds of things that search finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum HitKind {
    /// A cluster.
    Cluster,
    /// A broker of a cluster.
    Broker,
    /// A topic of a cluster.
    Topic,
    /// A consumer group of a cluster.
    Group,
}

/// What was found: exact names first, then beginnings, then parts of names, then what has an owner of that name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Hits {
    /// The rows.
    pub hits: Vec<Hit>,
    /// What stands beside them.
    pub meta: Meta,
}

/// What `o` finds, with invented names, for tests, documents and the gallery.
pub fn sample() -> Hits {
    let hit = |kind, cluster: &str, name: &str, detail: &str, severity| Hit {
        kind,
        cluster: cluster.into(),
        name: name.into(),
        owner: (kind == HitKind::Topic)
            .then(|| if name == "orders" { "checkout" } else { "warehouse" }.into()),
        detail: Some(detail.into()),
        severity,
    };
    let hits = vec![
        hit(HitKind::Topic, "east", "orders", "12 partitions", Severity::Warning),
        hit(HitKind::Cluster, "west", "west", "local · portland", Severity::Unknown),
        hit(HitKind::Broker, "east", "2", "rack b", Severity::Critical),
        hit(HitKind::Group, "east", "order-processing", "12 partitions", Severity::Ok),
        hit(HitKind::Topic, "aggregate", "orders", "12 partitions", Severity::Ok),
        hit(HitKind::Topic, "aggregate", "inventory-changes", "6 partitions", Severity::Ok),
    ];
    let now = crate::inventory::samples::now();
    Hits { hits, meta: Meta { total: Some(6), next_cursor: None, revision: 812, now, readings: vec![] } }
}
