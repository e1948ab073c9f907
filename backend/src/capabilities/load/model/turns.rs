//! A turn of the cluster as a whole that may still become known: a broker that did not answer may tell later what it
//! did in the meantime.

use shared::DateTime;

use super::METRICS;

/// What the brokers together did in one turn.
#[derive(Clone, Debug)]
pub struct Turn {
    /// When it was.
    pub time: DateTime,
    /// By metric: the sum of those that are known, or the highest of them.
    pub values: [Option<f64>; METRICS],
    /// Brokers that are up and of which rates are missing. While there is one, no sum is known.
    pub missing: Vec<i32>,
    /// By metric: whether some broker that is up told the rest and not this.
    pub untold: [bool; METRICS],
}
