//! What is told of many groups: pages, a group, and what scrapers get.

use std::{collections::HashMap, hint::black_box, sync::Arc, time::Duration};

use backend::{
    access::Scope,
    capabilities::lag::{
        book::Book,
        exposition::{Dialect, Kept, Key, Seen, text},
        model::{
            BrokerPlace, BrokerPlaces, GroupsSnapshot, Layout, Member, MembersSnapshot, PartitionPlace,
            Policy, Tolerated,
        },
        query::{self, GroupQuery, GroupSort, Known, PartitionSort},
    },
    catalog::Owners,
    http::list::ListQuery,
    runtime::Stamped,
};
use cpu_time::ThreadTime;
use shared::{
    lag::{LagVerdict, part},
    meta::Reading,
};

use super::{OLD_AFTER_MS, Reading as Reads, Shape, group_name, now};
use crate::{Anyhow, KEEPING, TOPICS, print, topic_name};

const TOLERATED: Tolerated = Tolerated { allowed_lag: 0, minimum_complete: 0.0 };
const ROUNDS: usize = 100;

/// Pages of 20,000 and of 100,000 groups of two partitions each, one in ten behind; and what scrapers are told.
pub fn pages() -> Anyhow<()> {
    for groups in [20_000, 100_000] {
        let shape = Shape { groups, partitions: 2, reading: Reads::Mixed };
        let book = Arc::new(shape.topics());
        shape.commit(&book);
        let (snapshot, took) = shape.judged(&book, None);
        print(&format!("turn_{groups}_groups"), took.as_secs_f64() * 1e3, "ms", None);
        let known = known(&shape, &book, Arc::new(Stamped { snapshot, revision: 1, as_of: now() }));
        lists(groups, &known);
        if groups == 20_000 {
            scrapes(&known)?;
        }
    }
    Ok(())
}

fn lists(groups: usize, known: &Known) {
    let page = |offset, q: Option<&str>| {
        let q = q.map(str::to_owned);
        let list =
            ListQuery { limit: 100, offset, cursor: None, sort: GroupSort::Verdict, descending: true, q };
        GroupQuery { list, owner: None, verdict: None, topic: None }
    };
    let first = page(0, None);
    let known = std::slice::from_ref(known);
    for (name, query) in [
        ("worst_first", first.clone()),
        ("at_the_end", page(groups - 100, None)),
        ("of_a_verdict", GroupQuery { verdict: Some(LagVerdict::Behind), ..first.clone() }),
        ("of_an_owner", GroupQuery { owner: Some("team-7".into()), ..first.clone() }),
        ("of_a_topic", GroupQuery { topic: Some(topic_name(7)), ..first }),
        ("searched", page(0, Some("application-0012"))),
        ("searched_one_letter", page(0, Some("a"))),
    ] {
        tell(&format!("page_{name}_{groups}_groups"), || {
            black_box(serde_json::to_vec(&query::groups(known, &query, now())).map_or(0, |it| it.len()));
        });
    }
    let partitions = ListQuery {
        limit: 100,
        offset: 0,
        cursor: None,
        sort: PartitionSort::Verdict,
        descending: true,
        q: None,
    };
    tell(&format!("group_of_{groups}_groups"), || {
        black_box(query::detail(&known[0], &group_name(70), &partitions, now()));
    });
}

/// One scrape of what is written anew, and of what is kept.
fn scrapes(known: &Known) -> Anyhow<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let seen = || vec![Seen::new(known.clone(), Some(Arc::new(Places(known.book.clone()))), now())];
    for (word, dialect) in Dialect::WORDS {
        let all = seen();
        let mut bytes = 0;
        let mut shortest = Duration::MAX;
        for _ in 0..5 {
            let started = ThreadTime::now();
            bytes = text(&all, dialect, (KEEPING, TOLERATED)).iter().map(|piece| piece.len()).sum();
            shortest = shortest.min(started.elapsed());
        }
        let name = word.replace('-', "_");
        print(&format!("scrape_{name}_20000_groups"), shortest.as_secs_f64() * 1e3, "ms", None);
        print(&format!("scrape_{name}_20000_groups_size"), bytes as f64 / 1e6, "MB", None);
        let kept = Kept::default();
        let key = || Key { dialect, scope: 1, clusters: all.iter().map(Seen::state).collect() };
        let of_kept = || {
            let all = seen();
            runtime.block_on(kept.text(key(), move || text(&all, dialect, (KEEPING, TOLERATED))))
        };
        black_box(of_kept());
        tell(&format!("scrape_{name}_20000_groups_kept"), || {
            black_box(of_kept());
        });
    }
    Ok(())
}

/// The median and the 99th of a hundred.
fn tell(name: &str, mut work: impl FnMut()) {
    let mut took: Vec<Duration> = (0..ROUNDS)
        .map(|_| {
            let started = ThreadTime::now();
            work();
            started.elapsed()
        })
        .collect();
    took.sort_unstable();
    for (of, at) in [("p50", ROUNDS / 2), ("p99", ROUNDS - 1)] {
        print(&format!("{name}_{of}"), took[at].as_secs_f64() * 1e3, "ms", None);
    }
}

fn known(shape: &Shape, book: &Arc<Book>, groups: Arc<Stamped<GroupsSnapshot>>) -> Known {
    let member = |group: usize| Member {
        member_id: format!("consumer-{group}-4f1d0c8e-6a1b-4a44-9d34-6f5f6c1d2b3a"),
        client_id: format!("consumer-{group}"),
        host: "/10.0.0.7".into(),
        partitions: Some(vec![(topic_name(group % TOPICS), (0..shape.partitions).collect())]),
    };
    let members = (0..shape.groups).map(|group| (group_name(group).into(), vec![member(group)].into()));
    let snapshot = MembersSnapshot { groups: HashMap::from_iter(members) };
    Known {
        scope: Scope::new(None, Arc::new(owners()), Arc::default()),
        name: "bench".into(),
        bootstrap: vec![],
        groups: Some(groups),
        members: Some(Arc::new(Stamped { snapshot, revision: 1, as_of: now() })),
        book: book.clone(),
        readings: [part::GROUPS, part::MEMBERS].map(reading).into(),
        policy: Policy::default(),
        old_after_ms: OLD_AFTER_MS,
    }
}

fn reading(part: &str) -> Reading {
    Reading { cluster: None, part: part.into(), as_of: Some(now()), period_seconds: 10.0, failure: None }
}

/// 40 owners with five patterns each, of which one fits.
fn owners() -> Owners {
    let owner = |number: u32| {
        format!(
            "[[owner]]\nname = \"team-{number}\"\ngroups = [\"department-{number}.*\", \"a-{number}-*\", \"*.b-{number}\", \
             \"c-{number}\", \"d-{number}-*.v[0-9]\"]\n"
        )
    };
    let text: String = (0..40).map(owner).collect();
    Owners::parse("bench".as_ref(), &text).unwrap_or_default()
}

/// All topics that the book knows, on three brokers.
struct Places(Arc<Book>);

impl Layout for Places {
    fn reading(&self) -> Reading {
        reading("metadata")
    }

    fn log_starts_reading(&self) -> Reading {
        reading("log_dirs")
    }

    fn brokers(&self) -> BrokerPlaces {
        let broker = |id| BrokerPlace { broker_id: id, host: format!("kafka-{id}"), port: 9092, rack: None };
        BrokerPlaces {
            cluster_id: Some("bench".into()),
            controller_id: Some(1),
            brokers: (1..=3).map(broker).collect(),
        }
    }

    fn topics(&self) -> Vec<(String, usize)> {
        let topics = self.0.topics();
        let count = |topic: &str| topics.newest(topic).map_or(0, |ends| ends.len());
        topics.names().map(|topic| (topic.to_owned(), count(topic))).collect()
    }

    fn partitions(&self, topic: &str) -> Vec<PartitionPlace> {
        let count = self.0.topics().newest(topic).map_or(0, |ends| ends.len());
        let place = |partition: usize| PartitionPlace {
            partition: i32::try_from(partition).unwrap_or_default(),
            leader: Some(1),
            preferred_leader: Some(1),
            replicas: 3,
            in_sync: 3,
            is_under_replicated: false,
            log_start: Some(0),
        };
        (0..count).map(place).collect()
    }
}
