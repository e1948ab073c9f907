//! The application: the store, the router and the shell around the pages of the register.

use std::time::Duration;

use leptos::{prelude::*, tachys::view::iterators::StaticVec, task::spawn_local};
use leptos_router::{
    any_nested_route::AnyNestedRoute,
    components::{FlatRoutes, RouteChildren, Router},
};

use crate::{
    access::{self, Who},
    capabilities::{fetch_ahead, register},
    components::{Crumb, Theme, WhyUnknown},
    live::{Store, stream, use_store},
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

/// Makes pages with their addresses.
pub(crate) type Routes = fn() -> Vec<AnyNestedRoute>;

/// After this time what comes later is fetched ahead: the first page has its numbers.
const AHEAD: Duration = Duration::from_secs(3);

/// The whole application.
#[component]
pub(crate) fn App(
    /// Pages beside those of the register.
    beside: Routes,
) -> impl IntoView {
    Theme::kept().apply();
    let store = start_store();
    provide_context(store);
    provide_context(Way(RwSignal::new(Vec::new())));
    set_timeout(|| spawn_local(fetch_ahead()), AHEAD);
    view! {
        <Router base=base_path()>
            <Inside beside=beside />
        </Router>
    }
}

#[component]
fn Inside(beside: Routes) -> impl IntoView {
    let place = Place::provide();
    let who = provide_who(place);
    provide_context(WhyUnknown(who.why_unknown()));
    let is_known = Memo::new(move |_| who.is_known());
    let pages = move || {
        is_known.get().then(|| {
            let routes = RouteChildren::to_children(move || StaticVec::from(routes(beside)));
            view! { <FlatRoutes fallback=not_found children=routes /> }
        })
    };
    view! { <Shell>{pages}</Shell> }
}

fn routes(beside: Routes) -> Vec<AnyNestedRoute> {
    let pages = register().into_iter().flat_map(|capability| (capability.routes)());
    pages.chain(access::routes()).chain(beside()).collect()
}

fn provide_who(place: Place) -> Who {
    let store = use_store();
    #[cfg(debug_assertions)]
    if let Some(session) = crate::gallery::session() {
        return Who::sampled(store, place, session);
    }
    Who::provide(store, place)
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
