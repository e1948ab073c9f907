//! All flows, worst first, however many there are.

use leptos::prelude::*;
use shared::{topology::Topology, units};

use super::{
    asks::Narrowing,
    cells::{age_cell, known_cell, latency_cell, name_cell, verdict_cell, waiting_cell},
    page::{PART, freshness},
};
use crate::{
    access::use_who,
    components::{Column, Slice, VirtualRows, maybe_count, rate},
    live::{Empty, Query, Standing},
};

const COLUMNS: [Column; 8] = [
    Column::text("Verdict", ""),
    Column { label: "Flow", key: "", class: "grow fills" },
    Column { label: "Known from", key: "", class: "known" },
    Column::number("Topics", ""),
    Column::number("Bytes", ""),
    Column::number("Waiting", ""),
    Column::number("Oldest waits", ""),
    Column::number("Latency", ""),
];

/// The panel.
#[component]
pub(crate) fn FlowsPanel(narrowing: Memo<Narrowing>, topology: Query<Topology>) -> impl IntoView {
    let who = use_who();
    let slice = Slice::tall();
    let freshness = freshness(topology);
    let total =
        Memo::new(move |_| topology.view.with(|page| page.as_ref().map_or(0, |page| page.flows.len())));
    Effect::new(move || slice.set_total(total.get()));
    let cells = Callback::new(move |index: usize| {
        topology.view.with(|page| {
            let flow = page.as_ref()?.flows.get(index)?;
            let about = flow
                .bytes_are_estimated
                .then(|| "others write to these topics too, or some broker is missing".to_owned());
            Some(vec![
                verdict_cell(flow, freshness),
                name_cell(flow),
                known_cell(flow),
                maybe_count(Some(flow.topic_count)),
                view! { <span title=about>{rate(flow.bytes_per_second, None)}</span> }.into_any(),
                waiting_cell(flow.lag_records, flow.lag_is_at_least, flow.verdict),
                age_cell(flow.age_seconds),
                latency_cell(&flow.latency),
            ])
        })
    });
    let is_empty = Memo::new(move |_| total.get() == 0);
    let body = move || {
        if is_empty.get() {
            return none(narrowing.with(Narrowing::leaves_out), who.is_of_owners());
        }
        view! { <VirtualRows caption="Flows" columns=&COLUMNS names=1 slice=slice cells=cells /> }.into_any()
    };
    let note = move || {
        Some(total.get())
            .filter(|total| *total > 0)
            .map(|total| format!("{}, worst first", units::count(total as u64)))
    };
    let standing = Standing {
        part: PART,
        title: "Flows".into(),
        note: note.into(),
        more: ViewFn::default(),
        source: "mm2-offsets, mm2-offset-syncs, heartbeats and ListOffsets",
        empty: Empty { title: "No flow", text: "" }.into(),
    };
    standing.shown(topology, body.into())
}

fn none(is_narrowed: bool, is_of_owners: bool) -> AnyView {
    let (title, text) = if is_of_owners {
        ("No mirror is shown", "Your token shows what some owners have.")
    } else if is_narrowed {
        ("No flow fits", "Change what is chosen above, or show all flows.")
    } else {
        (
            "No mirror is known",
            "A mirror appears with what it leaves behind: heartbeats, offset syncs, positions of a connector; or when a [[mirror]] is declared in the configuration.",
        )
    };
    view! { <div class="state-box"><b>{title}</b><p>{text}</p></div> }.into_any()
}
