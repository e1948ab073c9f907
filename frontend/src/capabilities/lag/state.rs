//! How a group and a partition are drawn, by what was read and how old that is: pure.

use shared::{
    DateTime,
    lag::{LagVerdict, part},
    meta::{Freshness, Reading},
};

use crate::components::Mark;

/// How old what is known of a cluster's groups is; `None` when nothing tells.
pub(crate) fn freshness_of(cluster: &str, readings: &[Reading], now: DateTime) -> Option<Freshness> {
    let of = |reading: &&Reading| reading.part == part::GROUPS && reading.cluster.as_deref() == Some(cluster);
    readings.iter().find(of).map(|reading| reading.freshness(now))
}

/// Mark and word of a verdict.
pub(crate) fn verdict_mark(verdict: LagVerdict, freshness: Option<Freshness>) -> (Mark, &'static str) {
    Mark::said(verdict.severity(), verdict.word(), freshness)
}

#[cfg(test)]
mod tests {
    use shared::lag::samples;

    use super::*;

    #[test]
    fn a_verdict_that_is_old_is_not_well_any_more_and_trouble_stays_trouble() {
        let readings = samples::group_lags().meta.meta.readings;
        let at = |seconds| samples::now() + chrono::Duration::seconds(seconds);
        let fresh = freshness_of("east", &readings, at(0));
        let stale = freshness_of("east", &readings, at(60));
        assert_eq!(verdict_mark(LagVerdict::Ok, fresh), (Mark::Well, "Ok"));
        assert_eq!(verdict_mark(LagVerdict::Ok, stale), (Mark::Stale, "Stale"));
        assert_eq!(verdict_mark(LagVerdict::Stuck, stale), (Mark::Critical, "Stuck"));
        assert_eq!(freshness_of("west", &readings, at(0)), None);
    }
}
