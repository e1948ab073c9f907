//! Status: how Riverkeeper itself fares. A dashboard that is blind must say so.

mod cycles;
mod database;
mod gateways;
mod headline;
mod page;

use leptos::prelude::*;
use leptos_router::{
    NestedRoute,
    any_nested_route::{AnyNestedRoute, IntoAnyNestedRoute},
    path,
};
pub(crate) use page::StatusPage;

use super::Capability;
use crate::components::Icon;

/// The register's line.
pub(crate) const CAPABILITY: Capability = Capability {
    label: "Riverkeeper's status",
    icon: Icon::Clock,
    page: "status",
    owns: |path| path == "status",
    routes,
    is_own: true,
};

fn routes() -> Vec<AnyNestedRoute> {
    vec![NestedRoute::new(path!("/status"), || view! { <StatusPage /> }.into_any()).into_any_nested_route()]
}
