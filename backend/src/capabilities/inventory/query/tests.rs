//! What is told of owners, on a tiny cluster.

use std::{path::Path, time::Duration};

use shared::{inventory::samples::now, search::HitKind};

use super::*;
use crate::{
    capabilities::inventory::{
        evaluate,
        model::{MetadataSample, Policy},
    },
    catalog::Owners,
    http::{Sought, list::ListQuery},
    kafka::answers::Metadata,
};

const POLICY: Policy =
    Policy { forget_brokers_after: Duration::from_secs(3_600), history: Duration::from_secs(600) };

const OWNERS: &str = "[[owner]]\nname = \"checkout\"\ntitle = \"Checkout team\"\ntopics = [\"orders\", \"payments-*\"]\n\
                      [[owner]]\nname = \"idle\"\n\
                      [[owner]]\nname = \"western\"\ntopics = [\"*\"]\nclusters = [\"west\"]\n";

/// `east` with four topics, of which one has no owner, or with another file of owners.
fn east(owners: &str) -> Known {
    let topics = ["orders", "payments-eu", "payments-us", "clicks"];
    let metadata =
        topics.iter().zip(1..).fold(Metadata::of_cluster("id").with_broker(1), |metadata, (name, id)| {
            metadata.with_topic(name, id, &[(1, &[1], &[1])])
        });
    let sample = MetadataSample {
        cluster: "east".into(),
        metadata,
        description: None,
        quorum: Some(None),
        features: vec![],
        is_refused: false,
        reassignments: Some(vec![]),
        configs: None,
        log_dirs: None,
        remembered: None,
    };
    let snapshot = evaluate::metadata(None, sample, POLICY, now()).snapshot;
    let owners = Owners::parse(Path::new("owners.toml"), owners).unwrap();
    Known {
        scope: Scope::new(None, Arc::new(owners), Arc::new(["east".into()])),
        name: "east".into(),
        tier: None,
        datacenter: None,
        metadata: Some(Arc::new(Stamped { snapshot, revision: 1, as_of: now() })),
        log_dirs: None,
        configs: None,
        rates: None,
        readings: vec![],
    }
}

fn list<K>(sort: K) -> ListQuery<K> {
    ListQuery { limit: 100, offset: 0, cursor: None, sort, descending: false, q: None }
}

fn topics_of(owner: Option<&str>) -> Vec<(String, Option<String>)> {
    let query = TopicQuery { list: list(TopicSort::Name), internal: None, owner: owner.map(String::from) };
    let page = topics(&east(OWNERS), &query, now());
    assert_eq!(page.meta.total, Some(page.topics.len() as u64));
    page.topics.into_iter().map(|topic| (topic.name, topic.owner)).collect()
}

fn found(q: &str, owner: Option<&str>) -> Vec<(u8, String)> {
    let sought = Sought { q: q.into(), owner: owner.map(String::from), limit: 10 };
    let mut hits: Vec<(u8, String)> = search(&[east(OWNERS)], &sought, now())
        .into_iter()
        .filter(|(_, hit)| hit.kind == HitKind::Topic)
        .map(|(rank, hit)| (rank, hit.name))
        .collect();
    hits.sort();
    hits
}

#[test]
fn each_topic_names_its_owner_and_an_owner_filters_them() {
    let owned = |name: &str| (name.to_owned(), Some("checkout".to_owned()));
    let all = topics_of(None);
    assert_eq!(all, [("clicks".into(), None), owned("orders"), owned("payments-eu"), owned("payments-us")]);
    assert_eq!(topics_of(Some("checkout")), all[1..]);
    assert_eq!(topics_of(Some("idle")), []);
    assert_eq!(topics_of(Some("nobody at all")), []);
    assert_eq!(topics_of(Some("western")), [], "an owner of another cluster owns nothing here");
}

#[test]
fn the_page_of_a_topic_says_where_to_ask() {
    let detail = topic(&east(OWNERS), "orders", now()).unwrap().owner_detail.unwrap();
    assert_eq!((detail.name.as_str(), detail.title.as_deref()), ("checkout", Some("Checkout team")));
    assert_eq!(topic(&east(OWNERS), "clicks", now()).unwrap().owner_detail, None);
}

#[test]
fn an_owners_name_or_title_finds_the_topics_behind_those_that_are_called_so() {
    let all = |rank| ["orders", "payments-eu", "payments-us"].map(|name| (rank, name.to_owned())).to_vec();
    assert_eq!(found("checkout", None), all(3));
    assert_eq!(found("out team", None), all(3));
    assert_eq!(found("", Some("checkout")), all(1));
    assert_eq!(found("eu", Some("checkout")), [(2, "payments-eu".into())]);
    assert_eq!(found("clicks", Some("checkout")), []);
    assert_eq!(found("idle", None), []);
}

#[test]
fn owners_are_listed_with_what_they_have_here() {
    let page = owners(&east(OWNERS).scope, &[east(OWNERS)], &list(OwnerSort::Name), now());
    let rows: Vec<(&str, u64)> =
        page.owners.iter().map(|row| (row.owner.name.as_str(), row.topic_count)).collect();
    assert_eq!(rows, [("checkout", 3), ("idle", 0)], "one who owns only elsewhere is not told of");
}

#[test]
fn another_file_of_owners_makes_another_answer() {
    let other = OWNERS.replace("payments-*", "clicks");
    assert_ne!(east(OWNERS).scope.tag(), east(&other).scope.tag());
}
