//! The twin of the picture in numbers: clusters by tier, flows, applications.

use leptos::prelude::*;
use shared::{
    meta::Freshness,
    route::page,
    topology::{Application, ApplicationRole, Flow, TierCluster, Topology},
    verdict::Severity,
};

use super::cells::{age_cell, verdict_cell, waiting_cell};
use crate::{
    components::{Column, Mark, Slice, VirtualRows, maybe_count, nobody, rate, state, unknown},
    live::Query,
    place::use_place,
};

const CLUSTERS: [Column; 7] = [
    Column::text("Cluster", ""),
    Column::text("Health", ""),
    Column::text("Tier", ""),
    Column::text("Data centre", ""),
    Column::number("Brokers", ""),
    Column::number("Bytes in", ""),
    Column::number("Bytes out", ""),
];

const FLOWS: [Column; 5] = [
    Column::text("Verdict", ""),
    Column::text("Flow", ""),
    Column::number("Bytes", ""),
    Column::number("Waiting", ""),
    Column::number("Oldest waits", ""),
];

const APPLICATIONS: [Column; 5] = [
    Column::text("Application", ""),
    Column::text("What", ""),
    Column::text("Owner", ""),
    Column::number("Groups", ""),
    Column::number("Bytes", ""),
];

/// The tables, each of any length.
#[component]
pub(crate) fn Tables(topology: Query<Topology>, freshness: Memo<Option<Freshness>>) -> impl IntoView {
    let clusters = rows(
        topology,
        |page| page.tiers.iter().map(|tier| tier.clusters.len()).sum(),
        move |page, index| {
            let mut all = page.tiers.iter().flat_map(|tier| tier.clusters.iter().map(move |one| (tier, one)));
            all.nth(index).map(|(tier, one)| cluster(&tier.name, one, freshness))
        },
    );
    let flows = rows(
        topology,
        |page| page.flows.len(),
        move |page, index| page.flows.get(index).map(|one| flow(one, freshness)),
    );
    let applications = rows(
        topology,
        |page| page.applications.len(),
        |page, index| page.applications.get(index).map(application),
    );
    view! {
        <div class="twins">
            {clusters.table("Clusters", "Clusters by tier", &CLUSTERS, 0)}
            {flows.table("Flows", "Flows between clusters", &FLOWS, 1)}
            {applications.table("Applications", "Who writes and who reads", &APPLICATIONS, 0)}
        </div>
    }
    .into_any()
}

/// The rows of one table.
#[derive(Clone, Copy)]
struct Rows {
    count: Memo<usize>,
    slice: Slice,
    cells: Callback<usize, Option<Vec<AnyView>>>,
}

fn rows(
    topology: Query<Topology>,
    count: fn(&Topology) -> usize,
    row: impl Fn(&Topology, usize) -> Option<Vec<AnyView>> + Send + Sync + 'static,
) -> Rows {
    let slice = Slice::new();
    let count = Memo::new(move |_| topology.view.with(|page| page.as_deref().map_or(0, count)));
    Effect::new(move || slice.set_total(count.get()));
    let cells = move |index| topology.view.with(|page| row(page.as_deref()?, index));
    Rows { count, slice, cells: Callback::new(cells) }
}

impl Rows {
    /// The table under its heading. Nothing where there are no rows.
    fn table(
        self,
        heading: &'static str,
        caption: &'static str,
        columns: &'static [Column],
        names: usize,
    ) -> AnyView {
        let any = Memo::new(move |_| self.count.get() > 0);
        (move || {
            any.get().then(|| {
                view! {
                    <h3>{heading}</h3>
                    <VirtualRows caption=caption columns=columns names=names slice=self.slice cells=self.cells />
                }
            })
        })
        .into_any()
    }
}

fn cluster(tier: &str, one: &TierCluster, freshness: Memo<Option<Freshness>>) -> Vec<AnyView> {
    let place = use_place();
    let severity = one.severity();
    let is_watched = one.is_watched;
    let health = move || match Mark::of(severity, freshness.get()) {
        _ if !is_watched => state(Mark::Unknown, "Not watched"),
        kind => state(kind, kind.word()),
    };
    let to = page::cluster(&one.name);
    let name = one.name.clone();
    let name = if is_watched {
        view! { <a href=move || place.to(&to)>{name}</a> }.into_any()
    } else {
        name.into_any()
    };
    let whereabouts =
        [one.datacenter.clone(), one.category.clone()].into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let brokers = match (one.brokers_up, one.broker_count) {
        (Some(up), Some(all)) if up < all => format!("{up} of {all}").into_any(),
        (_, all) => maybe_count(all),
    };
    vec![
        name,
        health.into_any(),
        tier.to_owned().into_any(),
        if whereabouts.is_empty() { unknown() } else { whereabouts.into_any() },
        brokers,
        rate(one.produce_bytes_per_second, None),
        rate(one.consume_bytes_per_second, None),
    ]
}

fn flow(one: &Flow, freshness: Memo<Option<Freshness>>) -> Vec<AnyView> {
    let place = use_place();
    let to = page::flow(&one.id);
    vec![
        verdict_cell(one, freshness),
        view! { <a href=move || place.to(&to)>{one.name()}</a> }.into_any(),
        rate(one.bytes_per_second, None),
        waiting_cell(one.lag_records, one.lag_is_at_least, one.verdict),
        age_cell(one.age_seconds),
    ]
}

fn application(one: &Application) -> Vec<AnyView> {
    let severity = one.verdict.map_or(Severity::Ok, shared::lag::LagVerdict::severity);
    let what = match one.role {
        ApplicationRole::Producers => format!("writes to {}", one.cluster),
        ApplicationRole::Consumers => format!("reads from {}", one.cluster),
    };
    let how = one.verdict.filter(|_| severity >= Severity::Warning);
    let how = how.map(|verdict| view! { {state(Mark::of_severity(severity), verdict.word())} });
    vec![
        view! { {one.name.clone()}<span class="beside">{how}</span> }.into_any(),
        what.into_any(),
        one.owner.clone().map_or_else(nobody, |owner| owner.into_any()),
        maybe_count(one.group_count),
        rate(one.bytes_per_second, None),
    ]
}
