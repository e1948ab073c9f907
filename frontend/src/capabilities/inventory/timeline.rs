//! What changed: the timeline of the fleet, of a cluster, of a topic.

use std::sync::Arc;

use leptos::prelude::*;
use shared::event::Events;

use super::page_of_subject;
use crate::{
    components::EventList,
    live::{Ask, Empty, Shown, query, use_store},
    place::use_place,
};

/// As many as a panel holds.
pub(crate) const SHOWN: usize = 12;

/// A timeline over the time range of the page.
#[component]
pub(crate) fn Timeline<F>(
    /// Asks for what happened since a time.
    ask: F,
    /// Whether each event says which cluster it is about.
    #[prop(optional)]
    names_cluster: bool,
) -> impl IntoView
where
    F: Fn(&str) -> Ask + Send + Sync + 'static,
{
    let store = use_store();
    let place = use_place();
    let from = Memo::new(move |_| place.range().from(store.clock.now()));
    let events = query::<Events>(move || Some(ask(&from.get())));
    let body = move |events: Arc<Events>| {
        view! { <EventList events=events names_cluster=names_cluster page_of=page_of_subject /> }.into_any()
    };
    let note = move || place.range().label().to_lowercase();
    let empty = Empty {
        title: "Nothing changed while Riverkeeper looked",
        text: "Brokers that come and go, leaders that move, replicas that fall out of sync, topics and settings that change appear here.",
    };
    view! { <Shown query=events part="events" title="What changed" note=note source="what Riverkeeper saw" empty=empty body=body /> }
        .into_any()
}
