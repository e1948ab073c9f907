//! The questions that load's panels ask.

use shared::{
    inventory,
    load::{Metric, NOUN},
    route::api,
};

use crate::{live::Ask, time_range::Span};

/// Most brokers that one answer holds.
const MOST: usize = 1_000;

/// Times of trouble that are told apart on a chart.
const BANDS: usize = 200;

/// What each broker of a cluster carries now, abnormal ones first.
pub(crate) fn broker_loads(cluster: &str) -> Ask {
    Ask::new(NOUN, Some(cluster), format!("{}?limit={MOST}", api::of_cluster(cluster, "broker-loads")))
}

/// The brokers of a cluster: whether they serve, and since when.
pub(crate) fn brokers(cluster: &str) -> Ask {
    Ask::new(inventory::NOUN, Some(cluster), format!("{}?limit={MOST}", api::of_cluster(cluster, "brokers")))
}

/// How evenly the load of a cluster lies.
pub(crate) fn spread(cluster: &str) -> Ask {
    Ask::new(NOUN, Some(cluster), api::of_cluster(cluster, "spread"))
}

/// A metric of every cluster over a time.
pub(crate) fn fleet(metric: Metric, span: Span) -> Ask {
    let url = format!("{}?metric={}&{}", api::LOAD, metric.word(), span.params());
    Ask::new(NOUN, None, url).only_every(span.step_seconds)
}

/// A metric of one broker of a cluster, or of each of them, over a time.
pub(crate) fn brokers_over_time(cluster: &str, broker_id: Option<i32>, metric: Metric, span: Span) -> Ask {
    let of = broker_id.map(|id| format!("&broker={id}")).unwrap_or_default();
    let path = api::of_cluster(cluster, "load");
    let url = format!("{path}?metric={}{of}&{}", metric.word(), span.params());
    Ask::new(NOUN, Some(cluster), url).only_every(span.step_seconds)
}

/// What of one kind happened in a time, to the fleet, to a cluster, or to one of its brokers.
pub(crate) fn happened(kind: &str, cluster: Option<&str>, broker_id: Option<i32>, span: Span) -> Ask {
    let path = cluster.map_or_else(|| api::EVENTS.into(), |cluster| api::of_cluster(cluster, "events"));
    let of = broker_id.map(|id| format!("&broker={id}")).unwrap_or_default();
    Ask::new("events", cluster, format!("{path}?{}&limit={BANDS}&kind={kind}{of}", span.params()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_about_a_time_names_metric_and_broker() {
        let from = shared::inventory::samples::now();
        let span = Span { from, to: None, step_seconds: 30 };
        let ask = brokers_over_time("e/st", Some(3), Metric::ProduceP99, span);
        assert_eq!(
            ask.url,
            "api/v1/clusters/e%2Fst/load?metric=produce_p99&broker=3&from=2026-11-22T14%3A00%3A00Z"
        );
        assert!(ask.is_slow && ask.every_seconds == Some(30));
    }
}
