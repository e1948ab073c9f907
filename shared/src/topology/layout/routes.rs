//! The points of every edge, once items and columns have their places.

use super::cells::{at, put, size};
use super::columns::{PAD, Strips};
use super::detours::Detours;
use super::graph::{Course, Graph, Segment, Wire};
use super::levels::ends;
use super::order::Order;
use super::ports::Ports;
use super::skyline::Skyline;
use super::{Point, Spacing};

/// Everything that is known of the picture when its lines are drawn.
#[derive(Clone, Copy)]
pub(super) struct Picture<'a> {
    pub graph: &'a Graph,
    pub order: &'a Order,
    pub detours: &'a Detours,
    pub ports: &'a Ports,
    pub tops: &'a [i64],
    pub strips: &'a Strips,
    pub spacing: &'a Spacing,
}

impl Picture<'_> {
    /// The points of each wire.
    pub fn routes(&self) -> Vec<Vec<Point>> {
        let lanes = self.lanes();
        let points = |(index, wire): (usize, &Wire)| match wire.course {
            Course::Forward => self.forward(index, wire),
            Course::Loop => self.bracket(index, wire),
            Course::Back => self.back(index, wire, at(&lanes, index)),
        };
        self.graph.wires.iter().enumerate().map(points).map(straightened).collect()
    }

    /// The bottom of an item.
    pub fn bottom(&self, item: usize) -> i64 {
        at(self.tops, item) + self.graph.item(item).height
    }

    /// The y of each backward wire's lane: below all columns it passes, and below shorter ones.
    fn lanes(&self) -> Vec<i64> {
        let mut skyline = Skyline::new(self.graph.layers());
        for (layer, row) in self.order.rows.iter().enumerate() {
            let bottom = row.last().map_or(0, |item| self.bottom(*item));
            skyline.stack(layer, layer, bottom + size(self.spacing.node_gap));
        }
        let mut lanes = vec![0; self.graph.wires.len()];
        for index in &self.detours.nested {
            let wire = at(&self.graph.wires, *index);
            let (from, to) = (self.graph.item(wire.from).layer, self.graph.item(wire.to).layer);
            if wire.course == Course::Back {
                let line = wire.thickness + size(self.spacing.lane_gap);
                let room = line.max(size(self.spacing.label_height) + PAD);
                put(&mut lanes, *index, skyline.stack(to, from, room) + room / 2);
            }
        }
        lanes
    }

    fn forward(&self, index: usize, wire: &Wire) -> Vec<Point> {
        let mut points = Vec::with_capacity(4 * (wire.bends + 1));
        for (left, right) in wire.chain().zip(wire.chain().skip(1)) {
            let (leaves, arrives) = ends(self.graph, self.ports, &Segment { left, right, wire: index });
            let (leaves, arrives) = (at(self.tops, left) + leaves, at(self.tops, right) + arrives);
            let (here, there) = (self.strip(left), self.strip(right));
            points.push(Point { x: here.x + here.width, y: leaves });
            points.push(Point { x: here.right, y: leaves });
            points.push(Point { x: there.left, y: arrives });
            points.push(Point { x: there.x, y: arrives });
        }
        points
    }

    fn bracket(&self, index: usize, wire: &Wire) -> Vec<Point> {
        let (leaves, arrives) = self.levels(index, wire);
        let strip = self.strip(wire.from);
        let side = strip.x + strip.width;
        let track =
            self.strips.right_track(self.graph.item(wire.from).layer, at(&self.detours.leaving, index));
        [(side, leaves), (track, leaves), (track, arrives), (side, arrives)].map(point).to_vec()
    }

    fn back(&self, index: usize, wire: &Wire, lane: i64) -> Vec<Point> {
        let (leaves, arrives) = self.levels(index, wire);
        let (here, there) = (self.strip(wire.from), self.strip(wire.to));
        let right =
            self.strips.right_track(self.graph.item(wire.from).layer, at(&self.detours.leaving, index));
        let left = self.strips.left_track(self.graph.item(wire.to).layer, at(&self.detours.arriving, index));
        let out = [(here.x + here.width, leaves), (right, leaves), (right, lane)];
        let home = [(left, lane), (left, arrives), (there.x, arrives)];
        out.into_iter().chain(home).map(point).collect()
    }

    /// The y where a wire leaves and arrives.
    fn levels(&self, index: usize, wire: &Wire) -> (i64, i64) {
        let leaves = at(self.tops, wire.from) + at(&self.ports.leaving, index);
        (leaves, at(self.tops, wire.to) + at(&self.ports.arriving, index))
    }

    fn strip(&self, item: usize) -> super::columns::Strip {
        self.strips.of(self.graph.item(item).layer)
    }
}

fn point((x, y): (i64, i64)) -> Point {
    Point { x, y }
}

/// Without points that lie on a level line between their neighbours.
fn straightened(points: Vec<Point>) -> Vec<Point> {
    let mut kept: Vec<Point> = Vec::with_capacity(points.len());
    for point in points {
        if let [.., before, last] = kept.as_slice()
            && before.y == last.y
            && last.y == point.y
        {
            kept.pop();
        }
        if kept.last() != Some(&point) {
            kept.push(point);
        }
    }
    kept
}
