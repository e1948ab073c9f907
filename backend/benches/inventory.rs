//! What a turn of inventory costs over a million replicas, what its snapshot weighs, and what a page of a hundred
//! thousand topics costs; one line of JSON a figure. Times are compared with walking the bytes of the answer.

mod million;

use std::{hint::black_box, sync::Arc, time::Duration};

use backend::{
    access::{Bounds, Scope, Token},
    capabilities::inventory::{
        evaluate,
        model::{ConfigsSnapshot, MetadataSample, MetadataSnapshot, Policy, Settings, TopicConfig},
        query::{self, Known, TopicQuery, TopicSort},
    },
    catalog::Owners,
    http::{Sought, list::ListQuery},
    kafka::{answers::Metadata, wire::read_metadata},
    runtime::Stamped,
};
use kafka_wire::MetadataResponse;
use kafka_wire_core::{ApiVersion, KafkaEncode};
use million::{VERSION, print, response, shortest};
use shared::{
    DateTime,
    access::Role,
    inventory::{Restart, RestartVerdict},
};

const POLICY: Policy =
    Policy { forget_brokers_after: Duration::from_secs(86_400), history: Duration::from_secs(21_600) };
const NOW: DateTime = DateTime::from_timestamp_nanos(1_800_000_000_000_000_000);

fn sample(metadata: Metadata) -> MetadataSample {
    MetadataSample {
        cluster: "bench".into(),
        metadata,
        description: None,
        quorum: Some(None),
        features: vec![],
        is_refused: false,
        reassignments: Some(vec![]),
        configs: None,
        log_dirs: None,
        remembered: None,
    }
}

fn turn(previous: Option<&MetadataSnapshot>, bytes: &[u8]) -> MetadataSnapshot {
    let metadata = read_metadata(VERSION, bytes).unwrap_or_default();
    evaluate::metadata(previous, sample(metadata), POLICY, NOW).snapshot
}

/// The same cluster without one broker in any ISR.
fn without_a_broker(mut whole: MetadataResponse) -> MetadataResponse {
    for partition in whole.topics.iter_mut().flat_map(|topic| &mut topic.partitions) {
        partition.isr_nodes.retain(|id| *id != 7);
    }
    whole
}

fn known(snapshot: MetadataSnapshot) -> Known {
    Known {
        scope: Scope::new(None, Arc::new(owners()), Arc::default()),
        name: "bench".into(),
        tier: None,
        datacenter: None,
        metadata: Some(Arc::new(Stamped { snapshot, revision: 1, as_of: NOW })),
        log_dirs: None,
        configs: None,
        rates: None,
        readings: vec![],
    }
}

/// 40 owners with five patterns each, of which one fits.
fn owners() -> Owners {
    let owner = |number: u32| {
        format!(
            "[[owner]]\nname = \"team-{number}\"\ntopics = [\"department-{number}.*\", \"a-{number}-*\", \"*.b-{number}\", \
             \"c-{number}\", \"d-{number}-*.v[0-9]\"]\n"
        )
    };
    let text: String = (0..40).map(owner).collect();
    Owners::parse("bench".as_ref(), &text).unwrap_or_default()
}

/// What a token of one team sees.
fn of_a_team() -> Scope {
    let bounds = Bounds { clusters: None, owners: Some(vec!["team-7".into()]) };
    let token = Token::new("bench".into(), [7; 32], Role::Viewer, bounds, NOW);
    Scope::new(Some(Arc::new(token)), Arc::new(owners()), Arc::default())
}

fn page(sort: TopicSort, descending: bool, q: Option<&str>, offset: usize) -> TopicQuery {
    let list = ListQuery { limit: 100, offset, cursor: None, sort, descending, q: q.map(String::from) };
    TopicQuery { list, internal: None, owner: None }
}

fn of_an_owner(query: TopicQuery) -> TopicQuery {
    TopicQuery { owner: Some("team-7".into()), ..query }
}

/// Verdicts on every broker: where nothing is at risk, where a broker is missed by a twentieth of the partitions, and where
/// every partition forbids each of its brokers.
fn restart_verdicts(whole: &[u8], broken: &[u8]) -> Result<(), Box<dyn std::error::Error>> {
    for (name, bytes, min_isr) in [
        ("restart_verdicts_well_1m_replicas", whole, 2),
        ("restart_verdicts_broker_lost_1m_replicas", broken, 2),
        ("restart_verdicts_all_forbidden_1m_replicas", whole, 3),
    ] {
        let metadata = read_metadata(VERSION, bytes)?;
        let topics = metadata.topics.iter().map(|topic| metadata.name(topic).into());
        let settings = Arc::new(Settings { min_isr: Some(min_isr), ..Settings::default() });
        let config = TopicConfig { settings, read_at: NOW };
        let topics = topics.map(|name| (name, config.clone())).collect();
        let snapshot = ConfigsSnapshot { topics, ..ConfigsSnapshot::default() };
        let configs = Some(Arc::new(Stamped { snapshot, revision: 1, as_of: NOW }));
        let sample = MetadataSample { configs, ..sample(metadata) };
        let snapshot = evaluate::metadata(None, sample, POLICY, NOW).snapshot;
        let is_safe = |it: &RestartVerdict| it.verdict == Restart::Safe;
        assert_eq!(evaluate::restart(&snapshot, false).iter().all(is_safe), name.contains("_well_"));
        print(name, shortest(|| evaluate::restart(&snapshot, false)).as_secs_f64() * 1e3, "ms", None);
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let version = ApiVersion::new(VERSION);
    let whole = response(20_000, 333_334);
    let bytes = whole.encode_to_bytes(version)?;
    let broken = without_a_broker(whole).encode_to_bytes(version)?;
    let walk = shortest(|| bytes.iter().map(|byte| u64::from(*byte)).fold(0, |sum, b| black_box(sum + b)));
    let tell = |name: &str, time: Duration| {
        print(name, time.as_secs_f64() * 1e3, "ms", Some(time.as_secs_f64() / walk.as_secs_f64()));
    };
    tell("turn_walk_1m_replicas", walk);
    let first = turn(None, &bytes);
    let held: usize = first.chunks.iter().map(|chunk| chunk.held_bytes()).sum();
    print("snapshot_1m_replicas", held as f64 / 1e6, "MB", None);
    assert_eq!(first.totals.replicas, 1_000_002, "the answer is indexed as it was encoded");
    tell("turn_first_look_1m_replicas", shortest(|| turn(None, &bytes)));
    tell("turn_nothing_changed_1m_replicas", shortest(|| turn(Some(&first), &bytes)));
    tell("turn_broker_lost_1m_replicas", shortest(|| turn(Some(&first), &broken)));
    restart_verdicts(&bytes, &broken)?;

    let many = response(100_000, 300_000).encode_to_bytes(version)?;
    let known = known(turn(None, &many));
    let names = shortest(|| {
        let snapshot = known.metadata.as_ref().map(|stamped| &stamped.snapshot);
        snapshot
            .map(|snapshot| snapshot.topics().map(|(chunk, topic)| chunk.name(topic).len()).sum::<usize>())
    });
    print("names_of_100k_topics_walk", names.as_secs_f64() * 1e3, "ms", None);
    for (name, query) in [
        ("page_worst_first_100k_topics", page(TopicSort::Trouble, true, None, 0)),
        ("page_by_name_100k_topics", page(TopicSort::Name, false, None, 0)),
        ("page_by_name_at_50000_100k_topics", page(TopicSort::Name, false, None, 50_000)),
        ("page_searched_100k_topics", page(TopicSort::Name, false, Some("orders-0123"), 0)),
        ("page_of_an_owner_100k_topics", of_an_owner(page(TopicSort::Name, false, None, 0))),
    ] {
        let time = shortest(|| query::topics(&known, &query, NOW));
        let ratio = time.as_secs_f64() / names.as_secs_f64();
        println!(
            "{{\"bench\":\"{name}\",\"value\":{:.3},\"unit\":\"ms\",\"ratio_to_walking_names\":{ratio:.1}}}",
            time.as_secs_f64() * 1e3
        );
    }
    let scoped = Known { scope: of_a_team(), ..known.clone() };
    let by_name = page(TopicSort::Name, false, None, 0);
    let time = shortest(|| query::topics(&scoped, &by_name, NOW));
    print("page_seen_by_an_owner_100k_topics", time.as_secs_f64() * 1e3, "ms", None);
    let sought = Sought { q: "orders-0123".into(), owner: None, limit: 100 };
    for (name, known) in [("search_100k_topics", known), ("search_seen_by_an_owner_100k_topics", scoped)]
        .map(|(n, k)| (n, [k]))
    {
        print(name, shortest(|| query::search(&known, &sought, NOW)).as_secs_f64() * 1e3, "ms", None);
    }
    Ok(())
}
