//! What the store makes of what Riverkeeper says, and of its silence.

use leptos::prelude::*;
use shared::{
    DateTime,
    headline::Headline,
    live::{Hello, Notices},
};

use super::{
    rules::{bring_up_to_date, turned},
    store::{Link, Store},
};

impl Store {
    /// The stream begins: what is held may be old by what was missed.
    pub(crate) fn hear_hello(self, hello: Hello) {
        self.hear(hello.now);
        self.link.set(Link::Live);
        let outdated = self.with(|inner| {
            for entry in inner.entries.values() {
                entry.is_dirty.set(true);
                entry.etag.take();
            }
            inner.build.get_or_insert_with(|| hello.build.clone()) != &hello.build
        });
        self.is_outdated.set(outdated);
        self.fetch_soon();
    }

    /// Something moved, or was read again without having moved.
    pub(crate) fn hear_notices(self, notices: &Notices) {
        self.hear(notices.now);
        self.with(|inner| {
            for notice in &notices.notices {
                let moved = inner.revisions.moved(notice);
                for entry in inner.entries.values() {
                    if entry.scope.is_concerned_by(notice) {
                        let turned = entry.readings.with_untracked(|readings| turned(readings, notice));
                        let moved = moved && !entry.is_slow;
                        entry.is_dirty.set(entry.is_dirty.get() || moved || turned);
                        entry.readings.maybe_update(|readings| bring_up_to_date(readings, notice));
                    }
                }
            }
        });
        self.fetch_soon();
    }

    /// Riverkeeper said something at its own time `now`.
    pub(super) fn hear(self, now: DateTime) {
        self.clock.set(now);
        self.heard_at.set(Some(now));
        if self.silent_since.with_untracked(Option::is_some) {
            self.silent_since.set(None);
        }
    }

    /// Riverkeeper does not answer.
    pub(crate) fn hear_nothing(self) {
        if self.silent_since.with_untracked(Option::is_none) {
            self.silent_since.set(Some(self.clock.now_once()));
        }
    }

    /// The moment that the page speaks of: now, or while Riverkeeper is silent or paused, when it last spoke.
    pub(crate) fn said_at(self) -> DateTime {
        let now = self.clock.now();
        match self.heard_at.get() {
            Some(heard_at) if self.is_quiet() => heard_at,
            _ => now,
        }
    }

    /// A headline of the past says so.
    pub(crate) fn dated(self, said: Headline) -> Headline {
        if !self.is_quiet() {
            return said;
        }
        Headline { title: format!("When last heard: {}", said.title), ..said }
    }

    fn is_quiet(self) -> bool {
        self.silent_since.with(Option::is_some) || self.link.get() == Link::Paused
    }
}
