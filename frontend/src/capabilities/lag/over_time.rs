//! A group over time: what waits, or how long the oldest record waits, with the times in which it was not well.

use leptos::prelude::*;
use shared::{
    event::Events,
    lag::{GroupDetail, LagHistory, LagMeasure, bands, lag_chart, part},
};

use super::{asks, group::Name};
use crate::{
    components::ChartPanel,
    live::{Empty, Query, query},
    place::use_place,
};

const NOTHING: Empty = Empty {
    title: "Nothing is known of this time",
    text: "Lines begin when Riverkeeper first saw the group, and go back as far as they were kept.",
};

/// The panel of a group.
#[component]
pub(crate) fn OverTime(name: StoredValue<Name>, detail: Query<GroupDetail>) -> impl IntoView {
    let place = use_place();
    let span = place.span();
    let ask = move |about: fn(&str, &str, crate::time_range::Span) -> crate::live::Ask| {
        name.with_value(|name| Some(about(&name.cluster, &name.group, span.get())))
    };
    let history = query::<LagHistory>(move || ask(asks::history));
    let events = query::<Events>(move || ask(asks::troubles));
    let measure = Memo::new(move |_| match place.param("show").as_deref() {
        Some("age") => LagMeasure::Age,
        _ => LagMeasure::Lag,
    });
    let chart = Memo::new(move |_| {
        let group = detail.view.with(|detail| detail.as_ref().map(|detail| detail.group.clone()));
        let history = history.view.get();
        let history = history.as_ref()?;
        let events = events.view.get();
        let events = events.as_ref().map(|page| page.events.as_slice()).unwrap_or_default();
        let bands = bands(events, group.as_ref(), history.from, history.to);
        Some(lag_chart(history, group.as_ref(), measure.get(), bands))
    });
    let what = move || {
        let unit = chart.with(|chart| chart.as_ref().map(|chart| chart.unit.clone())).unwrap_or_default();
        match measure.get() {
            LagMeasure::Lag => "records not yet read, up to the last stable offset".to_owned(),
            LagMeasure::Age => format!("how long the oldest unread record waits, {unit}"),
        }
    };
    let panel = ChartPanel {
        part: part::GROUPS,
        title: Signal::derive(move || if measure.get() == LagMeasure::Lag { "Lag" } else { "Age" }),
        what: Signal::derive(what),
        measures: vec![("lag", "Lag"), ("age", "Age")],
        source: "__consumer_offsets and ListOffsets",
        empty: NOTHING,
        chart,
        kept: |page: &LagHistory| (page.from, page.step_seconds, page.kept_since),
    };
    panel.shown(history)
}
