//! The law of bindings: whatever the token, what a list shows is what can be seen one by one. For random clusters, topics,
//! owners and tokens; what may be seen is told again here, in the plainest words.

#![allow(clippy::unwrap_used, reason = "a test ends where something is amiss")]

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use backend::{
    access::{Bounds, Names, Scope, Token},
    capabilities::inventory::{
        evaluate,
        model::{MetadataSample, MetadataSnapshot, Policy},
        query::{self, BrokerSort, ClusterSort, Known, OwnerSort, PartitionSort, TopicQuery, TopicSort},
    },
    catalog::Owners,
    http::{Sought, list::ListQuery},
    kafka::wire::read_metadata,
    runtime::{Clock, EventFilter, Runtime, Stamped},
};
use globset::Glob;
use kafka_wire::{
    MetadataResponse,
    metadata_response::{MetadataResponseBroker, MetadataResponsePartition, MetadataResponseTopic},
};
use kafka_wire_core::{ApiVersion, KafkaEncode};
use proptest::{prelude::*, sample::subsequence};
use shared::{
    DateTime,
    access::Role,
    event::{Event, Subject},
    search::HitKind,
    verdict::Severity,
};

const NOW: DateTime = DateTime::from_timestamp_nanos(1_800_000_000_000_000_000);
const CLUSTERS: [&str; 4] = ["east", "west", "east-2", "lab"];
const TOPICS: [&str; 6] = ["orders", "orders-new", "payroll", "east", "audit", "o"];
const OWNERS: [&str; 3] = ["checkout", "people", "nobody"];
const GLOBS: [&str; 5] = ["east", "east*", "*", "we?t", "none"];

/// A world: the topics of each cluster, who owns a topic, and what a token names. `people` own on `east` alone.
#[derive(Clone, Debug)]
struct World {
    topics: BTreeMap<&'static str, Vec<&'static str>>,
    owned: BTreeMap<&'static str, &'static str>,
    globs: Option<Vec<&'static str>>,
    owners: Option<Vec<&'static str>>,
    events: Vec<(&'static str, Vec<&'static str>)>,
}

fn world() -> impl Strategy<Value = World> {
    let topics = proptest::collection::vec(subsequence(TOPICS.to_vec(), 0..=TOPICS.len()), CLUSTERS.len());
    let owned = proptest::collection::vec(proptest::option::of(0..2_usize), TOPICS.len());
    let globs = proptest::option::of(subsequence(GLOBS.to_vec(), 1..=2));
    let owners = proptest::option::of(subsequence(OWNERS.to_vec(), 1..=2));
    let events = proptest::collection::vec(
        ((0..CLUSTERS.len()), subsequence(TOPICS.to_vec(), 0..=3))
            .prop_map(|(at, topics)| (CLUSTERS[at], topics)),
        0..12,
    );
    (topics, owned, globs, owners, events).prop_map(|(topics, owned, globs, owners, events)| World {
        topics: CLUSTERS.into_iter().zip(topics).collect(),
        owned: TOPICS
            .into_iter()
            .zip(owned)
            .filter_map(|(topic, owner)| owner.map(|owner| (topic, OWNERS[owner])))
            .collect(),
        globs,
        owners,
        events,
    })
}

impl World {
    fn sees_cluster(&self, cluster: &str) -> bool {
        let fits = |glob: &&str| Glob::new(glob).unwrap().compile_matcher().is_match(cluster);
        self.globs.as_ref().is_none_or(|globs| globs.iter().any(fits))
    }

    fn owner(&self, cluster: &str, topic: &str) -> Option<&'static str> {
        let owner = *self.owned.get(topic)?;
        (owner != "people" || cluster == "east").then_some(owner)
    }

    fn sees_topic(&self, cluster: &str, topic: &str) -> bool {
        let owner = self.owner(cluster, topic);
        self.sees_cluster(cluster)
            && self.owners.as_ref().is_none_or(|owners| owner.is_some_and(|owner| owners.contains(&owner)))
    }

    fn seen_topics(&self, cluster: &str) -> BTreeSet<String> {
        let topics = self.topics[cluster].iter();
        topics.filter(|topic| self.sees_topic(cluster, topic)).map(|topic| (*topic).to_owned()).collect()
    }

    fn scope(&self) -> Scope {
        let declared = |(owner, clusters): (&str, &str)| {
            let owned = self.owned.iter().filter(|(_, it)| **it == owner);
            let topics: Vec<&str> = owned.map(|(topic, _)| *topic).chain(["none-of-these"]).collect();
            format!("[[owner]]\nname = \"{owner}\"\ntopics = {topics:?}\n{clusters}\n")
        };
        let catalog: String =
            [("checkout", ""), ("people", "clusters = [\"east\"]")].into_iter().map(declared).collect();
        let owners = Owners::parse("owners.toml".as_ref(), &catalog).unwrap();
        let clusters = self.globs.as_ref().map(|globs| {
            let globs: Vec<Glob> = globs.iter().map(|glob| Glob::new(glob).unwrap()).collect();
            Names::new(&globs, CLUSTERS.into_iter().map(|name| (name, &[][..]))).unwrap()
        });
        let owned =
            self.owners.as_ref().map(|owners| owners.iter().map(|owner| (*owner).to_owned()).collect());
        let bounds = Bounds { clusters, owners: owned };
        let token = Token::new("t".into(), [7; 32], Role::Viewer, bounds, NOW + chrono::Duration::days(1));
        Scope::new(Some(Arc::new(token)), Arc::new(owners), CLUSTERS.map(String::from).into())
    }

    /// The newest of every cluster, as the scope sees it; the clusters that it does not see are left out first, as
    /// the capability does.
    fn known(&self, scope: &Scope) -> Vec<Known> {
        let seen = CLUSTERS.into_iter().filter(|name| scope.sees_cluster(name));
        seen.map(|name| self.known_of(name, scope)).collect()
    }

    fn known_of(&self, name: &str, scope: &Scope) -> Known {
        Known {
            scope: scope.clone(),
            name: name.into(),
            tier: None,
            datacenter: None,
            metadata: Some(Arc::new(Stamped {
                snapshot: snapshot(name, &self.topics[name]),
                revision: 1,
                as_of: NOW,
            })),
            log_dirs: None,
            configs: None,
            rates: None,
            readings: vec![],
        }
    }
}

fn snapshot(cluster: &str, topics: &[&str]) -> MetadataSnapshot {
    let mut response = MetadataResponse::default();
    let mut broker = MetadataResponseBroker::default();
    (broker.node_id, broker.host, broker.port) = (1, "broker".into(), 9092);
    response.brokers.push(broker);
    for name in topics {
        let mut partition = MetadataResponsePartition::default();
        (partition.leader_id, partition.replica_nodes, partition.isr_nodes) = (1, vec![1], vec![1]);
        let mut topic = MetadataResponseTopic::default();
        (topic.name, topic.partitions) = (Some((*name).into()), vec![partition]);
        response.topics.push(topic);
    }
    let bytes = response.encode_to_bytes(ApiVersion::new(13)).unwrap();
    let sample = MetadataSample {
        cluster: cluster.into(),
        metadata: read_metadata(13, &bytes).unwrap(),
        description: None,
        quorum: Some(None),
        features: vec![],
        reassignments: Some(vec![]),
        is_refused: false,
        configs: None,
        log_dirs: None,
        remembered: None,
    };
    let policy = Policy { forget_brokers_after: Duration::from_secs(60), history: Duration::from_secs(60) };
    evaluate::metadata(None, sample, policy, NOW).snapshot
}

fn list<K>(sort: K, limit: usize) -> ListQuery<K> {
    ListQuery { limit, offset: 0, cursor: None, sort, descending: false, q: None }
}

fn event(cluster: &str, topics: &[&str]) -> Event {
    let subject = match topics {
        [only] => Subject::Topic { name: (*only).into() },
        _ => Subject::Cluster,
    };
    let topics = topics.iter().map(|topic| (*topic).to_owned()).collect();
    let (kind, sentence) = ("topic_created".into(), String::new());
    let noun = "inventory".into();
    Event {
        time: NOW,
        cluster: Some(cluster.into()),
        noun,
        kind,
        subject,
        severity: Severity::Ok,
        sentence,
        detail: None,
        topics,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn a_list_of_clusters_or_topics_shows_what_can_be_seen_one_by_one(world in world(), limit in 1_usize..4) {
        let scope = world.scope();
        let known = world.known(&scope);
        let clusters = query::clusters(&known, &list(ClusterSort::Name, 100), NOW);
        let shown: BTreeSet<&str> = clusters.clusters.iter().map(|row| row.name.as_str()).collect();
        let seen: BTreeSet<&str> = CLUSTERS.into_iter().filter(|name| world.sees_cluster(name)).collect();
        prop_assert_eq!(&shown, &seen);
        prop_assert_eq!(clusters.meta.total, Some(seen.len() as u64));
        for row in &clusters.clusters {
            prop_assert_eq!(row.topic_count.is_some(), world.owners.is_none());
        }
        for name in CLUSTERS {
            // Even where it is handed a cluster that the scope does not see, a query shows nothing of it.
            let known = world.known_of(name, &scope);
            let seen = world.seen_topics(name);
            let (mut shown, mut cursor) = (BTreeSet::new(), None);
            loop {
                let page = TopicQuery { list: ListQuery { cursor, ..list(TopicSort::Name, limit) }, internal: None, owner: None };
                let page = query::topics(&known, &page, NOW);
                prop_assert_eq!(page.meta.total, Some(seen.len() as u64));
                shown.extend(page.topics.into_iter().map(|row| row.name));
                match page.meta.next_cursor {
                    Some(next) => cursor = Some(backend::http::list::Cursor::decode(&next).unwrap()),
                    None => break,
                }
            }
            prop_assert_eq!(&shown, &seen);
            for topic in TOPICS {
                prop_assert_eq!(query::topic(&known, topic, NOW).is_some(), seen.contains(topic));
                let partitions = query::partitions(&known, topic, &list(PartitionSort::Partition, 9), NOW);
                prop_assert_eq!(partitions.is_some(), seen.contains(topic));
            }
            let brokers = query::brokers(&known, &list(BrokerSort::Id, 9), NOW).brokers.len();
            prop_assert_eq!(brokers > 0, world.owners.is_none() && world.sees_cluster(name));
        }
    }

    #[test]
    fn search_and_owners_tell_of_what_can_be_seen_alone(world in world(), q in "[eo]?[a-z]?", limit in 1_usize..9) {
        let scope = world.scope();
        let known = world.known(&scope);
        let sought = Sought { q: q.clone(), owner: None, limit: 1_000 };
        let found: BTreeSet<(String, String)> = query::search(&known, &sought, NOW)
            .into_iter()
            .filter(|(rank, hit)| hit.kind == HitKind::Topic && *rank < 3)
            .map(|(_, hit)| (hit.cluster, hit.name))
            .collect();
        let seen: BTreeSet<(String, String)> = CLUSTERS
            .into_iter()
            .flat_map(|cluster| world.seen_topics(cluster).into_iter().map(move |topic| (cluster.to_owned(), topic)))
            .filter(|(_, topic)| topic.contains(&q))
            .collect();
        prop_assert_eq!(&found, &seen);
        for (_, hit) in query::search(&known, &Sought { q: String::new(), owner: None, limit }, NOW) {
            let is_seen = match hit.kind {
                HitKind::Cluster => world.sees_cluster(&hit.cluster),
                HitKind::Broker => world.sees_cluster(&hit.cluster) && world.owners.is_none(),
                HitKind::Topic => world.sees_topic(&hit.cluster, &hit.name),
                // Inventory finds none.
                HitKind::Group => false,
            };
            prop_assert!(is_seen, "{:?}", hit);
        }
        for row in query::owners(&scope, &known, &list(OwnerSort::Name, 100), NOW).owners {
            prop_assert!(world.owners.as_ref().is_none_or(|owners| owners.contains(&row.owner.name.as_str())));
            let has = |(cluster, topic): &(&str, &str)| {
                world.sees_topic(cluster, topic) && world.owner(cluster, topic) == Some(row.owner.name.as_str())
            };
            let all = world.topics.iter().flat_map(|(cluster, topics)| topics.iter().map(move |topic| (*cluster, *topic)));
            prop_assert_eq!(row.topic_count, all.filter(has).count() as u64);
        }
    }

    #[test]
    fn the_timeline_tells_of_what_can_be_seen_alone(world in world()) {
        let scope = world.scope();
        let runtime = Runtime::new(Clock::starting_at(NOW));
        runtime.timeline().record(world.events.iter().map(|(cluster, topics)| event(cluster, topics)).collect());
        let told = runtime.timeline().newest(&EventFilter::default(), |event| scope.sees_event(event)).len();
        let seen = world.events.iter().filter(|(cluster, topics)| {
            let all_own = !topics.is_empty() && topics.iter().all(|topic| world.sees_topic(cluster, topic));
            world.sees_cluster(cluster) && (world.owners.is_none() || all_own)
        });
        prop_assert_eq!(told, seen.count());
    }
}

#[test]
fn what_was_remembered_of_owners_ends_with_the_file_that_said_so() {
    let known = snapshot("east", &TOPICS);
    let owners = |topic: &str| {
        let text = format!(
            "[[owner]]\nname = \"first\"\ntopics = [\"none\"]\n[[owner]]\nname = \"it\"\ntopics = [\"{topic}\"]\n"
        );
        Owners::parse("owners.toml".as_ref(), &text).unwrap()
    };
    let owned = |owners: &Owners| -> Vec<String> {
        let chunks = known.chunks.iter();
        let rows = chunks.flat_map(|chunk| {
            let places = chunk.owners(owners, "east");
            chunk
                .topics
                .iter()
                .zip(places.to_vec())
                .map(|(topic, place)| (chunk.name(topic).to_owned(), place))
        });
        rows.filter(|(_, place)| *place == Some(1)).map(|(name, _)| name).collect()
    };
    let (orders, audit) = (owners("orders"), owners("audit"));
    for _ in 0..2 {
        assert_eq!(owned(&orders), ["orders"]);
        assert_eq!(owned(&audit), ["audit"]);
    }
}
