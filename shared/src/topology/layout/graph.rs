//! The graph as the layout sees it: sorted, so that the order it came in cannot matter, and with a bend wherever a
//! forward edge passes a column.

use super::cells::{at, put, size};
use super::{Edge, Node};

/// How an edge runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Course {
    /// To a column further right.
    #[default]
    Forward,
    /// Within a column.
    Loop,
    /// To a column further left.
    Back,
}

/// An edge between two items; `origin` is its index as it came.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Wire {
    pub from: usize,
    pub to: usize,
    pub thickness: i64,
    pub course: Course,
    pub is_labelled: bool,
    pub origin: usize,
    /// The first of its bends, which are numbered from left to right.
    pub bend: usize,
    pub bends: usize,
}

impl Wire {
    /// The items it runs through, from its node to the other.
    pub fn chain(&self) -> impl DoubleEndedIterator<Item = usize> + use<> {
        let bends = self.bend..self.bend + self.bends;
        std::iter::once(self.from).chain(bends).chain(std::iter::once(self.to))
    }
}

/// A node, or the bend of a wire.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Item {
    pub layer: usize,
    pub height: i64,
}

/// A piece of a forward wire between neighbouring layers.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Segment {
    pub left: usize,
    pub right: usize,
    pub wire: usize,
}

/// Nodes come first among the items, sorted by key.
#[derive(Debug, Default)]
pub(super) struct Graph {
    pub origins: Vec<usize>,
    pub columns: Vec<u32>,
    pub items: Vec<Item>,
    pub wires: Vec<Wire>,
    pub segments: Vec<Segment>,
}

impl Graph {
    pub fn new(nodes: &[Node], edges: &[Edge]) -> Self {
        let mut sorted: Vec<(usize, &Node)> = nodes.iter().enumerate().collect();
        sorted.sort_by_key(|(origin, node)| (&node.key, node.column, node.height, *origin));
        let mut columns: Vec<u32> = nodes.iter().map(|node| node.column).collect();
        columns.sort_unstable();
        columns.dedup();
        let items = sorted.iter().map(|(_, node)| item(node, &columns)).collect();
        let origins = sorted.iter().map(|(origin, _)| *origin).collect();
        let mut graph = Self { origins, columns, items, ..Self::default() };
        graph.wires = graph.sorted_wires(edges);
        graph.bend();
        graph
    }

    pub fn layers(&self) -> usize {
        self.columns.len()
    }

    pub fn item(&self, index: usize) -> Item {
        at(&self.items, index)
    }

    pub fn is_bend(&self, item: usize) -> bool {
        item >= self.origins.len()
    }

    fn sorted_wires(&self, edges: &[Edge]) -> Vec<Wire> {
        let mut ranks = vec![0; self.origins.len()];
        for (rank, origin) in self.origins.iter().enumerate() {
            put(&mut ranks, *origin, rank);
        }
        let real = |edge: &Edge| edge.from != edge.to && edge.from.max(edge.to) < ranks.len();
        let mut wires: Vec<Wire> = edges
            .iter()
            .enumerate()
            .filter(|(_, edge)| real(edge))
            .map(|(origin, edge)| self.wire(at(&ranks, edge.from), at(&ranks, edge.to), edge, origin))
            .collect();
        wires
            .sort_unstable_by_key(|wire| (wire.from, wire.to, wire.thickness, wire.is_labelled, wire.origin));
        wires
    }

    fn wire(&self, from: usize, to: usize, edge: &Edge, origin: usize) -> Wire {
        let course = match self.item(from).layer.cmp(&self.item(to).layer) {
            std::cmp::Ordering::Less => Course::Forward,
            std::cmp::Ordering::Equal => Course::Loop,
            std::cmp::Ordering::Greater => Course::Back,
        };
        let (thickness, is_labelled) = (size(edge.thickness).max(1), edge.is_labelled);
        Wire { from, to, thickness, course, is_labelled, origin, bend: 0, bends: 0 }
    }

    fn bend(&mut self) {
        let mut wires = std::mem::take(&mut self.wires);
        for (index, wire) in wires.iter_mut().enumerate().filter(|(_, wire)| wire.course == Course::Forward) {
            let passed = self.item(wire.from).layer + 1..self.item(wire.to).layer;
            (wire.bend, wire.bends) = (self.items.len(), passed.len());
            self.items.extend(passed.map(|layer| Item { layer, height: wire.thickness }));
            let pieces = wire.chain().zip(wire.chain().skip(1));
            self.segments.extend(pieces.map(|(left, right)| Segment { left, right, wire: index }));
        }
        self.wires = wires;
    }
}

fn item(node: &Node, columns: &[u32]) -> Item {
    Item { layer: columns.partition_point(|column| *column < node.column), height: size(node.height).max(1) }
}
