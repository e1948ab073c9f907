//! What the live stream says: that something moved, never what it moved to.

use serde::{Deserialize, Serialize};

use crate::{
    DateTime,
    meta::{Failure, Reading},
};

/// The first message of every stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Hello {
    /// Identifies the build; a page of another build offers to reload.
    pub build: String,
    /// The server's clock.
    pub now: DateTime,
}

/// One part of one cluster, or of the fleet, was read again or began to fail.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Notice {
    /// The capability: `inventory`, …; `events` for the timeline.
    pub noun: String,
    /// The cluster; null for the fleet.
    pub cluster: Option<String>,
    /// The part within the capability.
    pub part: String,
    /// Moves only when the content moved.
    pub revision: u64,
    /// When it was read; moves with every good turn.
    pub as_of: Option<DateTime>,
    /// The period in force, in seconds.
    pub period_seconds: f64,
    /// The failure that lasts now, if any.
    pub failure: Option<Failure>,
}

impl Notice {
    /// The reading that the notice brings up to date.
    pub fn reading(&self) -> Reading {
        Reading {
            cluster: self.cluster.clone(),
            part: self.part.clone(),
            as_of: self.as_of,
            period_seconds: self.period_seconds,
            failure: self.failure.clone(),
        }
    }
}

/// What has moved since the last message; at most one a second.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Notices {
    /// The server's clock.
    pub now: DateTime,
    /// What moved.
    pub notices: Vec<Notice>,
}
