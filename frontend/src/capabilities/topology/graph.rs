//! The picture of tiers and flows, where the server has laid it out: bands below, boxes and labels above them, in the order
//! in which a reader goes through them with the keyboard: by column, and in it from top to bottom.

use leptos::prelude::*;
use shared::{
    meta::Freshness,
    topology::{DrawnColumn, DrawnFlow, DrawnNode, Topology},
};

use super::{
    bands::{band, pill},
    nodes::node,
};

/// From where the titles of the columns stand.
const TITLE: u32 = 14;
const NOTE: u32 = 31;

/// Draws it at a size.
pub(crate) fn graph(page: &Topology, zoom: RwSignal<f64>, freshness: Memo<Option<Freshness>>) -> AnyView {
    let drawing = &page.drawing;
    let (width, height) = (f64::from(drawing.width), f64::from(drawing.height));
    let sized = move |natural: f64| move || format!("{:.0}", natural * zoom.get());
    let bands = drawing.flows.iter().map(|one| band(page, one, freshness)).collect_view();
    let titles = drawing.columns.iter().map(title).collect_view();
    let parts = in_order(page).into_iter().map(|part| match part {
        Part::Node(one) => node(page, one, freshness),
        Part::Band(one) => pill(page, one, freshness),
    });
    view! {
        <svg class="graph" viewBox=format!("0 0 {width} {height}") width=sized(width) height=sized(height) role="group" aria-label="Tiers and flows">
            <g class="titles">{titles}</g>
            <g class="bands" aria-hidden="true">{bands}</g>
            {parts.collect_view()}
        </svg>
    }
    .into_any()
}

fn title(column: &DrawnColumn) -> AnyView {
    let x = column.x.to_string();
    view! {
        <g>
            <text class="title" x=x.clone() y=TITLE.to_string()>{column.name.clone()}</text>
            <text class="note" x=x y=NOTE.to_string()>{column.note.clone()}</text>
        </g>
    }
    .into_any()
}

enum Part<'a> {
    Node(&'a DrawnNode),
    Band(&'a DrawnFlow),
}

/// The boxes, and behind those of each column the labels of the bands that leave them.
fn in_order(page: &Topology) -> Vec<Part<'_>> {
    let drawing = &page.drawing;
    let mut parts = vec![];
    for column in drawing.nodes.chunk_by(|one, other| one.x == other.x) {
        parts.extend(column.iter().map(Part::Node));
        let leaves =
            |band: &&DrawnFlow| !band.flows.is_empty() && column.iter().any(|node| node.id == band.from);
        let mut labels: Vec<&DrawnFlow> = drawing.flows.iter().filter(leaves).collect();
        labels.sort_by_key(|band| (band.label.1, band.label.0));
        parts.extend(labels.into_iter().map(Part::Band));
    }
    parts
}
