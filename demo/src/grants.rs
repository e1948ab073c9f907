//! Who may do what on the clusters that have an authorizer.
//!
//! A grant is a principal, a resource and operations. Each part of the demo says its own: the applications by what
//! they do, the mirrors, and here Riverkeeper, whose list a test compares with what `riverkeeper acls` prints.

use crate::apps;
use crate::fleet::mirror_grants;
use crate::layout::Cluster;

/// The brokers among themselves. It may do everything.
pub const BROKER: &str = "broker";
/// The fleet's own errands and Kafka's own tools. It may do everything.
pub const ADMIN: &str = "admin";
/// Riverkeeper, who only looks.
pub const RIVERKEEPER: &str = "riverkeeper";

/// What may be done, in Kafka's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Operation {
    /// Implies `Describe`, as `Write` does.
    Read,
    /// Write records, or transactions.
    Write,
    /// Create topics.
    Create,
    /// See that it is there, and what it is like.
    Describe,
    /// See how it is configured.
    DescribeConfigs,
}

/// On what.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Resource {
    /// A topic; `*` is every topic.
    Topic(String),
    /// All topics that begin so.
    TopicsLike(String),
    /// A consumer group; `*` is every group.
    Group(String),
    /// The one cluster.
    Cluster,
    /// A transactional id.
    TransactionalId(String),
}

/// What a user is allowed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Grant {
    /// The user's name, without `User:`.
    pub user: String,
    /// On what.
    pub resource: Resource,
    /// What.
    pub operation: Operation,
}

impl Grant {
    /// These operations on one resource.
    pub fn all(user: &str, resource: &Resource, operations: &[Operation]) -> Vec<Grant> {
        let grant = |&operation| Grant { user: user.to_owned(), resource: resource.clone(), operation };
        operations.iter().map(grant).collect()
    }
}

/// Everything that is granted on a cluster; nothing where there are no logins.
pub fn on(cluster: &'static Cluster) -> Vec<Grant> {
    if !cluster.has_logins() {
        return Vec::new();
    }
    let mut grants = riverkeeper();
    grants.extend(apps::grants(cluster.name));
    grants.extend(mirror_grants(cluster));
    grants.sort();
    grants.dedup();
    grants
}

/// Every user of a cluster; none where there are no logins.
pub fn users(cluster: &'static Cluster) -> Vec<String> {
    if !cluster.has_logins() {
        return Vec::new();
    }
    let mut users: Vec<String> = on(cluster).into_iter().map(|grant| grant.user).collect();
    users.extend([BROKER, ADMIN].map(str::to_owned));
    users.sort();
    users.dedup();
    users
}

fn riverkeeper() -> Vec<Grant> {
    use Operation::{Describe, DescribeConfigs, Read};
    let mut grants = Grant::all(RIVERKEEPER, &Resource::Cluster, &[Describe]);
    grants.extend(Grant::all(RIVERKEEPER, &Resource::Topic("*".to_owned()), &[Describe, DescribeConfigs]));
    grants.extend(Grant::all(RIVERKEEPER, &Resource::Topic("__consumer_offsets".to_owned()), &[Read]));
    grants.extend(Grant::all(RIVERKEEPER, &Resource::TopicsLike("mm2-".to_owned()), &[Read]));
    grants.extend(Grant::all(RIVERKEEPER, &Resource::Topic("heartbeats".to_owned()), &[Read]));
    grants.extend(Grant::all(RIVERKEEPER, &Resource::Group("*".to_owned()), &[Describe]));
    // To see that behind the last record of a transaction there is nothing but its mark.
    grants.extend(Grant::all(RIVERKEEPER, &Resource::Topic("payments".to_owned()), &[Read]));
    grants
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> &'static Cluster {
        Cluster::named(name).unwrap()
    }

    #[test]
    fn nobody_but_a_producer_or_a_mirror_may_write() {
        for cluster in ["east", "west"].map(named) {
            let writers = on(cluster)
                .into_iter()
                .filter(|grant| matches!(grant.operation, Operation::Write | Operation::Create));
            for grant in writers {
                let is_mirror = grant.user.starts_with("mirror-");
                assert!(is_mirror || !matches!(grant.resource, Resource::TopicsLike(_)), "{grant:?}");
                assert_ne!(grant.user, RIVERKEEPER, "{grant:?}");
            }
        }
    }

    #[test]
    fn who_may_do_everything_needs_no_grant() {
        for cluster in ["east", "west"].map(named) {
            assert!(on(cluster).iter().all(|grant| grant.user != ADMIN && grant.user != BROKER));
            assert!(users(cluster).iter().any(|user| user == ADMIN));
        }
    }

    #[test]
    fn a_cluster_without_logins_grants_nothing() {
        for cluster in ["aggregate", "old"].map(named) {
            assert_eq!((on(cluster), users(cluster)), (vec![], vec![]));
        }
    }
}
