//! Where along the side of its node each edge leaves and arrives: in the order of the other ends, so that edges of
//! one node do not cross each other, with room for the thickness of each.

use super::cells::{at, number, put};
use super::detours::Detours;
use super::graph::{Course, Graph};
use super::order::Order;

/// The widest gap between two ports, in port gaps: edges of a tall node stay together.
const WIDEST: i64 = 5;

/// The middle of each wire's end, from the top of its node.
#[derive(Debug, Default)]
pub(super) struct Ports {
    pub leaving: Vec<i64>,
    pub arriving: Vec<i64>,
    /// How many wires each wire shares the side it leaves, and the side it arrives at, with.
    pub crowds: Vec<(usize, usize)>,
}

/// The end of a wire at the side of a node; sorts by node, side, and place from the top.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct End {
    node: usize,
    side: Side,
    place: (Kind, i64, usize),
    leaves: bool,
    thickness: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Side {
    Left,
    Right,
}

/// From the top: brackets that go up, edges across, backward edges, brackets that go down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Up,
    Across,
    Back,
    Down,
}

impl Ports {
    /// Finds the ports, and makes nodes taller that are too small for theirs.
    pub fn new(graph: &mut Graph, order: &Order, detours: &Detours, gap: i64) -> Self {
        let wires = graph.wires.len();
        let mut ports =
            Self { leaving: vec![0; wires], arriving: vec![0; wires], crowds: vec![(0, 0); wires] };
        let mut ends = ends(graph, order, detours);
        ends.sort_unstable();
        let sides = || ends.chunk_by(|one, other| (one.node, one.side) == (other.node, other.side));
        for side in sides() {
            stretch(graph, side, gap);
        }
        for side in sides() {
            ports.spread(graph, side, gap);
        }
        ports
    }

    fn spread(&mut self, graph: &Graph, side: &[End], gap: i64) {
        let height = side.first().map_or(0, |end| graph.item(end.node).height);
        let lines = lines(side);
        let step = ((height - lines) / (number(side.len()) + 1)).min(WIDEST * gap.max(1));
        let mut top = (height - lines - step * (number(side.len()) - 1)) / 2;
        for end in side {
            let wire = end.place.2;
            let (left, arrived) = at(&self.crowds, wire);
            let crowd = if end.leaves { (side.len(), arrived) } else { (left, side.len()) };
            put(&mut self.crowds, wire, crowd);
            let ports = if end.leaves { &mut self.leaving } else { &mut self.arriving };
            put(ports, wire, top + end.thickness / 2);
            top += end.thickness + step;
        }
    }
}

fn stretch(graph: &mut Graph, side: &[End], gap: i64) {
    let needed = lines(side) + gap * (number(side.len()) + 1);
    let item = side.first().and_then(|end| graph.items.get_mut(end.node));
    if let Some(item) = item {
        item.height = item.height.max(needed);
    }
}

fn lines(side: &[End]) -> i64 {
    side.iter().map(|end| end.thickness).sum()
}

fn ends(graph: &Graph, order: &Order, detours: &Detours) -> Vec<End> {
    let place = |item: Option<usize>| number(at(&order.places, item.unwrap_or_default()));
    let mut ends = Vec::with_capacity(2 * graph.wires.len());
    for (index, wire) in graph.wires.iter().enumerate() {
        let rank = number(at(&detours.ranks, index));
        let downwards = place(Some(wire.from)) < place(Some(wire.to));
        let (up, down) = ((Kind::Up, rank, index), (Kind::Down, -rank, index));
        let ((leaves, arrives), side) = match wire.course {
            Course::Forward => {
                let (second, last_but_one) = (wire.chain().nth(1), wire.chain().nth_back(1));
                let across = |other| (Kind::Across, place(other), index);
                ((across(second), across(last_but_one)), Side::Left)
            }
            Course::Loop => (if downwards { (down, up) } else { (up, down) }, Side::Right),
            Course::Back => (((Kind::Back, -rank, index), (Kind::Back, -rank, index)), Side::Left),
        };
        let thickness = wire.thickness;
        ends.push(End { node: wire.from, side: Side::Right, place: leaves, leaves: true, thickness });
        ends.push(End { node: wire.to, side, place: arrives, leaves: false, thickness });
    }
    ends
}
