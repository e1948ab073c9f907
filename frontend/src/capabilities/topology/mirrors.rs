//! Mirrors on the page of another capability: those into and out of a cluster, or those of the fleet that need a person.
//! Nothing where there is none.

use std::sync::Arc;

use leptos::prelude::*;
use shared::{
    route::page,
    topology::{Flow, Flows, needing_a_person},
    units,
};

use super::{
    asks,
    cells::{age_cell, name_cell, verdict_cell, waiting_cell},
    page::{PART, freshness},
};
use crate::{
    components::{Column, Table, rate},
    live::{Empty, Shown, query},
    place::use_place,
};

/// Flows that are named.
const SHOWN: usize = 8;

const COLUMNS: [Column; 5] = [
    Column::text("Verdict", ""),
    Column { label: "Flow", key: "", class: "named" },
    Column::number("Bytes", ""),
    Column::number("Waiting", ""),
    Column::number("Oldest waits", ""),
];

/// The panel.
pub(crate) fn mirrors(cluster: Option<&str>) -> AnyView {
    let cluster = StoredValue::new(cluster.map(str::to_owned));
    let flows =
        query::<Flows>(move || cluster.with_value(|cluster| Some(asks::worst(cluster.as_deref(), SHOWN))));
    let freshness = freshness(flows);
    let is_of_cluster = cluster.with_value(Option::is_some);
    let concerns = move |flow: &Flow| is_of_cluster || flow.needs_a_person();
    let count = Memo::new(move |_| {
        flows.view.with(|page| match page {
            Some(page) if is_of_cluster => page.meta.meta.total.unwrap_or_default(),
            Some(page) => needing_a_person(&page.meta.by_verdict).map_or(0, |(count, _)| count),
            None => 0,
        })
    });
    let any = Memo::new(move |_| count.get() > 0);
    let place = use_place();
    let body = move |page: Arc<Flows>| {
        let rows = page.flows.iter().filter(|flow| concerns(flow)).map(|flow| {
            vec![
                verdict_cell(flow, freshness),
                name_cell(flow),
                rate(flow.bytes_per_second, None),
                waiting_cell(flow.lag_records, flow.lag_is_at_least, flow.verdict),
                age_cell(flow.age_seconds),
            ]
        });
        view! { <Table caption="Mirrors" columns=&COLUMNS names=1 rows=rows.collect() /> }.into_any()
    };
    let note = move || {
        let which = match (is_of_cluster, count.get()) {
            (true, _) => "into and out of this cluster",
            (false, 1) => "that needs a person",
            (false, _) => "that need a person",
        };
        format!("{} {which}, worst first", units::count(count.get()))
    };
    let more = move || view! { <a class="link" href=move || place.to(page::TOPOLOGY)>"Topology"</a> };
    let empty = Empty { title: "No mirror", text: "" };
    (move || {
        any.get().then(|| {
            view! { <Shown query=flows part=PART title="Mirrors" note=note more=more source="mm2-offsets, mm2-offset-syncs, heartbeats and ListOffsets" empty=empty body=body /> }
        })
    })
    .into_any()
}
