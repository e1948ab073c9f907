//! The fleet as tiers and flows: where it is stuck, drawn and as tables.

use leptos::prelude::*;
use shared::{
    headline::Headline,
    meta::Freshness,
    topology::{Topology, part, topology_headline, words::freshness_of},
};

use super::{
    asks::{self, Narrowing},
    filters::Filters,
    findings::FleetFindings,
    flows::FlowsPanel,
    happened::Happened,
    tiers::TiersPanel,
};
use crate::{
    access::use_who,
    app::set_way,
    components::Head,
    live::{Query, query, use_store},
    place::use_place,
};

/// The page of the topology.
#[component]
pub(crate) fn TopologyPage() -> impl IntoView {
    set_way(vec![("Topology".into(), None)]);
    let place = use_place();
    let narrowing = Memo::new(move |_| Narrowing::of(place));
    let topology = query::<Topology>(move || Some(narrowing.with(asks::topology)));
    view! {
        <TopologyHead narrowing=narrowing topology=topology />
        <Filters narrowing=narrowing topology=topology />
        <TiersPanel topology=topology />
        <FlowsPanel narrowing=narrowing topology=topology />
        <FleetFindings topology=topology />
        <Happened id=None />
    }
    .into_any()
}

#[component]
fn TopologyHead(narrowing: Memo<Narrowing>, topology: Query<Topology>) -> impl IntoView {
    let (store, who) = (use_store(), use_who());
    let headline = Signal::derive(move || {
        let now = store.said_at();
        let readings = topology.readings();
        let page = topology.view.get()?;
        if page.flows.is_empty() && who.is_of_owners() {
            return Some(store.dated(not_shown()));
        }
        let is_narrowed = narrowing.with(Narrowing::leaves_out);
        let mut said = topology_headline(&page, &readings, is_narrowed, now);
        if freshness_of(&readings, now) == Some(Freshness::Stale) {
            said.title = format!("When last read: {}", said.title);
        }
        Some(store.dated(said))
    });
    let meanwhile = Signal::derive(move || match topology.fault() {
        Some(fault) => fault.title(),
        None => "Topology".into(),
    });
    view! { <Head headline=headline meanwhile=meanwhile /> }.into_any()
}

/// Who sees only what some owners have is not told that there is nothing.
fn not_shown() -> Headline {
    Headline {
        title: "Your token shows no mirror".into(),
        lede: "It shows what some owners have: mirrors that carry a topic of theirs, between clusters that it may see."
            .into(),
    }
}

/// How old what is known of the flows is.
pub(crate) fn freshness<T: crate::live::View>(query: Query<T>) -> Memo<Option<Freshness>> {
    let store = use_store();
    Memo::new(move |_| {
        let readings = query.readings();
        freshness_of(&readings, store.clock.now())
    })
}

/// The part that every panel of these pages is about.
pub(crate) const PART: &str = part::FLOWS;
