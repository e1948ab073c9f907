//! Which owner has a name: the claims on one kind of thing, looked up fast.
//!
//! The rule when several claim a name: its own name beats a glob; of two globs the one with the longer literal
//! beginning; of two as long the first in the file. A claim that does not hold on the cluster is passed over.

use std::collections::HashMap;

use globset::{GlobSet, GlobSetBuilder};

use super::pattern::Pattern;

/// The claims on one kind of thing.
#[derive(Debug, Default)]
pub(super) struct Claims {
    /// Owners by the whole name, as they stand in the file.
    exact: HashMap<String, Vec<u32>>,
    /// The strongest first, so that the first that fits wins.
    globs: GlobSet,
    owner_of_glob: Vec<u32>,
}

impl Claims {
    /// The claims of all owners, which are numbered as they stand in the file.
    pub(super) fn new<'a>(claims: impl Iterator<Item = (u32, &'a Pattern)>) -> Result<Self, globset::Error> {
        let (mut exact, mut globs) = (HashMap::<String, Vec<u32>>::new(), Vec::new());
        for (owner, pattern) in claims {
            match pattern {
                Pattern::Exact(name) => exact.entry(name.clone()).or_default().push(owner),
                Pattern::Glob(glob) => globs.push((pattern.literal_prefix(), owner, glob)),
            }
        }
        // Stable: claims that are as strong stay as they stand in the file.
        globs.sort_by_key(|(prefix, _, _)| std::cmp::Reverse(*prefix));
        let mut set = GlobSetBuilder::new();
        for (_, _, glob) in &globs {
            set.add((*glob).clone());
        }
        let owner_of_glob = globs.iter().map(|(_, owner, _)| *owner).collect();
        Ok(Self { exact, globs: set.build()?, owner_of_glob })
    }

    /// The owner of a name, of those that `may_own` lets through.
    pub(super) fn owner(&self, name: &str, may_own: impl Fn(u32) -> bool) -> Option<u32> {
        let exact =
            self.exact.get(name).and_then(|owners| owners.iter().copied().find(|owner| may_own(*owner)));
        exact.or_else(|| {
            // They come in the order in which they were added.
            let fitting = self.globs.matches(name);
            fitting.iter().filter_map(|at| self.owner_of_glob.get(*at).copied()).find(|owner| may_own(*owner))
        })
    }
}

/// Patterns that more than one owner claims: the pattern, and the owners as they stand in the file.
pub(super) fn disputed<'a>(claims: impl Iterator<Item = (u32, &'a Pattern)>) -> Vec<(&'a str, Vec<u32>)> {
    let mut owners: HashMap<&str, Vec<u32>> = HashMap::new();
    for (owner, pattern) in claims {
        let claiming = owners.entry(pattern.text()).or_default();
        if !claiming.contains(&owner) {
            claiming.push(owner);
        }
    }
    let mut disputed: Vec<_> = owners.into_iter().filter(|(_, claiming)| claiming.len() > 1).collect();
    disputed.sort_unstable();
    disputed
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn claims(patterns: &[&str]) -> Claims {
        let patterns: Vec<Pattern> = patterns.iter().map(|text| Pattern::parse(text).unwrap()).collect();
        Claims::new(patterns.iter().enumerate().map(|(owner, pattern)| (owner as u32, pattern))).unwrap()
    }

    #[test]
    fn a_name_beats_a_glob_a_longer_beginning_a_shorter_and_the_first_in_the_file_the_rest() {
        let claims = claims(&["*", "pay*", "payments-*", "payments-eu", "pa?", "payments-*"]);
        for (name, owner) in
            [("payments-eu", 3), ("payments-us", 2), ("pay", 1), ("payroll", 1), ("pan", 4), ("orders", 0)]
        {
            assert_eq!(claims.owner(name, |_| true), Some(owner), "{name}");
        }
    }

    #[test]
    fn a_claim_that_does_not_hold_here_is_passed_over_for_the_next() {
        let claims = claims(&["orders", "ord*", "*"]);
        assert_eq!(claims.owner("orders", |owner| owner > 0), Some(1));
        assert_eq!(claims.owner("orders", |owner| owner > 1), Some(2));
        assert_eq!(claims.owner("orders", |_| false), None);
    }

    #[test]
    fn without_claims_nothing_is_owned() {
        assert_eq!(Claims::default().owner("orders", |_| true), None);
    }

    proptest! {
        #[test]
        fn the_winner_fits_and_nobody_who_fits_has_a_stronger_claim(
            patterns in proptest::collection::vec("[ab]{0,3}[*?]?[ab]{0,2}", 1..12),
            name in "[ab]{1,6}",
        ) {
            let parsed: Vec<Pattern> = patterns.iter().filter_map(|text| Pattern::parse(text).ok()).collect();
            let claims = Claims::new(parsed.iter().enumerate().map(|(at, pattern)| (at as u32, pattern))).unwrap();
            let strength = |pattern: &Pattern| match pattern {
                Pattern::Exact(exact) => (*exact == name).then_some(usize::MAX),
                Pattern::Glob(glob) => glob.compile_matcher().is_match(&name).then(|| pattern.literal_prefix()),
            };
            let strongest = parsed.iter().filter_map(strength).max();
            let expected = parsed.iter().position(|pattern| strongest.is_some() && strength(pattern) == strongest);
            prop_assert_eq!(claims.owner(&name, |_| true), expected.map(|at| at as u32));
        }
    }
}
