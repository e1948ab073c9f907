//! The times in which a broker was gone or abnormal, or a cluster silent, from what the timeline says, as bands of a
//! chart.

use crate::{
    DateTime,
    chart::{Band, Ink, Tint},
    event::{Event, Subject},
};

/// What begins a time of trouble, what ends it, and how bad it is.
const PAIRS: [(&str, &str, Tint); 3] = [
    ("broker_left", "broker_returned", Tint::Critical),
    ("cluster_silent", "cluster_answers", Tint::Unknown),
    (ABNORMAL, "broker_normal", Tint::Warning),
];

/// What is abnormal now, and since when exactly, is told elsewhere: here it is a band once it is over.
const ABNORMAL: &str = "broker_abnormal";

/// The outages between two times. `events` are newest first; what they do not begin began before `from`, what they do
/// not end lasts until `to`. Names the cluster where a chart is of several. Of what was abnormal only the metrics of
/// these labels, with which its sentence begins.
pub fn outages(
    events: &[Event],
    from: DateTime,
    to: DateTime,
    names_cluster: bool,
    labels: &[&str],
) -> Vec<Band> {
    let mut bands = Vec::new();
    for (begins, ends, tint) in PAIRS {
        for (at, event) in events.iter().enumerate() {
            let is_of = |other: &&Event, kind: &str| {
                other.kind == kind && other.cluster == event.cluster && other.subject == event.subject
            };
            let later = || events.iter().take(at).rev();
            let earlier = || events.iter().skip(at + 1);
            let end = || later().find(|other| is_of(other, ends)).map(|end| end.time);
            let is_shown = |label: &&str| event.sentence.starts_with(&format!("{label} of "));
            let span = if event.kind == begins && begins == ABNORMAL {
                end().filter(|_| labels.iter().any(is_shown)).map(|end| (event.time, end))
            } else if event.kind == begins {
                Some((event.time, end().unwrap_or(to)))
            } else if begins != ABNORMAL
                && event.kind == ends
                && !earlier().any(|other| is_of(&other, begins))
            {
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
    let what = if event.kind == ABNORMAL { "abnormal" } else { "down" };
    match (&event.subject, names_cluster) {
        (Subject::Broker { broker_id }, false) => format!("broker {broker_id} {what}"),
        (Subject::Broker { broker_id }, true) => format!("{cluster}: broker {broker_id} {what}"),
        _ => format!("{cluster} silent"),
    }
}

#[cfg(test)]
mod tests {
    use chrono::Duration;

    use super::*;
    use crate::inventory::samples::{broken_since, events, now};

    fn told(names_cluster: bool) -> Vec<Band> {
        outages(&events().events, now() - Duration::hours(1), now(), names_cluster, &[])
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
        let bands = outages(&page.events, ago(1_800), now(), false, &[]);
        assert_eq!((bands.len(), bands[0].from, bands[0].to), (1, ago(1_800), ago(1_680)));
    }

    #[test]
    fn a_chart_of_several_clusters_says_of_which() {
        assert_eq!(told(true)[0].label, "east: broker 2 down");
    }

    #[test]
    fn what_was_abnormal_is_a_band_of_the_chart_of_its_metric() {
        let mut abnormal = events().events.remove(0);
        (abnormal.kind, abnormal.time) = (ABNORMAL.into(), ago(900));
        abnormal.sentence = "Produce p99 of broker 2 is 38 ms; its peers have 4.1 ms.".into();
        let mut normal = abnormal.clone();
        (normal.kind, normal.time) = ("broker_normal".into(), ago(600));
        let happened = [normal, abnormal];
        let told = |labels: &[&str]| outages(&happened, ago(3_600), now(), false, labels);
        let bands = told(&["Produce p99"]);
        assert_eq!((bands.len(), bands[0].from, bands[0].to), (1, ago(900), ago(600)));
        assert_eq!(bands[0].label, "broker 2 abnormal");
        assert!(told(&["Bytes in"]).is_empty());
    }
}
