//! The order within every column: the core, the leaves hung into it, the loose and lonely nodes below.
//!
//! A leaf's place depends on its neighbour, the core and its own key alone. So a new leaf at an inner node never
//! makes any two others change places, which a sweep over the whole graph could not promise.

use super::cells::{at, push_at, put, row};
use super::graph::{Course, Graph};
use super::standing::{Standing, standings};
use super::sweeps::Core;

/// All items from top to bottom, one row a layer, and the place of each in its row.
#[derive(Debug, Default)]
pub(super) struct Order {
    pub rows: Vec<Vec<usize>>,
    pub places: Vec<usize>,
}

/// An item on its way into a row. Spots compare by the way from the core: the half place in the own row, the part
/// of the graph, the side it comes from, the half place in the row before that, and so on.
type Spot = (Vec<usize>, usize, usize);

impl Order {
    pub fn new(graph: &Graph) -> Self {
        let standings = standings(graph);
        let core = Core::ordered(graph, &standings);
        let mut spots: Vec<Vec<Spot>> = core.rows.iter().map(|row| fixed(row)).collect();
        hang(graph, &standings, &core, &mut spots);
        let mut order = Self { rows: Vec::new(), places: vec![0; graph.items.len()] };
        for mut spots in spots {
            spots.sort_unstable();
            order.rows.push(spots.into_iter().map(|(_, _, item)| item).collect());
        }
        order.append(graph, &standings, Standing::Loose);
        order.append(graph, &standings, Standing::Lonely);
        order.number();
        order
    }

    fn append(&mut self, graph: &Graph, standings: &[Standing], which: Standing) {
        let those = standings.iter().enumerate().filter(|(_, standing)| **standing == which);
        those.for_each(|(node, _)| push_at(&mut self.rows, graph.item(node).layer, node));
    }

    fn number(&mut self) {
        for row in &self.rows {
            for (place, item) in row.iter().enumerate() {
                put(&mut self.places, *item, place);
            }
        }
    }
}

fn fixed(row: &[usize]) -> Vec<Spot> {
    row.iter().enumerate().map(|(place, item)| (vec![2 * place + 1], 0, *item)).collect()
}

/// Walks along every wire of a leaf from its inner end, and finds a spot in each row that it comes by.
fn hang(graph: &Graph, standings: &[Standing], core: &Core, spots: &mut [Vec<Spot>]) {
    let from_left: Vec<_> = (0..graph.layers()).map(|layer| core.belonging(layer, &core.lefts)).collect();
    let from_right: Vec<_> = (0..graph.layers()).map(|layer| core.belonging(layer, &core.rights)).collect();
    let above = |layer, part| row(&core.rows, layer).partition_point(|item| at(&core.parts, *item) < part);
    let mut hung = vec![false; graph.items.len()];
    for (index, wire) in graph.wires.iter().enumerate().filter(|(_, wire)| wire.course == Course::Forward) {
        let (root, side, rows, chain) = match (at(standings, wire.from), at(standings, wire.to)) {
            (Standing::Leaf, _) => (wire.to, 1, &from_right, wire.chain().rev().collect::<Vec<_>>()),
            (_, Standing::Leaf) => (wire.from, 0, &from_left, wire.chain().collect()),
            _ => continue,
        };
        let part = at(&core.parts, root);
        let mut path = vec![2 * at(&core.places, root) + 1];
        for item in chain.into_iter().skip(1) {
            let layer = graph.item(item).layer;
            let gap = gap(row(rows, layer), at(&path, 0)).clamp(above(layer, part), above(layer, part + 1));
            path.splice(0..0, [2 * gap, part, side]);
            if !std::mem::replace(hung.get_mut(item).unwrap_or(&mut true), true) {
                push_at(spots, layer, (path.clone(), index, item));
            }
        }
    }
}

/// How many items of a row belong above what comes from a half place of the row next to it, or just there.
fn gap(belonging: &[i64], from: usize) -> usize {
    let from = super::cells::number(from) << 16;
    belonging.partition_point(|place| *place <= from)
}
