//! How many pairs of lines cross between two columns: inversions, counted with a Fenwick tree.

use super::cells::{at, put};

/// The inversions of a row of numbers below `limit`.
pub(super) fn inversions(row: impl Iterator<Item = usize>, limit: usize) -> u64 {
    let mut tree = Fenwick(vec![0; limit + 1]);
    let mut crossings = 0;
    for (before, place) in row.enumerate() {
        crossings += before as u64 - tree.up_to(place);
        tree.add(place);
    }
    crossings
}

struct Fenwick(Vec<u64>);

impl Fenwick {
    fn up_to(&self, place: usize) -> u64 {
        let mut index = place + 1;
        let mut sum = 0;
        while index > 0 {
            sum += at(&self.0, index);
            index &= index - 1;
        }
        sum
    }

    fn add(&mut self, place: usize) {
        let mut index = place + 1;
        while index < self.0.len() {
            let count = at(&self.0, index);
            put(&mut self.0, index, count + 1);
            index += index & index.wrapping_neg();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::inversions;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn inversions_are_the_pairs_out_of_order(row in prop::collection::vec(0_usize..20, 0..40)) {
            let pairs = |(i, a): (usize, &usize)| row.iter().skip(i + 1).filter(|b| a > b).count() as u64;
            prop_assert_eq!(inversions(row.iter().copied(), 20), row.iter().enumerate().map(pairs).sum::<u64>());
        }
    }
}
