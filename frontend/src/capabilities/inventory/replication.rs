//! Partitions in trouble over time: as a chart, and as its twin in numbers.

use std::sync::Arc;

use leptos::prelude::*;
use shared::inventory::{Replication, part, replication_chart};

use super::asks;
use crate::{
    components::{ChartFrame, Column, Table, count, maybe_count, twin},
    live::{Empty, Shown, query},
    place::use_place,
    time_range::Span,
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
    let span = use_place().span();
    let points =
        query::<Replication>(move || name.with_value(|name| Some(asks::replication(name, span.get()))));
    let (is_table, more) = twin("chart", "As chart");
    let body = move |page: Arc<Replication>| if is_table.get() { table(&page) } else { chart(page, span) };
    let empty = Empty {
        title: "Nothing was counted yet",
        text: "Troubled partitions are counted each turn, and kept for as long as Riverkeeper runs.",
    };
    let is_at_least = move || points.view.with(|page| page.as_ref().is_some_and(|page| page.at_least));
    let note = move || {
        if is_at_least() { "partitions in trouble, of those that are seen" } else { "partitions in trouble" }
    };
    view! { <Shown query=points part=part::METADATA title="Replication" note=note more=more source="Metadata" empty=empty body=body /> }
        .into_any()
}

fn chart(page: Arc<Replication>, span: Memo<Span>) -> AnyView {
    let span = span.get_untracked();
    let chart = replication_chart(&page.replication, span.from, span.to.unwrap_or(page.meta.now));
    view! { <ChartFrame chart=Signal::stored(chart) /> }.into_any()
}

/// The chart in numbers: when they changed.
fn table(page: &Replication) -> AnyView {
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
