//! What Riverkeeper may not read, and what suffers from it.
//!
//! A right that is missing is no failure: what can be read is shown, and what cannot is unknown. Kafka says little of
//! it by itself; Metadata, for one, leaves out what may not be described without a word.

use serde::{Deserialize, Serialize};

use crate::units::{count, counted};

/// Names that a sentence has.
const NAMED: usize = 3;

/// What a right is given on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Resource {
    /// The cluster as a whole.
    Cluster,
    /// Topics.
    Topic,
    /// Consumer groups.
    Group,
}

impl Resource {
    /// As the end of "Describe on …".
    pub fn words(self) -> &'static str {
        match self {
            Self::Cluster => "the cluster",
            Self::Topic => "topics",
            Self::Group => "groups",
        }
    }
}

/// One right that Riverkeeper lacks on a cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MissingRight {
    /// Kafka's operation: `Describe`, `DescribeConfigs`.
    pub operation: String,
    /// On what it is missing.
    pub resource: Resource,
    /// On how many topics it is missing; null for the cluster.
    pub count: Option<u32>,
    /// The first of their names, at most 10; none for the cluster.
    pub examples: Vec<String>,
    /// What it is needed for, as the end of "needed for …".
    pub needed_for: String,
    /// What may not be done, and what is unknown for it.
    pub sentence: String,
}

impl MissingRight {
    /// The rule that a verdict speaks by for this right.
    pub fn rule(&self) -> &'static str {
        match (self.resource, self.operation.as_str()) {
            (Resource::Cluster, _) => "cluster_not_described",
            (Resource::Topic, "DescribeConfigs") => "configs_not_described",
            (Resource::Topic, _) => "hidden_topics",
            (Resource::Group, _) => "groups_not_described",
        }
    }
}

/// `3 topics (audit, orders, payments)`, `7 topics (audit, orders, payments and 4 more)`, `the topic audit`.
pub fn topics_named(all: u32, examples: &[String]) -> String {
    let first = examples.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    match (examples, all as usize - examples.len().min(NAMED).min(all as usize)) {
        ([only], 0) => format!("the topic {only}"),
        ([], _) => counted(all.into(), "topic", "topics"),
        (_, 0) => format!("{} ({first})", counted(all.into(), "topic", "topics")),
        (_, more) => {
            format!("{} ({first} and {} more)", counted(all.into(), "topic", "topics"), count(more as u64))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_are_named_up_to_three() {
        let names =
            |count: usize| ["a", "b", "c", "d"].iter().take(count).map(|name| (*name).into()).collect();
        let said = |all, examples: Vec<String>| topics_named(all, &examples);
        assert_eq!(said(1, names(1)), "the topic a");
        assert_eq!(said(2, names(2)), "2 topics (a, b)");
        assert_eq!(said(3, names(3)), "3 topics (a, b, c)");
        assert_eq!(said(1_204, names(4)), "1,204 topics (a, b, c and 1,201 more)");
        assert_eq!(said(5, names(0)), "5 topics");
    }
}
