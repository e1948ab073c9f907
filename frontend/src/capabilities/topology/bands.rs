//! A band from one box to another, and its label: a pill that leads to the flow.

use leptos::prelude::*;
use shared::{
    meta::Freshness,
    route::page,
    topology::{ApplicationRole, DrawnFlow, Flow, FlowVerdict, NodeKind, Topology, words},
    units::counted,
    verdict::Severity,
};

use super::state::{outline, verdict_mark};
use crate::{
    components::{Mark, mark},
    live::use_store,
    place::use_place,
};

/// Height of a label's place.
const PILL: u32 = 26;

/// The flows that a band stands for, worst first.
fn flows_of<'a>(page: &'a Topology, band: &DrawnFlow) -> Vec<&'a Flow> {
    let mut flows: Vec<&Flow> = page.flows.iter().filter(|flow| band.flows.contains(&flow.id)).collect();
    flows.sort_by_key(|flow| std::cmp::Reverse(flow.verdict));
    flows
}

/// The band alone. Which pattern it has says how its flow is, beside its colour.
pub(crate) fn band(page: &Topology, band: &DrawnFlow, freshness: Memo<Option<Freshness>>) -> AnyView {
    let place = use_place();
    let store = use_store();
    let worst = flows_of(page, band).first().map(|flow| Flow::clone(flow));
    let is_consumer = is_read_by(page, &band.to);
    let path = band.path.clone();
    let thickness = band.thickness;
    let Some(worst) = worst else {
        let class = if is_consumer { "band is-read" } else { "band is-written" };
        return view! { <path class=class d=path stroke-width=thickness.to_string()></path> }.into_any();
    };
    let (verdict, to) = (worst.verdict, page::flow(&worst.id));
    let class = move || match (verdict, freshness.get()) {
        (FlowVerdict::Ok, Some(Freshness::Stale | Freshness::Failed)) => "band is-unknown",
        (FlowVerdict::Ok, _) => "band is-ok",
        (FlowVerdict::Unknown, _) => "band is-unknown",
        (FlowVerdict::Behind, _) => "band is-behind",
        (FlowVerdict::Stopped, _) => "band is-stopped",
        (FlowVerdict::Losing, _) => "band is-losing",
    };
    // Where nothing flows there is no width to tell; what is wrong is seen all the same.
    let thickness = if verdict.severity() >= Severity::Warning { thickness.max(6) } else { thickness };
    view! { <path class=class d=path stroke-width=thickness.to_string() on:click=move |_| place.go(&place.to(&to))><title>{move || worst.spoken(store.said_at())}</title></path> }
        .into_any()
}

/// Whether a box is an application that reads.
fn is_read_by(page: &Topology, id: &str) -> bool {
    let node = page.drawing.nodes.iter().find(|node| node.id == id);
    let Some(NodeKind::Application { application }) = node.map(|node| &node.kind) else { return false };
    let known = page.applications.iter().find(|one| one.id == *application);
    known.is_some_and(|one| one.role == ApplicationRole::Consumers)
}

/// The label of a mirror's band.
pub(crate) fn pill(page: &Topology, band: &DrawnFlow, freshness: Memo<Option<Freshness>>) -> AnyView {
    let flows = flows_of(page, band);
    let inside = match flows.as_slice() {
        [] => return ().into_any(),
        [only] => of_one(only, freshness),
        several => of_several(several, freshness),
    };
    let width = page.drawing.label_width;
    let left = band.label.0.saturating_sub(width / 2);
    let top = band.label.1.saturating_sub(PILL / 2);
    let [x, y, width, height] = [left, top, width, PILL].map(|pixels| pixels.to_string());
    // One that was crowded out is tied to its line.
    let is_apart = band.label.1.abs_diff(band.anchor.1) > PILL / 2;
    let tie = is_apart.then(|| {
        let [x1, y1, x2, y2] =
            [band.label.0, band.label.1, band.anchor.0, band.anchor.1].map(|pixels| pixels.to_string());
        view! { <line class="pill-tie" x1=x1 y1=y1 x2=x2 y2=y2></line> }
    });
    view! { {tie}<foreignObject class="pill-place" x=x y=y width=width height=height>{inside}</foreignObject> }
        .into_any()
}

fn of_one(flow: &Flow, freshness: Memo<Option<Freshness>>) -> AnyView {
    let (place, store) = (use_place(), use_store());
    let (verdict, to) = (flow.verdict, page::flow(&flow.id));
    let flow = StoredValue::new(flow.clone());
    let label = Memo::new(move |_| flow.with_value(|flow| flow.label(store.said_at())));
    let said = Memo::new(move |_| flow.with_value(|flow| flow.spoken(store.said_at())));
    let kind = Memo::new(move |_| verdict_mark(verdict, freshness.get()).0);
    let shape = move || (kind.get() != Mark::Well).then(|| mark(kind.get()));
    view! {
        <div>
            <a class=format!("pill {}", outline(verdict.severity())) href=move || place.to(&to) aria-label=said title=said>
                {shape}<span>{label}</span>
            </a>
        </div>
    }
    .into_any()
}

/// Many flows as one: how many, and how much they copy together.
fn of_several(flows: &[&Flow], freshness: Memo<Option<Freshness>>) -> AnyView {
    let place = use_place();
    let verdict = flows.first().map_or(FlowVerdict::Unknown, |worst| worst.verdict);
    let bytes = flows.iter().map(|flow| flow.bytes_per_second).sum::<Option<f64>>();
    let bytes = bytes.map(|bytes| format!(" · {}", words::rate(bytes))).unwrap_or_default();
    let label = format!("{}{bytes}", counted(flows.len() as u64, "mirror", "mirrors"));
    let kind = Memo::new(move |_| verdict_mark(verdict, freshness.get()));
    let shape = move || (kind.get().0 != Mark::Well).then(|| mark(kind.get().0));
    let said = format!("{label}, the worst: {}. Draw each of them", verdict.word().to_lowercase());
    view! {
        <div>
            <a class=format!("pill {}", outline(verdict.severity())) href=move || place.here(&[("collapse", Some("false"))]) aria-label=said.clone() title=said data-noscroll>
                {shape}<span>{label}</span>
            </a>
        </div>
    }
    .into_any()
}
