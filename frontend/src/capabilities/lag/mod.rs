//! Lag: which consumer groups fall behind, since when, and will they catch up.
//!
//! A first visit loads only the count that stands in the menu. The pages, and what lag gives to the pages of others, lie
//! in one piece that comes later.

mod asks;
mod cells;
mod count;
mod facts;
mod filters;
mod group;
mod groups;
mod members;
mod over_time;
mod overview;
mod partitions;
mod readers;
mod state;
mod strip;
mod what_to_do;

pub(crate) use group::GroupPage;
pub(crate) use groups::GroupsPage;
use leptos::{prelude::*, wasm_split::wasm_split};
use leptos_router::{
    NestedRoute,
    any_nested_route::{AnyNestedRoute, IntoAnyNestedRoute},
    hooks::use_params_map,
    path,
};
use shared::route::page;

use super::{Capability, Spot};
use crate::{
    components::Icon,
    later::{Later, Page, later, later_part},
};

/// The register's line.
pub(crate) const CAPABILITY: Capability = Capability {
    label: "Consumer lag",
    icon: Icon::Lag,
    page: page::LAG,
    owns: |path| path == page::LAG || path.starts_with("lag/"),
    routes,
    count: Some(count::count),
    is_own: false,
};

fn routes() -> Vec<AnyNestedRoute> {
    vec![
        NestedRoute::new(path!("/lag"), || later(groups_page)).into_any_nested_route(),
        NestedRoute::new(path!("/lag/:cluster/:group"), || later(group_page)).into_any_nested_route(),
    ]
}

/// The page of all groups: with all that lag draws it is one piece.
#[wasm_split(lag, wasm_split_path = ::leptos::wasm_split, fallible)]
pub(super) fn groups_page() -> Later<Page> {
    Ok(|| view! { <GroupsPage /> }.into_any())
}

#[wasm_split(lag, wasm_split_path = ::leptos::wasm_split, fallible)]
fn group_page() -> Later<Page> {
    Ok(group_route)
}

/// Draws the groups of a cluster, or of all, on the page of another capability.
type OfClusters = fn(Option<&str>) -> AnyView;

/// Draws who reads a topic of a cluster.
type OfTopic = fn(&str, &str) -> AnyView;

#[wasm_split(lag, wasm_split_path = ::leptos::wasm_split, fallible)]
fn overview_part() -> Later<OfClusters> {
    Ok(overview::overview)
}

#[wasm_split(lag, wasm_split_path = ::leptos::wasm_split, fallible)]
fn readers_part() -> Later<OfTopic> {
    Ok(readers::readers)
}

/// The groups of all clusters, on the page of the fleet.
pub(crate) fn on_fleet() -> AnyView {
    later_part(overview_part, |draw| draw(None))
}

/// What stands at a place of a page.
pub(crate) fn fill(spot: &Spot<'_>) -> AnyView {
    match *spot {
        Spot::ClusterGroups(cluster) => {
            let cluster = cluster.to_owned();
            later_part(overview_part, move |draw| draw(Some(&cluster)))
        }
        Spot::TopicReaders(cluster, topic) => {
            let (cluster, topic) = (cluster.to_owned(), topic.to_owned());
            later_part(readers_part, move |draw| draw(&cluster, &topic))
        }
        _ => ().into_any(),
    }
}

/// A page is made anew when its name in the address changes.
fn group_route() -> AnyView {
    let params = use_params_map();
    let named = move |name: &'static str| {
        Memo::new(move |_| params.with(|params| params.get(name).unwrap_or_default()))
    };
    let (cluster, group) = (named("cluster"), named("group"));
    (move || view! { <GroupPage cluster=cluster.get() group=group.get() /> }).into_any()
}
