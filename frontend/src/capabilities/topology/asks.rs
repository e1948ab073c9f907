//! The questions that topology's pages ask.

use shared::{
    inventory,
    route::{api, segment},
    topology::NOUN,
};

use crate::{live::Ask, place::Place, time_range::Span};

/// The noun under which notices tell of the timeline.
const EVENTS: &str = "events";

/// Most things that one answer holds.
pub(crate) const MOST: usize = 1_000;

/// Lags, ages and rates move all the time, and not all of it moves a revision.
const EVERY_SECONDS: i64 = 10;

/// Verdicts of a flow that are told apart on a chart.
const VERDICTS: usize = 200;

/// Events in a timeline.
const EVENTS_SHOWN: usize = 12;

/// What is left out of the picture, by choice.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Narrowing {
    /// Only clusters of this data centre, and what touches them.
    pub datacenter: String,
    /// Only clusters of this category.
    pub category: String,
    /// Only flows of topics with this in the name.
    pub topic: String,
    /// Whether clusters that are well are drawn as one: `true`, `false`, or as the server thinks.
    pub collapse: String,
    /// `false` where applications are left out.
    pub applications: String,
}

impl Narrowing {
    /// As the address says.
    pub(crate) fn of(place: Place) -> Self {
        let [datacenter, category, topic, collapse, applications] =
            ["datacenter", "category", "q", "collapse", "applications"]
                .map(|name| place.param(name).unwrap_or_default());
        Self { datacenter, category, topic, collapse, applications }
    }

    /// Whether it leaves any flow out.
    pub(crate) fn leaves_out(&self) -> bool {
        [&self.datacenter, &self.category, &self.topic].into_iter().any(|value| !value.is_empty())
    }
}

fn with_params(path: &str, params: &[(&str, &str)]) -> String {
    let mut url = path.to_owned();
    for (name, value) in params.iter().filter(|(_, value)| !value.is_empty()) {
        url.push(if url.contains('?') { '&' } else { '?' });
        url.push_str(&format!("{name}={}", segment(value)));
    }
    url
}

/// The fleet as tiers and flows.
pub(crate) fn topology(narrowing: &Narrowing) -> Ask {
    let Narrowing { datacenter, category, topic, collapse, applications } = narrowing;
    let params = [
        ("datacenter", datacenter.as_str()),
        ("category", category),
        ("topic", topic),
        ("collapse", collapse),
        ("applications", applications),
    ];
    Ask::new(NOUN, None, with_params(api::TOPOLOGY, &params)).every(EVERY_SECONDS)
}

/// How many flows there are of each verdict.
pub(crate) fn counts() -> Ask {
    Ask::new(NOUN, None, with_params(api::FLOWS, &[("limit", "1")]))
}

/// The worst flows into and out of a cluster, or of the fleet.
pub(crate) fn worst(cluster: Option<&str>, most: usize) -> Ask {
    let limit = most.to_string();
    let params = [("limit", limit.as_str()), ("cluster", cluster.unwrap_or_default())];
    Ask::new(NOUN, None, with_params(api::FLOWS, &params)).every(EVERY_SECONDS)
}

/// One flow with its topics.
pub(crate) fn flow(id: &str, sort: &str, q: &str) -> Ask {
    let limit = MOST.to_string();
    let params = [("limit", limit.as_str()), ("sort", sort), ("q", q)];
    Ask::new(NOUN, None, with_params(&api::flow(id), &params)).every(EVERY_SECONDS)
}

/// One flow over a time.
pub(crate) fn history(id: &str, span: Span) -> Ask {
    Ask::new(NOUN, None, format!("{}?{}", api::flow_history(id), span.params())).only_every(span.step_seconds)
}

/// The way of a topic through the tiers.
pub(crate) fn way(cluster: &str, topic: &str) -> Ask {
    Ask::new(NOUN, None, with_params(&api::topic_path(topic), &[("cluster", cluster)])).every(EVERY_SECONDS)
}

/// What happened to all flows in a time, the newest of it.
pub(crate) fn happened(span: Span) -> Ask {
    let url = format!("{}?{}&limit={EVENTS_SHOWN}&noun={NOUN}", api::EVENTS, span.params());
    Ask::new(EVENTS, None, url)
}

/// What happened to one.
pub(crate) fn happened_to(id: &str, span: Span) -> Ask {
    events(id, span, EVENTS_SHOWN)
}

/// The same, as much of it as a chart tells apart.
pub(crate) fn troubles(id: &str, span: Span) -> Ask {
    events(id, span, VERDICTS)
}

fn events(id: &str, span: Span, limit: usize) -> Ask {
    let url = format!("{}?{}&limit={limit}&flow={}", api::EVENTS, span.params(), segment(id));
    Ask::new(EVENTS, None, url)
}

/// The clusters that are watched: only of these can brokers be asked for.
pub(crate) fn clusters() -> Ask {
    Ask::new(inventory::NOUN, None, api::CLUSTERS.into())
}

/// The brokers of a cluster, for an address that commands can ask.
pub(crate) fn brokers(cluster: &str) -> Ask {
    let url = format!("{}?limit={MOST}", api::of_cluster(cluster, "brokers"));
    Ask::new(inventory::NOUN, Some(cluster), url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_chosen_does_not_travel() {
        assert_eq!(topology(&Narrowing::default()).url, "api/v1/topology");
        let chosen = Narrowing { datacenter: "a b".into(), collapse: "false".into(), ..Narrowing::default() };
        assert_eq!(topology(&chosen).url, "api/v1/topology?datacenter=a%20b&collapse=false");
        assert!(chosen.leaves_out());
        assert!(!Narrowing { collapse: "false".into(), ..Narrowing::default() }.leaves_out());
        assert_eq!(
            flow("west~aggregate~mirror-maker2", "-lag_records", "").url,
            "api/v1/topology/flows/west~aggregate~mirror-maker2?limit=1000&sort=-lag_records"
        );
    }

    #[test]
    fn who_counts_asks_another_address_than_who_draws() {
        let all = [topology(&Narrowing::default()), worst(None, 8)];
        assert!(all.iter().all(|ask| ask.url != counts().url), "one address has one type");
    }
}
