//! What one asker may see, as of the owners that were newest when it asked.

use std::{
    fmt,
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};

use shared::{
    catalog,
    event::{Event, MOST_TOPICS, Subject},
    live::Notice,
    meta::{Failure, Reading},
    topology,
};

use super::token::{Names, Token};
use crate::catalog::Owners;

/// Nouns of the fleet whose parts everybody is told of: what is asked then leaves out what may not be seen.
const FOR_ALL: [&str; 2] = [catalog::NOUN, topology::NOUN];
/// What is told of a failure to those who do not see what its text names.
const HIDDEN: &str = "Not all can be read at present; whoever runs Riverkeeper sees why.";

/// What the asker may see. Within a token clusters and owners both must hold; what it does not name it does not bound.
#[derive(Clone)]
pub struct Scope {
    token: Option<Arc<Token>>,
    owners: Arc<Owners>,
    /// All clusters of the configuration.
    clusters: Arc<[String]>,
}

impl fmt::Debug for Scope {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Scope").field("token", &self.token).finish_non_exhaustive()
    }
}

impl Scope {
    /// Sees everything, and knows no owners.
    pub fn everything() -> Self {
        Self::new(None, Arc::default(), Arc::default())
    }

    /// What a token lets see of `clusters`, which are all there are; everything without a token.
    pub fn new(token: Option<Arc<Token>>, owners: Arc<Owners>, clusters: Arc<[String]>) -> Self {
        Self { token, owners, clusters }
    }

    /// Whether the cluster may be seen.
    pub fn sees_cluster(&self, cluster: &str) -> bool {
        self.named().is_none_or(|names| names.hold(cluster))
    }

    /// Whether what is said of the fleet as a whole may be seen.
    pub fn sees_fleet(&self) -> bool {
        self.named().is_none()
    }

    /// Whether all of the clusters that may be seen is seen, or only what some owners have there.
    pub fn sees_whole_clusters(&self) -> bool {
        self.owned().is_none()
    }

    /// Whether all of a cluster may be seen.
    pub fn sees_wholly(&self, cluster: &str) -> bool {
        self.sees_whole_clusters() && self.sees_cluster(cluster)
    }

    /// Whether the topic may be seen.
    pub fn sees_topic(&self, cluster: &str, topic: &str) -> bool {
        self.sees_cluster(cluster)
            && (self.sees_whole_clusters()
                || self.owners.of_topic(cluster, topic).is_some_and(|owner| self.sees_owner(owner)))
    }

    /// Whether the consumer group may be seen.
    pub fn sees_group(&self, cluster: &str, group: &str) -> bool {
        self.sees_cluster(cluster)
            && (self.sees_whole_clusters()
                || self.owners.of_group(cluster, group).is_some_and(|owner| self.sees_owner(owner)))
    }

    /// Whether it may be told that there is an owner of that name.
    pub fn sees_owner(&self, owner: &str) -> bool {
        self.owned().is_none_or(|owned| owned.iter().any(|it| it == owner))
    }

    /// Whether the event may be seen: on a cluster that is seen wholly all of them, else those that name nothing
    /// but topics and groups that may be seen.
    pub fn sees_event(&self, event: &Event) -> bool {
        let Some(cluster) = &event.cluster else { return self.sees_fleet() && self.sees_whole_clusters() };
        if let Subject::Flow { source, .. } = &event.subject
            && !self.sees_cluster(source)
        {
            return false;
        }
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
            Subject::Group { group } => self.sees_group(cluster, group),
            Subject::Fleet | Subject::Broker { .. } | Subject::Flow { .. } => false,
        }
    }

    /// A failure as it may be told: without its text where that names what may not be seen. A text about a cluster
    /// names its brokers, and one about two clusters that are one and the same names the other.
    pub fn told(&self, failure: Option<Failure>) -> Option<Failure> {
        failure.map(|failure| {
            if self.sees_whole_clusters() && !self.is_beyond(&failure.what) {
                return failure;
            }
            hidden(&failure)
        })
    }

    /// A reading as it may be told.
    pub fn reading(&self, reading: Reading) -> Reading {
        Reading { failure: self.told(reading.failure), ..reading }
    }

    /// A notice as it may be told, if it may be. That owners or flows changed is told to everybody: it may change what they
    /// see.
    pub fn notice(&self, notice: Notice) -> Option<Notice> {
        let fleet = self.sees_fleet();
        let told = match &notice.cluster {
            Some(cluster) if self.sees_cluster(cluster) => self.told(notice.failure),
            None if fleet && self.sees_whole_clusters() => notice.failure,
            None if fleet || FOR_ALL.contains(&notice.noun.as_str()) => {
                notice.failure.map(|failure| hidden(&failure))
            }
            _ => return None,
        };
        Some(Notice { failure: told, ..notice })
    }

    /// Whether a text names a cluster that may not be seen.
    pub fn is_beyond(&self, text: &str) -> bool {
        !self.sees_fleet()
            && self.clusters.iter().any(|cluster| !self.sees_cluster(cluster) && names(text, cluster))
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

    fn named(&self) -> Option<&Names> {
        self.token.as_ref()?.bounds.clusters.as_ref()
    }

    fn owned(&self) -> Option<&[String]> {
        self.token.as_ref()?.bounds.owners.as_deref()
    }
}

fn hidden(failure: &Failure) -> Failure {
    Failure { since: failure.since, what: HIDDEN.into() }
}

/// Whether a text has the name in it as a word of its own.
fn names(text: &str, name: &str) -> bool {
    let is_of_a_name =
        |character: char| character.is_ascii_alphanumeric() || matches!(character, '.' | '_' | '-');
    text.match_indices(name).any(|(at, _)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let after = text.get(at + name.len()..).unwrap_or_default();
        // A full stop after a name ends the sentence.
        let after = after.strip_prefix('.').unwrap_or(after).chars().next();
        !before.is_some_and(is_of_a_name) && !after.is_some_and(is_of_a_name)
    })
}
