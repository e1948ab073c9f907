//! The place of an event among all events: by time, and among those of one millisecond by a key made of its content.
//!
//! The same event has the same place wherever it is kept, so that it is never kept twice, and a page that ends behind
//! one goes on behind it whether memory or a database answers.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use shared::{DateTime, event::Event};

/// Where an event stands; later ones are greater.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct EventPlace(i64, String);

impl EventPlace {
    /// The place of an event.
    pub fn of(event: &Event) -> Self {
        let digest = Sha256::digest(serde_json::to_vec(event).unwrap_or_default());
        let key = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        Self(event.time.timestamp_millis(), key)
    }

    /// A place that was kept.
    pub fn new(time: DateTime, key: String) -> Self {
        Self(time.timestamp_millis(), key)
    }

    /// When it happened, to the millisecond.
    pub fn time(&self) -> DateTime {
        DateTime::from_timestamp_millis(self.0).unwrap_or_default()
    }

    /// What tells it from others of that millisecond.
    pub fn key(&self) -> &str {
        &self.1
    }
}
