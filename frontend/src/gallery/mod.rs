//! The gallery: every page from samples, in the five states, without a server. Debug builds only.
//!
//! Pages are the same; only the store answers from samples. `state=full|empty|loading|failed|stale|unreachable`,
//! `restricted` for a token of one owner, `slow` with a slow broker, `unmetered` without metrics, `past` while the
//! database is down, `brokers=200` for large clusters,
//! `group=billing` for another group of the list, `fleet=paused|losing|alias|cycle|none|silent|100` for another topology,
//! `flow=…` for another flow of it, `theme=light|dark`, and `rows=100000` for long tables.

mod index;
mod lag;
mod samples;
mod topology;

use leptos::{prelude::*, wasm_split::wasm_split};
use leptos_router::{
    NestedRoute,
    any_nested_route::{AnyNestedRoute, IntoAnyNestedRoute},
    path,
};

use shared::{access::Session, problem::Problem};

use crate::{
    access::SignInPage,
    api::Fault,
    app::Routes,
    capabilities::{
        BrokerPage, ClusterPage, FleetPage, FlowPage, GroupPage, GroupsPage, StatusPage, TopicPage,
        TopicsPage, TopologyPage,
    },
    components::Theme,
    later::Later,
    live::Store,
    place::base_path,
};

/// A store of samples, when the page was opened in the gallery.
pub(crate) fn store() -> Option<Store> {
    if !is_open() {
        return None;
    }
    let theme = samples::param("theme");
    if theme.is_some() {
        Theme::parse(theme.as_deref()).apply();
    }
    let now = shared::inventory::samples::now();
    if samples::param("state").as_deref() != Some("unreachable") {
        return Some(Store::sampled(samples::answer, now));
    }
    // What was heard at `now` is on the screen, and nothing came since.
    let store = Store::sampled(samples::answer, now + chrono::Duration::seconds(130));
    set_timeout(move || store.silent_since.set(Some(now)), std::time::Duration::from_millis(100));
    Some(store)
}

/// Who looks at the gallery: somebody who sees all of it, or in the state `restricted` what one owner has.
pub(crate) fn session() -> Option<Session> {
    if !is_open() {
        return None;
    }
    let mut session = shared::inventory::samples::session();
    match samples::param("state").as_deref() {
        Some("restricted") => session.owners = Some(vec!["checkout".into()]),
        Some("ending") => {
            session.expires = Some(shared::inventory::samples::now() + chrono::Duration::minutes(12));
        }
        _ => {}
    }
    Some(session)
}

/// Whether the page was opened in the gallery.
pub(crate) fn is_open() -> bool {
    let path = window().location().pathname().unwrap_or_default();
    let inside = path.strip_prefix(base_path().as_str()).unwrap_or(&path).to_owned();
    inside.trim_matches('/').split('/').next() == Some("gallery")
}

fn sign_in() -> AnyView {
    let problem = |status: u16| {
        Fault::Problem(Problem { kind: String::new(), title: String::new(), status, detail: String::new() })
    };
    match samples::param("state").as_deref() {
        Some("loading") => view! { <SignInPage sent=true /> }.into_any(),
        Some("failed") => view! { <SignInPage refused=problem(401) /> }.into_any(),
        Some("silent") => {
            view! { <SignInPage refused=Fault::Unreachable("Failed to fetch".into()) /> }.into_any()
        }
        _ => view! { <SignInPage /> }.into_any(),
    }
}

/// The gallery's pages: a piece as well, so that debug builds are cut as releases are.
#[wasm_split(gallery, wasm_split_path = ::leptos::wasm_split, fallible)]
pub(crate) fn pages() -> Later<Routes> {
    Ok(routes)
}

fn routes() -> Vec<AnyNestedRoute> {
    let east = || "east".to_owned();
    vec![
        NestedRoute::new(path!("/gallery"), || view! { <index::Index /> }.into_any()).into_any_nested_route(),
        NestedRoute::new(path!("/gallery/fleet"), || view! { <FleetPage /> }.into_any())
            .into_any_nested_route(),
        NestedRoute::new(path!("/gallery/cluster"), move || {
            view! { <ClusterPage cluster=east() /> }.into_any()
        })
        .into_any_nested_route(),
        NestedRoute::new(path!("/gallery/broker"), move || {
            let broker_id = samples::param("id").map_or(Some(3), |id| id.parse().ok());
            view! { <BrokerPage cluster=east() broker_id=broker_id /> }.into_any()
        })
        .into_any_nested_route(),
        NestedRoute::new(path!("/gallery/topics"), move || {
            view! { <TopicsPage cluster=east() /> }.into_any()
        })
        .into_any_nested_route(),
        NestedRoute::new(path!("/gallery/topic"), move || {
            view! { <TopicPage cluster=east() topic="orders".to_owned() /> }.into_any()
        })
        .into_any_nested_route(),
        NestedRoute::new(path!("/gallery/groups"), || view! { <GroupsPage /> }.into_any())
            .into_any_nested_route(),
        NestedRoute::new(path!("/gallery/group"), move || {
            view! { <GroupPage cluster=east() group=lag::named() /> }.into_any()
        })
        .into_any_nested_route(),
        NestedRoute::new(path!("/gallery/topology"), || view! { <TopologyPage /> }.into_any())
            .into_any_nested_route(),
        NestedRoute::new(path!("/gallery/flow"), || view! { <FlowPage id=topology::named() /> }.into_any())
            .into_any_nested_route(),
        NestedRoute::new(path!("/gallery/status"), || view! { <StatusPage /> }.into_any())
            .into_any_nested_route(),
        NestedRoute::new(path!("/gallery/sign-in"), sign_in).into_any_nested_route(),
        NestedRoute::new(path!("/gallery/chart-bytes"), || {
            view! { <pre id="chart-bytes">{shared::chart::sample_svg()}</pre> }.into_any()
        })
        .into_any_nested_route(),
        NestedRoute::new(path!("/gallery/components"), || view! { <index::Components /> }.into_any())
            .into_any_nested_route(),
    ]
}
