//! Topology: through which tiers and mirrors a topic flows, and where a flow is stuck.

mod advice;
mod chart;
mod draw;
mod drawing;
mod finding;
mod fleet;
mod flow;
mod flow_headline;
mod headline;
mod history;
pub mod layout;
mod path;
pub mod samples;
mod verdict;
pub mod words;

pub use advice::{Addresses, FlowAdvice, flow_advice};
pub use chart::{FlowMeasure, flow_bands, flow_chart};
pub use draw::{Drawn, draw};
pub use drawing::{Drawing, DrawnColumn, DrawnFlow, DrawnNode, NodeKind, Point};
pub use finding::{Finding, FindingKind};
pub use fleet::{
    Application, ApplicationRole, FlowCounts, Flows, FlowsMeta, Tier, TierCluster, TierRole, Topology,
};
pub use flow::{
    Confidence, Evidence, EvidenceKind, Flow, FlowDetail, FlowKind, FlowSettings, FlowTopic, Latency,
    LatencyMethod, RenamePolicy,
};
pub use flow_headline::flow_headline;
pub use headline::{needing_a_person, topology_headline};
pub use history::{FlowHistory, FlowPoint};
pub use path::{Hop, TopicPath};
pub use verdict::FlowVerdict;

/// The capability's name on the wire.
pub const NOUN: &str = "topology";

/// The parts that topology publishes for the fleet.
pub mod part {
    /// Which flows there are, and how each is.
    pub const FLOWS: &str = "flows";
}
