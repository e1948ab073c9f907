//! How evenly a cluster's load lies on its brokers.

use serde::{Deserialize, Serialize};

use super::Unit;
use crate::meta::Meta;

/// One resource: its worst broker against the mean of all that are up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Spread {
    /// `bytes_in`, `bytes_out`, `leaders`, `replicas` or `disk`.
    pub resource: String,
    /// The broker that carries most; null when nothing is known.
    pub worst_broker_id: Option<i32>,
    /// What it carries.
    pub worst: Option<f64>,
    /// What a broker carries on average.
    pub mean: Option<f64>,
    /// `worst` ÷ `mean`; 1 is even, null where the mean is zero or not known.
    pub ratio: Option<f64>,
    /// Unit of `worst` and `mean`.
    pub unit: Unit,
    /// Brokers that are up and of which this is not known: they are not in the mean.
    pub unknown_broker_count: u32,
}

/// The resources of a cluster, the least even first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Spreads {
    /// The rows.
    pub spread: Vec<Spread>,
    /// What stands beside them.
    pub meta: Meta,
}
