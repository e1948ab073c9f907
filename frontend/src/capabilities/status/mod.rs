//! Status: how Riverkeeper itself fares. A dashboard that is blind must say so.

mod cycles;
mod database;
mod gateways;
mod headline;
mod page;

use leptos::{prelude::*, wasm_split::wasm_split};
use leptos_router::{
    NestedRoute,
    any_nested_route::{AnyNestedRoute, IntoAnyNestedRoute},
    path,
};
pub(crate) use page::StatusPage;

use super::Capability;
use crate::{
    components::Icon,
    later::{Later, Page, later},
};

/// The register's line.
pub(crate) const CAPABILITY: Capability = Capability {
    label: "Riverkeeper's status",
    icon: Icon::Clock,
    page: "status",
    owns: |path| path == "status",
    routes,
    count: None,
    is_own: true,
};

/// The page, in a piece of its own.
#[wasm_split(status, wasm_split_path = ::leptos::wasm_split, fallible)]
pub(super) fn status_page() -> Later<Page> {
    Ok(|| view! { <StatusPage /> }.into_any())
}

fn routes() -> Vec<AnyNestedRoute> {
    vec![NestedRoute::new(path!("/status"), || later(status_page)).into_any_nested_route()]
}
