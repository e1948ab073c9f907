//! What a flow is known from: what it is, where it lies, when it moved last.

use std::sync::Arc;

use leptos::prelude::*;
use shared::topology::{Evidence, FlowDetail};

use super::page::PART;
use crate::{
    components::{Age, Column, Table},
    live::{Empty, Query, Shown},
};

const COLUMNS: [Column; 3] = [
    Column::text("What", ""),
    Column { label: "Where", key: "", class: "wraps" },
    Column::number("Last moved", ""),
];

/// The panel of a flow.
#[component]
pub(crate) fn EvidencePanel(detail: Query<FlowDetail>) -> impl IntoView {
    let body = |detail: Arc<FlowDetail>| {
        if detail.flow.evidence.is_empty() {
            return view! { <p class="said">"Nothing shows that it is there."</p> }.into_any();
        }
        let rows = detail.flow.evidence.iter().map(row).collect();
        view! { <Table caption="What the flow is known from" columns=&COLUMNS rows=rows /> }.into_any()
    };
    let note = move || {
        let word = detail.view.with(|detail| detail.as_ref().map(|detail| detail.flow.confidence.word()))?;
        Some(format!("{}, the strongest first", word.to_lowercase()))
    };
    let empty = Empty { title: "Nothing", text: "" };
    view! { <Shown query=detail part=PART title="Known from" note=note source="the topics below and the configuration" empty=empty body=body /> }
        .into_any()
}

fn row(one: &Evidence) -> Vec<AnyView> {
    let seen = match one.last_seen {
        Some(at) => view! { <Age at=at suffix="ago" /> }.into_any(),
        None => view! { "–" }.into_any(),
    };
    let word = one.kind.word();
    let word = word[..1].to_uppercase() + &word[1..];
    vec![word.into_any(), view! { <code>{one.place.clone()}</code> }.into_any(), seen]
}
