//! Which nodes decide the order: those with two neighbours or more. A leaf hangs where its one neighbour is, and a
//! loose node stands below the others, so neither moves anything else when it comes or goes.

use super::cells::{at, put};
use super::graph::{Course, Graph};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Standing {
    /// With two neighbours or more by forward edges, or the first of a pair of its own.
    Inner,
    /// With one neighbour, which is inner.
    Leaf,
    /// Without forward edges, but with others.
    Loose,
    /// Without any edge.
    #[default]
    Lonely,
}

/// The standing of each node.
pub(super) fn standings(graph: &Graph) -> Vec<Standing> {
    let mut neighbours = vec![(0_usize, 0_usize); graph.origins.len()];
    let mut standings = vec![Standing::Lonely; graph.origins.len()];
    for wire in &graph.wires {
        put(&mut standings, wire.from, Standing::Loose);
        put(&mut standings, wire.to, Standing::Loose);
    }
    for (from, to) in neighbouring(graph) {
        for (node, other) in [(from, to), (to, from)] {
            let (count, _) = at(&neighbours, node);
            put(&mut neighbours, node, (count + 1, other));
        }
    }
    for (node, (count, other)) in neighbours.iter().enumerate().filter(|(_, (count, _))| *count > 0) {
        let first_of_a_pair = at(&neighbours, *other).0 == 1 && node < *other;
        let inner = *count > 1 || first_of_a_pair;
        put(&mut standings, node, if inner { Standing::Inner } else { Standing::Leaf });
    }
    standings
}

/// Pairs of nodes joined by forward wires, each once: parallel wires are neighbours in the sorted list.
fn neighbouring(graph: &Graph) -> Vec<(usize, usize)> {
    let forward = graph.wires.iter().filter(|wire| wire.course == Course::Forward);
    let mut pairs: Vec<(usize, usize)> = forward.map(|wire| (wire.from, wire.to)).collect();
    pairs.dedup();
    pairs
}
