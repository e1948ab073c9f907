//! Notices: that something moved, for every open stream, coalesced and without a queue.
//!
//! A stream remembers what it has told and asks what differs. So a slow reader costs nothing and misses nothing,
//! and nothing grows with the number of changes.

use std::sync::{Arc, PoisonError, RwLock};

use shared::live::Notice;
use tokio::sync::watch;

use super::part::PartState;

/// All parts, and a counter that moves when any of them did.
#[derive(Debug, Default)]
pub struct Notices {
    parts: RwLock<Vec<Arc<PartState>>>,
    version: watch::Sender<u64>,
}

impl Notices {
    pub(super) fn add(&self, part: Arc<PartState>) {
        self.parts.write().unwrap_or_else(PoisonError::into_inner).push(part);
    }

    pub(super) fn moved(&self) {
        self.version.send_modify(|version| *version += 1);
    }

    /// Every part that is registered.
    pub fn parts(&self) -> Vec<Arc<PartState>> {
        self.parts.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A reader that begins by being told everything once.
    pub fn reader(&self) -> NoticeReader {
        NoticeReader { version: self.version.subscribe(), told: Vec::new(), first: true }
    }
}

/// One stream's memory of what it has told.
#[derive(Debug)]
pub struct NoticeReader {
    version: watch::Receiver<u64>,
    told: Vec<Notice>,
    first: bool,
}

impl NoticeReader {
    /// Waits until something moved and gives what differs from what was told before; at first all there is. What
    /// there is to tell this reader says `seen`, in an order that stays. `None` when the runtime or `seen` has ended.
    pub async fn next(&mut self, mut seen: impl FnMut() -> Option<Vec<Notice>>) -> Option<Vec<Notice>> {
        loop {
            if !std::mem::take(&mut self.first) {
                self.version.changed().await.ok()?;
            }
            self.version.mark_unchanged();
            let now = seen()?;
            // Parts are only ever added, so the same place is the same part.
            let differs = |(place, notice): &(usize, &Notice)| self.told.get(*place) != Some(*notice);
            let fresh: Vec<Notice> =
                now.iter().enumerate().filter(differs).map(|(_, it)| it.clone()).collect();
            self.told = now;
            if !fresh.is_empty() {
                return Some(fresh);
            }
        }
    }
}
