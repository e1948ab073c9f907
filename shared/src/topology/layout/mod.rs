//! Places tiers of boxes and the lines between them: a pure function from a graph to whole pixels.
//!
//! The columns are given. The order inside a column comes from barycentre sweeps over the nodes with two neighbours
//! or more (`sweeps`); leaves hang beside their neighbour (`order`), so that an application that comes or goes
//! does not shuffle the picture. Isotonic regressions level the columns (`levels`). Edges to the right swing in the
//! channels between columns and pass columns where nothing stands; others take a way of their own (`detours`).
//!
//! What holds for every input: the same graph gives the same picture, in whichever order it is told; boxes keep their
//! gaps; a line to the right never turns back and never crosses a box; a label covers neither a box nor a label;
//! everything lies within the width and the height. A node without edges in a column that exists moves no
//! node that has edges. A new leaf at a node with two neighbours or more makes no two others of a column change places.

mod cells;
mod columns;
mod crossings;
mod curve;
mod detours;
mod graph;
mod isotonic;
mod labels;
mod levels;
mod model;
mod order;
mod ports;
mod routes;
mod skyline;
mod standing;
mod sweeps;
mod switches;
#[cfg(test)]
mod tests;
mod ties;

pub use model::{Column, Edge, LARGEST, Layout, Node, Place, Point, Route, Spacing};

pub use curve::path;

use cells::{put, row, size};
use columns::Strips;
use detours::Detours;
use graph::Graph;
use labels::Label;
use order::Order;
use ports::Ports;
use routes::Picture;

/// Places the nodes in their columns, and draws the edges around them.
#[must_use]
pub fn layout(nodes: &[Node], edges: &[Edge], spacing: &Spacing) -> Layout {
    let mut graph = Graph::new(nodes, edges);
    let order = Order::new(&graph);
    let detours = Detours::new(&graph, &order);
    let ports = Ports::new(&mut graph, &order, &detours, size(spacing.port_gap));
    let mut tops = levels::tops(&graph, &order, &ports, spacing);
    tops.iter_mut().for_each(|top| *top += size(spacing.margin));
    let strips = Strips::new(&graph, &detours, &ports, &tops, spacing);
    let (graph, order, detours, ports, strips) = (&graph, &order, &detours, &ports, &strips);
    let picture = Picture { graph, order, detours, ports, tops: &tops, strips, spacing };
    let routes = picture.routes();
    let labels = picture.labels(&routes);
    picture.told(edges.len(), routes, &labels)
}

impl Picture<'_> {
    /// The picture in the order its graph came in.
    fn told(&self, edges: usize, routes: Vec<Vec<Point>>, labels: &[Label]) -> Layout {
        let height = self.height(&routes, labels);
        let mut places = vec![Place::default(); self.graph.origins.len()];
        for ((origin, item), top) in self.graph.origins.iter().zip(&self.graph.items).zip(self.tops) {
            let strip = self.strips.of(item.layer);
            put(&mut places, *origin, Place { x: strip.x, y: *top, width: strip.width, height: item.height });
        }
        let mut told = vec![Route::default(); edges];
        for ((wire, points), label) in self.graph.wires.iter().zip(routes).zip(labels) {
            put(&mut told, wire.origin, Route { points, label: label.at, anchor: label.anchor });
        }
        let columns = self.strips.columns(self.graph);
        Layout { width: self.strips.width, height, nodes: places, edges: told, columns }
    }

    fn height(&self, routes: &[Vec<Point>], labels: &[Label]) -> i64 {
        let lowest = |list: &[usize]| list.last().map_or(0, |item| self.bottom(*item));
        let nodes = (0..self.graph.layers()).map(|layer| lowest(row(&self.order.rows, layer)));
        let half_line = self.graph.wires.iter().map(|wire| wire.thickness).max().unwrap_or_default() / 2 + 1;
        let lines = routes.iter().flatten().map(|point| point.y + half_line);
        let half_label = size(self.spacing.label_height) / 2 + 1;
        let labels = labels.iter().map(|label| label.at.y + half_label);
        let margin = size(self.spacing.margin);
        nodes.chain(lines).chain(labels).fold(margin, i64::max) + margin
    }
}
