//! The register of what this dashboard shows. The menu and the router are built from it.

mod inventory;
mod lag;
mod load;
mod status;
mod topology;

use leptos::prelude::*;
use leptos_router::any_nested_route::AnyNestedRoute;
use shared::{load::Metric, search::Hit};

use crate::components::{Icon, drawing};
#[cfg(debug_assertions)]
pub(crate) use inventory::{BrokerPage, ClusterPage, FleetPage, TopicPage, TopicsPage};
#[cfg(debug_assertions)]
pub(crate) use lag::{GroupPage, GroupsPage};
#[cfg(debug_assertions)]
pub(crate) use status::StatusPage;
#[cfg(debug_assertions)]
pub(crate) use topology::{FlowPage, TopologyPage};

/// One capability, as the shell knows it.
#[derive(Clone, Copy)]
pub(crate) struct Capability {
    /// What the menu calls it.
    pub label: &'static str,
    /// Its icon.
    pub icon: Icon,
    /// Its first page, relative to the base.
    pub page: &'static str,
    /// Whether a path, relative to the base, is one of its pages.
    pub owns: fn(&str) -> bool,
    /// Its pages.
    pub routes: fn() -> Vec<AnyNestedRoute>,
    /// What stands behind its name in the menu: how much of it needs a person.
    pub count: Option<fn() -> AnyView>,
    /// Whether it is about Riverkeeper itself.
    pub is_own: bool,
}

/// Every capability, in the order of the menu.
pub(crate) fn register() -> [Capability; 4] {
    [inventory::CAPABILITY, lag::CAPABILITY, topology::CAPABILITY, status::CAPABILITY]
}

/// Fetches what comes later, so that it is here before it is opened: a function of each piece.
pub(crate) async fn fetch_ahead() {
    // What does not come now is asked for again when it is opened.
    let _ = inventory::cluster_page().await;
    let _ = lag::groups_page().await;
    let _ = topology::topology_page().await;
    let _ = status::status_page().await;
    let _ = drawing().await;
}

/// The page of something that was found.
pub(crate) fn page_of_hit(hit: &Hit) -> String {
    inventory::page_of_hit(hit)
}

/// What stands on the page of the fleet: which mirrors need a person, what is written to each cluster over time, and how its
/// consumer groups are. What brokers carry and mirrors copy is not for one who sees only what some owners have.
pub(crate) fn on_fleet(is_of_owners: bool) -> AnyView {
    view! { {(!is_of_owners).then(topology::on_fleet)}{(!is_of_owners).then(load::on_fleet)}{lag::on_fleet()} }.into_any()
}

/// What stands in a cluster's row: the way that a metric of it went lately.
pub(crate) fn lately(cluster: &str, metric: Metric) -> AnyView {
    load::lately(cluster, metric)
}

/// A place on a page of a cluster that other capabilities fill. The page of the fleet, which a first visit loads, knows
/// nothing of these.
pub(crate) enum Spot<'a> {
    /// What the brokers of a cluster carry.
    Cluster(&'a str),
    /// The same over time.
    ClusterOverTime(&'a str),
    /// How evenly it lies.
    ClusterSpread(&'a str),
    /// What one broker carries.
    Broker(&'a str, i32),
    /// The same over time.
    BrokerOverTime(&'a str, i32),
    /// How the consumer groups of a cluster are.
    ClusterGroups(&'a str),
    /// Who reads a topic of a cluster.
    TopicReaders(&'a str, &'a str),
    /// The mirrors into and out of a cluster.
    ClusterMirrors(&'a str),
    /// The way of a topic of a cluster through the tiers.
    TopicWay(&'a str, &'a str),
}

/// What stands at a place. Inventory's pages do not know who fills them.
pub(crate) fn fill(spot: &Spot<'_>) -> AnyView {
    view! { {load::fill(spot)}{lag::fill(spot)}{topology::fill(spot)} }.into_any()
}

/// What is abnormal on a cluster: of which broker, in a sentence, worst first.
pub(crate) fn findings(cluster: &str) -> Signal<Vec<(i32, String)>> {
    load::findings(cluster)
}
