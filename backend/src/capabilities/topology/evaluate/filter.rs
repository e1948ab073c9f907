//! Which topics a mirror is to copy, as MirrorMaker 2 reads its settings: names and regular expressions by commas, each of
//! which must fit the whole name (`DefaultTopicFilter`).

use regex::Regex;

/// What is left out where nothing is said (Kafka 4.0 on; before, all that ends with `internal`, too).
const EXCLUDED: &str = r"mm2.*\.internal,.*\.replica,__.*";
/// The longest pattern that is read.
const LONGEST: usize = 64 << 10;

/// Which topics are copied.
#[derive(Clone, Debug)]
pub struct Filter {
    wanted: Regex,
    excluded: Regex,
}

impl Filter {
    /// None where a pattern is none that can be read here: Java knows some that Rust does not.
    pub fn new(topics: &str, exclude: Option<&str>) -> Option<Self> {
        Some(Self { wanted: compiled(topics)?, excluded: compiled(exclude.unwrap_or(EXCLUDED))? })
    }

    /// Whether a topic is copied.
    pub fn wants(&self, topic: &str) -> bool {
        self.wanted.is_match(topic) && !self.excluded.is_match(topic) && !is_own(topic)
    }
}

fn compiled(list: &str) -> Option<Regex> {
    if list.len() > LONGEST {
        return None;
    }
    let each: Vec<&str> = list.split(',').map(str::trim).filter(|pattern| !pattern.is_empty()).collect();
    // An empty list fits nothing.
    let pattern = if each.is_empty() { "^\u{0}$".to_owned() } else { format!("^(?:{})$", each.join("|")) };
    Regex::new(&pattern).ok()
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
    fn its_own_topics_are_never_wanted() {
        let all = Filter::new(".*", Some("")).unwrap();
        for own in ["heartbeats", "east.heartbeats", "mm2-offsets.east.internal", "__consumer_offsets"] {
            assert!(!all.wants(own), "{own}");
        }
        assert!(all.wants("orders"));
    }

    #[test]
    fn what_cannot_be_read_is_no_filter_and_an_empty_one_wants_nothing() {
        assert!(Filter::new("(?<!x)orders", None).is_none());
        assert!(!Filter::new("", None).unwrap().wants("orders"));
    }
}
