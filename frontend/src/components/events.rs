//! What happened, newest first.

use std::sync::Arc;

use leptos::prelude::*;
use shared::event::{Event, Events, Subject};

use super::{Mark, mark};
use crate::{live::use_store, place::use_place};

/// Where the things that events happened to are shown.
pub(crate) type PageOf = fn(cluster: &str, subject: &Subject) -> Option<String>;

/// A timeline. Its cluster is named where the page is about several.
#[component]
pub(crate) fn EventList(
    /// The events.
    events: Arc<Events>,
    /// Whether each says which cluster it is about.
    names_cluster: bool,
    /// Where the subjects are shown.
    page_of: PageOf,
) -> impl IntoView {
    let rows = events.events.iter().map(|event| row(event, names_cluster, page_of)).collect_view();
    view! { <ol class="events">{rows}</ol> }.into_any()
}

fn row(event: &Event, names_cluster: bool, page_of: PageOf) -> AnyView {
    let place = use_place();
    let store = use_store();
    let at = event.time;
    let said = Memo::new(move |_| place.zone().since(at, store.clock.now()));
    let kind = Mark::of_severity(event.severity);
    let cluster = event.cluster.clone().unwrap_or_default();
    let sentence = match page_of(&cluster, &event.subject) {
        Some(page) => view! { <a href=move || place.to(&page)>{event.sentence.clone()}</a> }.into_any(),
        None => event.sentence.clone().into_any(),
    };
    let is_named = event.sentence.split(' ').any(|word| word == cluster);
    let on = (names_cluster && !is_named && !cluster.is_empty()).then(|| view! { " on " <b>{cluster}</b> });
    let detail = event.detail.clone().map(|detail| view! { <span class="sub">{detail}</span> });
    view! {
        <li>
            <time datetime=at.to_rfc3339() title=move || place.zone().full(at)>{said}</time>
            <span class=kind.class() title=kind.event_word()>{mark(kind)}<span class="hidden">{kind.event_word()}": "</span></span>
            <span>{sentence}{on}{detail}</span>
        </li>
    }
    .into_any()
}
