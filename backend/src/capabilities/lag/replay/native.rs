//! What our own rules say of a recording: the object of `/api/v1/lag/{cluster}/{group}`. Each `status` line is a turn.

use std::collections::HashMap;

use shared::{DateTime, lag::GroupDetail, meta::Meta};

use super::state::State;
use crate::capabilities::lag::{
    book::{Book, Group, Topics},
    evaluate::{self, Context},
    model::{GroupRow, Late},
    query::{Beside, group_lag, partition_lag},
};

/// A look at a log end is good for so long, in ms: recordings need not be dense.
const OLD_AFTER_MS: i64 = 86_400_000;

/// A cluster, a topic, a partition.
type Of = (String, String, i32);

/// What only our own rules look at.
#[derive(Debug, Default)]
pub struct Native {
    stable: HashMap<Of, i64>,
    members: HashMap<(String, String), (Option<String>, Option<u32>)>,
    before: HashMap<(String, String), GroupRow>,
}

impl Native {
    /// Takes over a last stable offset.
    pub fn see_stable(&mut self, of: Of, offset: i64) {
        self.stable.insert(of, offset);
    }

    /// The last stable offset of a partition that ends there. Where none is told, there are no transactions.
    pub fn stable(&self, (cluster, topic, partition): (&str, &str, i32), end: i64) -> i64 {
        let told = self.stable.get(&(cluster.to_owned(), topic.to_owned(), partition));
        told.map_or(end, |stable| (*stable).min(end))
    }

    /// Takes over who is in a group.
    pub fn see_members(&mut self, of: (String, String), state: Option<String>, count: Option<u32>) {
        self.members.insert(of, (state, count));
    }
}

impl State {
    /// A group by our own rules.
    pub fn judged(&mut self, cluster: &str, group: &str) -> GroupDetail {
        let of = (cluster.to_owned(), group.to_owned());
        let (told, count) = self.native.members.get(&of).cloned().unwrap_or_default();
        let context = Context {
            policy: &self.policy,
            late: &Late::default(),
            least_delay_seconds: self.clusters.get(cluster).and_then(Book::least_delay_seconds),
            now_ms: self.now_ms,
            old_after_ms: OLD_AFTER_MS,
        };
        self.clusters.get(cluster).into_iter().for_each(Book::turn);
        let before = self.native.before.get(&of);
        let judge = |topics: &Topics, it: &Group| {
            let state = told.clone().or_else(|| state(count, it));
            let row = evaluate::group((group, state), before, (topics, it), &context);
            let judged = evaluate::of_group(topics, it, &row, &context);
            let views = judged.iter().map(|(place, judged)| partition_lag((topics, it), place, judged, true));
            let partitions: Vec<_> = views.collect();
            (row, partitions)
        };
        let found = self.clusters.get(cluster).and_then(|book| book.even_silent(group, judge));
        let (row, partitions) = found.unwrap_or_else(|| (GroupRow::unknown(group), vec![]));
        let now = DateTime::from_timestamp_millis(self.now_ms).unwrap_or_default();
        let beside = Beside { cluster, is_fresh: true, member_count: count, owner: None, as_of: Some(now) };
        let meta = Meta {
            total: Some(partitions.len() as u64),
            next_cursor: None,
            revision: 0,
            now,
            readings: vec![],
        };
        let group = group_lag(&row, &row.whole, &beside);
        self.native.before.insert(of, row);
        GroupDetail { group, partitions, members: vec![], meta }
    }
}

/// The state of a group of which only that is known who is in it.
fn state(count: Option<u32>, group: &Group) -> Option<String> {
    let has_members = count.map(|count| count > 0).or(group.has_owners().then_some(true));
    has_members.map(|has| if has { "Stable" } else { "Empty" }.to_owned())
}
