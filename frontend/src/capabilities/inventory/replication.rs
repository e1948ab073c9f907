//! Partitions in trouble over time: as a chart, and as its twin in numbers.

use std::sync::Arc;

use leptos::prelude::*;
use shared::inventory::{Replication, part, replication_chart};

use super::asks;
use crate::{
    components::{ChartFrame, Column, Table, count, maybe_count},
    live::{Empty, Shown, query, use_store},
    place::use_place,
};

const COLUMNS: [Column; 4] = [
    Column::text("Time", ""),
    Column::number("Under-replicated", ""),
    Column::number("Under min ISR", ""),
    Column::number("Offline", ""),
];

/// Rows of the table twin: each change, and the first and last point.
const ROWS: usize = 40;

/// The panel of a cluster.
#[component]
pub(crate) fn ReplicationPanel(name: StoredValue<String>) -> impl IntoView {
    let store = use_store();
    let place = use_place();
    let from = Memo::new(move |_| place.range().from(store.clock.now()));
    let points =
        query::<Replication>(move || name.with_value(|name| Some(asks::replication(name, &from.get()))));
    let as_table = Memo::new(move |_| place.param("chart").as_deref() == Some("table"));
    let body = move |page: Arc<Replication>| if as_table.get() { twin(&page) } else { chart(page) };
    let empty = Empty {
        title: "Nothing was counted yet",
        text: "Troubled partitions are counted each turn, and kept for as long as Riverkeeper runs.",
    };
    let is_at_least = move || points.view.with(|page| page.as_ref().is_some_and(|page| page.at_least));
    let note = move || {
        if is_at_least() { "partitions in trouble, of those that are seen" } else { "partitions in trouble" }
    };
    let switch = move |_| place.change(&[("chart", (!as_table.get_untracked()).then_some("table"))]);
    let more = move || {
        view! {
            <button type="button" class="link" aria-pressed=move || as_table.get().to_string() on:click=switch>
                {move || if as_table.get() { "As chart" } else { "As table" }}
            </button>
        }
    };
    view! { <Shown query=points part=part::METADATA title="Replication" note=note more=more source="Metadata" empty=empty body=body /> }
        .into_any()
}

fn chart(page: Arc<Replication>) -> AnyView {
    let range = use_place().range();
    let to = page.meta.now;
    let chart = replication_chart(&page.replication, to - range.length(), to);
    view! { <ChartFrame chart=Signal::stored(chart) /> }.into_any()
}

/// The chart in numbers: when they changed.
fn twin(page: &Replication) -> AnyView {
    let place = use_place();
    let points = &page.replication;
    let counts = |at: usize| {
        points
            .get(at)
            .map(|point| (point.under_replicated_count, point.under_min_isr_count, point.offline_count))
    };
    let changed = (0..points.len())
        .rev()
        .filter(|at| *at == 0 || *at + 1 == points.len() || counts(*at) != counts(at - 1));
    let rows = changed
        .take(ROWS)
        .filter_map(|at| points.get(at))
        .map(|point| {
            let time = point.time;
            vec![
                view! { <time datetime=time.to_rfc3339()>{move || place.zone().clock_with_seconds(time)}</time> }.into_any(),
                count(point.under_replicated_count),
                maybe_count(point.under_min_isr_count),
                count(point.offline_count),
            ]
        })
        .collect();
    view! { <Table caption="Partitions in trouble, when their number changed" columns=&COLUMNS rows=rows /> }
        .into_any()
}
