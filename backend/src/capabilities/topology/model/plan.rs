//! A flow as it is found, before it is judged.

use shared::topology::{Confidence, Evidence, FlowKind, FlowSettings, RenamePolicy};

use super::Name;

/// A flow that is declared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeclaredFlow {
    /// The cluster that is read.
    pub source: String,
    /// The cluster that is written.
    pub target: String,
    /// Whether topics keep their names.
    pub is_identity: Option<bool>,
    /// What separates alias and topic.
    pub separator: Option<String>,
    /// Which topics are copied: names and regular expressions.
    pub topics: Option<String>,
    /// Whose it is.
    pub owner: Option<String>,
}

/// One end of a flow.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum End {
    /// A cluster that is watched, by its place.
    Watched(usize),
    /// One that a mirror names.
    Unnamed(Name),
}

impl End {
    /// Its place, where it is watched.
    pub fn watched(&self) -> Option<usize> {
        match self {
            Self::Watched(at) => Some(*at),
            Self::Unnamed(_) => None,
        }
    }
}

/// A flow that there is.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// Where it begins.
    pub source: End,
    /// Where it ends.
    pub target: End,
    /// The name that the mirror has for the source.
    pub alias: Name,
    /// The names that it has for the target.
    pub target_aliases: Vec<Name>,
    /// What copies.
    pub kind: FlowKind,
    /// What it is known from.
    pub evidence: Vec<Evidence>,
    /// How sure that is.
    pub confidence: Confidence,
    /// What topics are called at the target.
    pub policy: RenamePolicy,
    /// What is set of it.
    pub settings: FlowSettings,
    /// Its topics: the name at the source, and at the target.
    pub topics: Vec<(Name, Name)>,
    /// Topics of the source that are wanted and not at the target.
    pub missing: Vec<Name>,
    /// Whose it is, as declared.
    pub owner: Option<String>,
    /// Whether it is declared.
    pub is_declared: bool,
    /// Whether it is switched off in its settings.
    pub is_off: bool,
}
