//! The application: the store, the router and the shell around the pages of the register.

use leptos::{prelude::*, tachys::view::iterators::StaticVec};
use leptos_router::components::{FlatRoutes, RouteChildren, Router};

use crate::{
    capabilities::register,
    components::{Crumb, Theme},
    live::{Store, stream},
    place::{Place, base_path},
    shell::{Shell, not_found},
};

/// The way to the page that is shown, set by the page itself.
#[derive(Clone, Copy)]
pub(crate) struct Way(pub RwSignal<Vec<Crumb>>);

/// Says where the page is. `steps` lead here; the last is the page.
pub(crate) fn set_way(steps: Vec<(String, Option<String>)>) {
    let Way(way) = expect_context();
    way.set(steps.into_iter().map(|(name, page)| Crumb { name, page }).collect());
}

/// The whole application.
#[component]
pub(crate) fn App() -> impl IntoView {
    Theme::kept().apply();
    let store = start_store();
    provide_context(store);
    provide_context(Way(RwSignal::new(Vec::new())));
    view! {
        <Router base=base_path()>
            <Inside />
        </Router>
    }
}

#[component]
fn Inside() -> impl IntoView {
    Place::provide();
    let routes: Vec<_> = register().into_iter().flat_map(|capability| (capability.routes)()).collect();
    #[cfg(debug_assertions)]
    let routes = routes.into_iter().chain(crate::gallery::routes()).collect::<Vec<_>>();
    let routes = RouteChildren::to_children(move || StaticVec::from(routes));
    view! { <Shell><FlatRoutes fallback=not_found children=routes /></Shell> }
}

#[cfg(debug_assertions)]
fn start_store() -> Store {
    match crate::gallery::store() {
        Some(store) => store,
        None => follow(),
    }
}

#[cfg(not(debug_assertions))]
fn start_store() -> Store {
    follow()
}

fn follow() -> Store {
    let store = Store::start();
    stream::follow(store);
    store
}
