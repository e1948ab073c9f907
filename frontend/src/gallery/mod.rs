//! The gallery: every page from samples, in the five states, without a server. Debug builds only.
//!
//! Pages are the same; only the store answers from samples. `state=full|empty|loading|failed|stale|unreachable`,
//! `theme=light|dark`, and `rows=100000` for long tables.

mod index;
mod samples;

use leptos::prelude::*;
use leptos_router::{
    NestedRoute,
    any_nested_route::{AnyNestedRoute, IntoAnyNestedRoute},
    path,
};

use crate::{
    capabilities::{ClusterPage, FleetPage, StatusPage, TopicPage, TopicsPage},
    components::Theme,
    live::Store,
    place::base_path,
};

/// A store of samples, when the page was opened in the gallery.
pub(crate) fn store() -> Option<Store> {
    let path = window().location().pathname().unwrap_or_default();
    let inside = path.strip_prefix(base_path().as_str()).unwrap_or(&path).to_owned();
    if inside.trim_matches('/').split('/').next() != Some("gallery") {
        return None;
    }
    let theme = samples::param("theme");
    if theme.is_some() {
        Theme::parse(theme.as_deref()).apply();
    }
    let now = shared::inventory::samples::now();
    if samples::param("state").as_deref() != Some("unreachable") {
        return Some(Store::sampled(samples::answer, now));
    }
    // What was heard at `now` is on the screen, and nothing came since.
    let store = Store::sampled(samples::answer, now + chrono::Duration::seconds(130));
    set_timeout(move || store.silent_since.set(Some(now)), std::time::Duration::from_millis(100));
    Some(store)
}

/// The routes of the gallery.
pub(crate) fn routes() -> Vec<AnyNestedRoute> {
    let east = || "east".to_owned();
    vec![
        NestedRoute::new(path!("/gallery"), || view! { <index::Index /> }.into_any()).into_any_nested_route(),
        NestedRoute::new(path!("/gallery/fleet"), || view! { <FleetPage /> }.into_any())
            .into_any_nested_route(),
        NestedRoute::new(path!("/gallery/cluster"), move || {
            view! { <ClusterPage cluster=east() /> }.into_any()
        })
        .into_any_nested_route(),
        NestedRoute::new(path!("/gallery/topics"), move || {
            view! { <TopicsPage cluster=east() /> }.into_any()
        })
        .into_any_nested_route(),
        NestedRoute::new(path!("/gallery/topic"), move || {
            view! { <TopicPage cluster=east() topic="orders".to_owned() /> }.into_any()
        })
        .into_any_nested_route(),
        NestedRoute::new(path!("/gallery/status"), || view! { <StatusPage /> }.into_any())
            .into_any_nested_route(),
        NestedRoute::new(path!("/gallery/chart-bytes"), || {
            view! { <pre id="chart-bytes">{shared::chart::sample_svg()}</pre> }.into_any()
        })
        .into_any_nested_route(),
        NestedRoute::new(path!("/gallery/components"), || view! { <index::Components /> }.into_any())
            .into_any_nested_route(),
    ]
}
