//! A pattern of the file: a name, or a glob.

use globset::{Glob, GlobBuilder};

/// Longest pattern that is read: Kafka's names end at 249 characters, principals may be longer.
const LONGEST: usize = 512;

/// What a glob is told by.
const SPECIAL: [char; 5] = ['*', '?', '[', '{', '\\'];

/// What some name must be.
#[derive(Clone, Debug)]
pub(super) enum Pattern {
    /// This name.
    Exact(String),
    /// Any name that fits. `*` stands for any characters, dots and slashes too.
    Glob(Glob),
}

impl Pattern {
    /// Reads one; the error says what is wrong with it.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Err("an empty pattern matches nothing: give a name, or a glob like \"orders-*\"".into());
        }
        if text.len() > LONGEST {
            return Err(format!("a pattern is longer than {LONGEST} bytes"));
        }
        if !text.contains(SPECIAL) {
            return Ok(Self::Exact(text.into()));
        }
        let glob = GlobBuilder::new(text).literal_separator(false).backslash_escape(true).build();
        glob.map(Self::Glob).map_err(|error| format!("{text:?} is no glob: {}", error.kind()))
    }

    /// As it was written.
    pub(super) fn text(&self) -> &str {
        match self {
            Self::Exact(name) => name,
            Self::Glob(glob) => glob.glob(),
        }
    }

    /// How many characters every name that fits begins with: the more, the stronger the claim.
    pub(super) fn literal_prefix(&self) -> usize {
        let text = self.text();
        text.find(SPECIAL).unwrap_or(text.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(pattern: &str, name: &str) -> bool {
        match Pattern::parse(pattern).unwrap() {
            Pattern::Exact(exact) => exact == name,
            Pattern::Glob(glob) => glob.compile_matcher().is_match(name),
        }
    }

    #[test]
    fn a_star_stands_for_dots_and_slashes_too() {
        assert!(fits("payments-*", "payments-v2.retry/eu"));
        assert!(fits("*.dlq", "a/b.c.dlq"));
        assert!(!fits("payments-*", "payments"));
        assert!(!fits("payments-*", "old-payments-v2"));
    }

    #[test]
    fn a_name_without_a_sign_of_a_glob_is_itself_alone_in_its_own_case() {
        assert!(fits("orders.v1", "orders.v1"));
        assert!(!fits("orders.v1", "ordersXv1"));
        assert!(!fits("orders", "Orders"));
    }

    #[test]
    fn what_is_no_glob_is_refused_with_the_reason() {
        let refused = Pattern::parse("a[b").unwrap_err();
        assert!(refused.starts_with("\"a[b\" is no glob: "), "{refused}");
        assert!(Pattern::parse("").is_err());
        assert!(Pattern::parse(&"x".repeat(513)).is_err());
    }

    #[test]
    fn the_literal_prefix_ends_at_the_first_sign_of_a_glob() {
        for (pattern, prefix) in [("orders", 6), ("orders-*", 7), ("*", 0), ("a{b,c}", 1)] {
            assert_eq!(Pattern::parse(pattern).unwrap().literal_prefix(), prefix, "{pattern}");
        }
    }
}
