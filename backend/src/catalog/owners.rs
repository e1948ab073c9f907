//! The owners of one reading of the file.

use std::collections::HashMap;

use globset::{GlobSet, GlobSetBuilder};
use shared::catalog::OwnerDetail;

use super::{
    claims::{Claims, disputed},
    pattern::Pattern,
};

/// An owner as the file declares it.
#[derive(Debug)]
pub(super) struct Declared {
    pub owner: OwnerDetail,
    pub topics: Vec<Pattern>,
    pub groups: Vec<Pattern>,
    pub principals: Vec<Pattern>,
    pub client_ids: Vec<Pattern>,
    /// The clusters on which it owns; all when absent.
    pub clusters: Option<Vec<Pattern>>,
}

/// The owners of one reading of the file.
#[derive(Debug, Default)]
pub struct Owners {
    revision: u64,
    all: Vec<OwnerDetail>,
    places: HashMap<String, u32>,
    clusters: Vec<Option<GlobSet>>,
    topics: Claims,
    groups: Claims,
    principals: Claims,
    client_ids: Claims,
    disputes: Vec<String>,
}

impl Owners {
    /// `revision` tells one content of the file from another.
    pub(super) fn new(declared: Vec<Declared>, revision: u64) -> Result<Self, globset::Error> {
        let claims = |what: Claimed| Claims::new(claims_on(&declared, what));
        let clusters = declared.iter().map(|one| one.clusters.as_deref().map(any_of).transpose());
        Ok(Self {
            revision,
            places: declared.iter().zip(0..).map(|(one, place)| (one.owner.name.clone(), place)).collect(),
            clusters: clusters.collect::<Result<_, _>>()?,
            topics: claims(|one| &one.topics)?,
            groups: claims(|one| &one.groups)?,
            principals: claims(|one| &one.principals)?,
            client_ids: claims(|one| &one.client_ids)?,
            disputes: disputes(&declared),
            all: declared.into_iter().map(|one| one.owner).collect(),
        })
    }

    /// Moves when the file's content did.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// All of them, as they stand in the file.
    pub fn all(&self) -> &[OwnerDetail] {
        &self.all
    }

    /// The owner of that name.
    pub fn named(&self, name: &str) -> Option<&OwnerDetail> {
        self.all.get(*self.places.get(name)? as usize)
    }

    /// What more than one owner claims, as sentences; whoever stands first in the file has it.
    pub fn disputes(&self) -> &[String] {
        &self.disputes
    }

    /// The owner of a topic.
    pub fn of_topic(&self, cluster: &str, topic: &str) -> Option<&str> {
        self.of(&self.topics, cluster, topic)
    }

    /// The place of a topic's owner among [`Self::all`].
    pub fn place_of_topic(&self, cluster: &str, topic: &str) -> Option<u32> {
        self.topics.owner(topic, |owner| self.place_is_on(owner, cluster))
    }

    /// The owner of a consumer group.
    pub fn of_group(&self, cluster: &str, group: &str) -> Option<&str> {
        self.of(&self.groups, cluster, group)
    }

    /// The owner of a principal, which is spelled as Kafka does: `User:checkout`.
    pub fn of_principal(&self, cluster: &str, principal: &str) -> Option<&str> {
        self.of(&self.principals, cluster, principal)
    }

    /// The owner of a client id.
    pub fn of_client_id(&self, cluster: &str, client_id: &str) -> Option<&str> {
        self.of(&self.client_ids, cluster, client_id)
    }

    fn of(&self, claims: &Claims, cluster: &str, name: &str) -> Option<&str> {
        let place = claims.owner(name, |owner| self.place_is_on(owner, cluster))?;
        self.all.get(place as usize).map(|owner| owner.name.as_str())
    }

    /// Whether the owner of that name may own things on a cluster.
    pub fn is_on(&self, owner: &str, cluster: &str) -> bool {
        self.places.get(owner).is_some_and(|place| self.place_is_on(*place, cluster))
    }

    fn place_is_on(&self, owner: u32, cluster: &str) -> bool {
        match self.clusters.get(owner as usize) {
            Some(Some(clusters)) => clusters.is_match(cluster),
            _ => true,
        }
    }
}

/// What an owner claims of one kind of thing.
type Claimed = fn(&Declared) -> &[Pattern];

fn claims_on(declared: &[Declared], what: Claimed) -> impl Iterator<Item = (u32, &Pattern)> {
    declared
        .iter()
        .zip(0..)
        .flat_map(move |(one, place)| what(one).iter().map(move |pattern| (place, pattern)))
}

fn any_of(patterns: &[Pattern]) -> Result<GlobSet, globset::Error> {
    let globs: Result<Vec<_>, _> = patterns
        .iter()
        .map(|pattern| match pattern {
            Pattern::Exact(name) => globset::Glob::new(name),
            Pattern::Glob(glob) => Ok(glob.clone()),
        })
        .collect();
    let mut set = GlobSetBuilder::new();
    for glob in globs? {
        set.add(glob);
    }
    set.build()
}

/// What the same pattern gives to several owners who can meet on a cluster.
fn disputes(declared: &[Declared]) -> Vec<String> {
    let kinds: [(&str, Claimed); 4] = [
        ("topics", |one| &one.topics),
        ("groups", |one| &one.groups),
        ("principals", |one| &one.principals),
        ("client_ids", |one| &one.client_ids),
    ];
    let mut told = Vec::new();
    for (kind, what) in kinds {
        for (pattern, owners) in disputed(claims_on(declared, what)) {
            let claiming: Vec<&Declared> =
                owners.iter().filter_map(|owner| declared.get(*owner as usize)).collect();
            let Some((first, others)) = claiming.split_first() else { continue };
            for other in others.iter().filter(|other| may_meet(first, other)) {
                let (first, other) = (&first.owner.name, &other.owner.name);
                told.push(format!(
                    "{first} and {other} both claim {kind} {pattern:?}; {first} has them, for it stands first"
                ));
            }
        }
    }
    told
}

/// Whether two owners can own on one cluster. Two lists of plain names without one in common never meet.
fn may_meet(one: &Declared, other: &Declared) -> bool {
    let (Some(one), Some(other)) = (&one.clusters, &other.clusters) else { return true };
    let plain = |patterns: &[Pattern]| patterns.iter().all(|pattern| matches!(pattern, Pattern::Exact(_)));
    !(plain(one) && plain(other))
        || one.iter().any(|pattern| other.iter().any(|theirs| theirs.text() == pattern.text()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::parse;

    fn owners(text: &str) -> Owners {
        Owners::new(parse::declared(text).unwrap(), 1).unwrap()
    }

    #[test]
    fn an_owner_of_one_cluster_owns_nothing_elsewhere() {
        let owners = owners(
            "[[owner]]\nname = \"a\"\ntopics = [\"orders\"]\nclusters = [\"east\", \"eu-*\"]\n\
             [[owner]]\nname = \"b\"\ntopics = [\"ord*\"]\n",
        );
        assert_eq!(owners.of_topic("east", "orders"), Some("a"));
        assert_eq!(owners.of_topic("eu-1", "orders"), Some("a"));
        assert_eq!(owners.of_topic("west", "orders"), Some("b"));
        assert_eq!(owners.of_topic("west", "clicks"), None);
    }

    #[test]
    fn topics_groups_principals_and_client_ids_are_apart() {
        let owners = owners(
            "[[owner]]\nname = \"a\"\ntopics = [\"x\"]\n[[owner]]\nname = \"b\"\ngroups = [\"x\"]\n\
             [[owner]]\nname = \"c\"\nprincipals = [\"User:x\"]\n[[owner]]\nname = \"d\"\nclient_ids = [\"x\"]\n",
        );
        assert_eq!(owners.of_topic("east", "x"), Some("a"));
        assert_eq!(owners.of_group("east", "x"), Some("b"));
        assert_eq!(owners.of_principal("east", "User:x"), Some("c"));
        assert_eq!(owners.of_client_id("east", "x"), Some("d"));
        assert_eq!(owners.named("d").map(|owner| owner.name.as_str()), Some("d"));
    }

    #[test]
    fn what_two_claim_alike_is_told_unless_they_never_meet() {
        let claimed = |first: &str, second: &str| {
            let text = format!(
                "[[owner]]\nname = \"a\"\ntopics = [\"x-*\"]\n{first}\n[[owner]]\nname = \"b\"\ntopics = [\"x-*\"]\n{second}\n"
            );
            owners(&text).disputes().to_vec()
        };
        let told = ["a and b both claim topics \"x-*\"; a has them, for it stands first".to_owned()];
        assert_eq!(claimed("", ""), told);
        assert_eq!(claimed("clusters = [\"east\"]", ""), told);
        assert_eq!(claimed("clusters = [\"e*\"]", "clusters = [\"west\"]"), told);
        assert!(claimed("clusters = [\"east\"]", "clusters = [\"west\"]").is_empty());
    }
}
