//! The topics of a flow: how far each of them is copied, worst first unless told otherwise.

use leptos::prelude::*;
use shared::{
    route::page,
    topology::{FlowDetail, FlowTopic},
    units,
};

use super::{
    cells::{age_cell, lost_cell, rate_cell, waiting_cell},
    page::PART,
    state::verdict_mark,
};
use crate::{
    components::{Column, NameSearch, Slice, VirtualRows, maybe_count, state},
    live::{Empty, Query, Standing},
    place::use_place,
};

const COLUMNS: [Column; 8] = [
    Column::text("Verdict", "verdict"),
    Column { label: "Topic", key: "topic", class: "grow fills" },
    Column::number("Partitions", ""),
    Column::number("Is written, /s", ""),
    Column::number("Is copied, /s", ""),
    Column::number("Waiting", "lag_records"),
    Column::number("Oldest waits", "age_seconds"),
    Column::number("Lost", ""),
];

/// From so many topics on there is a search among them.
const SEARCHED_FROM: u64 = 12;

/// The panel of a flow.
#[component]
pub(crate) fn TopicsPanel(detail: Query<FlowDetail>) -> impl IntoView {
    let place = use_place();
    let slice = Slice::tall();
    let count = Memo::new(move |_| {
        detail.view.with(|detail| detail.as_ref().map_or(0, |detail| detail.topics.len()))
    });
    let total =
        Memo::new(move |_| detail.view.with(|detail| detail.as_ref().and_then(|detail| detail.meta.total)));
    Effect::new(move || slice.set_total(count.get()));
    let cells = Callback::new(move |index: usize| {
        detail.view.with(|detail| {
            let detail = detail.as_ref()?;
            Some(cells(detail, detail.topics.get(index)?))
        })
    });
    let is_sought = Memo::new(move |_| place.param("q").is_some());
    let has_search =
        Memo::new(move |_| is_sought.get() || total.get().is_some_and(|total| total >= SEARCHED_FROM));
    let is_empty = Memo::new(move |_| count.get() == 0);
    let body = move || {
        let search = move || {
            has_search.get().then(
                || view! { <div class="panel-search"><NameSearch label="Part of the topic's name" /></div> },
            )
        };
        let table = move || {
            if is_empty.get() {
                let said = if is_sought.get() {
                    "No topic with this in its name."
                } else {
                    "No topic of it is known."
                };
                return view! { <p class="said">{said}</p> }.into_any();
            }
            view! { <VirtualRows caption="Topics of the flow" columns=&COLUMNS names=1 slice=slice cells=cells /> }.into_any()
        };
        view! { {search}{table} }.into_any()
    };
    let note = move || {
        let (shown, total) = (count.get() as u64, total.get().unwrap_or_default());
        let of = if shown < total { format!("{} of ", units::count(shown)) } else { String::new() };
        let order = if place.param("sort").is_none() { ", worst first" } else { "" };
        (total > 0).then(|| format!("{of}{}{order}", units::count(total)))
    };
    let standing = Standing {
        part: PART,
        title: "Topics".into(),
        note: note.into(),
        more: ViewFn::default(),
        source: "mm2-offsets, ListOffsets of both clusters and Metadata",
        empty: Empty { title: "No topic", text: "" }.into(),
    };
    standing.shown(detail, body.into())
}

fn cells(detail: &FlowDetail, topic: &FlowTopic) -> Vec<AnyView> {
    let (mark, word) = verdict_mark(topic.verdict, None);
    let why = topic.reason.as_ref().map(|reason| reason.sentence.clone());
    // What is wrong with all of them is said once, above.
    let of_all = detail.flow.reason.as_ref().map(|reason| reason.sentence.as_str());
    let own = why.clone().filter(|why| Some(why.as_str()) != of_all);
    vec![
        view! { <span title=why>{state(mark, word)}</span> }.into_any(),
        name(&detail.flow.source, topic, own),
        maybe_count(topic.partition_count),
        rate_cell(topic.source_records_per_second),
        rate_cell(topic.target_records_per_second),
        waiting_cell(topic.lag_records, topic.lag_is_at_least, topic.verdict),
        age_cell(topic.age_seconds),
        lost_cell(topic.lost_records),
    ]
}

/// Its name at the source, which leads there; below it what it is called at the target, or what is wrong.
fn name(source: &str, topic: &FlowTopic, why: Option<String>) -> AnyView {
    let place = use_place();
    let to = page::topic(source, &topic.source_topic);
    let named = match &topic.target_topic {
        None => Some("not at the target".to_owned()),
        Some(_) => topic.renamed().map(|target| format!("→ {target}")),
    };
    let below = [named, why].into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let below =
        (!below.is_empty()).then(|| view! { <span class="sub" title=below.clone()>{below.clone()}</span> });
    view! { <a class="mono" href=move || place.to(&to)>{topic.source_topic.clone()}</a>{below} }.into_any()
}
