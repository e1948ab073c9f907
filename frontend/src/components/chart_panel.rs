//! A panel of one thing over time: a chart that its twin in numbers may stand for, one of several measures, and since when
//! anything is known.

use leptos::prelude::*;
use shared::{DateTime, chart::LineChart};

use super::{ChartFrame, Choice, chart_table, twin};
use crate::{
    live::{Empty, Query, Standing, View, use_store},
    place::use_place,
};

/// What a history says of itself: where its range begins, seconds of a step, and since when anything is kept.
pub(crate) type Kept = (DateTime, u32, Option<DateTime>);

/// Such a panel.
pub(crate) struct ChartPanel<T: View> {
    /// The part whose reading tells the panel's age.
    pub part: &'static str,
    /// Its heading.
    pub title: Signal<&'static str>,
    /// What is drawn, in words.
    pub what: Signal<String>,
    /// The measures: how each is called in the address (`show`) and on the screen.
    pub measures: Vec<(&'static str, &'static str)>,
    /// Where the numbers come from.
    pub source: &'static str,
    /// What is said while there are none.
    pub empty: Empty,
    /// The chart.
    pub chart: Memo<Option<LineChart>>,
    /// What its history says of itself.
    pub kept: fn(&T) -> Kept,
}

impl<T: View> ChartPanel<T> {
    /// The panel of a history.
    pub(crate) fn shown(self, history: Query<T>) -> AnyView {
        let (place, store) = (use_place(), use_store());
        let Self { part, title, what, measures, source, empty, chart, kept } = self;
        let (is_table, switch) = twin("chart", "As chart");
        let body = move || {
            let drawn = move || chart.get().unwrap_or_default();
            if is_table.get() {
                return view! { {move || chart_table(&drawn())} }.into_any();
            }
            view! { <ChartFrame chart=Signal::derive(drawn) /> }.into_any()
        };
        let note = move || {
            let since = history.view.with(|page| page.as_ref().and_then(|page| known_since(kept(page))));
            let since = since.map(|since| place.zone().since(since, store.clock.now_once()));
            what.get() + &since.map(|since| format!("; known since {since}")).unwrap_or_default()
        };
        let more = move || {
            view! { <Choice label="What is drawn" param="show" options=measures.clone() />{switch.run()} }
                .into_any()
        };
        let standing =
            Standing { part, title, note: note.into(), more: more.into(), source, empty: empty.into() };
        standing.shown(history, body.into())
    }
}

/// Since when anything is kept, where that is later than the beginning of the chart.
fn known_since((from, step_seconds, kept_since): Kept) -> Option<DateTime> {
    let step = chrono::Duration::seconds(step_seconds.into());
    kept_since.filter(|since| *since > from + step * 2)
}
