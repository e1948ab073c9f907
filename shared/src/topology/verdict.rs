//! How a flow is.

use serde::{Deserialize, Serialize};

use crate::verdict::Severity;

/// How a flow, or one topic of it, is; from best to worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FlowVerdict {
    /// What is written at the source arrives at the target in time.
    Ok,
    /// It cannot be told.
    Unknown,
    /// It copies, and what waits has waited too long.
    Behind,
    /// Records wait at the source, and none is copied.
    Stopped,
    /// Records are gone at the source before they were copied.
    Losing,
}

impl FlowVerdict {
    /// All of them, from best to worst.
    pub const ALL: [Self; 5] = [Self::Ok, Self::Unknown, Self::Behind, Self::Stopped, Self::Losing];

    /// Its name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Unknown => "unknown",
            Self::Behind => "behind",
            Self::Stopped => "stopped",
            Self::Losing => "losing",
        }
    }

    /// The word on the screen.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ok => "Flows",
            Self::Unknown => "Unknown",
            Self::Behind => "Behind",
            Self::Stopped => "Stopped",
            Self::Losing => "Losing",
        }
    }

    /// How bad it is.
    pub fn severity(self) -> Severity {
        match self {
            Self::Ok => Severity::Ok,
            Self::Unknown => Severity::Unknown,
            Self::Behind => Severity::Warning,
            Self::Stopped | Self::Losing => Severity::Critical,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_worse_verdict_is_never_less_severe() {
        assert!(FlowVerdict::ALL.is_sorted());
        assert!(FlowVerdict::ALL.map(FlowVerdict::severity).is_sorted());
    }

    #[test]
    fn the_name_is_what_is_written() {
        for verdict in FlowVerdict::ALL {
            assert_eq!(serde_json::to_value(verdict).unwrap(), verdict.name());
        }
    }
}
