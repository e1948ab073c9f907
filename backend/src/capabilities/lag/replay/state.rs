//! What is known while a recording plays.

use std::{collections::HashMap, sync::Arc};

use anyhow::ensure;
use serde_json::{Value, json};

use super::{
    Rules,
    line::{Config, Line},
    native::Native,
};
use crate::capabilities::lag::{
    book::{Book, Committed, LogEnd, Owner},
    evaluate::{GroupStatus, Judged, Status, judge, not_found, status},
    model::{Commit, Keeping, Policy, Tolerated},
};

/// The most commits of a window that a recording may ask for.
const MOST_INTERVALS: usize = 10_000;

/// The clusters, and what time it is.
#[derive(Debug)]
pub struct State {
    rules: Rules,
    keeping: Keeping,
    tolerated: Tolerated,
    pub(super) policy: Policy,
    pub(super) now_ms: i64,
    pub(super) clusters: HashMap<String, Book>,
    /// What only our own rules look at.
    pub(super) native: Native,
}

impl State {
    /// One that knows nothing.
    pub fn new(config: &Config, rules: Rules) -> Self {
        let keeping = Keeping {
            intervals: config.intervals,
            min_distance_ms: i64::from(config.min_distance_s) * 1_000,
            expire_group_ms: i64::from(config.expire_group_s) * 1_000,
            drops_early: rules == Rules::Burrow,
            most_windows: usize::MAX,
        };
        let tolerated =
            Tolerated { allowed_lag: config.allowed_lag, minimum_complete: config.minimum_complete };
        Self {
            rules,
            keeping,
            tolerated,
            policy: config.policy.into(),
            now_ms: config.now_ms,
            clusters: HashMap::new(),
            native: Native::default(),
        }
    }

    /// Takes a line in, and answers it if it asks.
    pub fn take(&mut self, line: Line) -> anyhow::Result<Option<Value>> {
        let now_seconds = self.now_ms.div_euclid(1_000);
        match line {
            Line::Config(config) => {
                ensure!(
                    (1..=MOST_INTERVALS).contains(&config.intervals),
                    "intervals is {}: give 1 to {MOST_INTERVALS}",
                    config.intervals
                );
                *self = Self::new(&config, self.rules);
            }
            Line::Now { now_ms } => self.now_ms = now_ms,
            Line::LogStart { cluster, topic, partition, offset, ts_ms } => {
                self.pass(ts_ms);
                self.book(cluster).see_log_start(&topic, partition, offset, ts_ms);
            }
            Line::StableEnd { cluster, topic, partition, offset, ts_ms } => {
                self.pass(ts_ms);
                self.book(cluster.clone()).see_stable_end(&topic, partition, offset, ts_ms);
                self.native.see_stable((cluster, topic, partition), offset);
            }
            Line::Members { cluster, group, state, count, ts_ms } => {
                self.pass(ts_ms);
                self.native.see_members((cluster, group), state, count);
            }
            Line::LogEnd { cluster, topic, partition, partition_count, offset, ts_ms } => {
                self.pass(ts_ms);
                let stable = self.native.stable((&cluster, &topic, partition), offset);
                let end = LogEnd { offset, stable: Some(stable), time_ms: ts_ms };
                self.book(cluster).see_log_end(&topic, (partition, partition_count), end);
            }
            Line::Commit { cluster, group, topic, partition, offset, order, ts_ms } => {
                let (group, topic, time_ms) = (group.as_str(), topic.as_str(), ts_ms);
                let it = Committed { group, topic, partition, offset, order, time_ms, is_old: false };
                self.book(cluster).commit(&it, now_seconds);
            }
            Line::Owner { cluster, group, topic, partition, host, client_id } => {
                self.book(cluster).own(&group, &topic, partition, Arc::new(Owner { host, client_id }));
            }
            Line::ClearOwners { cluster, group } => self.book(cluster).clear_owners(&group),
            Line::DeleteTopic { cluster, topic } => drop(self.book(cluster).forget_topic(&topic)),
            Line::DeleteGroup { cluster, group } => self.book(cluster).forget_group(&group),
            Line::Status { cluster, group, show_all } => {
                return Ok(Some(match self.rules {
                    Rules::Burrow => serde_json::to_value(self.status(&cluster, &group, show_all))?,
                    Rules::Native => serde_json::to_value(self.judged(&cluster, &group))?,
                }));
            }
            Line::Window { cluster, group, topic, partition } => {
                let slot = |commit: Commit| (commit.offset, commit.order, commit.time_ms, commit.lag);
                let slots: Vec<_> =
                    self.window(&cluster, &group, &topic, partition).into_iter().map(slot).collect();
                return Ok(Some(json!({ "slots": slots })));
            }
            Line::Record { key_hex, value_hex, offset, ts_ms: _ } => {
                return super::record::emitted(key_hex.as_deref(), value_hex.as_deref(), offset).map(Some);
            }
            Line::Judge { window, log_ends, current_lag, now_s, allowed_lag } => {
                let status = judged(&window, &log_ends, current_lag, now_s, allowed_lag);
                return Ok(Some(json!({ "status": status })));
            }
        }
        Ok(None)
    }

    /// By our own rules, time goes on with what whoever recorded has seen; Burrow's know no time but `now`.
    fn pass(&mut self, time_ms: i64) {
        if self.rules == Rules::Native {
            self.now_ms = self.now_ms.max(time_ms);
        }
    }

    fn book(&mut self, cluster: String) -> &Book {
        self.clusters.entry(cluster).or_insert_with(|| Book::new(self.keeping, 1))
    }

    fn status(&self, cluster: &str, group: &str, show_all: bool) -> GroupStatus {
        let now_seconds = self.now_ms.div_euclid(1_000);
        let how = (self.keeping, self.tolerated);
        let found = self.clusters.get(cluster).and_then(|book| {
            book.group(group, now_seconds, |topics, it| {
                status((cluster, group), (topics, it), how, now_seconds)
            })
        });
        let mut found = found.unwrap_or_else(|| not_found(cluster, group));
        if !show_all {
            found.partitions.retain(|partition| partition.status > Status::Ok);
        }
        found
    }

    fn window(&self, cluster: &str, group: &str, topic: &str, partition: i32) -> Vec<Commit> {
        let Some(book) = self.clusters.get(cluster) else { return vec![] };
        let found = book.group(group, self.now_ms.div_euclid(1_000), |topics, it| {
            let partition = it.partition(topics.id(topic)?, partition)?;
            Some(partition.window.commits().collect())
        });
        found.flatten().unwrap_or_default()
    }
}

fn judged(
    window: &[(i64, Option<u64>, i64)],
    log_ends: &[i64],
    current_lag: u64,
    now_seconds: i64,
    allowed_lag: u64,
) -> Status {
    let commit = |(order, (offset, lag, time_ms)): (i64, &(i64, Option<u64>, i64))| Commit {
        offset: *offset,
        order,
        time_ms: *time_ms,
        observed_at_seconds: 0,
        lag: *lag,
    };
    let window: Vec<Commit> = (0..).zip(window).map(commit).collect();
    judge(&Judged { window: &window, log_ends, current_lag, now_seconds, allowed_lag })
}
