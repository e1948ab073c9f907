//! What one asker may see, as of the owners that were newest when it asked.

use std::{
    fmt,
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};

use shared::{
    event::{Event, MOST_TOPICS, Subject},
    meta::{Failure, Reading},
};

use super::token::Token;
use crate::catalog::Owners;

/// What is told of a failure to those who do not see the brokers that its text names.
const HIDDEN: &str = "The cluster cannot be read at present.";

/// What the asker may see. Within a token clusters and owners both must hold; what it does not name it does not bound.
#[derive(Clone)]
pub struct Scope {
    token: Option<Arc<Token>>,
    owners: Arc<Owners>,
}

impl fmt::Debug for Scope {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Scope").field("token", &self.token).finish_non_exhaustive()
    }
}

impl Scope {
    /// Sees everything, and knows no owners.
    pub fn everything() -> Self {
        Self::new(None, Arc::default())
    }

    /// What a token lets see; everything without one.
    pub fn new(token: Option<Arc<Token>>, owners: Arc<Owners>) -> Self {
        Self { token, owners }
    }

    /// Whether the cluster may be seen.
    pub fn sees_cluster(&self, cluster: &str) -> bool {
        self.token.as_ref().is_none_or(|token| token.bounds.clusters.hold(cluster))
    }

    /// Whether what is said of the fleet as a whole may be seen.
    pub fn sees_fleet(&self) -> bool {
        self.token.as_ref().is_none_or(|token| token.bounds.clusters.is_all())
    }

    /// Whether all of the clusters that may be seen is seen, or only what some owners have there.
    pub fn sees_whole_clusters(&self) -> bool {
        self.owned().is_none()
    }

    /// Whether the topic may be seen.
    pub fn sees_topic(&self, cluster: &str, topic: &str) -> bool {
        self.sees_cluster(cluster)
            && self.owned().is_none_or(|owned| {
                self.owners.of_topic(cluster, topic).is_some_and(|owner| owned.iter().any(|it| it == owner))
            })
    }

    /// Whether the event may be seen: on a cluster that is seen wholly all of them, else those that name nothing
    /// but topics that may be seen.
    pub fn sees_event(&self, event: &Event) -> bool {
        let Some(cluster) = &event.cluster else { return self.sees_fleet() && self.sees_whole_clusters() };
        if self.sees_whole_clusters() {
            return self.sees_cluster(cluster);
        }
        let listed_wholly = !event.topics.is_empty() && event.topics.len() < MOST_TOPICS;
        match &event.subject {
            Subject::Topic { name } => {
                self.sees_topic(cluster, name)
                    && event.topics.iter().all(|topic| self.sees_topic(cluster, topic))
            }
            Subject::Cluster => {
                listed_wholly && event.topics.iter().all(|topic| self.sees_topic(cluster, topic))
            }
            Subject::Fleet | Subject::Broker { .. } => false,
        }
    }

    /// A failure without its text, which names brokers, where those may not be seen.
    pub fn told(&self, failure: Option<Failure>) -> Option<Failure> {
        if self.sees_whole_clusters() {
            return failure;
        }
        failure.map(|failure| Failure { since: failure.since, what: HIDDEN.into() })
    }

    /// A reading as it may be told.
    pub fn reading(&self, reading: Reading) -> Reading {
        Reading { failure: self.told(reading.failure), ..reading }
    }

    /// Who owns what, as of when it was asked.
    pub fn owners(&self) -> &Owners {
        &self.owners
    }

    /// Tells this scope's answers from another's, in an `ETag`: by the token and by who owns what.
    pub fn tag(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        (self.token.as_ref().map(|token| token.digest()), self.owners.revision()).hash(&mut hasher);
        hasher.finish()
    }

    fn owned(&self) -> Option<&[String]> {
        self.token.as_ref()?.bounds.owners.as_deref()
    }
}
