//! What changed: the timeline of the fleet, of a cluster, of a broker, of a topic.

use std::sync::Arc;

use leptos::prelude::*;
use shared::event::Events;

use super::{
    asks::{self, About, EventFilter},
    page_of_subject,
};
use crate::{
    components::{Choice, EventList},
    live::{Empty, Shown, query},
    place::use_place,
};

/// As many as a panel holds.
const SHOWN: usize = 12;

const SEVERITIES: [(&str, &str); 3] =
    [("", "Of any weight"), ("warning", "Warnings and worse"), ("critical", "Critical only")];

/// Kinds that one looks for.
const KINDS: [(&str, &str); 14] = [
    ("", "Everything"),
    ("broker_left", "Brokers that left"),
    ("broker_returned", "Brokers that came back"),
    ("isr_shrank", "ISRs that shrank"),
    ("partitions_offline", "Partitions offline"),
    ("leader_moved", "Leaders that moved"),
    ("controller_moved", "Controllers that moved"),
    ("broker_abnormal", "Brokers that became abnormal"),
    ("metrics_lost", "Metrics that were lost"),
    ("topic_created", "Topics created"),
    ("topic_deleted", "Topics deleted"),
    ("config_changed", "Settings changed"),
    ("cluster_silent", "Clusters that fell silent"),
    ("partitions_added", "Partitions added"),
];

/// A timeline over the time range of the page. What is chosen of it stands in the address.
#[component]
pub(crate) fn Timeline(about: About) -> impl IntoView {
    let place = use_place();
    let names_cluster = about == About::Fleet;
    let span = place.span();
    let filter = Memo::new(move |_| {
        let [severity, kind, cursor] =
            ["severity", "kind", "older"].map(|name| place.param(name).unwrap_or_default());
        EventFilter { severity, kind, cursor }
    });
    let events =
        query::<Events>(move || Some(filter.with(|filter| asks::events(&about, filter, span.get(), SHOWN))));
    let body = move |page: Arc<Events>| {
        let next = page.meta.next_cursor.clone();
        let older = next.map(|cursor| {
            let href = move || place.here(&[("older", Some(&cursor))]);
            view! { <p class="older"><a class="link" href=href data-noscroll>"Older"</a></p> }
        });
        view! { <EventList events=page names_cluster=names_cluster page_of=page_of_subject />{older} }
            .into_any()
    };
    let note = move || place.range().in_a_sentence(place.zone());
    let is_older = Memo::new(move |_| filter.with(|filter| !filter.cursor.is_empty()));
    let more = move || {
        let newest = move || {
            is_older.get().then(|| {
                view! { <a class="link" href=move || place.here(&[("older", None)]) data-noscroll>"Newest"</a> }
            })
        };
        view! {
            {newest}
            <Choice label="Kinds of events" param="kind" options=KINDS.to_vec() />
            <Choice label="Severity of events" param="severity" options=SEVERITIES.to_vec() />
        }
        .into_any()
    };
    let empty = Empty {
        title: "Nothing changed in this time, as far as Riverkeeper saw",
        text: "Brokers that come and go, leaders that move, replicas that fall out of sync, topics and settings that change appear here.",
    };
    view! { <Shown query=events part="events" title="What changed" note=note more=more source="what Riverkeeper saw" empty=empty body=body /> }
        .into_any()
}
