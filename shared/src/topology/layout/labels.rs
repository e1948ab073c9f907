//! Where each edge's label goes: into a channel beside a column, where no node can be, near the end that has fewer
//! other edges, since lines lie furthest apart there; for a backward edge, on its lane.
//!
//! The labels of one place form a row from top to bottom, which an isotonic regression keeps apart with the least
//! shift. So labels never overlap each other; a crowded one stands off its line, and its anchor says where that is.

use super::cells::{at, number, put, size};
use super::columns::{ARROW, PAD};
use super::curve::level;
use super::graph::{Course, Graph, Wire};
use super::isotonic::rising;
use super::ports::Ports;
use super::routes::Picture;
use super::{Point, cells};

/// The middle of a label and the point of the line it belongs to.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Label {
    pub at: Point,
    pub anchor: Point,
}

/// To the right of a column, or to the left of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Beside {
    #[default]
    Right,
    Left,
}

/// A label on its way: the column, the side, the level it would like, its wire, and the x of its anchor.
type Wish = (usize, Beside, i64, usize, i64);

/// At which end of each channel labels stand: that with fewer lines, where they lie further apart. One end a channel, so
/// that it is no wider than it must be.
pub(super) fn sides(graph: &Graph, ports: &Ports) -> Vec<Beside> {
    let mut crowds = vec![(0, 0); graph.layers()];
    for (index, wire) in graph.wires.iter().enumerate() {
        let layer = graph.item(wire.from).layer;
        if wire.is_labelled && wire.course == Course::Forward {
            let (leaving, arriving) = at(&ports.crowds, index);
            let (before, after) = at(&crowds, layer);
            put(&mut crowds, layer, (before + leaving, after + arriving));
        }
    }
    let side = |(leaving, arriving)| if leaving <= arriving { Beside::Right } else { Beside::Left };
    crowds.into_iter().map(side).collect()
}

/// Beside which column the label of a wire stands, and on which side of it; none of one that goes back: it stands below.
pub(super) fn place(graph: &Graph, sides: &[Beside], index: usize) -> Option<(usize, Beside)> {
    let wire = at(&graph.wires, index);
    let (from, to) = (graph.item(wire.from).layer, graph.item(wire.to).layer);
    let side = |layer: usize| sides.get(layer).copied().unwrap_or_default();
    match wire.course {
        Course::Back => None,
        Course::Loop => Some((from, Beside::Right)),
        Course::Forward if side(from) == Beside::Right => Some((from, Beside::Right)),
        // What passes a column has its label where it arrives.
        Course::Forward => Some((to, Beside::Left)),
    }
}

impl Picture<'_> {
    /// The label of each wire.
    pub fn labels(&self, routes: &[Vec<Point>]) -> Vec<Label> {
        let mut labels = vec![Label::default(); self.graph.wires.len()];
        let mut wishes = Vec::with_capacity(labels.len());
        for (index, wire) in self.graph.wires.iter().enumerate() {
            let points = cells::row(routes, index);
            if !wire.is_labelled {
                let leaves = points.first().copied().unwrap_or_default();
                put(&mut labels, index, Label { at: leaves, anchor: leaves });
                continue;
            }
            match wire.course {
                Course::Forward => wishes.push(self.near_an_end(index, wire, points)),
                Course::Loop => wishes.push(self.at_the_bracket(index, wire, points)),
                Course::Back => put(&mut labels, index, self.on_the_lane(wire, points)),
            }
        }
        wishes.sort_unstable();
        for row in wishes.chunk_by(|one, other| (one.0, one.1) == (other.0, other.1)) {
            self.set_apart(row, &mut labels);
        }
        labels
    }

    fn near_an_end(&self, index: usize, wire: &Wire, points: &[Point]) -> Wish {
        let layer = self.graph.item(wire.from).layer;
        let (layer, beside) = place(self.graph, &self.strips.sides, index).unwrap_or((layer, Beside::Right));
        let x = self.middle(layer, beside);
        let pieces = || points.iter().zip(points.iter().skip(1));
        let piece = pieces().find(|(from, to)| from.x <= x && x <= to.x);
        (layer, beside, piece.map_or(0, |(from, to)| level(*from, *to, x)), index, x)
    }

    fn at_the_bracket(&self, index: usize, wire: &Wire, points: &[Point]) -> Wish {
        let ends = points.first().zip(points.last());
        let y = ends.map_or(0, |(first, last)| i64::midpoint(first.y, last.y));
        let x = points.get(1).map_or(0, |point| point.x);
        (self.graph.item(wire.from).layer, Beside::Right, y, index, x)
    }

    /// In the middle column of those it passes.
    fn on_the_lane(&self, wire: &Wire, points: &[Point]) -> Label {
        let (from, to) = (self.graph.item(wire.from).layer, self.graph.item(wire.to).layer);
        let strip = self.strips.of(usize::midpoint(from, to));
        let y = points.get(2).map_or(0, |point| point.y);
        let middle = Point { x: strip.x + strip.width / 2, y };
        Label { at: middle, anchor: middle }
    }

    /// The x of the middle of the labels beside a column.
    fn middle(&self, layer: usize, beside: Beside) -> i64 {
        let (strip, half) = (self.strips.of(layer), size(self.spacing.label_width) / 2);
        match beside {
            Beside::Right => strip.right + PAD + half,
            Beside::Left => strip.left - ARROW - PAD - half,
        }
    }

    fn set_apart(&self, row: &[Wish], labels: &mut [Label]) {
        let height = size(self.spacing.label_height);
        let step = height + 2;
        let wanted: Vec<(i64, i64)> =
            row.iter().enumerate().map(|(place, wish)| (wish.2 - step * number(place), 1)).collect();
        let levels = rising(&wanted).into_iter().map(|level| level.max((height + 1) / 2));
        for ((place, (layer, beside, y, wire, x)), level) in row.iter().enumerate().zip(levels) {
            let middle = Point { x: self.middle(*layer, *beside), y: level + step * number(place) };
            put(labels, *wire, Label { at: middle, anchor: Point { x: *x, y: *y } });
        }
    }
}
