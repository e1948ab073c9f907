//! How a consumer group is.

use serde::{Deserialize, Serialize};

use crate::verdict::Severity;

/// How a group, or one partition of it, is; from best to worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum LagVerdict {
    /// It has read everything, or reads what there is in time.
    Ok,
    /// It cannot be told.
    Unknown,
    /// It began again before where it was.
    Rewound,
    /// Records wait too long, and do not get fewer.
    Behind,
    /// It has members, and its offset does not move while records wait.
    Stuck,
    /// It has no members, and nothing is committed while records wait.
    Stopped,
    /// Records are gone, or will be, before they are read.
    Losing,
}

impl LagVerdict {
    /// All of them, from best to worst.
    pub const ALL: [Self; 7] =
        [Self::Ok, Self::Unknown, Self::Rewound, Self::Behind, Self::Stuck, Self::Stopped, Self::Losing];

    /// Its name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Unknown => "unknown",
            Self::Rewound => "rewound",
            Self::Behind => "behind",
            Self::Stuck => "stuck",
            Self::Stopped => "stopped",
            Self::Losing => "losing",
        }
    }

    /// The word on the screen.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ok => "Ok",
            Self::Unknown => "Unknown",
            Self::Rewound => "Rewound",
            Self::Behind => "Behind",
            Self::Stuck => "Stuck",
            Self::Stopped => "Stopped",
            Self::Losing => "Losing",
        }
    }

    /// How bad it is.
    pub fn severity(self) -> Severity {
        match self {
            Self::Ok => Severity::Ok,
            Self::Unknown => Severity::Unknown,
            Self::Rewound | Self::Behind => Severity::Warning,
            Self::Stuck | Self::Stopped | Self::Losing => Severity::Critical,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_worse_verdict_is_never_less_severe() {
        assert!(LagVerdict::ALL.is_sorted());
        assert!(LagVerdict::ALL.map(LagVerdict::severity).is_sorted());
    }

    #[test]
    fn the_name_is_what_is_written() {
        for verdict in LagVerdict::ALL {
            assert_eq!(serde_json::to_value(verdict).unwrap(), verdict.name());
        }
    }
}
