//! The top bar: where this is, search, time range, zone, theme, and how the connection fares.

use leptos::prelude::*;

use super::Dialog;
use crate::{
    access::use_who,
    app::Way,
    components::{Breadcrumbs, Icon, ThemeSwitch, icon},
    live::{Link, use_store},
    place::use_place,
    time_range::{LASTS, Last, USUAL},
};

/// The bar above every page.
#[component]
pub(crate) fn Top(dialog: RwSignal<Dialog>) -> impl IntoView {
    let Way(way) = expect_context();
    view! {
        <div class="top">
            <Breadcrumbs crumbs=way.into() />
            <button type="button" class="search" aria-haspopup="dialog" aria-keyshortcuts="Control+K /" aria-label="Search Clusters, topics, groups… Ctrl K" on:click=move |_| dialog.set(Dialog::Search)>
                {icon(Icon::Search)}<span>"Clusters, topics, groups…"</span><kbd>"Ctrl K"</kbd>
            </button>
            <RangeChoice />
            <ZoneSwitch />
            <ThemeSwitch />
            <Connection />
            <WhoButton dialog=dialog />
        </div>
    }
    .into_any()
}

/// Who is signed in; nothing where nobody has to.
#[component]
fn WhoButton(dialog: RwSignal<Dialog>) -> impl IntoView {
    let who = use_who();
    let name = Memo::new(move |_| who.session().and_then(|session| session.name));
    move || {
        let name = name.get()?;
        let label = format!("Signed in with {name}");
        Some(view! {
            <button type="button" class="tool who" aria-haspopup="dialog" aria-label=label.clone() title=label on:click=move |_| dialog.set(Dialog::Who)>
                {icon(Icon::Person)}<span>{name}</span>
            </button>
        })
    }
}

/// The stretch of time of charts and timelines. On a phone only its word is seen.
#[component]
fn RangeChoice() -> impl IntoView {
    let place = use_place();
    let range = Memo::new(move |_| place.range());
    let change = move |event| {
        let word = event_target_value(&event);
        if !word.is_empty() {
            let word = (word != USUAL).then_some(word.as_str());
            place.change(&[("range", word), ("from", None), ("to", None), ("older", None)]);
        }
    };
    let option = move |last: &'static Last| {
        let is_chosen = move || range.get().word() == last.word;
        view! { <option value=last.word selected=is_chosen prop:selected=is_chosen>{last.label}</option> }
    };
    let between = move || {
        let range = range.get();
        range.word().is_empty().then(
            || view! { <option value="" selected prop:selected=true>{range.label(place.zone())}</option> },
        )
    };
    let short = move || match range.get().word() {
        "" => "…",
        word => word,
    };
    view! {
        <label class="range">
            <span aria-hidden="true">{short}</span>
            <select aria-label="Time range of charts and timelines" on:change=change>
                {between}
                {LASTS.iter().map(option).collect_view()}
            </select>
        </label>
    }
    .into_any()
}

#[component]
fn ZoneSwitch() -> impl IntoView {
    let place = use_place();
    let change = move |_| {
        let utc = untrack(|| place.is_utc());
        place.change(&[("tz", (!utc).then_some("utc"))]);
    };
    view! {
        <button type="button" class="tool zone" on:click=change aria-pressed=move || place.is_utc().to_string() title="Times in UTC or in this browser's zone">
            "UTC"
        </button>
    }
    .into_any()
}

/// How the live stream fares, and the control that pauses it.
#[component]
fn Connection() -> impl IntoView {
    let store = use_store();
    let said = Memo::new(move |_| match store.link.get() {
        Link::Connecting => ("Connecting…", "is-waiting"),
        Link::Live => ("Live", "is-live"),
        Link::Reconnecting => ("Reconnecting…", "is-broken"),
        Link::Paused => ("Paused", "is-paused"),
        Link::Hidden => ("Asleep", "is-paused"),
    });
    let change = move |_| {
        let paused = store.link.get_untracked() == Link::Paused;
        store.link.set(if paused { Link::Connecting } else { Link::Paused });
    };
    let does = move || if store.link.get() == Link::Paused { "Resume" } else { "Pause" };
    view! {
        <button type="button" class=move || format!("live {}", said.get().1) on:click=change aria-label=move || format!("{}. {}", said.get().0, does()) title=does>
            <i></i><span>{move || said.get().0}</span>
        </button>
        <span class="hidden" aria-live="polite">{move || said.get().0}</span>
    }
    .into_any()
}
