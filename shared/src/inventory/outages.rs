//! The times in which a broker was gone or a cluster silent, from what the timeline says, as bands of a chart.

use crate::{
    DateTime,
    chart::{Band, Ink, Tint},
    event::{Event, Subject},
};

/// What begins a time of trouble, what ends it, and how bad it is.
const PAIRS: [(&str, &str, Tint); 2] = [
    ("broker_left", "broker_returned", Tint::Critical),
    ("cluster_silent", "cluster_answers", Tint::Unknown),
];

/// The outages between two times. `events` are newest first; what they do not begin began before `from`, what they do
/// not end lasts until `to`. Names the cluster where a chart is of several.
pub fn outages(events: &[Event], from: DateTime, to: DateTime, names_cluster: bool) -> Vec<Band> {
    let mut bands = Vec::new();
    for (begins, ends, tint) in PAIRS {
        for (at, event) in events.iter().enumerate() {
            let is_of = |other: &&Event, kind: &str| {
                other.kind == kind && other.cluster == event.cluster && other.subject == event.subject
            };
            let later = || events.iter().take(at).rev();
            let earlier = || events.iter().skip(at + 1);
            let span = if event.kind == begins {
                let end = later().find(|other| is_of(other, ends));
                Some((event.time, end.map_or(to, |end| end.time)))
            } else if event.kind == ends && !earlier().any(|other| is_of(&other, begins)) {
                Some((from, event.time))
            } else {
                None
            };
            if let Some((begin, end)) = span {
                let label = named(event, names_cluster);
                bands.push(Band { from: begin.max(from), to: end.min(to), label, ink: Ink::Band(tint) });
            }
        }
    }
    bands
}

fn named(event: &Event, names_cluster: bool) -> String {
    let cluster = event.cluster.as_deref().unwrap_or_default();
    match (&event.subject, names_cluster) {
        (Subject::Broker { broker_id }, false) => format!("broker {broker_id} down"),
        (Subject::Broker { broker_id }, true) => format!("{cluster}: broker {broker_id} down"),
        _ => format!("{cluster} silent"),
    }
}

#[cfg(test)]
mod tests {
    use chrono::Duration;

    use super::*;
    use crate::inventory::samples::{broken_since, events, now};

    fn told(names_cluster: bool) -> Vec<Band> {
        outages(&events().events, now() - Duration::hours(1), now(), names_cluster)
    }

    fn ago(seconds: i64) -> DateTime {
        now() - Duration::seconds(seconds)
    }

    #[test]
    fn a_broker_that_left_is_down_until_it_comes_back_or_until_now() {
        let bands = told(false);
        let spans: Vec<_> = bands.iter().map(|band| (band.label.as_str(), band.from, band.to)).collect();
        assert_eq!(
            spans,
            [("broker 2 down", broken_since(), now()), ("broker 3 down", ago(2_760), ago(1_680))]
        );
    }

    #[test]
    fn an_outage_that_began_before_the_range_begins_with_it() {
        let mut page = events();
        page.events.retain(|event| event.kind == "broker_returned");
        let bands = outages(&page.events, ago(1_800), now(), false);
        assert_eq!((bands.len(), bands[0].from, bands[0].to), (1, ago(1_800), ago(1_680)));
    }

    #[test]
    fn a_chart_of_several_clusters_says_of_which() {
        assert_eq!(told(true)[0].label, "east: broker 2 down");
    }
}
