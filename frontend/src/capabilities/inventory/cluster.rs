//! A cluster: is it whole, which broker is to blame, what changed.

use std::sync::Arc;

use leptos::prelude::*;
use shared::{
    inventory::{Brokers, ClusterDetail, Topics, cluster_headline, part, with_abnormal},
    route::page,
    units,
    verdict::Severity,
};

use super::{
    asks::{self, About, TopicFilter},
    brokers::broker_table,
    facts::cluster_facts,
    replication::ReplicationPanel,
    restart::{RestartPanel, verdicts_of},
    rights::MissingRights,
    state::as_read,
    timeline::Timeline,
    topic_rows::topic_table,
};
use crate::{
    access::use_who,
    app::set_way,
    capabilities::{Spot, fill, findings},
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
    let cluster = name.get_value();
    let about = About::Cluster(cluster.clone());
    if untrack(|| use_who().is_of_owners()) {
        return view! {
            <ClusterHead name=name detail=detail abnormal=Signal::stored(vec![]) />
            {fill(&Spot::ClusterGroups(&cluster))}
            <TopicsPanel name=name />
            <Timeline about=about />
        }
        .into_any();
    }
    view! {
        <ClusterHead name=name detail=detail abnormal=findings(&cluster) />
        <ShownFacts query=detail part=part::METADATA source="Metadata, DescribeQuorum, ListPartitionReassignments, DescribeLogDirs and the brokers' metrics" facts=cluster_facts />
        <MissingRights detail=detail />
        {fill(&Spot::Cluster(&cluster))}
        <div class="cols">
            <div class="stack">
                {fill(&Spot::ClusterOverTime(&cluster))}
                {fill(&Spot::ClusterMirrors(&cluster))}
                <ReplicationPanel name=name />
                {fill(&Spot::ClusterGroups(&cluster))}
            </div>
            <Timeline about=about />
        </div>
        <div class="cols even">
            <RestartPanel name=name verdicts=verdicts_of(name) />
            {fill(&Spot::ClusterSpread(&cluster))}
        </div>
        <BrokersPanel name=name />
        <TopicsPanel name=name />
    }
    .into_any()
}

#[component]
fn ClusterHead(
    name: StoredValue<String>,
    detail: Query<ClusterDetail>,
    /// What is abnormal: of which broker, in a sentence.
    abnormal: Signal<Vec<(i32, String)>>,
) -> impl IntoView {
    let store = use_store();
    let place = use_place();
    let headline = Signal::derive(move || {
        let now = store.said_at();
        let readings = detail.readings();
        let mut read = ClusterDetail::clone(&*detail.view.get()?);
        read.cluster = as_read(&read.cluster, &readings, now);
        let said = cluster_headline(&read, now, place.zone());
        let is_well = read.cluster.health.severity == Severity::Ok && read.cluster.as_of.is_some();
        let said = abnormal.with(|abnormal| with_abnormal(said, &read.cluster.name, is_well, abnormal));
        Some(store.dated(said))
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
    let body = move |page: Arc<Brokers>| name.with_value(|name| broker_table(name, &page, read_at));
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
    view! { <Shown query=topics part=part::METADATA title="Topics" note=note more=more source="Metadata, DescribeLogDirs and the brokers' metrics" empty=empty body=body /> }
        .into_any()
}
