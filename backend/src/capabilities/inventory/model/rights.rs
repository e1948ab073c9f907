//! What may not be read of a cluster, and how much of it is therefore seen.

use std::sync::Arc;

use shared::{DateTime, rights::MissingRight};

/// What Riverkeeper lacks on a cluster, after a turn of metadata.
#[derive(Clone, Debug, Default)]
pub struct Rights {
    /// The rights that are missing.
    pub missing: Vec<MissingRight>,
    /// Topics that are known of and may not be described; `None` when nobody knows whether there are any.
    pub hidden_topics: Option<u32>,
    /// Whether there may be more than is counted.
    pub at_least: bool,
    /// Topics whose settings may not be described; `None` while settings were never asked for.
    pub configs_refused: Option<u32>,
    /// Whether anything tells that an authorizer restricts us.
    pub is_restricted: bool,
    /// Whether the log directories told of topics that metadata does not have, which only their next reading
    /// decides about.
    pub is_pending: bool,
    /// Topics that the log directories told of and that no metadata has had since.
    pub unseen: Unseen,
}

/// Topics of one reading of the log directories that no metadata has had since, by name.
#[derive(Clone, Debug, Default)]
pub struct Unseen {
    /// The reading's time; `None` before the first.
    pub read_at: Option<DateTime>,
    /// The topics.
    pub topics: Vec<Arc<str>>,
}

impl Rights {
    /// The right that a rule speaks of, where it is missing.
    pub fn lacks(&self, rule: &str) -> Option<&MissingRight> {
        self.missing.iter().find(|right| right.rule() == rule)
    }

    /// Whether it is known at all if the right that a rule speaks of is missing.
    pub fn is_judged(&self, rule: &str) -> bool {
        match rule {
            "hidden_topics" => self.hidden_topics.is_some(),
            "configs_not_described" => self.configs_refused.is_some(),
            _ => true,
        }
    }
}
