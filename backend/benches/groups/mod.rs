//! A cluster of many groups with full windows over topics that were looked at for a while, judged by our own rules.

mod pages;

use std::time::Duration;

pub use pages::pages;

use backend::{
    capabilities::lag::{
        GroupsSample,
        book::{Book, Committed, LogEnd},
        evaluate,
        model::{GroupsSnapshot, Policy},
    },
    kafka::answers::{GroupType, ListedGroup},
};
use cpu_time::ThreadTime;
use shared::{DateTime, lag::LagVerdict};

use crate::{KEEPING, NOW, TOPICS, print, topic_name};

/// Looks at log ends, 10 s apart: more than are kept of a day, and growing all the time.
const LOOKS: i64 = 60;
/// Records between two looks.
const STEP: i64 = 500;
/// A look at a log end is too old after so long, in ms.
const OLD_AFTER_MS: i64 = 30_000;

/// How groups read.
#[derive(Clone, Copy)]
pub enum Reading {
    /// All of them everything.
    Well,
    /// All of them what was written 200 s ago: they are behind, and get no nearer.
    Behind,
    /// One in ten is behind.
    Mixed,
}

/// So many groups that read a topic each, of so many partitions.
#[derive(Clone, Copy)]
pub struct Shape {
    pub groups: usize,
    pub partitions: i32,
    pub reading: Reading,
}

impl Shape {
    fn looks_behind(&self, group: usize) -> i64 {
        let is_behind = match self.reading {
            Reading::Well => false,
            Reading::Behind => true,
            Reading::Mixed => group.is_multiple_of(10),
        };
        if is_behind { 20 } else { 0 }
    }

    /// The log ends of all topics, and nothing else.
    pub fn topics(&self) -> Book {
        let book = Book::new(KEEPING, 64);
        for look in 0..LOOKS {
            let time_ms = (NOW - (LOOKS - 1 - look) * 10) * 1_000;
            let end = LogEnd { offset: look * STEP, stable: Some(look * STEP), time_ms };
            for topic in 0..TOPICS {
                let name = topic_name(topic);
                (0..self.partitions).for_each(|it| book.see_log_end(&name, (it, self.partitions), end));
            }
        }
        book
    }

    /// Fills every window: ten commits, 10 s apart.
    pub fn commit(&self, book: &Book) {
        for round in 0..10 {
            let (look, seconds) = (LOOKS - 10 + round, NOW - (9 - round) * 10);
            for group in 0..self.groups {
                let (name, topic) = (group_name(group), topic_name(group % TOPICS));
                for partition in 0..self.partitions {
                    let it = Committed {
                        group: &name,
                        topic: &topic,
                        partition,
                        offset: (look - self.looks_behind(group)) * STEP,
                        order: (round * self.groups as i64 + group as i64) * 20 + i64::from(partition),
                        time_ms: seconds * 1_000,
                        is_old: false,
                    };
                    book.commit(&it, seconds);
                }
            }
        }
    }

    pub fn judged(&self, book: &Book, previous: Option<&GroupsSnapshot>) -> (GroupsSnapshot, Duration) {
        let listed = |group: usize| ListedGroup {
            group_id: group_name(group),
            group_type: GroupType::Classic,
            state: Some("Stable".to_owned()),
            protocol_type: "consumer".to_owned(),
            coordinator_id: 1,
        };
        let listed = (0..self.groups).map(listed).collect();
        let sample = GroupsSample { listed, lists_all: true, sees_commits: true, ..Default::default() };
        let started = ThreadTime::now();
        let snapshot = evaluate::groups(book, sample, previous, (&Policy::default(), OLD_AFTER_MS), now());
        (snapshot, started.elapsed())
    }
}

pub fn group_name(group: usize) -> String {
    format!("department-{}.application-{group:06}", group % 40)
}

pub fn now() -> DateTime {
    DateTime::from_timestamp(NOW, 0).unwrap_or_default()
}

/// A turn's judging of all groups, the turn before in hand, compared with Burrow's rules on the same windows.
pub fn judging(name: &str, shape: &Shape, book: &Book, burrow: f64) {
    let (mut snapshot, _) = shape.judged(book, None);
    let mut shortest = Duration::MAX;
    for _ in 0..3 {
        let (next, took) = shape.judged(book, Some(&snapshot));
        snapshot = next;
        shortest = shortest.min(took);
    }
    let partitions: f64 = snapshot.rows.iter().map(|row| f64::from(row.whole.partitions)).sum();
    let rate = partitions / shortest.as_secs_f64();
    print(&format!("judge_native_{name}"), rate, "partitions/s", Some(("burrow", rate / burrow)));
    print(&format!("judge_native_{name}_turn"), shortest.as_secs_f64() * 1e3, "ms", None);
    let is_so = match shape.reading {
        Reading::Well => |verdict| verdict == Some(LagVerdict::Ok),
        Reading::Behind | Reading::Mixed => |verdict| verdict == Some(LagVerdict::Behind),
    };
    assert!(snapshot.rows.iter().all(|row| is_so(row.whole.verdict)), "they read as they are said to");
}
