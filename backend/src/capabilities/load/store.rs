//! What is kept of what brokers carry: finished minutes, and what was usual.

use shared::load::Metric;

use super::model::BrokersSnapshot;

/// Keeps the history of one cluster.
#[derive(Debug, Default)]
pub struct Keeping {}

impl Keeping {
    /// Keeps the minutes that are finished and not kept yet.
    pub async fn keep(&self, _: &BrokersSnapshot) -> Result<(), String> {
        Ok(())
    }

    /// What each broker had at this hour on the last days.
    pub async fn usual(&self) -> Result<Vec<(i32, Metric, Vec<f32>)>, String> {
        Ok(vec![])
    }
}
