//! The answer that the page of Riverkeeper's status begins with: pure.

use shared::{
    DateTime, catalog,
    headline::Headline,
    status::{CycleStatus, Outcome, Status},
    units::{counted, duration},
};

/// Whether a cycle needs a person.
pub(crate) fn is_failing(cycle: &CycleStatus) -> bool {
    cycle.failure.is_some()
}

/// The headline of the page.
pub(crate) fn status_headline(status: &Status, now: DateTime) -> Headline {
    let all = status.cycles.len() as u64;
    let failing: Vec<&CycleStatus> = status.cycles.iter().filter(|cycle| is_failing(cycle)).collect();
    let cannot_keep = status.cycles.iter().any(|cycle| cycle.store_failure.is_some());
    let unkept = u64::from(cannot_keep || status.database.failure.is_some());
    let failure = failing.first().and_then(|cycle| cycle.failure.as_ref());
    let lede = match failure.or(status.database.failure.as_ref()) {
        Some(failure) => failure.what.clone(),
        None => format!(
            "{} {} {}, up for {}.",
            counted(all, "cycle", "cycles"),
            if all == 1 { "reads" } else { "read" },
            counted(status.gateways.len() as u64, "cluster", "clusters"),
            duration(now - status.started_at)
        ),
    };
    let title = match (failing.as_slice(), unkept) {
        ([], 0) if all == 0 => "Riverkeeper has nothing to read".into(),
        ([], 0) => "Riverkeeper reads everything".into(),
        ([], _) => "Riverkeeper reads everything, and cannot keep it".into(),
        ([one], _) if one.last_outcome == Some(Outcome::Partial) => {
            format!("Riverkeeper reads {} only in part", subject(one))
        }
        ([one], _) => format!("Riverkeeper cannot read {}", subject(one)),
        (many, _) => format!("{} of {} fail", many.len(), counted(all, "cycle", "cycles")),
    };
    Headline { title, lede }
}

/// What a cycle reads, in words: `metadata of east`.
pub(crate) fn subject(cycle: &CycleStatus) -> String {
    let part = cycle.part.replace('_', " ");
    match &cycle.cluster {
        Some(cluster) => format!("the {part} of {cluster}"),
        None if cycle.noun == catalog::NOUN => "the catalog of owners".into(),
        None => format!("the {part} of {}", cycle.noun),
    }
}

#[cfg(test)]
mod tests {
    use shared::{inventory::samples::now, status::sample};

    use super::*;

    #[test]
    fn one_failing_cycle_is_named() {
        let status = sample();
        assert_eq!(status_headline(&status, now()).title, "Riverkeeper cannot read the metadata of west");
    }

    #[test]
    fn a_good_day_is_said_in_few_words() {
        let mut status = sample();
        status.cycles.iter_mut().for_each(|cycle| cycle.failure = None);
        let said = status_headline(&status, now());
        assert_eq!(said.title, "Riverkeeper reads everything");
        assert!(said.lede.contains("up for"), "{}", said.lede);
    }
}
