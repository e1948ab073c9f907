//! A consumer group: how it is, where, since when, and what a person can do.

use leptos::prelude::*;
use shared::{
    inventory::{BrokerState, Brokers},
    lag::{GroupDetail, GroupType, LagVerdict, commands, group_headline, part},
    meta::Freshness,
    route::page,
};

use super::{
    asks, facts::group_facts, members::MembersPanel, over_time::OverTime, partitions::PartitionsPanel,
    state::freshness_of, what_to_do::WhatToDo,
};
use crate::{
    access::use_who,
    app::set_way,
    components::{CopyButton, EventList, Head},
    live::{Empty, Query, Shown, ShownFacts, query, use_store},
    place::use_place,
    shell::missing_of,
};

/// Which group of which cluster.
#[derive(Clone)]
pub(crate) struct Name {
    /// The cluster.
    pub cluster: String,
    /// The group.
    pub group: String,
}

/// The page of a group.
#[component]
pub(crate) fn GroupPage(cluster: String, group: String) -> impl IntoView {
    set_way(vec![
        ("Consumer lag".into(), Some(page::LAG.into())),
        (cluster.clone(), Some(page::cluster(&cluster))),
        (group.clone(), None),
    ]);
    let name = StoredValue::new(Name { cluster, group });
    let detail =
        query::<GroupDetail>(move || name.with_value(|name| Some(asks::group(&name.cluster, &name.group))));
    let is_missing = Memo::new(move |_| {
        detail.view.with(Option::is_none) && detail.fault().is_some_and(|fault| fault.is_not_found())
    });
    move || {
        if is_missing.get() {
            let text = detail.fault().map(|fault| fault.sentence()).unwrap_or_default();
            return missing_of("There is no group of this name", text, (page::LAG, "All consumer groups"));
        }
        view! { <Whole name=name detail=detail /> }.into_any()
    }
}

#[component]
fn Whole(name: StoredValue<Name>, detail: Query<GroupDetail>) -> impl IntoView {
    let address = address(name);
    let has_advice = Memo::new(move |_| {
        let verdict = detail.view.with(|detail| detail.as_ref().and_then(|detail| detail.group.verdict));
        verdict.is_some_and(|verdict| verdict != LagVerdict::Ok)
    });
    let advice = move || has_advice.get().then(|| view! { <WhatToDo detail=detail address=address /> });
    view! {
        <GroupHead name=name detail=detail address=address />
        <ShownFacts query=detail part=part::GROUPS source="__consumer_offsets, OffsetFetch, ListOffsets and DescribeGroups" facts=group_facts />
        <div class=move || if has_advice.get() { "cols" } else { "stack" }>
            <OverTime name=name detail=detail />
            {advice}
        </div>
        <PartitionsPanel name=name detail=detail />
        <div class="cols even">
            <MembersPanel detail=detail />
            <Happened name=name />
        </div>
    }
    .into_any()
}

/// Where commands ask: a broker that is up, as elsewhere on these pages.
fn address(name: StoredValue<Name>) -> Memo<String> {
    let who = use_who();
    let brokers = query::<Brokers>(move || {
        (!who.is_of_owners()).then(|| name.with_value(|name| asks::brokers(&name.cluster)))
    });
    Memo::new(move |_| {
        let up = |page: &Brokers| {
            let up = page.brokers.iter().find(|broker| broker.state == BrokerState::Up)?;
            Some(format!("{}:{}", up.host, up.port))
        };
        brokers.view.with(|page| page.as_deref().and_then(up)).unwrap_or_else(|| commands::NO_ADDRESS.into())
    })
}

#[component]
fn GroupHead(name: StoredValue<Name>, detail: Query<GroupDetail>, address: Memo<String>) -> impl IntoView {
    let store = use_store();
    let place = use_place();
    let headline = Signal::derive(move || {
        let now = store.said_at();
        let readings = detail.readings();
        let view = detail.view.get()?;
        let mut said = group_headline(&view.group, now, place.zone());
        // What the server does not claim any more needs no date.
        let is_claimed = view.group.verdict != Some(LagVerdict::Unknown);
        if is_claimed && freshness_of(&view.group.cluster, &readings, now) == Some(Freshness::Stale) {
            said.title = format!("When last read: {}", said.title);
        }
        Some(store.dated(said))
    });
    let group_type =
        Memo::new(move |_| detail.view.with(|detail| detail.as_ref().map(|detail| detail.group.group_type)));
    let command = Signal::derive(move || {
        let group_type = group_type.get().unwrap_or(GroupType::Unknown);
        name.with_value(|name| commands::describe_group(&address.get(), &name.group, group_type))
    });
    let more = move || view! { <CopyButton label="Copy as command" text=command /> };
    let meanwhile = Signal::derive(move || name.with_value(|name| name.group.clone()));
    view! { <Head headline=headline meanwhile=meanwhile more=more /> }.into_any()
}

/// What happened to the group.
#[component]
fn Happened(name: StoredValue<Name>) -> impl IntoView {
    let place = use_place();
    let span = place.span();
    let events = query::<shared::event::Events>(move || {
        name.with_value(|name| Some(asks::happened(&name.cluster, &name.group, span.get())))
    });
    let body = |page| view! { <EventList events=page names_cluster=false page_of=|_, _| None /> }.into_any();
    let note = move || place.range().in_a_sentence(place.zone());
    let empty = Empty {
        title: "Nothing happened to it in this time, as far as Riverkeeper saw",
        text: "Verdicts that change, members that come and go and offsets that fall appear here.",
    };
    view! { <Shown query=events part="events" title="What happened" note=note source="what Riverkeeper saw" empty=empty body=body /> }
        .into_any()
}
