//! Isotonic regression by pooling adjacent violators: the rising row of numbers that is nearest to a wanted one.
//!
//! It places boxes that must not overlap as near as can be to where they would like to be, in linear time.

/// The rising row nearest (by weighted squares, in whole numbers) to the wanted `(value, weight)` pairs. A pair
/// of weight 0 takes the value before it.
pub(super) fn rising(wanted: &[(i64, i64)]) -> Vec<i64> {
    let mut blocks: Vec<Block> = Vec::with_capacity(wanted.len());
    for (value, weight) in wanted {
        let mut block = Block { sum: value.saturating_mul(*weight), weight: *weight, length: 1 };
        while let Some(before) = blocks.pop_if(|before| before.mean() >= block.mean() || block.weight == 0) {
            block = before.joined(&block);
        }
        blocks.push(block);
    }
    blocks.iter().flat_map(|block| std::iter::repeat_n(block.mean(), block.length)).collect()
}

struct Block {
    sum: i64,
    weight: i64,
    length: usize,
}

impl Block {
    fn mean(&self) -> i64 {
        if self.weight == 0 { i64::MIN / 4 } else { self.sum.div_euclid(self.weight) }
    }

    fn joined(&self, after: &Self) -> Self {
        Self {
            sum: self.sum.saturating_add(after.sum),
            weight: self.weight + after.weight,
            length: self.length + after.length,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::rising;

    #[test]
    fn a_rising_row_stays() {
        assert_eq!(rising(&[(1, 1), (2, 1), (5, 3)]), [1, 2, 5]);
    }

    #[test]
    fn a_fall_becomes_the_weighted_mean() {
        assert_eq!(rising(&[(9, 1), (1, 3), (7, 1)]), [3, 3, 7]);
    }

    #[test]
    fn what_has_no_weight_follows() {
        assert_eq!(rising(&[(4, 1), (0, 0), (6, 1)]), [4, 4, 6]);
    }
}
