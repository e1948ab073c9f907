//! What is wrong with a flow, or with what was declared of the fleet.

use serde::{Deserialize, Serialize};

use crate::{DateTime, verdict::Severity};

/// The kinds of findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    /// Retention took records of the source before they were copied.
    SilentLoss,
    /// The source's topic was deleted and created again.
    TopicRecreated,
    /// Records wait, and the position of the copying stands.
    NoProgress,
    /// Somebody paused or stopped the connector.
    Paused,
    /// A connector or a task of it has failed.
    ConnectorFailed,
    /// No worker runs the connector.
    NotRunning,
    /// No heartbeats come.
    HeartbeatsSilent,
    /// What waits has waited too long.
    Behind,
    /// Records that were copied are copied a second time.
    CopiedAgain,
    /// A topic of the source matches the filter and is not at the target.
    MissingTopic,
    /// Records of transactions that were aborted are copied as if they were not.
    CopiesAborted,
    /// Two ways to measure the latency do not agree.
    LatencyDisagrees,
    /// The flow is declared, and nothing shows that it is there.
    NotSeen,
    /// The flow is not among those that are declared.
    NotDeclared,
    /// A cluster stands in another tier than declared.
    OtherTier,
    /// A cluster is known by a name in the settings of a mirror only.
    UnknownCluster,
    /// A cluster at one end does not answer.
    ClusterSilent,
    /// What is needed to tell how the flow is may not be read.
    NotReadable,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Finding {
    /// What kind of thing it is.
    pub kind: FindingKind,
    /// How bad; one that only informs is unknown.
    pub severity: Severity,
    /// Since when it holds, where known.
    pub since: Option<DateTime>,
    /// In words with numbers, without an age.
    pub sentence: String,
    /// What it means and what to do; null where the sentence says all.
    pub detail: Option<String>,
    /// Topics of the source that it touches, at most 100.
    pub topics: Vec<String>,
}
