//! Topology: through which tiers and mirrors a topic flows, and where a flow is stuck.
//!
//! A first visit loads only the count that stands in the menu. The pages, and what topology gives to the pages of others,
//! lie in one piece that comes later.

mod asks;
mod bands;
mod cells;
mod count;
mod evidence;
mod facts;
mod filters;
mod findings;
mod flow;
mod flows;
mod geometry;
mod graph;
mod happened;
mod mirrors;
mod nodes;
mod over_time;
mod page;
mod settings;
mod state;
mod tables;
mod tiers;
mod topics;
mod way;
mod what_to_do;

pub(crate) use flow::FlowPage;
use leptos::{prelude::*, wasm_split::wasm_split};
use leptos_router::{
    NestedRoute,
    any_nested_route::{AnyNestedRoute, IntoAnyNestedRoute},
    hooks::use_params_map,
    path,
};
pub(crate) use page::TopologyPage;
use shared::route;

use super::{Capability, Spot};
use crate::{
    access::use_who,
    components::Icon,
    later::{Later, Page, later, later_part},
};

/// The register's line.
pub(crate) const CAPABILITY: Capability = Capability {
    label: "Topology",
    icon: Icon::Topology,
    page: route::page::TOPOLOGY,
    owns: |path| path == route::page::TOPOLOGY || path.starts_with("topology/"),
    routes,
    count: Some(count::count),
    is_own: false,
};

fn routes() -> Vec<AnyNestedRoute> {
    vec![
        NestedRoute::new(path!("/topology"), || later(topology_page)).into_any_nested_route(),
        NestedRoute::new(path!("/topology/flows/:flow"), || later(flow_page)).into_any_nested_route(),
    ]
}

/// The page of all tiers: with all that topology draws it is one piece.
#[wasm_split(topology, wasm_split_path = ::leptos::wasm_split, fallible)]
pub(super) fn topology_page() -> Later<Page> {
    Ok(|| view! { <TopologyPage /> }.into_any())
}

#[wasm_split(topology, wasm_split_path = ::leptos::wasm_split, fallible)]
fn flow_page() -> Later<Page> {
    Ok(flow_route)
}

/// Draws the mirrors of a cluster, or those of the fleet that need a person, on the page of another capability.
type OfClusters = fn(Option<&str>) -> AnyView;

/// Draws the way of a topic of a cluster.
type OfTopic = fn(&str, &str) -> AnyView;

#[wasm_split(topology, wasm_split_path = ::leptos::wasm_split, fallible)]
fn mirrors_part() -> Later<OfClusters> {
    Ok(mirrors::mirrors)
}

#[wasm_split(topology, wasm_split_path = ::leptos::wasm_split, fallible)]
fn way_part() -> Later<OfTopic> {
    Ok(way::way)
}

/// The mirrors that need a person, on the page of the fleet; nothing while none does.
pub(crate) fn on_fleet() -> AnyView {
    let needing = count::needing();
    let any = Memo::new(move |_| needing.with(Option::is_some));
    (move || any.get().then(|| later_part(mirrors_part, |draw| draw(None)))).into_any()
}

/// What stands at a place of a page.
pub(crate) fn fill(spot: &Spot<'_>) -> AnyView {
    match *spot {
        Spot::ClusterMirrors(cluster) if !untrack(|| use_who().is_of_owners()) => {
            let cluster = cluster.to_owned();
            later_part(mirrors_part, move |draw| draw(Some(&cluster)))
        }
        Spot::TopicWay(cluster, topic) => {
            let (cluster, topic) = (cluster.to_owned(), topic.to_owned());
            later_part(way_part, move |draw| draw(&cluster, &topic))
        }
        _ => ().into_any(),
    }
}

/// A page is made anew when its name in the address changes.
fn flow_route() -> AnyView {
    let params = use_params_map();
    let flow = Memo::new(move |_| params.with(|params| params.get("flow").unwrap_or_default()));
    (move || view! { <FlowPage id=flow.get() /> }).into_any()
}
