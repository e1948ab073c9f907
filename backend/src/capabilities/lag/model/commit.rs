//! A commit of an offset, and how many of them stand in how little memory.

use crate::series::{Looks, Written};

/// An offset that a group committed for a partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Commit {
    /// The next offset that the group will read.
    pub offset: i64,
    /// The offset of the commit's own record in the offsets topic: commits of a group are in this order.
    pub order: i64,
    /// When the group committed, by the broker's clock, in ms since 1970.
    pub time_ms: i64,
    /// When it was seen here, in s since 1970.
    pub observed_at_seconds: i64,
    /// The lag at that moment, in records; unknown for one that came late.
    pub lag: Option<u64>,
}

/// The order of an offset that was fetched from the coordinator: nobody knows after which commit it was made. It stands
/// last in a window, until a commit is seen.
const FETCHED: i64 = i64::MIN;

impl Commit {
    /// An offset as the coordinator told it just now.
    pub fn fetched(offset: i64, now_seconds: i64, lag: Option<u64>) -> Self {
        let time_ms = now_seconds.saturating_mul(1_000);
        Self { offset, order: FETCHED, time_ms, observed_at_seconds: now_seconds, lag }
    }

    /// Whether what was asked for then tells more.
    pub fn is_older_than(&self, asked_at_seconds: i64) -> bool {
        self.is_fetched() || self.observed_at_seconds < asked_at_seconds
    }

    /// Whether it was fetched, and not committed before our eyes.
    pub fn is_fetched(&self) -> bool {
        self.order == FETCHED
    }
}

/// The last commits of one group for one partition, in their order.
///
/// Ten plain commits take 480 bytes. Commits of one window are close to each other, so that all but the first are kept by
/// their distance from it; a window with one that is too far away is kept plainly.
#[derive(Clone, Debug, Default)]
pub struct Window(Slots);

#[derive(Clone, Debug)]
enum Slots {
    /// As many of `near` as `first` says are commits; the others are room.
    Near {
        first: First,
        near: Box<[Near]>,
    },
    Plain(Vec<Commit>),
}

impl Default for Slots {
    fn default() -> Self {
        Self::Plain(Vec::new())
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct First {
    offset: i64,
    order: i64,
    time_ms: i64,
    observed_at_seconds: u32,
    len: u16,
}

/// A commit by its distance from the first; of the first itself only the lag tells something.
#[derive(Clone, Copy, Debug, Default)]
struct Near {
    offset: i32,
    order: u32,
    time_ms: i32,
    observed_at_seconds: i32,
    lag: u32,
}

const UNKNOWN: u32 = u32::MAX;

impl Near {
    fn of(first: &First, commit: &Commit) -> Option<Self> {
        let lag = match commit.lag {
            None => UNKNOWN,
            Some(lag) => u32::try_from(lag).ok().filter(|lag| *lag != UNKNOWN)?,
        };
        let far = |one: i64, other: i64| i32::try_from(one.checked_sub(other)?).ok();
        Some(Self {
            offset: far(commit.offset, first.offset)?,
            order: u32::try_from(commit.order.checked_sub(first.order)?).ok()?,
            time_ms: far(commit.time_ms, first.time_ms)?,
            observed_at_seconds: far(commit.observed_at_seconds, first.observed_at_seconds.into())?,
            lag,
        })
    }

    fn commit(self, first: First) -> Commit {
        Commit {
            offset: first.offset + i64::from(self.offset),
            order: first.order + i64::from(self.order),
            time_ms: first.time_ms + i64::from(self.time_ms),
            observed_at_seconds: i64::from(first.observed_at_seconds) + i64::from(self.observed_at_seconds),
            lag: (self.lag != UNKNOWN).then_some(self.lag.into()),
        }
    }
}

impl Window {
    /// How many commits it holds.
    pub fn len(&self) -> usize {
        match &self.0 {
            Slots::Near { first, .. } => first.len.into(),
            Slots::Plain(commits) => commits.len(),
        }
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The commits, oldest first.
    pub fn commits(&self) -> impl DoubleEndedIterator<Item = Commit> + '_ {
        let (near, plain) = match &self.0 {
            Slots::Near { first, near } => {
                (Some((first, near.get(..first.len.into()).unwrap_or_default())), None)
            }
            Slots::Plain(commits) => (None, Some(commits)),
        };
        let near = near.into_iter().flat_map(|(first, near)| near.iter().map(|near| near.commit(*first)));
        near.chain(plain.into_iter().flatten().copied())
    }

    /// Lays the commits out in `open`, oldest first, in place of what was there.
    pub fn lay_open(&self, open: &mut Vec<Commit>) {
        open.clear();
        match &self.0 {
            Slots::Near { first, near } => {
                let near = near.get(..first.len.into()).unwrap_or_default();
                open.extend(near.iter().map(|near| near.commit(*first)));
            }
            Slots::Plain(commits) => open.extend_from_slice(commits),
        }
    }

    /// The newest commit.
    pub fn newest(&self) -> Option<Commit> {
        match &self.0 {
            Slots::Near { first, near } => {
                let last = near.get(usize::from(first.len).checked_sub(1)?)?;
                Some(last.commit(*first))
            }
            Slots::Plain(commits) => commits.last().copied(),
        }
    }

    /// Whether it holds only what was fetched: nothing that could be judged.
    pub fn is_fetched(&self) -> bool {
        self.len() == 1 && self.newest().is_some_and(|commit| commit.is_fetched())
    }

    /// Holds these commits instead, oldest first, with room for `capacity`.
    pub fn set(&mut self, commits: &[Commit], capacity: usize) {
        let before = match std::mem::take(&mut self.0) {
            Slots::Near { near, .. } => near,
            Slots::Plain(_) => Box::default(),
        };
        self.0 = Self::near(commits, capacity, before).unwrap_or_else(|| Slots::Plain(commits.to_vec()));
    }

    /// Commits by their distances, in the room that they had before if that is enough.
    fn near(commits: &[Commit], capacity: usize, mut room: Box<[Near]>) -> Option<Slots> {
        let oldest = commits.first()?;
        let first = First {
            offset: oldest.offset,
            order: oldest.order,
            time_ms: oldest.time_ms,
            observed_at_seconds: u32::try_from(oldest.observed_at_seconds).ok()?,
            len: u16::try_from(commits.len()).ok()?,
        };
        if room.len() < commits.len() {
            room = vec![Near::default(); room_for(commits.len(), capacity)].into_boxed_slice();
        }
        for (near, commit) in room.iter_mut().zip(commits) {
            *near = Near::of(&first, commit)?;
        }
        Some(Slots::Near { first, near: room })
    }

    /// What it takes on the heap, in bytes.
    pub fn heap_bytes(&self) -> usize {
        match &self.0 {
            Slots::Near { near, .. } => near.len() * size_of::<Near>(),
            Slots::Plain(commits) => commits.capacity() * size_of::<Commit>(),
        }
    }
}

/// Room for so many commits: a group that commits once and never again takes little, one that goes on is not moved often.
fn room_for(commits: usize, capacity: usize) -> usize {
    if commits <= 2 { commits } else { capacity.max(commits) }
}

/// The time between two commits, in ms, without that in which there was nothing to read: as long as the first of them was
/// at the end of the log, as far as that was looked at.
pub fn busy_ms(before: &Commit, after: &Commit, past: Option<&Looks>) -> i64 {
    let since_ms = match past.map(|past| past.written(before.offset)) {
        Some(Written::At(ms)) => ms,
        // Nothing was there at the newest look.
        Some(Written::NotYet) => past.and_then(Looks::newest).map_or(before.time_ms, |(ms, _)| ms),
        Some(Written::Before(_)) | None => before.time_ms,
    };
    after.time_ms.saturating_sub(since_ms.max(before.time_ms)).max(0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn commits() -> impl Strategy<Value = Vec<Commit>> {
        let far = prop_oneof![4 => -1_000..1_000_i64, 1 => any::<i64>()];
        let commit = (far.clone(), far.clone(), far.clone(), far, proptest::option::of(any::<u64>()));
        let commit = commit.prop_map(|(offset, order, time_ms, observed_at_seconds, lag)| Commit {
            offset,
            order,
            time_ms,
            observed_at_seconds,
            lag,
        });
        proptest::collection::vec(commit, 0..12)
    }

    proptest! {
        #[test]
        fn a_window_holds_what_it_was_given(before in commits(), commits in commits()) {
            let mut window = Window::default();
            window.set(&before, 10);
            window.set(&commits, 10);
            prop_assert_eq!(window.commits().collect::<Vec<_>>(), commits.clone());
            let mut open = before;
            window.lay_open(&mut open);
            prop_assert_eq!(&open, &commits);
            prop_assert_eq!((window.newest(), window.len()), (commits.last().copied(), commits.len()));
        }
    }

    #[test]
    fn ten_commits_take_no_more_than_three_hundred_bytes() {
        let commit = |at: i64| Commit {
            offset: (1 << 40) + at * 500,
            order: (1 << 41) + at * 70_000,
            time_ms: 1_795_046_400_000 + at * 60_000,
            observed_at_seconds: 1_795_046_400 + at * 60,
            lag: Some(17),
        };
        let mut window = Window::default();
        window.set(&(0..10).map(commit).collect::<Vec<_>>(), 10);
        let bytes = size_of::<Window>() + window.heap_bytes();
        assert!(bytes <= 250, "{bytes}");
    }
}
