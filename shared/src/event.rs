//! What happened: the rows of the timeline.

use serde::{Deserialize, Serialize};

use crate::{DateTime, meta::Meta, verdict::Severity};

/// Topics that an event lists at most. Of one that lists as many, nobody knows whether it touches more.
pub const MOST_TOPICS: usize = 100;

/// One thing that happened, as the timeline keeps it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Event {
    /// When Riverkeeper saw it.
    pub time: DateTime,
    /// The cluster; null for the fleet.
    pub cluster: Option<String>,
    /// The capability that saw it.
    pub noun: String,
    /// What kind of thing it is, stable for machines: `broker_left`, `isr_shrank`, …
    pub kind: String,
    /// What it happened to.
    pub subject: Subject,
    /// How bad; an event that heals is ok, one that only informs is unknown.
    pub severity: Severity,
    /// What happened, in words.
    pub sentence: String,
    /// More of it, in words; null when the sentence says all.
    pub detail: Option<String>,
    /// Topics that it touches, at most 100 of them.
    pub topics: Vec<String>,
}

/// What an event happened to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Subject {
    /// The fleet as a whole.
    Fleet,
    /// A cluster as a whole.
    Cluster,
    /// One broker.
    Broker {
        /// Its `node.id`.
        broker_id: i32,
    },
    /// One topic.
    Topic {
        /// Its name.
        name: String,
    },
    /// One consumer group.
    Group {
        /// Its id.
        group: String,
    },
    /// A flow that ends at the event's cluster.
    Flow {
        /// Its id.
        flow: String,
        /// The cluster that it comes from.
        source: String,
    },
}

/// A page of events, newest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Events {
    /// The rows.
    pub events: Vec<Event>,
    /// What stands beside them.
    pub meta: Meta,
}
