//! Inventory: which clusters, brokers, topics and partitions there are, and whether they are whole.

mod asks;
mod broker;
mod brokers;
mod cluster;
mod clusters;
mod commands;
mod facts;
mod fleet;
mod owner;
mod partitions;
mod placement;
mod replication;
mod restart;
mod rights;
mod settings;
mod state;
mod timeline;
mod topic;
mod topic_rows;
mod topics;

pub(crate) use broker::BrokerPage;
pub(crate) use cluster::ClusterPage;
pub(crate) use fleet::FleetPage;
use leptos::{prelude::*, wasm_split::wasm_split};
use leptos_router::{
    NestedRoute,
    any_nested_route::{AnyNestedRoute, IntoAnyNestedRoute},
    hooks::use_params_map,
    path,
};
use shared::{
    event::Subject,
    route::page,
    search::{Hit, HitKind},
};
pub(crate) use topic::TopicPage;
pub(crate) use topics::TopicsPage;

use super::Capability;
use crate::{
    components::Icon,
    later::{Later, Page, later},
};

/// The register's line.
pub(crate) const CAPABILITY: Capability = Capability {
    label: "Fleet",
    icon: Icon::Fleet,
    page: "",
    owns: |path| path.is_empty() || path == "clusters" || path.starts_with("clusters/"),
    routes,
    count: None,
    is_own: false,
};

fn routes() -> Vec<AnyNestedRoute> {
    vec![
        NestedRoute::new(path!("/"), || view! { <FleetPage /> }.into_any()).into_any_nested_route(),
        NestedRoute::new(path!("/clusters/:cluster"), || later(cluster_page)).into_any_nested_route(),
        NestedRoute::new(path!("/clusters/:cluster/brokers/:broker"), || later(broker_page))
            .into_any_nested_route(),
        NestedRoute::new(path!("/clusters/:cluster/topics"), || later(topics_page)).into_any_nested_route(),
        NestedRoute::new(path!("/clusters/:cluster/topics/:topic"), || later(topic_page))
            .into_any_nested_route(),
    ]
}

/// The pages of one cluster: all of them in one piece.
#[wasm_split(inventory, wasm_split_path = ::leptos::wasm_split, fallible)]
pub(super) fn cluster_page() -> Later<Page> {
    Ok(cluster_route)
}

#[wasm_split(inventory, wasm_split_path = ::leptos::wasm_split, fallible)]
fn broker_page() -> Later<Page> {
    Ok(broker_route)
}

#[wasm_split(inventory, wasm_split_path = ::leptos::wasm_split, fallible)]
fn topics_page() -> Later<Page> {
    Ok(topics_route)
}

#[wasm_split(inventory, wasm_split_path = ::leptos::wasm_split, fallible)]
fn topic_page() -> Later<Page> {
    Ok(topic_route)
}

/// A name in the address; a page is made anew when it changes.
fn named(name: &'static str) -> Memo<String> {
    let params = use_params_map();
    Memo::new(move |_| params.with(|params| params.get(name).unwrap_or_default()))
}

fn cluster_route() -> AnyView {
    let cluster = named("cluster");
    (move || view! { <ClusterPage cluster=cluster.get() /> }).into_any()
}

fn broker_route() -> AnyView {
    let (cluster, broker) = (named("cluster"), named("broker"));
    (move || view! { <BrokerPage cluster=cluster.get() broker_id=broker.get().parse().ok() /> }).into_any()
}

fn topics_route() -> AnyView {
    let cluster = named("cluster");
    (move || view! { <TopicsPage cluster=cluster.get() /> }).into_any()
}

fn topic_route() -> AnyView {
    let (cluster, topic) = (named("cluster"), named("topic"));
    (move || view! { <TopicPage cluster=cluster.get() topic=topic.get() /> }).into_any()
}

/// The page of something that was found.
pub(crate) fn page_of_hit(hit: &Hit) -> String {
    match hit.kind {
        HitKind::Cluster => page::cluster(&hit.cluster),
        HitKind::Broker => hit
            .name
            .parse()
            .map_or_else(|_| page::cluster(&hit.cluster), |broker_id| page::broker(&hit.cluster, broker_id)),
        HitKind::Topic => page::topic(&hit.cluster, &hit.name),
        HitKind::Group => page::group(&hit.cluster, &hit.name),
    }
}

/// The page of what an event happened to, seen from a page of the fleet.
fn page_of_subject(cluster: &str, subject: &Subject) -> Option<String> {
    match subject {
        Subject::Fleet => None,
        Subject::Cluster => Some(page::cluster(cluster)),
        Subject::Broker { broker_id } => Some(page::broker(cluster, *broker_id)),
        Subject::Topic { name } => Some(page::topic(cluster, name)),
        Subject::Group { group } => Some(page::group(cluster, group)),
        Subject::Flow { flow, .. } => Some(page::flow(flow)),
    }
}
