//! A flow: how it is, since when, how far it has got, and what a person can do.

use leptos::prelude::*;
use shared::{
    inventory::{BrokerState, Brokers, Clusters},
    lag::commands,
    meta::Freshness,
    route::page,
    topology::{Addresses, FlowDetail, FlowVerdict, flow_headline, words::freshness_of},
};

use super::{
    asks, evidence::EvidencePanel, facts::flow_facts, findings::FlowFindings, happened::Happened,
    over_time::OverTime, page::PART, settings::SettingsPanel, topics::TopicsPanel, what_to_do::WhatToDo,
};
use crate::{
    access::use_who,
    app::set_way,
    components::Head,
    live::{Query, ShownFacts, query, use_store},
    place::use_place,
    shell::missing_of,
};

/// The page of a flow.
#[component]
pub(crate) fn FlowPage(id: String) -> impl IntoView {
    let (source, target) = ends(&id);
    set_way(vec![("Topology".into(), Some(page::TOPOLOGY.into())), (format!("{source} → {target}"), None)]);
    let id = StoredValue::new(id);
    let place = use_place();
    let sort = Memo::new(move |_| place.param("sort").unwrap_or_default());
    let q = Memo::new(move |_| place.param("q").unwrap_or_default());
    let detail = query::<FlowDetail>(move || Some(id.with_value(|id| asks::flow(id, &sort.get(), &q.get()))));
    let is_missing = Memo::new(move |_| {
        detail.view.with(Option::is_none) && detail.fault().is_some_and(|fault| fault.is_not_found())
    });
    move || {
        if is_missing.get() {
            let text = detail.fault().map(|fault| fault.sentence()).unwrap_or_default();
            return missing_of(
                "There is no flow of this name",
                text,
                (page::TOPOLOGY, "All tiers and flows"),
            );
        }
        view! { <Whole id=id detail=detail /> }.into_any()
    }
}

/// From where to where, by the flow's id.
fn ends(id: &str) -> (String, String) {
    let mut parts = id.split('~').map(str::to_owned);
    (parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
}

#[component]
fn Whole(id: StoredValue<String>, detail: Query<FlowDetail>) -> impl IntoView {
    let who = use_who();
    let clusters = query::<Clusters>(move || (!who.is_of_owners()).then(asks::clusters));
    let addresses = addresses(id, clusters);
    let has_findings = Memo::new(move |_| {
        detail.view.with(|detail| detail.as_ref().is_some_and(|detail| !detail.flow.findings.is_empty()))
    });
    let advice = move || has_findings.get().then(|| view! { <WhatToDo detail=detail addresses=addresses /> });
    view! {
        <FlowHead id=id detail=detail clusters=clusters />
        <ShownFacts query=detail part=PART source="mm2-offsets, mm2-offset-syncs, heartbeats and ListOffsets" facts=flow_facts />
        <div class=move || if has_findings.get() { "cols is-flow" } else { "stack" }>
            <div class="stack">
                <FlowFindings detail=detail />
                <OverTime id=id detail=detail />
            </div>
            {advice}
        </div>
        <TopicsPanel detail=detail />
        <div class="cols even">
            <EvidencePanel detail=detail />
            <SettingsPanel detail=detail />
        </div>
        <Happened id=Some(id) />
    }
    .into_any()
}

/// Where commands ask: a broker of each side that is up, where Riverkeeper watches it.
fn addresses(id: StoredValue<String>, clusters: Query<Clusters>) -> Memo<Addresses> {
    let (source, target) = id.with_value(|id| ends(id));
    let address_of = |cluster: String| {
        let name = StoredValue::new(cluster);
        let is_watched = Memo::new(move |_| {
            let named =
                |page: &Clusters| page.clusters.iter().any(|one| name.with_value(|name| one.name == *name));
            clusters.view.with(|page| page.as_deref().is_some_and(named))
        });
        let brokers =
            query::<Brokers>(move || is_watched.get().then(|| name.with_value(|name| asks::brokers(name))));
        move || {
            let up = |page: &Brokers| {
                let up = page.brokers.iter().find(|broker| broker.state == BrokerState::Up)?;
                Some(format!("{}:{}", up.host, up.port))
            };
            let known = brokers.view.with(|page| page.as_deref().and_then(up));
            known.unwrap_or_else(|| commands::NO_ADDRESS.into())
        }
    };
    let (of_source, of_target) = (address_of(source), address_of(target));
    Memo::new(move |_| Addresses { source: of_source(), target: of_target() })
}

#[component]
fn FlowHead(id: StoredValue<String>, detail: Query<FlowDetail>, clusters: Query<Clusters>) -> impl IntoView {
    let store = use_store();
    let headline = Signal::derive(move || {
        let now = store.said_at();
        let readings = detail.readings();
        let view = detail.view.get()?;
        let mut said = flow_headline(&view.flow, now);
        let is_claimed = view.flow.verdict != FlowVerdict::Unknown;
        if is_claimed && freshness_of(&readings, now) == Some(Freshness::Stale) {
            said.title = format!("When last read: {}", said.title);
        }
        Some(store.dated(said))
    });
    let meanwhile = Signal::derive(move || {
        let (source, target) = id.with_value(|id| ends(id));
        format!("{source} → {target}")
    });
    let place = use_place();
    let link = move |name: String| {
        let to = page::cluster(&name);
        view! { <a class="btn" href=move || place.to(&to)>{name}</a> }
    };
    // A cluster that nobody watches has no page.
    let is_watched = move |name: &String| {
        clusters
            .view
            .with(|page| page.as_ref().is_some_and(|page| page.clusters.iter().any(|one| one.name == *name)))
    };
    let links = move || {
        let (source, target) = id.with_value(|id| ends(id));
        [source, target].into_iter().filter(is_watched).map(link).collect_view()
    };
    let more = move || view! { {links} };
    view! { <Head headline=headline meanwhile=meanwhile more=more /> }.into_any()
}
