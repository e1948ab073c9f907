//! Load: what each broker carries, and what is abnormal about it. It has no page of its own and fills those of inventory.

mod asks;
mod chart;
mod heat;
mod heat_table;
mod now;
mod over_time;
mod spread;

use leptos::prelude::*;
use shared::load::{BrokerLoads, Load, LoadPoint, Metric};

use super::Spot;
use crate::{
    components::spark,
    live::{Query, query},
    place::use_place,
};

/// What is written to each cluster over time.
pub(crate) fn on_fleet() -> AnyView {
    view! { <over_time::FleetOverTime /> }.into_any()
}

/// What stands at a place of a page.
pub(crate) fn fill(spot: &Spot<'_>) -> AnyView {
    match *spot {
        Spot::Cluster(cluster) => view! { <heat_table::HeatPanel cluster=cluster.to_owned() /> }.into_any(),
        Spot::ClusterOverTime(cluster) => {
            view! { <over_time::ClusterOverTime cluster=cluster.to_owned() /> }.into_any()
        }
        Spot::ClusterSpread(cluster) => {
            view! { <spread::SpreadPanel cluster=cluster.to_owned() /> }.into_any()
        }
        Spot::Broker(cluster, broker_id) => {
            view! { <now::BrokerNow cluster=cluster.to_owned() broker_id=broker_id /> }.into_any()
        }
        Spot::BrokerOverTime(cluster, broker_id) => over_time::broker_over_time(cluster, broker_id),
        _ => ().into_any(),
    }
}

/// What is abnormal on a cluster: of which broker, in a sentence, worst first.
pub(crate) fn findings(cluster: &str) -> Signal<Vec<(i32, String)>> {
    let loads = loads_of(cluster);
    Signal::derive(move || {
        loads.view.with(|page| {
            let rows = page.iter().flat_map(|page| &page.broker_loads);
            rows.flat_map(|row| row.abnormal.iter().map(|one| (row.broker_id, one.reason.sentence.clone())))
                .collect()
        })
    })
}

/// What each broker of a cluster carries.
fn loads_of(cluster: &str) -> Query<BrokerLoads> {
    let cluster = cluster.to_owned();
    query(move || Some(asks::broker_loads(&cluster)))
}

/// The way that a cluster's bytes went. The number stands beside it.
pub(crate) fn lately(cluster: &str, metric: Metric) -> AnyView {
    let class = if metric == Metric::BytesIn { "written" } else { "read" };
    let span = use_place().span();
    let cluster = cluster.to_owned();
    let load = query::<Load>(move || Some(asks::fleet(metric, span.get())));
    let values = Memo::new(move |_| {
        load.view.with(|page| -> Option<Vec<Option<f64>>> {
            let series = page.as_ref()?.load.iter().find(|series| series.cluster == cluster)?;
            Some(series.points.iter().map(|LoadPoint(_, value)| *value).collect())
        })
    });
    (move || values.get().map(|values| spark(&values, class))).into_any()
}
