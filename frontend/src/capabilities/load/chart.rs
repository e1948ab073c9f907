//! A chart of metrics in its panel: lines, bands of incidents, and its twin in numbers.

use std::sync::Arc;

use leptos::prelude::*;
use shared::{
    DateTime,
    chart::{Band, LineChart},
    event::{Event, Events},
    load::{LOUD, Load, LoadSeries, Metric, load_chart, part},
};

use super::asks;

use crate::{
    components::{ChartFrame, chart_table, twin},
    live::{Empty, Query, Standing, query, use_store},
    place::use_place,
    time_range::Span,
};

/// What begins and ends a time of trouble.
const KINDS: [&str; 6] = [
    "broker_left",
    "broker_returned",
    "cluster_silent",
    "cluster_answers",
    "broker_abnormal",
    "broker_normal",
];

/// What a line is called.
pub(crate) type Label = fn(&LoadSeries) -> String;

/// What a panel draws.
pub(crate) struct Charted {
    /// Its heading.
    pub title: Signal<&'static str>,
    /// What stands beside it, before the unit.
    pub note: Signal<String>,
    /// The parameter of the address under which its twin is shown.
    pub param: &'static str,
    /// What else stands at the end of the header.
    pub more: ViewFn,
    /// What its lines are called.
    pub label: Label,
    /// Times of trouble.
    pub bands: Signal<Vec<Band>>,
    /// What is said where nothing is known.
    pub empty: Empty,
}

impl Charted {
    /// The panel. The first question tells its state; the lines of the others are drawn beside.
    pub(crate) fn panel(self, queries: Vec<Query<Load>>) -> AnyView {
        let Self { title, note, param, more, label, bands, empty } = self;
        let Some(first) = queries.first().copied() else { return ().into_any() };
        let (is_table, switch) = twin(param, "As chart");
        let (place, store) = (use_place(), use_store());
        let chart = Memo::new(move |_| {
            let pages: Vec<Arc<Load>> = queries.iter().filter_map(|query| query.view.get()).collect();
            drawn(title.get(), &pages, label, bands.get())
        });
        let lines = Memo::new(move |_| chart.with(|chart| chart.lines.len()));
        let note = move || {
            let unit = chart.with(|chart| chart.unit.clone());
            let all = first.view.with(|page| page.as_ref().map_or(0, |page| page.load.len()));
            let of = if lines.get() > LOUD {
                format!("the {LOUD} highest of {all} lines are named")
            } else {
                String::new()
            };
            let since = first.view.with(|page| page.as_ref().and_then(|page| known_since(page)));
            let since = since.map_or_else(String::new, |since| {
                format!("known since {}", place.zone().since(since, store.clock.now_once()))
            });
            [unit, note.get(), of, since]
                .into_iter()
                .filter(|part| !part.is_empty())
                .collect::<Vec<_>>()
                .join(", ")
        };
        let body = move || {
            if is_table.get() {
                return view! { {move || chart.with(chart_table)} }.into_any();
            }
            view! { <ChartFrame chart=chart.into() /> }.into_any()
        };
        let more = move || view! { {more.run()}{switch.run()} }.into_any();
        let standing = Standing {
            part: part::BROKERS,
            title,
            note: note.into(),
            more: more.into(),
            source: "the brokers' metrics endpoints",
            empty: empty.into(),
        };
        standing.shown(first, body.into())
    }
}

/// Since when anything is kept, where that is later than the beginning of the chart.
fn known_since(page: &Load) -> Option<DateTime> {
    let step = chrono::Duration::seconds(page.step_seconds.into());
    page.kept_since.filter(|since| *since > page.from + step * 2)
}

fn drawn(title: &str, pages: &[Arc<Load>], label: Label, bands: Vec<Band>) -> LineChart {
    let series: Vec<(String, &LoadSeries)> =
        pages.iter().flat_map(|page| &page.load).map(|series| (label(series), series)).collect();
    let (from, to) = pages.first().map_or_else(Default::default, |page| (page.from, page.to));
    load_chart(title, &series, from, to, bands)
}

/// The times of trouble as bands: of the fleet, of a cluster, or of one of its brokers. Of what was abnormal, the metrics
/// of the chart.
pub(crate) fn troubles(
    cluster: Option<&str>,
    broker_id: Option<i32>,
    span: Memo<Span>,
    metrics: Signal<Vec<Metric>>,
) -> Signal<Vec<Band>> {
    let cluster = cluster.map(str::to_owned);
    let names_cluster = cluster.is_none();
    // Each kind is asked for by itself: among everything that happened in a month they would not be found.
    let events = KINDS.map(|kind| {
        let cluster = cluster.clone();
        query::<Events>(move || Some(asks::happened(kind, cluster.as_deref(), broker_id, span.get())))
    });
    Signal::derive(move || {
        let pages: Vec<Arc<Events>> = events.iter().filter_map(|query| query.view.get()).collect();
        let Some(now) = pages.iter().map(|page| page.meta.now).max() else { return vec![] };
        let mut all: Vec<Event> = pages.iter().flat_map(|page| page.events.clone()).collect();
        all.sort_by_key(|event| std::cmp::Reverse(event.time));
        let span = span.get();
        let labels: Vec<&str> = metrics.get().into_iter().map(Metric::label).collect();
        shared::inventory::outages(&all, span.from, span.to.unwrap_or(now), names_cluster, &labels)
    })
}
