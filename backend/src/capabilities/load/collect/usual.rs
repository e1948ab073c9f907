//! What was usual at this hour, from what the database keeps.

use std::sync::Arc;

use shared::DateTime;

use crate::{
    capabilities::load::{
        evaluate,
        model::{UsualSample, UsualSnapshot},
        store::Keeping,
    },
    runtime::{Collected, Cycle, Evaluated},
};

/// The cycle of what is usual for the brokers of a cluster.
pub struct UsualCycle {
    /// Keeps the history.
    pub keeping: Arc<Keeping>,
}

impl Cycle for UsualCycle {
    type Sample = UsualSample;
    type Snapshot = UsualSnapshot;

    async fn collect(&self) -> Result<Collected<UsualSample>, String> {
        Ok(Collected::whole(UsualSample { values: self.keeping.usual().await? }))
    }

    fn evaluate(
        &self,
        previous: Option<&UsualSnapshot>,
        sample: UsualSample,
        now: DateTime,
    ) -> Evaluated<UsualSnapshot> {
        let snapshot = evaluate::usual(sample);
        let changed = previous.is_none_or(|previous| *previous != snapshot);
        Evaluated { snapshot, as_of: now, changed, events: vec![] }
    }
}
