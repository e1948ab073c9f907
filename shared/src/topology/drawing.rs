//! Where tiers, clusters, flows and applications are drawn, in pixels from the top left corner.

use serde::{Deserialize, Serialize};

/// What a node stands for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum NodeKind {
    /// A cluster of [`Topology::tiers`](super::Topology::tiers).
    Cluster {
        /// Its name.
        cluster: String,
    },
    /// Clusters that are drawn as one: all are well.
    Clusters {
        /// Their names.
        clusters: Vec<String>,
        /// What they have in common: the data centre or the tier.
        name: String,
    },
    /// One of [`Topology::applications`](super::Topology::applications).
    Application {
        /// Its id.
        application: String,
    },
}

/// A box.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DrawnNode {
    /// Unique in the drawing, and the same from one drawing to the next.
    pub id: String,
    /// What it stands for.
    #[serde(flatten)]
    pub kind: NodeKind,
    /// Its left side.
    pub x: u32,
    /// Its upper side.
    pub y: u32,
    /// How wide it is.
    pub width: u32,
    /// How high it is.
    pub height: u32,
}

/// A point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Point(pub u32, pub u32);

/// A band from one box to another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DrawnFlow {
    /// Unique in the drawing.
    pub id: String,
    /// The box that it leaves.
    pub from: String,
    /// The box at which it arrives.
    pub to: String,
    /// The flows that it stands for; none for what applications write and read.
    pub flows: Vec<String>,
    /// Its line, as the `d` of an SVG path, from the right side of one box to a side of the other.
    pub path: String,
    /// The middle of its label, where it stands for flows.
    pub label: Point,
    /// The point of the line to which the label belongs: the same, unless others crowded it out.
    pub anchor: Point,
    /// How thick it is drawn: by bytes a second.
    pub thickness: u32,
}

/// A column, with what stands above it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DrawnColumn {
    /// Its name: `Producers`, a tier, `Consumers`.
    pub name: String,
    /// What it is, in a few words.
    pub note: String,
    /// Its left side.
    pub x: u32,
    /// How wide it is.
    pub width: u32,
}

/// Where everything is drawn.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Drawing {
    /// How wide all of it is.
    pub width: u32,
    /// How high all of it is.
    pub height: u32,
    /// How wide a label may be.
    pub label_width: u32,
    /// From left to right.
    pub columns: Vec<DrawnColumn>,
    /// The boxes, by column and from top to bottom.
    pub nodes: Vec<DrawnNode>,
    /// The bands between them.
    pub flows: Vec<DrawnFlow>,
    /// Whether clusters that are well are drawn as one.
    pub is_collapsed: bool,
}
