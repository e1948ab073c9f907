//! How high every item stands: as near to the level of its neighbours as its order and the gaps allow.
//!
//! Each column is an isotonic regression, done a few times to the right and to the left. Long edges pull hardest
//! where they bend, so that they run straight (the weights of Gansner et al., "A technique for drawing directed
//! graphs", 1993).

use super::Spacing;
use super::cells::{at, put, row, size};
use super::graph::{Graph, Segment};
use super::isotonic::rising;
use super::order::Order;
use super::ports::Ports;
use super::ties::Ties;

/// Times to the right and back.
const ROUNDS: usize = 3;

/// The other end of a segment: its item, how much further down than the own end it meets it, and how hard it pulls.
#[derive(Clone, Copy, Debug, Default)]
struct Pull {
    item: usize,
    offset: i64,
    weight: i64,
}

#[derive(Clone, Copy, PartialEq)]
enum From {
    Left,
    Right,
    Both,
}

struct Levels<'a> {
    graph: &'a Graph,
    spacing: &'a Spacing,
    lefts: Ties<Pull>,
    rights: Ties<Pull>,
    tops: Vec<i64>,
}

/// The top of every item, the first one at 0. What no forward edge holds stands below the others.
pub(super) fn tops(graph: &Graph, order: &Order, ports: &Ports, spacing: &Spacing) -> Vec<i64> {
    let pulls = || graph.segments.iter().map(|segment| (segment, offset(graph, ports, segment)));
    let pull = |item, offset, segment| Pull { item, offset, weight: weight(graph, segment) };
    let count = graph.items.len();
    let lefts = Ties::new(count, pulls().map(|(s, offset)| (s.right, pull(s.left, offset, s))));
    let rights = Ties::new(count, pulls().map(|(s, offset)| (s.left, pull(s.right, -offset, s))));
    let mut levels = Levels { graph, spacing, lefts, rights, tops: vec![0; count] };
    let rows: Vec<Vec<usize>> = order.rows.iter().map(|row| levels.held(row)).collect();
    rows.iter().for_each(|row| levels.stack(row));
    for round in 0..ROUNDS {
        let last = round + 1 == ROUNDS;
        rows.iter().for_each(|row| levels.settle(row, if last { From::Both } else { From::Left }));
        rows.iter().rev().for_each(|row| levels.settle(row, if last { From::Both } else { From::Right }));
    }
    levels.finish(order, &rows);
    levels.tops
}

impl Levels<'_> {
    fn held(&self, row: &[usize]) -> Vec<usize> {
        let held = |item: &usize| !(self.lefts.of(*item).is_empty() && self.rights.of(*item).is_empty());
        row.iter().copied().filter(held).collect()
    }

    /// How far below the first top of a row each other one is at least.
    fn stacked(&self, row: &[usize]) -> Vec<i64> {
        let mut tops = Vec::with_capacity(row.len());
        let (mut bottom, mut before) = (0, None);
        for item in row {
            let top = before.map_or(0, |before| bottom + self.gap(before, *item));
            tops.push(top);
            (bottom, before) = (top + self.graph.item(*item).height, Some(*item));
        }
        tops
    }

    fn gap(&self, above: usize, below: usize) -> i64 {
        let both_bend = self.graph.is_bend(above) && self.graph.is_bend(below);
        size(if both_bend { self.spacing.lane_gap } else { self.spacing.node_gap })
    }

    fn stack(&mut self, row: &[usize]) {
        let stacked = self.stacked(row);
        let bottom = stacked.last().copied().unwrap_or_default();
        for (item, top) in row.iter().zip(stacked) {
            put(&mut self.tops, *item, top - bottom / 2);
        }
    }

    fn settle(&mut self, row: &[usize], from: From) {
        let stacked = self.stacked(row);
        let wanted: Vec<(i64, i64)> = row
            .iter()
            .zip(&stacked)
            .map(|(item, least)| {
                let (top, weight) = self.wanted(*item, from);
                (top - least, weight)
            })
            .collect();
        for ((item, least), level) in row.iter().zip(stacked).zip(rising(&wanted)) {
            put(&mut self.tops, *item, level + least);
        }
    }

    /// Where an item would like its top, and how much.
    fn wanted(&self, item: usize, from: From) -> (i64, i64) {
        let (lefts, rights) = (self.lefts.of(item), self.rights.of(item));
        let (lefts, rights): (&[Pull], &[Pull]) = match from {
            From::Left if !lefts.is_empty() => (lefts, &[]),
            From::Right if !rights.is_empty() => (&[], rights),
            _ => (lefts, rights),
        };
        let pulls = || lefts.iter().chain(rights);
        let weight: i64 = pulls().map(|pull| pull.weight).sum();
        let sum: i64 = pulls().map(|pull| (at(&self.tops, pull.item) + pull.offset) * pull.weight).sum();
        (sum.div_euclid(weight.max(1)), weight)
    }

    /// Moves all to start at 0, and puts what nothing holds below.
    fn finish(&mut self, order: &Order, held: &[Vec<usize>]) {
        let first = held.iter().filter_map(|row| row.first()).map(|item| at(&self.tops, *item)).min();
        held.iter().flatten().for_each(|item| {
            let top = at(&self.tops, *item) - first.unwrap_or_default();
            put(&mut self.tops, *item, top);
        });
        for (layer, held) in held.iter().enumerate() {
            let gap = size(self.spacing.node_gap);
            let below = |item: usize, tops: &[i64]| at(tops, item) + self.graph.item(item).height + gap;
            let mut top = held.last().map_or(0, |item| below(*item, &self.tops));
            for item in row(&order.rows, layer).iter().skip(held.len()) {
                put(&mut self.tops, *item, top);
                top = below(*item, &self.tops);
            }
        }
    }
}

/// How much lower than the top of its right item a segment wants the top of that item: the left port over the right.
fn offset(graph: &Graph, ports: &Ports, segment: &Segment) -> i64 {
    let (left, right) = ends(graph, ports, segment);
    left - right
}

/// Where a segment meets its items, from their tops.
pub(super) fn ends(graph: &Graph, ports: &Ports, segment: &Segment) -> (i64, i64) {
    let middle = |item| graph.item(item).height / 2;
    let bends = |item| graph.is_bend(item);
    let left = if bends(segment.left) { middle(segment.left) } else { at(&ports.leaving, segment.wire) };
    let right = if bends(segment.right) { middle(segment.right) } else { at(&ports.arriving, segment.wire) };
    (left, right)
}

fn weight(graph: &Graph, segment: &Segment) -> i64 {
    let bends = [segment.left, segment.right].into_iter().filter(|item| graph.is_bend(*item)).count();
    at(&[1, 2, 8], bends)
}
