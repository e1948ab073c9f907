//! What happened, newest first.

use std::sync::Arc;

use leptos::prelude::*;
use shared::event::{Event, Events, Subject};

use super::{Mark, mark};
use crate::{live::use_store, place::use_place, time_range::written};

/// How much before and after an event is looked at.
const AROUND_MINUTES: i64 = 15;

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
    let around = move || {
        let aside = chrono::Duration::minutes(AROUND_MINUTES);
        let (from, to) = (written(at - aside), written(at + aside));
        place.here(&[("range", None), ("from", Some(&from)), ("to", Some(&to)), ("older", None)])
    };
    let is_named = event.sentence.split(' ').any(|word| word == cluster);
    let on = (names_cluster && !is_named && !cluster.is_empty()).then(|| view! { " on " <b>{cluster}</b> });
    let detail = event.detail.clone().map(|detail| view! { <span class="sub">{detail}</span> });
    view! {
        <li>
            <a class="when" href=around title=move || format!("{}. Look at the time around it", place.zone().full(at)) data-noscroll>
                <time datetime=at.to_rfc3339()>{said}</time>
            </a>
            <span class=kind.class() title=kind.event_word()>{mark(kind)}<span class="hidden">{kind.event_word()}": "</span></span>
            <span>{sentence}{on}{detail}</span>
        </li>
    }
    .into_any()
}
