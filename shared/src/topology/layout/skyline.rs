//! How high things are stacked over a row of places, so that each thing put over some of them lies above all that
//! lie there already. A segment tree: both steps take logarithmic time.

use super::cells::{at, put};

#[derive(Debug)]
pub(super) struct Skyline {
    places: usize,
    /// The highest anywhere below a branch of the tree.
    highest: Vec<i64>,
    /// What lies over a whole branch.
    over: Vec<i64>,
}

/// A branch of the tree and the places `from..until` it stands for.
#[derive(Clone, Copy)]
struct Branch {
    index: usize,
    from: usize,
    until: usize,
}

impl Skyline {
    pub fn new(places: usize) -> Self {
        let branches = places.next_power_of_two() * 2;
        Self { places, highest: vec![0; branches], over: vec![0; branches] }
    }

    /// Puts a thing of a height over the places `first..=last`; answers how high it lies.
    pub fn stack(&mut self, first: usize, last: usize, height: i64) -> i64 {
        let root = Branch { index: 1, from: 0, until: self.places.next_power_of_two() };
        let lies = self.top(root, first, last + 1);
        self.cover(root, first, last + 1, lies + height);
        lies
    }

    fn top(&self, branch: Branch, first: usize, end: usize) -> i64 {
        if end <= branch.from || branch.until <= first {
            return 0;
        }
        if branch.is_leaf() || first <= branch.from && branch.until <= end {
            return at(&self.highest, branch.index);
        }
        let [left, right] = branch.halves();
        self.top(left, first, end).max(self.top(right, first, end)).max(at(&self.over, branch.index))
    }

    fn cover(&mut self, branch: Branch, first: usize, end: usize, height: i64) {
        if end <= branch.from || branch.until <= first {
            return;
        }
        let highest = at(&self.highest, branch.index).max(height);
        put(&mut self.highest, branch.index, highest);
        if branch.is_leaf() || first <= branch.from && branch.until <= end {
            return put(&mut self.over, branch.index, height);
        }
        for half in branch.halves() {
            self.cover(half, first, end, height);
        }
    }
}

impl Branch {
    fn is_leaf(&self) -> bool {
        self.until - self.from <= 1
    }

    fn halves(&self) -> [Self; 2] {
        let middle = usize::midpoint(self.from, self.until);
        [
            Self { index: self.index * 2, until: middle, ..*self },
            Self { index: self.index * 2 + 1, from: middle, ..*self },
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::Skyline;

    #[test]
    fn things_lie_on_what_is_below_them() {
        let mut skyline = Skyline::new(5);
        assert_eq!(skyline.stack(0, 1, 1), 0);
        assert_eq!(skyline.stack(2, 4, 2), 0);
        assert_eq!(skyline.stack(1, 2, 1), 2);
        assert_eq!(skyline.stack(0, 0, 1), 1);
        assert_eq!(skyline.stack(0, 4, 1), 3);
    }
}
