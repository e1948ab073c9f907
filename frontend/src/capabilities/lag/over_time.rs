//! A group over time: what waits, or how long the oldest record waits, with the times in which it was not well.

use leptos::prelude::*;
use shared::{
    event::Events,
    lag::{GroupDetail, LagHistory, LagMeasure, bands, lag_chart, part},
};

use super::{asks, group::Name};
use crate::{
    components::{ChartFrame, Choice, chart_table, twin},
    live::{Empty, Query, Standing, query, use_store},
    place::use_place,
};

const NOTHING: Empty = Empty {
    title: "Nothing is known of this time",
    text: "Lines begin when Riverkeeper first saw the group, and go back as far as they were kept.",
};

/// The panel of a group.
#[component]
pub(crate) fn OverTime(name: StoredValue<Name>, detail: Query<GroupDetail>) -> impl IntoView {
    let (place, store) = (use_place(), use_store());
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
    let (is_table, switch) = twin("chart", "As chart");
    let body = move || {
        let drawn = move || chart.get().unwrap_or_default();
        if is_table.get() {
            return view! { {move || chart_table(&drawn())} }.into_any();
        }
        view! { <ChartFrame chart=Signal::derive(drawn) /> }.into_any()
    };
    let note = move || {
        let what = match measure.get() {
            LagMeasure::Lag => "records not yet read, up to the last stable offset".to_owned(),
            LagMeasure::Age => {
                let unit = chart.with(|chart| chart.as_ref().map(|chart| chart.unit.clone()));
                format!("how long the oldest unread record waits, {}", unit.unwrap_or_default())
            }
        };
        let since = history.view.with(|page| page.as_ref().and_then(|page| known_since(page)));
        match since {
            Some(since) => {
                format!("{what}; known since {}", place.zone().since(since, store.clock.now_once()))
            }
            None => what,
        }
    };
    let more = move || {
        let options = vec![("lag", "Lag"), ("age", "Age")];
        view! { <Choice label="What is drawn" param="show" options=options />{switch.run()} }.into_any()
    };
    let standing = Standing {
        part: part::GROUPS,
        title: Signal::derive(move || if measure.get() == LagMeasure::Lag { "Lag" } else { "Age" }),
        note: note.into(),
        more: more.into(),
        source: "__consumer_offsets and ListOffsets",
        empty: NOTHING.into(),
    };
    standing.shown(history, body.into())
}

/// Since when anything is kept, where that is later than the beginning of the chart.
fn known_since(page: &LagHistory) -> Option<shared::DateTime> {
    let step = chrono::Duration::seconds(page.step_seconds.into());
    page.kept_since.filter(|since| *since > page.from + step * 2)
}
