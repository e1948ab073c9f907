//! The fleet: which clusters need a person, and why.

use std::sync::Arc;

use leptos::prelude::*;
use shared::inventory::{Cluster, Clusters, fleet_headline, part};

use super::{
    asks::{self, About},
    clusters::cluster_table,
    facts::fleet_facts,
    state::as_read,
    timeline::Timeline,
};
use crate::{
    access::use_who,
    app::set_way,
    capabilities::on_fleet,
    components::Head,
    live::{Empty, Query, Shown, ShownFacts, query, use_store},
};

/// The page of the fleet.
#[component]
pub(crate) fn FleetPage() -> impl IntoView {
    set_way(vec![("Fleet".into(), None)]);
    let is_bare = untrack(|| use_who().is_of_owners());
    let clusters = query::<Clusters>(|| Some(asks::clusters()));
    let facts = |page: &Clusters| fleet_facts(&page.clusters);
    let readings = Signal::derive(move || clusters.readings());
    let note =
        move || if is_bare { "worst first; your token does not show their numbers" } else { "worst first" };
    let body = move |page: Arc<Clusters>| cluster_table(&page.clusters, readings, !is_bare);
    let empty = Empty {
        title: "No cluster is configured",
        text: "Add a [[cluster]] with bootstrap.servers to the configuration and start Riverkeeper again.",
    };
    view! {
        <FleetHead clusters=clusters />
        {(!is_bare).then(|| view! { <ShownFacts query=clusters part=part::METADATA source="the clusters below" facts=facts /> })}
        <Shown query=clusters part=part::METADATA title="Clusters" note=note source="Metadata, DescribeCluster, DescribeQuorum, DescribeLogDirs and the brokers' metrics" empty=empty rows_speak=true body=body />
        <div class="cols">
            <div class="stack">{on_fleet(is_bare)}</div>
            <Timeline about=About::Fleet />
        </div>
    }
    .into_any()
}

#[component]
fn FleetHead(clusters: Query<Clusters>) -> impl IntoView {
    let store = use_store();
    let headline = Signal::derive(move || {
        let now = store.said_at();
        let readings = clusters.readings();
        let page = clusters.view.get()?;
        let read: Vec<Cluster> =
            page.clusters.iter().map(|cluster| as_read(cluster, &readings, now)).collect();
        Some(store.dated(fleet_headline(&worst_first(read), now)))
    });
    let meanwhile = Signal::derive(move || match clusters.fault() {
        Some(fault) => fault.title(),
        None => "Reading the fleet…".into(),
    });
    view! { <Head headline=headline meanwhile=meanwhile /> }.into_any()
}

/// The server's order holds but for what has grown old since.
fn worst_first(mut clusters: Vec<Cluster>) -> Vec<Cluster> {
    clusters.sort_by_key(|cluster| std::cmp::Reverse(cluster.health.severity));
    clusters
}
