//! The fleet: no request to Kafka, only what the other cycles have published.

use shared::DateTime;

use crate::{
    capabilities::inventory::{
        evaluate,
        model::{FleetSample, FleetSnapshot, MetadataSnapshot},
    },
    runtime::{Cell, Collected, Cycle, Evaluated},
};

/// The cycle of the fleet: it reads what the other cycles have published.
#[derive(Debug)]
pub struct FleetCycle {
    /// The metadata of every cluster.
    pub clusters: Vec<Cell<MetadataSnapshot>>,
}

impl Cycle for FleetCycle {
    type Sample = FleetSample;
    type Snapshot = FleetSnapshot;

    async fn collect(&self) -> Result<Collected<FleetSample>, String> {
        let readings = self.clusters.iter().map(|cell| cell.state().reading()).collect();
        Ok(Collected::whole(FleetSample { readings }))
    }

    fn evaluate(
        &self,
        previous: Option<&FleetSnapshot>,
        sample: FleetSample,
        now: DateTime,
    ) -> Evaluated<FleetSnapshot> {
        evaluate::fleet(previous, sample, now)
    }
}
