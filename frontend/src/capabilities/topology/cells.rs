//! What stands in the cells of tables of flows and topics.

use leptos::prelude::*;
use shared::{
    meta::Freshness,
    route::page,
    topology::{Flow, FlowVerdict, Latency, words},
    units,
    verdict::Severity,
};

use super::state::verdict_mark;
use crate::{
    components::{Tone, at_least, maybe_count, state, unknown},
    place::use_place,
};

/// How a flow is, by how old that is.
pub(crate) fn verdict_cell(flow: &Flow, freshness: Memo<Option<Freshness>>) -> AnyView {
    let verdict = flow.verdict;
    let why = flow.reason.as_ref().map(|reason| reason.sentence.clone());
    (move || {
        let (mark, word) = verdict_mark(verdict, freshness.get());
        view! { <span title=why.clone()>{state(mark, word)}</span> }
    })
    .into_any()
}

/// From where to where, which leads to its page; below it what is wrong.
pub(crate) fn name_cell(flow: &Flow) -> AnyView {
    let place = use_place();
    let to = page::flow(&flow.id);
    let why = flow.reason.as_ref().map(|reason| reason.sentence.clone());
    let below = why.clone().map(|said| view! { <span class="sub" title=why>{said}</span> });
    view! { <a href=move || place.to(&to)>{flow.name()}</a>{below} }.into_any()
}

/// What copies and what it is known from.
pub(crate) fn known_cell(flow: &Flow) -> AnyView {
    let doubt = flow.doubt().map(|doubt| view! { <span class="tag">{doubt}</span> });
    let from = flow.evidence_words();
    view! { {flow.kind.word()}{doubt}<span class="sub" title=from.clone()>{from.clone()}</span> }.into_any()
}

/// Records that wait, loud where that is why the verdict is bad.
pub(crate) fn waiting_cell(records: Option<u64>, is_at_least: bool, verdict: FlowVerdict) -> AnyView {
    let why = is_at_least.then(|| "of some partitions it is not known".to_owned());
    let shown = at_least(records, why);
    if verdict.severity() < Severity::Warning || records.is_none() {
        return shown;
    }
    view! { <b class=Tone::of(verdict.severity()).class()>{shown}</b> }.into_any()
}

/// How long the oldest of them has waited.
pub(crate) fn age_cell(age_seconds: Option<f64>) -> AnyView {
    age_seconds.map_or_else(unknown, |age| words::short(age).into_any())
}

/// How long records take, by the way of measuring that says most; the others in its title.
pub(crate) fn latency_cell(latency: &[Latency]) -> AnyView {
    let Some(best) = latency
        .iter()
        .find(|one| one.method == shared::topology::LatencyMethod::OffsetSyncs)
        .or(latency.first())
    else {
        return unknown();
    };
    let told = |one: &Latency| {
        format!("{} {}: {}", words::short(one.seconds), one.method.word(), one.method.meaning())
    };
    let title = latency.iter().map(told).collect::<Vec<_>>().join("\n");
    view! { <span title=title>{words::short(best.seconds)}<span class="sub">{best.method.word()}</span></span> }
        .into_any()
}

/// A rate; its unit stands in the heading.
pub(crate) fn rate_cell(rate: Option<f64>) -> AnyView {
    rate.map_or_else(unknown, |rate| shared::load::Unit::PerSecond.spoken(rate).0.into_any())
}

/// Records that are gone, loud; nothing where none is known to be.
pub(crate) fn lost_cell(lost: Option<u64>) -> AnyView {
    match lost {
        Some(0) => maybe_count(lost),
        Some(lost) => view! { <b class="bad">{units::count(lost)}</b> }.into_any(),
        None => unknown(),
    }
}
