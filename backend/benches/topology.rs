//! What drawing tiers and flows costs: one core, in CPU time, the least of 200 rounds, one line of JSON a figure. Compared
//! with sorting the names of the same boxes.

use std::{hint::black_box, time::Duration};

use cpu_time::ThreadTime;
use rand::{Rng, SeedableRng, rngs::StdRng};
use shared::topology::layout::{Edge, Node, Spacing, layout};

const ROUNDS: usize = 200;

fn main() {
    for (boxes, bands) in [(300, 450), (2_000, 3_000)] {
        let (nodes, edges) = fleet(boxes, bands);
        let drawing = least(|| drop(black_box(layout(&nodes, &edges, &Spacing::default()))));
        let sorting = least(|| {
            let mut keys: Vec<String> = nodes.iter().rev().map(|node| node.key.clone()).collect();
            keys.sort();
            drop(black_box(keys));
        });
        println!(
            "{{\"bench\":\"layout_{boxes}\",\"value\":{:.3},\"unit\":\"ms\",\"ratio_to_sort\":{:.1}}}",
            drawing.as_secs_f64() * 1_000.0,
            drawing.as_secs_f64() / sorting.as_secs_f64()
        );
    }
}

/// The shortest of many rounds.
fn least(work: impl Fn()) -> Duration {
    let round = |_| {
        let began = ThreadTime::now();
        work();
        began.elapsed()
    };
    (0..ROUNDS).map(round).min().unwrap_or_default()
}

/// Producers, local clusters, aggregate clusters and consumers; some bands skip a tier, few lead back.
fn fleet(boxes: usize, bands: usize) -> (Vec<Node>, Vec<Edge>) {
    let mut random = StdRng::seed_from_u64(42);
    let column = |at: usize| match at * 100 / boxes {
        0..40 => 0,
        40..55 => 1,
        55..60 => 2,
        _ => 3,
    };
    let node = |at| Node { key: format!("box-{at:05}"), column: column(at), height: 32 };
    let mut edges = Vec::with_capacity(bands);
    while edges.len() < bands {
        let (from, to) = (random.random_range(0..boxes), random.random_range(0..boxes));
        let is_near =
            column(from) < column(to) && (column(to) - column(from) == 1 || random.random_ratio(1, 4));
        if is_near || random.random_ratio(1, 50) {
            let is_labelled = column(from) == 1;
            edges.push(Edge { from, to, thickness: random.random_range(1..5), is_labelled });
        }
    }
    ((0..boxes).map(node).collect(), edges)
}
