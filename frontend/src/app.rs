//! The application: the store, the router and the shell around the pages of the register.

use leptos::{prelude::*, tachys::view::iterators::StaticVec};
use leptos_router::{
    any_nested_route::AnyNestedRoute,
    components::{FlatRoutes, RouteChildren, Router},
};

use crate::{
    access::{self, Who},
    capabilities::register,
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
    let place = Place::provide();
    let who = provide_who(place);
    provide_context(WhyUnknown(who.why_unknown()));
    let is_known = Memo::new(move |_| who.is_known());
    let pages = move || {
        is_known.get().then(|| {
            let routes = RouteChildren::to_children(|| StaticVec::from(routes()));
            view! { <FlatRoutes fallback=not_found children=routes /> }
        })
    };
    view! { <Shell>{pages}</Shell> }
}

fn routes() -> Vec<AnyNestedRoute> {
    let pages = register().into_iter().flat_map(|capability| (capability.routes)());
    let pages = pages.chain(access::routes());
    #[cfg(debug_assertions)]
    let pages = pages.chain(crate::gallery::routes());
    pages.collect()
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
