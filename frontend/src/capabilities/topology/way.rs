//! The way of a topic through the tiers: where it is written, which mirrors bring it where, and how far each has got.

use std::sync::Arc;

use leptos::prelude::*;
use shared::{
    route::page,
    topology::{Hop, TopicPath},
};

use super::{
    asks,
    cells::{rate_cell, waiting_cell},
    page::PART,
    state::verdict_mark,
};
use crate::{
    components::{Column, Table, maybe_count, state},
    live::{Empty, Shown, query},
    place::use_place,
};

/// Deeper than this nothing is moved further in.
const DEEPEST: u32 = 5;

const COLUMNS: [Column; 6] = [
    Column::text("Cluster", ""),
    Column::text("Its name there", ""),
    Column::number("Is written, /s", ""),
    Column::number("Log end", ""),
    Column::number("Not there yet", ""),
    Column::text("How it gets there", ""),
];

/// The panel of a topic.
pub(crate) fn way(cluster: &str, topic: &str) -> AnyView {
    let name = StoredValue::new((cluster.to_owned(), topic.to_owned()));
    let path =
        query::<TopicPath>(move || name.with_value(|(cluster, topic)| Some(asks::way(cluster, topic))));
    let body = move |path: Arc<TopicPath>| {
        if path.hops.iter().all(|hop| hop.flow.is_none()) {
            return view! { <p class="said">"No mirror copies this topic, as far as Riverkeeper sees."</p> }
                .into_any();
        }
        let rows = name.with_value(|here| path.hops.iter().map(|hop| row(hop, here)).collect());
        view! { <Table caption="The way of this topic through the tiers" columns=&COLUMNS rows=rows /> }
            .into_any()
    };
    let note = move || {
        let origin = path.view.with(|path| path.as_ref().map(|path| path.topic.clone()))?;
        let is_other = name.with_value(|(_, topic)| *topic != origin);
        is_other.then(|| format!("it comes from {origin}"))
    };
    let empty = Empty { title: "No mirror copies this topic, as far as Riverkeeper sees", text: "" };
    view! { <Shown query=path part=PART title="Its way through the tiers" note=note source="mm2-offsets, Metadata and ListOffsets of each cluster" empty=empty body=body /> }
        .into_any()
}

fn row(hop: &Hop, (cluster, topic): &(String, String)) -> Vec<AnyView> {
    let is_here = hop.cluster == *cluster && hop.topic == *topic;
    vec![
        place_of(hop, is_here),
        view! { <code>{hop.topic.clone()}</code> }.into_any(),
        rate_cell(hop.records_per_second),
        maybe_count(hop.log_end_records),
        waiting(hop),
        how(hop),
    ]
}

/// The cluster, moved in by how many flows lie before it; it leads to the topic there.
fn place_of(hop: &Hop, is_here: bool) -> AnyView {
    let place = use_place();
    let class = format!("hop depth-{}", hop.depth.min(DEEPEST));
    let arrow = (hop.depth > 0).then(|| view! { <span class="dim" aria-hidden="true">"↳ "</span> });
    let to = page::topic(&hop.cluster, &hop.topic);
    let name = hop.cluster.clone();
    let named = if is_here || !hop.is_watched {
        name.into_any()
    } else {
        view! { <a href=move || place.to(&to)>{name}</a> }.into_any()
    };
    let here = is_here.then(|| view! { <span class="tag">"this one"</span> });
    let from =
        hop.from_cluster.clone().map(|from| view! { <span class="hidden">{format!(", from {from}")}</span> });
    view! { <span class=class>{arrow}{named}{from}{here}</span> }.into_any()
}

fn waiting(hop: &Hop) -> AnyView {
    if hop.flow.is_none() {
        return view! { <span class="dim">"written here"</span> }.into_any();
    }
    waiting_cell(hop.lag_records, hop.lag_is_at_least, hop.verdict)
}

/// The flow that brings it, and how that is for this topic.
fn how(hop: &Hop) -> AnyView {
    let Some(flow) = &hop.flow else { return view! { <span class="dim">"its origin"</span> }.into_any() };
    let place = use_place();
    let to = page::flow(flow);
    let (mark, word) = verdict_mark(hop.verdict, None);
    let why = hop.reason.as_ref().map(|reason| reason.sentence.clone());
    let from = hop.from_cluster.clone().unwrap_or_default();
    view! { <span title=why>{state(mark, word)}</span>" "<a class="link" href=move || place.to(&to)>{format!("mirror from {from}")}</a> }.into_any()
}
