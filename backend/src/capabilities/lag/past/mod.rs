//! What groups had to read, over time: the last hours. Minutes of it are kept in the database.
//!
//! Thousands of groups are well and do not change. What a group is was the same until it changed, so that a sample in half a
//! minute tells as much of it as one a turn.

#[cfg(test)]
mod tests;

use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use shared::DateTime;

use super::model::{GroupRow, GroupsSnapshot};
use crate::{db::subject, series::Window};

/// Lag in records among the columns.
pub const LAG: usize = 0;
/// Age in seconds among the columns.
pub const AGE: usize = 1;
/// How many columns there are.
pub const COLUMNS: usize = 2;

/// In each of these there is a sample of each group of which anything is known.
pub const SLOT: Duration = Duration::from_secs(30);
/// Parts that are locked one at a time.
const PARTS: usize = 64;
/// Groups of one part; of further ones nothing is held.
const MOST_OF_PART: usize = 2_000;

/// Lag and age; unknown where nothing tells.
type Sample = [Option<f32>; COLUMNS];

/// The last hours of a cluster's groups.
#[derive(Debug)]
pub struct Past {
    held: Duration,
    parts: Box<[Mutex<Lines>]>,
    hasher: RandomState,
}

type Lines = HashMap<Arc<str>, Line>;

#[derive(Debug)]
struct Line {
    window: Window,
    /// When the newest sample was taken.
    at: DateTime,
    newest: Sample,
}

impl Past {
    /// An empty one, which holds its samples for so long.
    pub fn new(held: Duration) -> Self {
        let parts = (0..PARTS).map(|_| Mutex::default()).collect();
        Self { held, parts, hasher: RandomState::new() }
    }

    /// Takes in what is known now, and forgets groups whose last sample is too old.
    pub fn push(&self, snapshot: &GroupsSnapshot, now: DateTime) {
        for row in &snapshot.rows {
            push(&mut self.part(&row.group), row, self.held, now);
        }
        let held = chrono::Duration::from_std(self.held).unwrap_or(chrono::Duration::MAX);
        self.parts.iter().for_each(|part| lock(part).retain(|_, line| now - line.at <= held));
    }

    /// The last hours of a group; none where nothing is held.
    pub fn window(&self, group: &str) -> Option<Window> {
        self.part(group).get(group).map(|line| line.window.clone())
    }

    /// The last hours of all groups, by their subject in the database.
    pub fn windows(&self) -> Vec<(i64, Window)> {
        let mut windows = Vec::new();
        for part in &self.parts {
            windows.extend(lock(part).iter().map(|(group, line)| (subject(group), line.window.clone())));
        }
        windows.sort_by_key(|(subject, _)| *subject);
        windows
    }

    fn part(&self, group: &str) -> MutexGuard<'_, Lines> {
        let at = self.hasher.hash_one(group) % (PARTS as u64);
        lock(&self.parts[at as usize])
    }
}

fn lock(part: &Mutex<Lines>) -> MutexGuard<'_, Lines> {
    part.lock().unwrap_or_else(PoisonError::into_inner)
}

fn push(lines: &mut Lines, row: &GroupRow, held: Duration, now: DateTime) {
    let sample: Sample =
        [row.whole.lag_records.map(|lag| lag as f32), row.age_seconds().map(|age| age as f32)];
    if sample.iter().all(Option::is_none) {
        return;
    }
    if let Some(line) = lines.get_mut(&row.group) {
        if is_due(line, sample, now) {
            line.window = line.window.push(now, &sample);
            (line.at, line.newest) = (now, sample);
        }
    } else if lines.len() < MOST_OF_PART {
        let window = Window::new(COLUMNS, held).push(now, &sample);
        lines.insert(row.group.clone(), Line { window, at: now, newest: sample });
    }
}

/// It changed, or half a minute begins of which there is none yet.
fn is_due(line: &Line, sample: Sample, now: DateTime) -> bool {
    let slot = |time: DateTime| time.timestamp().div_euclid(SLOT.as_secs() as i64);
    line.newest != sample || slot(now) > slot(line.at)
}
