//! A flow over time: what waits, or how long the oldest record waits and records take, with the times in which it was not
//! well.

use leptos::prelude::*;
use shared::{
    event::Events,
    topology::{FlowDetail, FlowHistory, FlowMeasure, flow_bands, flow_chart},
};

use super::{asks, page::PART};
use crate::{
    components::ChartPanel,
    live::{Ask, Empty, Query, query},
    place::use_place,
    time_range::Span,
};

const NOTHING: Empty = Empty {
    title: "Nothing is known of this time",
    text: "Lines begin when Riverkeeper first saw the flow, and go back as far as they were kept.",
};

/// The panel of a flow.
#[component]
pub(crate) fn OverTime(id: StoredValue<String>, detail: Query<FlowDetail>) -> impl IntoView {
    let place = use_place();
    let span = place.span();
    let ask = move |about: fn(&str, Span) -> Ask| id.with_value(|id| Some(about(id, span.get())));
    let history = query::<FlowHistory>(move || ask(asks::history));
    let events = query::<Events>(move || ask(asks::troubles));
    let measure = Memo::new(move |_| match place.param("show").as_deref() {
        Some("age") => FlowMeasure::Time,
        _ => FlowMeasure::Lag,
    });
    let chart = Memo::new(move |_| {
        let flow = detail.view.with(|detail| detail.as_ref().map(|detail| detail.flow.clone()));
        let history = history.view.get();
        let history = history.as_ref()?;
        let events = events.view.get();
        let events = events.as_ref().map(|page| page.events.as_slice()).unwrap_or_default();
        let bands = flow_bands(events, flow.as_ref(), history.from, history.to);
        Some(flow_chart(history, measure.get(), bands))
    });
    let what = move || {
        let unit = chart.with(|chart| chart.as_ref().map(|chart| chart.unit.clone())).unwrap_or_default();
        match measure.get() {
            FlowMeasure::Lag => "records at the source that are not copied".to_owned(),
            FlowMeasure::Time => format!("how long the oldest waits, and how long records take, {unit}"),
        }
    };
    let panel = ChartPanel {
        part: PART,
        title: Signal::derive(
            move || if measure.get() == FlowMeasure::Lag { "Lag" } else { "Age and latency" },
        ),
        what: Signal::derive(what),
        measures: vec![("lag", "Lag"), ("age", "Age and latency")],
        source: "mm2-offsets, mm2-offset-syncs, heartbeats and ListOffsets",
        empty: NOTHING,
        chart,
        kept: |page: &FlowHistory| (page.from, page.step_seconds, page.kept_since),
    };
    panel.shown(history)
}
