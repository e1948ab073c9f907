//! The fleet as a whole.

use std::collections::BTreeMap;

use shared::DateTime;

/// What one turn of the fleet reads: the newest readings of all clusters.
#[derive(Debug)]
pub struct FleetSample {
    /// How the metadata of each cluster was read.
    pub readings: Vec<shared::meta::Reading>,
}

/// What is known of the fleet as a whole.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct FleetSnapshot {
    /// Clusters that do not answer, with since when.
    pub silent: BTreeMap<String, DateTime>,
}
