//! How a cluster, a broker and a topic are now, by what was read and how old that is: pure.

use shared::{
    DateTime,
    inventory::{Broker, BrokerState, Cluster, Topic, part},
    meta::{Freshness, Reading},
    verdict::{Health, Reason, Severity},
};

use crate::components::Mark;

/// The cluster with the age and the failure that the newest notice told of. A view that has grown old since it was
/// fetched says so itself.
pub(crate) fn as_read(cluster: &Cluster, readings: &[Reading], now: DateTime) -> Cluster {
    let mut cluster = cluster.clone();
    let Some(reading) = reading_of(&cluster.name, readings) else { return cluster };
    cluster.as_of = reading.as_of;
    cluster.failure.clone_from(&reading.failure);
    let says_so = cluster.health.reason("stale").is_some();
    // Its reasons may not be for the reader to see; then the word of the server stands.
    let untold = if cluster.health.reasons.is_empty() { cluster.health.severity } else { Severity::Ok };
    let mut reasons = std::mem::take(&mut cluster.health.reasons);
    match reading.freshness(now) {
        Freshness::Stale if !says_so => reasons.push(grown_old(reading, now)),
        Freshness::Fresh => reasons.retain(|reason| reason.rule != "stale"),
        _ => {}
    }
    cluster.health = Health::worst_of(reasons);
    cluster.health.severity = cluster.health.severity.max(untold);
    cluster
}

fn reading_of<'a>(cluster: &str, readings: &'a [Reading]) -> Option<&'a Reading> {
    readings
        .iter()
        .find(|reading| reading.part == part::METADATA && reading.cluster.as_deref() == Some(cluster))
}

fn grown_old(reading: &Reading, now: DateTime) -> Reason {
    Reason {
        rule: "stale".into(),
        value: reading.as_of.map(|as_of| (now - as_of).num_seconds() as f64),
        limit: Some(reading.period_seconds * 2.0),
        unit: Some("seconds".into()),
        severity: Severity::Unknown,
        since: reading.failure.as_ref().map(|failure| failure.since).or(reading.as_of),
        sentence: "The newest view is older than two periods.".into(),
    }
}

/// How old what is known of a cluster is; `None` when nothing tells.
pub(crate) fn freshness_of(cluster: &str, readings: &[Reading], now: DateTime) -> Option<Freshness> {
    reading_of(cluster, readings).map(|reading| reading.freshness(now))
}

/// Mark and word of a cluster.
pub(crate) fn cluster_mark(cluster: &Cluster, freshness: Option<Freshness>) -> (Mark, &'static str) {
    let mark = Mark::of(cluster.health.severity, freshness);
    let word = match freshness {
        Some(Freshness::Loading) => "Reading…",
        Some(Freshness::Failed) => "Not readable",
        _ => mark.word(),
    };
    (mark, word)
}

/// Mark and word of a broker.
pub(crate) fn broker_mark(broker: &Broker) -> (Mark, &'static str) {
    match broker.state {
        BrokerState::Down => (Mark::Critical, "Down"),
        BrokerState::Fenced => (Mark::Critical, "Fenced"),
        BrokerState::Up if broker.log_dirs_offline.is_some_and(|count| count > 0) => {
            // As the verdict over the cluster says: what it stops is counted as offline or under-replicated.
            (Mark::Warning, "Log dir offline")
        }
        BrokerState::Up if broker.out_of_sync_count > 0 => (Mark::Warning, "Catching up"),
        BrokerState::Up => (Mark::Well, "Up"),
    }
}

/// Mark and word of a topic: its worst partition.
pub(crate) fn topic_mark(topic: &Topic) -> (Mark, &'static str) {
    let some = |count: Option<u32>| count.is_some_and(|count| count > 0);
    if topic.offline_count > 0 {
        (Mark::Critical, "Offline")
    } else if some(topic.under_min_isr_count) {
        (Mark::Critical, "Under min ISR")
    } else if some(topic.at_min_isr_count) {
        (Mark::Warning, "At min ISR")
    } else if topic.under_replicated_count > 0 {
        (Mark::Warning, "Under-replicated")
    } else {
        (Mark::Well, "Whole")
    }
}

/// How full a volume is, in percent.
pub(crate) fn used_percent(total: Option<u64>, usable: Option<u64>) -> Option<u64> {
    let (total, usable) = (total.filter(|total| *total > 0)?, usable?);
    Some((total.saturating_sub(usable) as f64 / total as f64 * 100.0).round() as u64)
}

#[cfg(test)]
mod tests {
    use chrono::Duration;
    use shared::inventory::samples::{self, now};

    use super::*;

    #[test]
    fn a_view_that_grows_old_on_the_screen_is_not_well_any_more() {
        let page = samples::clusters_well();
        let later = now() + Duration::seconds(60);
        let cluster = as_read(&page.clusters[0], &page.meta.readings, later);
        assert_eq!(cluster.health.severity, Severity::Unknown);
        assert_eq!(cluster.health.reasons[0].rule, "stale");
        let freshness = freshness_of("aggregate", &page.meta.readings, later);
        assert_eq!(cluster_mark(&cluster, freshness), (Mark::Stale, "Stale"));
    }

    #[test]
    fn a_cluster_that_answers_again_is_not_stale_any_more() {
        let mut page = samples::clusters();
        page.meta.readings[1].as_of = Some(now());
        let west = as_read(&page.clusters[1], &page.meta.readings, now());
        assert_eq!(west.health.severity, Severity::Ok);
    }

    #[test]
    fn a_cluster_whose_reasons_are_not_told_is_as_the_server_says() {
        let page = samples::clusters_restricted();
        let east = as_read(&page.clusters[0], &page.meta.readings, now());
        assert_eq!((east.health.severity, east.health.reasons.len()), (Severity::Critical, 0));
    }

    #[test]
    fn a_notice_makes_a_row_younger() {
        let mut page = samples::clusters_well();
        page.meta.readings[0].as_of = Some(now());
        assert_eq!(as_read(&page.clusters[0], &page.meta.readings, now()).as_of, Some(now()));
    }

    #[test]
    fn a_cluster_that_was_never_read_says_so() {
        let page = samples::clusters_failed();
        let freshness = freshness_of("east", &page.meta.readings, now());
        assert_eq!(cluster_mark(&page.clusters[1], freshness), (Mark::Unknown, "Not readable"));
    }

    #[test]
    fn how_full_a_disk_is_needs_both_numbers() {
        assert_eq!(used_percent(Some(5_500), Some(1_600)), Some(71));
        assert_eq!(used_percent(None, Some(1_600)), None);
        assert_eq!(used_percent(Some(0), Some(0)), None);
    }
}
