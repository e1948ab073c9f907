//! The order of inner nodes and of the bends between them: barycentre sweeps to the right and to the left, of
//! which the order with the fewest crossings is kept.
//!
//! After Sugiyama, Tagawa and Toda, "Methods for visual understanding of hierarchical system structures" (1981).

use super::cells::{at, number, push_at, put, row};
use super::crossings::inversions;
use super::graph::Graph;
use super::standing::Standing;
use super::ties::Ties;

/// There and back this many times at most; a round that betters nothing is the last but one.
const ROUNDS: usize = 4;
const PATIENCE: usize = 2;

/// The rows of inner items, one a layer, and the place of each in its row.
#[derive(Debug, Default)]
pub(super) struct Core {
    pub rows: Vec<Vec<usize>>,
    pub places: Vec<usize>,
    /// Which part of the graph each belongs to: parts that do not hang together stand below each other.
    pub parts: Vec<usize>,
    pub lefts: Ties<usize>,
    pub rights: Ties<usize>,
}

impl Core {
    pub fn ordered(graph: &Graph, standings: &[Standing]) -> Self {
        let mut core = Self::new(graph, standings);
        let (mut best, mut fewest, mut patience) = (core.rows.clone(), core.crossings(), PATIENCE);
        for _ in 0..ROUNDS {
            if fewest == 0 || patience == 0 {
                break;
            }
            patience -= 1;
            core.sweep(true);
            core.sweep(false);
            let crossings = core.crossings();
            if crossings < fewest {
                (fewest, patience) = (crossings, PATIENCE);
                best.clone_from(&core.rows);
            }
        }
        core.rows = best;
        core.number_all();
        core.switch();
        core
    }

    fn new(graph: &Graph, standings: &[Standing]) -> Self {
        let inner = |node| at(standings, node) == Standing::Inner;
        let wires: Vec<bool> = graph.wires.iter().map(|wire| inner(wire.from) && inner(wire.to)).collect();
        let kept = graph.segments.iter().filter(|segment| at(&wires, segment.wire));
        let items = graph.items.len();
        let mut core = Self {
            rows: vec![Vec::new(); graph.layers()],
            places: vec![0; items],
            parts: vec![0; items],
            lefts: Ties::new(items, kept.clone().map(|segment| (segment.right, segment.left))),
            rights: Ties::new(items, kept.map(|segment| (segment.left, segment.right))),
        };
        let mut walked = Vec::new();
        for node in (0..graph.origins.len()).filter(|node| inner(*node)) {
            core.walk(node, &mut walked);
        }
        for item in walked {
            push_at(&mut core.rows, graph.item(item).layer, item);
        }
        core.number_all();
        core
    }

    /// Adds a node and all that hangs together with it, unless that was met before, in the order a walk in depth
    /// meets them, so that neighbours start close. The first one met gives the part its number.
    fn walk(&mut self, node: usize, walked: &mut Vec<usize>) {
        let mut next = vec![node];
        while let Some(item) = next.pop() {
            if at(&self.parts, item) > 0 {
                continue;
            }
            put(&mut self.parts, item, node + 1);
            walked.push(item);
            next.extend(self.rights.of(item).iter().rev());
            next.extend(self.lefts.of(item).iter().rev());
        }
    }

    fn sweep(&mut self, rightwards: bool) {
        let last = self.rows.len().saturating_sub(1);
        for step in 1..=last {
            let (layer, ties) = if rightwards { (step, &self.lefts) } else { (last - step, &self.rights) };
            let own = |item| at(&self.places, item);
            let key = |item: &usize| {
                (
                    at(&self.parts, *item),
                    barycentre(ties.of(*item), &self.places, own(*item)),
                    own(*item),
                    *item,
                )
            };
            let mut keyed: Vec<_> = row(&self.rows, layer).iter().map(key).collect();
            keyed.sort_unstable();
            put(&mut self.rows, layer, keyed.into_iter().map(|(.., item)| item).collect());
            self.number_row(layer);
        }
    }

    fn number_all(&mut self) {
        (0..self.rows.len()).for_each(|layer| self.number_row(layer));
    }

    fn number_row(&mut self, layer: usize) {
        for (place, item) in row(&self.rows, layer).iter().enumerate() {
            put(&mut self.places, *item, place);
        }
    }

    fn crossings(&self) -> u64 {
        let pairs = self.rows.iter().zip(self.rows.iter().skip(1));
        pairs.map(|(left, right)| self.crossings_between(left, right.len())).sum()
    }

    fn crossings_between(&self, left: &[usize], limit: usize) -> u64 {
        let mut ends = Vec::with_capacity(left.len());
        for item in left {
            let start = ends.len();
            ends.extend(self.rights.of(*item).iter().map(|right| at(&self.places, *right)));
            ends.get_mut(start..).unwrap_or_default().sort_unstable();
        }
        inversions(ends.into_iter(), limit)
    }
}

/// The mean place of some items in 65,536ths, or the own place of an item that has none.
fn barycentre(ties: &[usize], places: &[usize], own: usize) -> u64 {
    let sum: u64 = ties.iter().map(|item| at(places, *item) as u64).sum();
    let scaled = |sum: u64| sum << 16;
    if ties.is_empty() { scaled(own as u64) } else { scaled(sum) / ties.len() as u64 }
}

impl Core {
    /// For each item of a row, where in the neighbouring row it belongs: rising, in half places (place `i` is
    /// `2 * i + 1`, the gap before it `2 * i`).
    pub fn belonging(&self, layer: usize, ties: &Ties<usize>) -> Vec<i64> {
        let wanted = |item: &usize| {
            let others = ties.of(*item);
            let sum: i64 = others.iter().map(|other| 2 * number(at(&self.places, *other)) + 1).sum();
            (sum << 16, number(others.len()))
        };
        let mean = |(sum, count): (i64, i64)| (if count == 0 { 0 } else { sum / count }, count);
        let row: Vec<(i64, i64)> = row(&self.rows, layer).iter().map(wanted).map(mean).collect();
        super::isotonic::rising(&row)
    }
}
