//! How far one partition of a topic was copied.
//!
//! A mirror writes down its position seldom, so it is also told by the target: every record there behind a known pair of
//! offsets came from a record behind it at the source. Both are lower bounds, so that a lag is never told too small.

use crate::capabilities::topology::model::{Log, PartitionRow, Peeked, Rewind, Stored, Sync};

/// Looks at log ends that are kept.
const LOOKS: usize = 24;

/// What is known of a partition in a turn.
#[derive(Clone, Copy, Debug, Default)]
pub struct Seen {
    /// Its number.
    pub partition: i32,
    /// Its log at the source.
    pub source: Option<Log>,
    /// Its log at the target.
    pub target: Option<Log>,
    /// The position as it was written down.
    pub stored: Option<Stored>,
    /// The newest pair of offsets.
    pub sync: Option<Sync>,
    /// What lies where the copying stands.
    pub peeked: Option<Peeked>,
    /// Whether nobody but the mirror writes to the topic at the target.
    pub is_alone: bool,
    /// Whether the topic has no such partition at the target.
    pub is_absent: bool,
    /// Whether the positions of the mirror are known: of a partition without one nothing was copied yet.
    pub are_positions_known: bool,
    /// What was noted before then is of another topic.
    pub not_before_ms: i64,
    /// Where a topic that was created again is read on, until the mirror tells.
    pub assumed: Option<i64>,
}

/// A partition after a turn.
pub fn partition(before: Option<&PartitionRow>, seen: &Seen, now_ms: i64) -> PartitionRow {
    let mut row =
        before.cloned().unwrap_or_else(|| PartitionRow { moved_ms: now_ms, ..PartitionRow::default() });
    (row.partition, row.is_absent) = (seen.partition, seen.is_absent);
    row.is_seen = seen.source.is_some_and(|log| log.end.is_some());
    if let Some(end) = seen.source.and_then(|log| log.end) {
        row.ends.see(now_ms, end, LOOKS);
    }
    if let Some(end) = seen.target.and_then(|log| log.end) {
        row.target_ends.see(now_ms, end, LOOKS);
    }
    row.start = seen.source.and_then(|log| log.start).or(row.start);
    let position = position(seen, row.end());
    if position != row.position {
        let is_first = row.position.is_none();
        // At a first look it stands since it was written down last.
        let since = seen.stored.filter(|_| is_first).map_or(now_ms, |stored| stored.time_ms.min(now_ms));
        row.moved_ms = since;
        row.position = position;
    }
    row.rewind = rewind(seen).or(row.rewind);
    if let Some(peeked) = seen.peeked.filter(|peeked| Some(peeked.offset) == row.position) {
        let place = (peeked.offset, peeked.end);
        // A look that told nothing is none.
        row.peeked = peeked.is_empty.map(|_| place);
        row.empty = (peeked.is_empty == Some(true)).then_some(place);
        row.has_marks |= peeked.is_empty == Some(true);
    }
    row
}

/// The next offset that is to be copied, at least.
pub fn position(seen: &Seen, end: Option<i64>) -> Option<i64> {
    let stored = seen.stored.filter(|stored| stored.time_ms >= seen.not_before_ms);
    let sync = seen.sync.filter(|sync| sync.time_ms >= seen.not_before_ms);
    let by_stored = stored.map(|stored| stored.offset.saturating_add(1));
    let by_sync = sync.map(|sync| reached(&sync, seen, end));
    let position = match (stored, sync) {
        // It was put back, and that is not written down yet.
        (Some(stored), Some(sync)) if sync.time_ms > stored.time_ms && sync.upstream < stored.offset => {
            by_sync
        }
        _ => by_stored.max(by_sync),
    };
    let position = position.or(seen.assumed).or_else(|| nothing_yet(seen));
    // The end was looked at before the position was.
    position.map(|position| {
        end.map_or(position, |end| if position > end && is_near(position, end) { end } else { position })
    })
}

/// The beginning, where there is nothing to copy, or where nothing was copied and nothing is at the target.
fn nothing_yet(seen: &Seen) -> Option<i64> {
    let Log { start, end } = seen.source?;
    let is_empty = start.is_some() && start == end;
    let has_none = seen.is_absent || seen.target.and_then(|log| log.end) == Some(0);
    let is_new = seen.are_positions_known && has_none;
    start.filter(|_| is_empty || is_new)
}

/// A position that is beyond the end by little was read later than it.
fn is_near(position: i64, end: i64) -> bool {
    position - end < 100_000
}

/// How far the records at the target tell that it was read.
fn reached(sync: &Sync, seen: &Seen, end: Option<i64>) -> i64 {
    let least = sync.upstream.saturating_add(1);
    let target_end = seen.target.and_then(|log| log.end).filter(|_| seen.is_alone);
    let behind = target_end.map_or(0, |target_end| target_end - sync.downstream - 1);
    let reached = least.saturating_add(behind.max(0));
    // More than there is at the source came from somebody else.
    match end {
        Some(end) if reached > end => least.max(end.min(reached)),
        _ => reached,
    }
}

/// The last time that it was read again.
fn rewind(seen: &Seen) -> Option<Rewind> {
    let rewinds = [seen.stored.and_then(|stored| stored.rewind), seen.sync.and_then(|sync| sync.rewind)];
    rewinds.into_iter().flatten().max_by_key(|rewind| (rewind.time_ms, rewind.from))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen() -> Seen {
        Seen {
            source: Some(Log { start: Some(0), end: Some(200) }),
            target: Some(Log { start: Some(0), end: Some(150) }),
            stored: Some(Stored { offset: 99, time_ms: 1_000, rewind: None }),
            sync: Some(Sync { upstream: 90, downstream: 90, time_ms: 900, rewind: None }),
            is_alone: true,
            ..Seen::default()
        }
    }

    fn at(seen: &Seen) -> Option<i64> {
        position(seen, seen.source.and_then(|log| log.end))
    }

    #[test]
    fn records_at_the_target_tell_more_than_what_was_written_down() {
        assert_eq!(at(&seen()), Some(150));
        let shared = Seen { is_alone: false, ..seen() };
        assert_eq!(at(&shared), Some(100), "others write there, too");
        let unsynced = Seen { sync: None, ..seen() };
        assert_eq!(at(&unsynced), Some(100));
        assert_eq!(at(&Seen { stored: None, sync: None, ..seen() }), None);
    }

    #[test]
    fn of_what_was_never_copied_all_waits_and_of_nothing_nothing() {
        let none =
            Seen { stored: None, sync: None, target: Some(Log { start: Some(0), end: Some(0) }), ..seen() };
        assert_eq!(at(&none), None, "nobody knows the positions");
        let new = Seen { are_positions_known: true, ..none };
        assert_eq!(at(&new), Some(0));
        let added = Seen { target: None, is_absent: true, ..new };
        assert_eq!(at(&added), Some(0), "a partition that the target does not have yet");
        let empty = Seen { source: Some(Log { start: Some(7), end: Some(7) }), ..none };
        assert_eq!(at(&empty), Some(7));
    }

    #[test]
    fn a_mirror_that_begins_again_is_believed_before_it_writes_that_down() {
        let rewind = Some(Rewind { from: 100, to: 0, time_ms: 2_000 });
        let again = Sync { upstream: 0, downstream: 150, time_ms: 2_000, rewind };
        let again =
            Seen { sync: Some(again), target: Some(Log { start: Some(0), end: Some(151) }), ..seen() };
        assert_eq!(at(&again), Some(1));
    }

    #[test]
    fn what_was_noted_of_the_topic_before_tells_nothing() {
        let other = Seen { not_before_ms: 5_000, assumed: Some(100), ..seen() };
        assert_eq!(at(&other), Some(100));
    }

    #[test]
    fn more_records_than_the_source_has_came_from_somebody_else() {
        let more = Seen { target: Some(Log { start: Some(0), end: Some(1_000) }), ..seen() };
        assert_eq!(at(&more), Some(200));
    }

    #[test]
    fn it_stands_since_it_was_written_down_and_moves_when_it_moves() {
        let first = partition(None, &seen(), 10_000);
        assert_eq!((first.position, first.moved_ms), (Some(150), 1_000));
        let same = partition(Some(&first), &seen(), 20_000);
        assert_eq!(same.moved_ms, 1_000);
        let more = Seen { target: Some(Log { start: Some(0), end: Some(160) }), ..seen() };
        let moved = partition(Some(&same), &more, 30_000);
        assert_eq!((moved.position, moved.moved_ms, moved.lag()), (Some(160), 30_000, Some(40)));
    }

    #[test]
    fn marks_of_transactions_do_not_wait() {
        let peeked = Peeked { offset: 150, end: 200, is_empty: Some(true), first_ms: None };
        let row = partition(None, &Seen { peeked: Some(peeked), ..seen() }, 10_000);
        assert_eq!((row.lag(), row.has_marks), (Some(0), true));
        let more = Seen { source: Some(Log { start: Some(0), end: Some(201) }), ..seen() };
        assert_eq!(partition(Some(&row), &more, 20_000).lag(), Some(51));
    }
}
