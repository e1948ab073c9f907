//! A cluster: is it whole, which broker is to blame, what changed.

use std::sync::Arc;

use leptos::prelude::*;
use shared::{
    inventory::{Brokers, ClusterDetail, Topics, cluster_headline, part},
    route::page,
    units,
};

use super::{
    asks::{self, TopicFilter},
    brokers::broker_table,
    facts::cluster_facts,
    replication::ReplicationPanel,
    rights::MissingRights,
    state::as_read,
    timeline::{self, Timeline},
    topic_rows::topic_table,
};
use crate::{
    access::use_who,
    app::set_way,
    components::Head,
    live::{Empty, Query, Shown, ShownFacts, query, use_store},
    place::use_place,
    shell::missing,
};

/// Topics on the page of a cluster; all of them have a page of their own.
const TOPICS: usize = 8;

/// The page of a cluster.
#[component]
pub(crate) fn ClusterPage(cluster: String) -> impl IntoView {
    set_way(vec![("Fleet".into(), Some(String::new())), (cluster.clone(), None)]);
    let name = StoredValue::new(cluster);
    let detail = query::<ClusterDetail>(move || name.with_value(|name| Some(asks::cluster(name))));
    let is_missing = Memo::new(move |_| {
        detail.view.with(Option::is_none) && detail.fault().is_some_and(|fault| fault.is_not_found())
    });
    move || {
        if is_missing.get() {
            let text = detail.fault().map(|fault| fault.sentence()).unwrap_or_default();
            return missing("There is no cluster of this name", text);
        }
        view! { <Whole name=name detail=detail /> }.into_any()
    }
}

#[component]
fn Whole(name: StoredValue<String>, detail: Query<ClusterDetail>) -> impl IntoView {
    let events = move |from: &str| name.with_value(|name| asks::events(name, None, from, timeline::SHOWN));
    if untrack(|| use_who().is_of_owners()) {
        return view! {
            <ClusterHead name=name detail=detail />
            <TopicsPanel name=name />
            <Timeline ask=events />
        }
        .into_any();
    }
    view! {
        <ClusterHead name=name detail=detail />
        <ShownFacts query=detail part=part::METADATA source="Metadata, DescribeQuorum, ListPartitionReassignments and DescribeLogDirs" facts=cluster_facts />
        <MissingRights detail=detail />
        <BrokersPanel name=name />
        <div class="cols">
            <ReplicationPanel name=name />
            <Timeline ask=events />
        </div>
        <TopicsPanel name=name />
    }
    .into_any()
}

#[component]
fn ClusterHead(name: StoredValue<String>, detail: Query<ClusterDetail>) -> impl IntoView {
    let store = use_store();
    let place = use_place();
    let headline = Signal::derive(move || {
        let now = store.said_at();
        let readings = detail.readings();
        let mut read = ClusterDetail::clone(&*detail.view.get()?);
        read.cluster = as_read(&read.cluster, &readings, now);
        Some(store.dated(cluster_headline(&read, now, place.zone())))
    });
    view! { <Head headline=headline meanwhile=Signal::derive(move || name.get_value()) /> }.into_any()
}

#[component]
fn BrokersPanel(name: StoredValue<String>) -> impl IntoView {
    let brokers = query::<Brokers>(move || name.with_value(|name| Some(asks::brokers(name))));
    let read_at = Signal::derive(move || {
        brokers
            .readings()
            .iter()
            .find(|reading| reading.part == part::METADATA)
            .and_then(|reading| reading.as_of)
    });
    let body = move |page: Arc<Brokers>| broker_table(&page, read_at);
    let note = move || brokers.view.with(|page| page.as_ref().map(|page| page.brokers.len().to_string()));
    let empty =
        Empty { title: "No broker is known", text: "Brokers appear with the first answer of the cluster." };
    view! { <Shown query=brokers part=part::METADATA title="Brokers" note=note source="Metadata, DescribeCluster, DescribeQuorum and DescribeLogDirs" empty=empty body=body /> }
        .into_any()
}

#[component]
fn TopicsPanel(name: StoredValue<String>) -> impl IntoView {
    let place = use_place();
    let filter = TopicFilter { sort: "-trouble".into(), internal: true, ..TopicFilter::default() };
    let topics =
        query::<Topics>(move || name.with_value(|name| Some(asks::topics(name, &filter, 0, TOPICS))));
    let body = move |page: Arc<Topics>| name.with_value(|name| topic_table(name, &page.topics));
    let total = move || topics.view.with(|page| page.as_ref().and_then(|page| page.meta.total));
    let is_at_least = move || topics.view.with(|page| page.as_ref().is_some_and(|page| page.at_least));
    let note = move || {
        let least = if is_at_least() { "at least " } else { "" };
        total().map(|total| format!("{least}{}, worst first", units::count(total)))
    };
    let href = move || place.to(&name.with_value(|name| page::topics(name)));
    let more = move || view! { <a class="link" href=href>"All topics"</a> };
    let empty = Empty { title: "No topic", text: "Topics appear within a period of their creation." };
    view! { <Shown query=topics part=part::METADATA title="Topics" note=note more=more source="Metadata and DescribeLogDirs" empty=empty body=body /> }
        .into_any()
}
