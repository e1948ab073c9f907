//! What happened to the flows of the fleet, or to one of them.

use leptos::prelude::*;
use shared::{
    event::{Events, Subject},
    route::page,
};

use super::asks;
use crate::{
    components::EventList,
    live::{Empty, Shown, query},
    place::use_place,
};

/// The timeline.
#[component]
pub(crate) fn Happened(
    /// One flow, by its id; all of them when none.
    id: Option<StoredValue<String>>,
) -> impl IntoView {
    let place = use_place();
    let span = place.span();
    let events = query::<Events>(move || {
        Some(match id {
            Some(id) => id.with_value(|id| asks::happened_to(id, span.get())),
            None => asks::happened(span.get()),
        })
    });
    let page_of = if id.is_some() { |_: &str, _: &Subject| None } else { page_of_subject };
    let body = move |page| view! { <EventList events=page names_cluster=false page_of=page_of /> }.into_any();
    let note = move || place.range().in_a_sentence(place.zone());
    let empty = Empty {
        title: "Nothing happened in this time, as far as Riverkeeper saw",
        text: "Mirrors that stop, fall behind, lose records and keep up again appear here, and those that come and go.",
    };
    view! { <Shown query=events part="events" title="What happened" note=note source="what Riverkeeper saw" empty=empty body=body /> }
        .into_any()
}

/// The page of what an event of topology happened to.
fn page_of_subject(cluster: &str, subject: &Subject) -> Option<String> {
    match subject {
        Subject::Flow { flow, .. } => Some(page::flow(flow)),
        Subject::Cluster if !cluster.is_empty() => Some(page::cluster(cluster)),
        _ => None,
    }
}
