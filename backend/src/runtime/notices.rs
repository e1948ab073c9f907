//! Notices: that something moved, for every open stream, coalesced and without a queue.
//!
//! A stream remembers what it has told and asks what differs. So a slow reader costs nothing and misses nothing,
//! and nothing grows with the number of changes.

use std::sync::{Arc, PoisonError, RwLock};

use shared::{DateTime, live::Notice};
use tokio::sync::watch;

use super::part::PartState;

/// All parts, and a counter that moves when any of them did.
#[derive(Debug)]
pub struct Notices {
    parts: RwLock<Vec<Arc<PartState>>>,
    timeline: watch::Sender<Option<(u64, DateTime)>>,
    version: watch::Sender<u64>,
}

impl Default for Notices {
    fn default() -> Self {
        Self { parts: RwLock::default(), timeline: watch::Sender::new(None), version: watch::Sender::new(0) }
    }
}

impl Notices {
    pub(super) fn add(&self, part: Arc<PartState>) {
        self.parts.write().unwrap_or_else(PoisonError::into_inner).push(part);
    }

    pub(super) fn moved(&self) {
        self.version.send_modify(|version| *version += 1);
    }

    pub(super) fn timeline_moved(&self, revision: u64, newest: DateTime) {
        self.timeline.send_replace(Some((revision, newest)));
        self.moved();
    }

    /// Every part that is registered.
    pub fn parts(&self) -> Vec<Arc<PartState>> {
        self.parts.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A reader that begins by being told everything once.
    pub fn reader(self: &Arc<Self>) -> NoticeReader {
        NoticeReader {
            version: self.version.subscribe(),
            notices: self.clone(),
            told: Vec::new(),
            first: true,
        }
    }

    fn all(&self) -> Vec<Notice> {
        let timeline = self.timeline.borrow().map(|(revision, newest)| Notice {
            noun: "events".into(),
            cluster: None,
            part: "timeline".into(),
            revision,
            as_of: Some(newest),
            period_seconds: 0.0,
            failure: None,
        });
        self.parts().iter().map(|part| part.notice()).chain(timeline).collect()
    }
}

/// One stream's memory of what it has told.
#[derive(Debug)]
pub struct NoticeReader {
    notices: Arc<Notices>,
    version: watch::Receiver<u64>,
    told: Vec<Notice>,
    first: bool,
}

impl NoticeReader {
    /// Waits until something moved and gives what differs from what was told before; at first all there is.
    /// `None` when the runtime has ended.
    pub async fn next(&mut self) -> Option<Vec<Notice>> {
        loop {
            if !std::mem::take(&mut self.first) {
                self.version.changed().await.ok()?;
            }
            self.version.mark_unchanged();
            let now = self.notices.all();
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
