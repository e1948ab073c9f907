//! The server's clock as the page knows it. Ages are told against it, never against the reader's own.

use std::time::Duration;

use leptos::prelude::*;
use shared::DateTime;

/// The server's time, ticking once a second.
#[derive(Clone, Copy)]
pub(crate) struct Clock {
    /// How far the server is ahead of this machine, in milliseconds.
    ahead_ms: RwSignal<i64>,
    now: RwSignal<DateTime>,
    stands_still: bool,
}

impl Clock {
    /// A clock that ticks for as long as the page lives.
    pub(crate) fn start() -> Self {
        let clock =
            Self { ahead_ms: RwSignal::new(0), now: RwSignal::new(at(machine_ms())), stands_still: false };
        set_interval(move || clock.tick(), Duration::from_secs(1));
        clock
    }

    /// A clock that stands still, for pictures.
    #[cfg(debug_assertions)]
    pub(crate) fn standing_at(now: DateTime) -> Self {
        Self { ahead_ms: RwSignal::new(0), now: RwSignal::new(now), stands_still: true }
    }

    /// What the server has just said.
    pub(crate) fn set(self, server: DateTime) {
        if !self.stands_still {
            self.ahead_ms.set(server.timestamp_millis() - machine_ms());
        }
    }

    /// The time now; the caller is run again each second.
    pub(crate) fn now(self) -> DateTime {
        self.now.get()
    }

    /// The time now, once.
    pub(crate) fn now_once(self) -> DateTime {
        if self.stands_still {
            return self.now.get_untracked();
        }
        at(machine_ms() + self.ahead_ms.get_untracked())
    }

    fn tick(self) {
        self.now.set(self.now_once());
    }
}

fn machine_ms() -> i64 {
    js_sys::Date::now() as i64
}

fn at(milliseconds: i64) -> DateTime {
    DateTime::from_timestamp_millis(milliseconds).unwrap_or_default()
}
