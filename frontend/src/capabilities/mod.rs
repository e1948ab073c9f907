//! The register of what this dashboard shows. The menu and the router are built from it.

mod inventory;
mod status;

use leptos_router::any_nested_route::AnyNestedRoute;
use shared::search::Hit;

use crate::components::{Icon, drawing};
#[cfg(debug_assertions)]
pub(crate) use inventory::{ClusterPage, FleetPage, TopicPage, TopicsPage};
#[cfg(debug_assertions)]
pub(crate) use status::StatusPage;

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
    /// Whether it is about Riverkeeper itself.
    pub is_own: bool,
}

/// Every capability, in the order of the menu.
pub(crate) fn register() -> [Capability; 2] {
    [inventory::CAPABILITY, status::CAPABILITY]
}

/// Fetches what comes later, so that it is here before it is opened: a function of each piece.
pub(crate) async fn fetch_ahead() {
    // What does not come now is asked for again when it is opened.
    let _ = inventory::cluster_page().await;
    let _ = status::status_page().await;
    let _ = drawing().await;
}

/// The page of something that was found.
pub(crate) fn page_of_hit(hit: &Hit) -> String {
    inventory::page_of_hit(hit)
}
