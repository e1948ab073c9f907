//! The last touch to an order: two neighbours of a row change places when that leaves fewer crossings, which finds
//! what means cannot see. A switch only ever betters the picture, so it could not go on for ever.

use super::cells::{at, put, row};
use super::sweeps::Core;
use super::ties::Ties;

/// Times over all rows, at most.
const PASSES: usize = 3;

impl Core {
    /// Switches neighbours until nothing gets better.
    pub fn switch(&mut self) {
        let mut lists = (Vec::new(), Vec::new());
        for _ in 0..PASSES {
            let switched: usize = (0..self.rows.len()).map(|layer| self.switch_row(layer, &mut lists)).sum();
            if switched == 0 {
                break;
            }
        }
    }

    fn switch_row(&mut self, layer: usize, lists: &mut (Vec<usize>, Vec<usize>)) -> usize {
        let mut switched = 0;
        for place in 1..row(&self.rows, layer).len() {
            let (above, below) = (at(row(&self.rows, layer), place - 1), at(row(&self.rows, layer), place));
            let gain = self.gain(&self.lefts, (above, below), lists)
                + self.gain(&self.rights, (above, below), lists);
            if gain > 0 {
                self.set(layer, place - 1, below);
                self.set(layer, place, above);
                switched += 1;
            }
        }
        switched
    }

    fn set(&mut self, layer: usize, place: usize, item: usize) {
        if let Some(row) = self.rows.get_mut(layer) {
            put(row, place, item);
        }
        put(&mut self.places, item, place);
    }

    /// How many crossings fewer there are on one side when two items change places.
    fn gain(&self, ties: &Ties<usize>, items: (usize, usize), lists: &mut (Vec<usize>, Vec<usize>)) -> i64 {
        let place = |item: &usize| at(&self.places, *item);
        let (above, below) = lists;
        above.clear();
        above.extend(ties.of(items.0).iter().map(place));
        below.clear();
        below.extend(ties.of(items.1).iter().map(place));
        below.sort_unstable();
        let balance = |place: &usize| {
            let (less, rest) = below.split_at(below.partition_point(|other| other < place));
            let more = rest.len() - rest.partition_point(|other| other == place);
            super::cells::number(less.len()) - super::cells::number(more)
        };
        above.iter().map(balance).sum()
    }
}
