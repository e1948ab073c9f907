//! Every cycle, failing ones first.

use leptos::prelude::*;
use shared::status::{CycleStatus, Outcome};

use crate::{
    components::{Age, Column, Mark, Table, count, state, unknown},
    live::use_store,
};

const COLUMNS: [Column; 9] = [
    Column::text("State", ""),
    Column::text("Reads", ""),
    Column::text("Cluster", ""),
    Column::number("Newest view", ""),
    Column::number("Period", ""),
    Column::number("Last turn", ""),
    Column::number("CPU", ""),
    Column::number("Turns", ""),
    Column::number("Failed", ""),
];

/// The table of cycles.
pub(crate) fn cycle_table(cycles: &[CycleStatus]) -> AnyView {
    let rows = cycles.iter().map(row).collect();
    view! { <Table caption="Cycles" columns=&COLUMNS names=1 rows=rows /> }.into_any()
}

/// Mark and word of a cycle.
pub(crate) fn cycle_mark(cycle: &CycleStatus) -> (Mark, &'static str) {
    match (cycle.last_outcome, &cycle.failure) {
        (None, None) => (Mark::Unknown, "First turn"),
        (Some(Outcome::Panicked), _) => (Mark::Critical, "Bug"),
        (Some(Outcome::TimedOut), _) => (Mark::Critical, "Timed out"),
        (Some(Outcome::Failed), _) | (None, Some(_)) => (Mark::Critical, "Failed"),
        (Some(Outcome::Partial), _) => (Mark::Warning, "Partial"),
        (Some(Outcome::Done), Some(_)) => (Mark::Warning, "Failing"),
        (Some(Outcome::Done), None) if cycle.store_failure.is_some() => (Mark::Warning, "Not kept"),
        (Some(Outcome::Done), None) => (Mark::Well, "Well"),
    }
}

fn row(cycle: &CycleStatus) -> Vec<AnyView> {
    let (mark, word) = cycle_mark(cycle);
    let said = cycle.failure.as_ref().or(cycle.store_failure.as_ref());
    let since = said.map(|failure| view! { <span class="sub">"for " <Age at=failure.since /></span> });
    let why = said.map(
        |failure| view! { <span class="sub reason" title=failure.what.clone()>{failure.what.clone()}</span> },
    );
    let reads = format!("{} · {}", cycle.noun, cycle.part.replace('_', " "));
    let failed = if cycle.failure_count > 0 {
        view! { <b>{count(cycle.failure_count)}</b> }.into_any()
    } else {
        count(0_u32)
    };
    vec![
        view! { {state(mark, word)}{since} }.into_any(),
        view! { {reads}{why} }.into_any(),
        cycle
            .cluster
            .clone()
            .map_or_else(|| view! { <span class="dim">"fleet"</span> }.into_any(), |name| name.into_any()),
        newest(cycle),
        period(cycle),
        cycle.last_turn_seconds.map_or_else(unknown, seconds),
        cycle.last_cpu_seconds.map_or_else(unknown, seconds),
        count(cycle.turn_count),
        failed,
    ]
}

fn newest(cycle: &CycleStatus) -> AnyView {
    let Some(as_of) = cycle.as_of else {
        return view! { <span class="dim">"none yet"</span> }.into_any();
    };
    let store = use_store();
    let limit = cycle.period_seconds * 2.0;
    let is_old = move || (store.clock.now() - as_of).num_seconds() as f64 > limit;
    view! { <span class=move || if is_old() { "warn" } else { "dim" }><Age at=as_of suffix="ago" /></span> }
        .into_any()
}

fn period(cycle: &CycleStatus) -> AnyView {
    let stretched = cycle.period_seconds > cycle.configured_period_seconds * 1.01;
    let configured = stretched
        .then(|| view! { <span class="sub">"configured "{seconds(cycle.configured_period_seconds)}</span> });
    view! { {seconds(cycle.period_seconds)}{configured} }.into_any()
}

/// A length of time in milliseconds below a second, else in seconds.
pub(crate) fn seconds(value: f64) -> AnyView {
    let (number, unit) = match value {
        small if small < 0.001 => (format!("{:.1}", small * 1_000.0), "ms"),
        small if small < 1.0 => (format!("{:.0}", small * 1_000.0), "ms"),
        some if some < 10.0 && some.fract() > 0.05 => (format!("{some:.1}"), "s"),
        many => (format!("{many:.0}"), "s"),
    };
    view! { {number}" "<small class="unit">{unit}</small> }.into_any()
}
