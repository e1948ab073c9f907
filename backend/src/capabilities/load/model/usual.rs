//! What is usual for each broker at this hour.

use std::collections::BTreeMap;

use shared::load::Metric;

/// What is usual at this hour, by broker and metric.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UsualSnapshot {
    /// Only where enough days are known.
    pub baselines: BTreeMap<(i32, Metric), Baseline>,
}

/// What a metric of a broker was at this hour on the last days.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Baseline {
    /// The median of the days.
    pub median: f64,
    /// The median distance from it.
    pub mad: f64,
    /// How many days.
    pub days: u32,
}
