//! Which topics a mirror is to copy, as MirrorMaker 2 reads its settings: names and regular expressions by commas, each of
//! which must fit the whole name (`DefaultTopicFilter`).

use fancy_regex::{Regex, RegexBuilder};

/// What is left out where nothing is said (Kafka 4.0 on; before, all that ends with `internal`, too).
const EXCLUDED: &str = r"mm2.*\.internal,.*\.replica,__.*";
/// The longest pattern that is read.
const LONGEST: usize = 64 << 10;
/// Steps back that one name may take; one that takes more fits nothing.
const MOST_STEPS: usize = 10_000;

/// Which topics are copied.
#[derive(Clone, Debug)]
pub struct Filter {
    wanted: Regex,
    excluded: Regex,
}

impl Filter {
    /// None where a pattern is none that can be read here: Java knows a few that this library does not.
    pub fn new(topics: &str, exclude: Option<&str>) -> Option<Self> {
        Some(Self { wanted: compiled(topics)?, excluded: compiled(exclude.unwrap_or(EXCLUDED))? })
    }

    /// Whether a topic is copied.
    pub fn wants(&self, topic: &str) -> bool {
        let fits = |pattern: &Regex| pattern.is_match(topic).unwrap_or(false);
        fits(&self.wanted) && !fits(&self.excluded) && !is_own(topic)
    }
}

fn compiled(list: &str) -> Option<Regex> {
    if list.len() > LONGEST {
        return None;
    }
    let each: Vec<&str> = list.split(',').map(str::trim).filter(|pattern| !pattern.is_empty()).collect();
    // An empty list fits nothing.
    let pattern = if each.is_empty() { "^\u{0}$".to_owned() } else { format!("^(?:{})$", each.join("|")) };
    RegexBuilder::new(&pattern).backtrack_limit(MOST_STEPS).build().ok()
}

/// A topic that mirrors or Kafka keep for themselves: copied, if at all, to show that the copying moves.
pub fn is_own(topic: &str) -> bool {
    topic.starts_with("__")
        || topic.ends_with(".internal")
        || topic.ends_with("-internal")
        || topic.starts_with("mm2-")
        || topic == "heartbeats"
        || topic.ends_with(".heartbeats")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_expressions_fit_whole_names() {
        let filter = Filter::new("orders, pay.*", None).unwrap();
        assert!(filter.wants("orders") && filter.wants("payments"));
        assert!(!filter.wants("orders-2") && !filter.wants("old-payments"));
        assert!(!filter.wants("payments.replica"), "left out as shipped");
        assert!(Filter::new("orders", Some("orders")).is_some_and(|filter| !filter.wants("orders")));
    }

    #[test]
    fn what_java_looks_ahead_and_behind_for_is_understood() {
        let filter = Filter::new("(?!tmp-).*(?<!-old),audit", None).unwrap();
        assert!(filter.wants("orders") && filter.wants("audit"));
        assert!(!filter.wants("tmp-orders") && !filter.wants("orders-old"));
        let slow = Filter::new("(?=(a+)+$)a+b", None).unwrap();
        assert!(!slow.wants(&"a".repeat(200)), "it gives up");
    }

    #[test]
    fn its_own_topics_are_never_wanted() {
        let all = Filter::new(".*", Some("")).unwrap();
        for own in ["heartbeats", "east.heartbeats", "mm2-offsets.east.internal", "__consumer_offsets"] {
            assert!(!all.wants(own), "{own}");
        }
        assert!(all.wants("orders"));
    }

    #[test]
    fn what_cannot_be_read_is_no_filter_and_an_empty_one_wants_nothing() {
        assert!(Filter::new("(orders", None).is_none());
        assert!(!Filter::new("", None).unwrap().wants("orders"));
    }
}
