//! How a flow and a cluster are drawn, by what was read and how old that is: pure.

use shared::{meta::Freshness, topology::FlowVerdict, verdict::Severity};

use crate::components::Mark;

/// Mark and word of a verdict.
pub(crate) fn verdict_mark(verdict: FlowVerdict, freshness: Option<Freshness>) -> (Mark, &'static str) {
    Mark::said(verdict.severity(), verdict.word(), freshness)
}

/// How a box is outlined.
pub(crate) fn outline(severity: Severity) -> &'static str {
    match severity {
        Severity::Ok | Severity::Unknown => "",
        Severity::Warning => "is-warn",
        Severity::Critical => "is-bad",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verdict_that_is_old_is_not_well_any_more_and_trouble_stays_trouble() {
        assert_eq!(verdict_mark(FlowVerdict::Ok, Some(Freshness::Fresh)), (Mark::Well, "Flows"));
        assert_eq!(verdict_mark(FlowVerdict::Ok, Some(Freshness::Stale)), (Mark::Stale, "Stale"));
        assert_eq!(verdict_mark(FlowVerdict::Stopped, Some(Freshness::Stale)), (Mark::Critical, "Stopped"));
        assert_eq!(verdict_mark(FlowVerdict::Unknown, None), (Mark::Unknown, "Unknown"));
    }
}
