//! Edges that cannot run from left to right: how they are nested, and which track beside a column each takes.
//!
//! An edge within a column is a bracket at the column's right side. A backward edge leaves at the right, runs down
//! beside its column, back below everything between, up beside the other column, and arrives at the left. Each
//! has a track of its own wherever it would meet another; what spans less lies further in, so that brackets nest.

use std::cmp::Reverse;

use super::cells::{at, number, put};
use super::graph::{Course, Graph, Wire};
use super::order::Order;
use super::skyline::Skyline;

#[derive(Debug, Default)]
pub(super) struct Detours {
    /// Loops and backward wires from the inside out.
    pub nested: Vec<usize>,
    /// The place of each wire among them.
    pub ranks: Vec<usize>,
    /// For each wire, its track to the right of the column it leaves, counted from the column.
    pub leaving: Vec<i64>,
    /// For each backward wire, its track to the left of the column it reaches.
    pub arriving: Vec<i64>,
    /// How many tracks there are to the right and to the left of each column.
    pub right_tracks: Vec<i64>,
    pub left_tracks: Vec<i64>,
}

impl Detours {
    pub fn new(graph: &Graph, order: &Order) -> Self {
        let mut detours = Self {
            nested: nested(graph, order),
            ranks: vec![0; graph.wires.len()],
            leaving: vec![0; graph.wires.len()],
            arriving: vec![0; graph.wires.len()],
            right_tracks: vec![0; graph.layers()],
            left_tracks: vec![0; graph.layers()],
        };
        let mut rights: Vec<Skyline> = order.rows.iter().map(|row| Skyline::new(2 * row.len() + 1)).collect();
        let mut lefts: Vec<Skyline> = order.rows.iter().map(|row| Skyline::new(2 * row.len() + 1)).collect();
        for (rank, wire) in detours.nested.clone().into_iter().enumerate() {
            put(&mut detours.ranks, wire, rank);
            detours.track(wire, graph, order, (&mut rights, &mut lefts));
        }
        detours
    }

    fn track(
        &mut self,
        index: usize,
        graph: &Graph,
        order: &Order,
        skylines: (&mut [Skyline], &mut [Skyline]),
    ) {
        let wire = at(&graph.wires, index);
        let (from, to) = (at(&order.places, wire.from), at(&order.places, wire.to));
        let (here, there) = (graph.item(wire.from).layer, graph.item(wire.to).layer);
        let end = |layer| 2 * order.rows.get(layer).map_or(0, Vec::len);
        let down_to = if wire.course == Course::Loop { 2 * from.max(to) } else { end(here) };
        let start = if wire.course == Course::Loop { from.min(to) } else { from };
        let leaving = stack(skylines.0, &mut self.right_tracks, here, (2 * start + 1, down_to));
        put(&mut self.leaving, index, leaving);
        if wire.course == Course::Back {
            let arriving = stack(skylines.1, &mut self.left_tracks, there, (2 * to + 1, end(there)));
            put(&mut self.arriving, index, arriving);
        }
    }
}

/// The track above all that lie over the same places, counted in `tracks`.
fn stack(skylines: &mut [Skyline], tracks: &mut [i64], layer: usize, (first, last): (usize, usize)) -> i64 {
    let track = skylines.get_mut(layer).map_or(0, |skyline| skyline.stack(first, last, 1));
    let most = at(tracks, layer).max(track + 1);
    put(tracks, layer, most);
    track
}

/// Detours by what they span: first columns, then places; what starts lower lies further in.
fn nested(graph: &Graph, order: &Order) -> Vec<usize> {
    let key = |index: &usize| {
        let Wire { from, to, .. } = at(&graph.wires, *index);
        let columns = graph.item(from).layer - graph.item(to).layer;
        let (from, to) = (number(at(&order.places, from)), number(at(&order.places, to)));
        let places = if columns == 0 { (from - to).abs() } else { 0 };
        (columns, places, Reverse(from.max(to)), Reverse(from), *index)
    };
    let detour = |index: &usize| at(&graph.wires, *index).course != Course::Forward;
    let mut nested: Vec<usize> = (0..graph.wires.len()).filter(detour).collect();
    nested.sort_by_cached_key(key);
    nested
}
