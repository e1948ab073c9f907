//! The lag of one partition over time, as far as its commits and the ends of its log tell it.

use crate::capabilities::lag::{
    book::{Partition, TopicEnds},
    model::Commit,
};

/// Lag of a partition at several times, in ms since 1970, oldest first.
///
/// Between two commits the offset stands where the first of them put it. Before the oldest that is kept nothing is known,
/// unless the offset had not moved since before.
pub fn line(it: &Partition, ends: &TopicEnds, partition: usize, times: &[i64]) -> Vec<Option<f64>> {
    let commits: Vec<Commit> = it.window.commits().collect();
    let past = ends.past(partition);
    let lag = |time: &i64| {
        let end = past.and_then(|past| past.at(*time))?;
        let committed = committed(it, &commits, *time)? as f64;
        // What is gone cannot be read.
        let start = ends.start_at(partition, *time).unwrap_or(committed);
        Some((end - committed.max(start)).max(0.0))
    };
    times.iter().map(lag).collect()
}

fn committed(it: &Partition, commits: &[Commit], time_ms: i64) -> Option<i64> {
    let after = commits.partition_point(|commit| commit.time_ms <= time_ms);
    if let Some(last) = after.checked_sub(1).and_then(|at| commits.get(at)) {
        return Some(last.offset);
    }
    let stands = it.moved_seconds() * 1_000 <= time_ms;
    commits.first().filter(|_| stands).map(|first| first.offset)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capabilities::lag::{
        book::{Book, Committed, LogEnd},
        model::Keeping,
    };

    #[test]
    fn the_offset_stands_between_two_commits_and_is_not_known_before_them() {
        let book = Book::new(Keeping { intervals: 2, ..Keeping::OF_TESTS }, 1);
        for (second, offset) in [(0, 0), (10, 100), (20, 200), (30, 300)] {
            let end = LogEnd { offset, stable: Some(offset), time_ms: second * 1_000 };
            book.see_log_end("orders", (0, 1), end);
        }
        let commit = |second: i64, offset: i64| {
            let (group, topic, time_ms) = ("pay", "orders", second * 1_000);
            let it = Committed { group, topic, partition: 0, offset, order: second, time_ms, is_old: false };
            book.commit(&it, second);
        };
        let told = |times: &[i64]| {
            let line = book.even_silent("pay", |topics, group| {
                let id = topics.id("orders").unwrap();
                line(group.partition(id, 0).unwrap(), topics.ends(id).unwrap(), 0, times)
            });
            line.unwrap()
        };
        [(5, 40), (15, 140), (25, 240)].iter().for_each(|(second, offset)| commit(*second, *offset));
        assert_eq!(told(&[5_000, 15_000, 20_000, 30_000]), [None, Some(10.0), Some(60.0), Some(60.0)]);
        // It stands: of two commits that say the same, the first tells of the time before, too.
        (26..29).for_each(|second| commit(second, 240));
        assert_eq!(told(&[24_000, 25_000, 30_000]), [None, Some(10.0), Some(60.0)]);
    }
}
