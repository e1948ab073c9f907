//! The one store of what is on the screen: a cache keyed by address, kept up to date by notices.

use std::{collections::HashMap, rc::Rc, time::Duration};

use leptos::prelude::*;
use shared::DateTime;
use wasm_bindgen_futures::spawn_local;
use web_sys::AbortController;

use super::{
    clock::Clock,
    entry::{Decode, Entry},
    query::Ask,
    rules::Revisions,
};
use crate::api::{self, Fault, Got};

/// Notices come in bursts; what they ask for is fetched once.
const DEBOUNCE: Duration = Duration::from_millis(200);

/// Views that nobody looks at are kept for the way back, this many.
const KEPT: usize = 48;

/// How the live stream fares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Link {
    /// Opening for the first time.
    Connecting,
    /// Notices come in.
    Live,
    /// Broken, and tried again.
    Reconnecting,
    /// Closed by the reader.
    Paused,
    /// Closed because nobody sees the page.
    Hidden,
}

/// Where answers come from in the gallery, instead of the network.
#[cfg(debug_assertions)]
pub(crate) type Sampled = fn(&str) -> Option<Result<String, Fault>>;

#[derive(Default)]
pub(super) struct Inner {
    pub entries: HashMap<String, Rc<Entry>>,
    pub revisions: Revisions,
    pub build: Option<String>,
    openings: u64,
    will_fetch: bool,
    #[cfg(debug_assertions)]
    sampled: Option<Sampled>,
}

/// The store, shared by every page.
#[derive(Clone, Copy)]
pub(crate) struct Store {
    inner: StoredValue<Inner, LocalStorage>,
    /// The server's clock.
    pub clock: Clock,
    /// How the live stream fares.
    pub link: RwSignal<Link>,
    /// Since when Riverkeeper does not answer.
    pub silent_since: RwSignal<Option<DateTime>>,
    /// When Riverkeeper last said something.
    pub heard_at: RwSignal<Option<DateTime>>,
    /// Whether the server runs another build than this page.
    pub is_outdated: RwSignal<bool>,
    /// Whether Riverkeeper wants to know first who asks.
    pub is_refused: RwSignal<bool>,
}

/// The store of the page.
pub(crate) fn use_store() -> Store {
    expect_context()
}

impl Store {
    /// An empty store on the network.
    pub(crate) fn start() -> Self {
        let store = Self::with_clock(Clock::start());
        set_interval(move || store.ask_what_is_due(), Duration::from_secs(1));
        store
    }

    /// A store that answers from samples, at a moment that does not pass.
    #[cfg(debug_assertions)]
    pub(crate) fn sampled(sampled: Sampled, now: DateTime) -> Self {
        let store = Self::with_clock(Clock::standing_at(now));
        store.inner.update_value(|inner| inner.sampled = Some(sampled));
        store.link.set(Link::Live);
        store.heard_at.set(Some(now));
        store
    }

    fn with_clock(clock: Clock) -> Self {
        Self {
            inner: StoredValue::new_local(Inner::default()),
            clock,
            link: RwSignal::new(Link::Connecting),
            silent_since: RwSignal::new(None),
            heard_at: RwSignal::new(None),
            is_outdated: RwSignal::new(false),
            is_refused: RwSignal::new(false),
        }
    }

    /// Forgets what was seen: whoever comes next may see other things.
    pub(crate) fn forget(self) {
        let entries = self.with(|inner| std::mem::take(&mut inner.entries));
        entries.values().for_each(|entry| entry.stop());
    }

    /// Somebody is signed in: what was refused is asked for again.
    pub(crate) fn accept(self) {
        if self.is_refused.get_untracked() {
            self.forget();
            self.is_refused.set(false);
        }
    }

    /// A part of the page begins to show an address.
    pub(crate) fn open(self, ask: &Ask, decode: Decode) -> Rc<Entry> {
        let held = self.inner.try_update_value(|inner| {
            inner.openings += 1;
            let openings = inner.openings;
            let entry =
                inner.entries.entry(ask.url.clone()).or_insert_with(|| Rc::new(Entry::new(ask, decode)));
            entry.opened.set(openings);
            entry.clone()
        });
        let entry = held.unwrap_or_else(|| Rc::new(Entry::new(ask, decode)));
        entry.viewers.set(entry.viewers.get() + 1);
        if entry.is_dirty.get() && !entry.is_busy() {
            self.fetch(&entry);
        }
        entry
    }

    /// A part of the page stops showing an address.
    pub(crate) fn close(self, entry: &Entry) {
        entry.viewers.set(entry.viewers.get().saturating_sub(1));
        if !entry.is_on_screen() {
            if entry.is_busy() {
                entry.is_dirty.set(true);
            }
            entry.stop();
            self.with(forget_the_oldest);
        }
    }

    /// Fetches what has moved, once for a burst of notices.
    pub(super) fn fetch_soon(self) {
        if self.with(|inner| std::mem::replace(&mut inner.will_fetch, true)) {
            return;
        }
        set_timeout(
            move || {
                self.with(|inner| inner.will_fetch = false);
                self.fetch_all(|entry| entry.is_dirty.get());
            },
            DEBOUNCE,
        );
    }

    fn ask_what_is_due(self) {
        if self.link.get_untracked() != Link::Hidden && !self.is_refused.get_untracked() {
            let paused = self.link.get_untracked() == Link::Paused;
            let now = self.clock.now_once();
            self.fetch_all(|entry| !paused && entry.is_due(now));
        }
    }

    fn fetch_all(self, wanted: impl Fn(&Entry) -> bool) {
        let entries: Vec<Rc<Entry>> = self.with(|inner| {
            inner.entries.values().filter(|entry| entry.is_on_screen() && wanted(entry)).cloned().collect()
        });
        for entry in entries.iter().filter(|entry| !entry.is_busy()) {
            self.fetch(entry);
        }
    }

    fn fetch(self, entry: &Rc<Entry>) {
        entry.is_dirty.set(false);
        entry.asked_at.set(self.clock.now_once());
        #[cfg(debug_assertions)]
        if let Some(sampled) = self.with(|inner| inner.sampled) {
            if let Some(answer) = sampled(&entry.url) {
                self.take(entry, answer.map(|text| Got::Body { text, etag: None }));
            }
            return;
        }
        let Ok(abort) = AbortController::new() else { return };
        let signal = abort.signal();
        entry.abort.replace(Some(abort));
        let entry = entry.clone();
        spawn_local(async move {
            let etag = entry.etag.borrow().clone();
            let answer = api::get(&entry.url, etag.as_deref(), &signal).await;
            if signal.aborted() {
                return;
            }
            entry.abort.take();
            self.take(&entry, answer);
            if entry.is_dirty.get() && entry.is_on_screen() {
                self.fetch_soon();
            }
        });
    }

    fn take(self, entry: &Entry, answer: Result<Got, Fault>) {
        let fault = match answer {
            Ok(Got::Same) => {
                self.hear(self.clock.now_once());
                None
            }
            Ok(Got::Body { text, etag }) => match (entry.decode)(&text) {
                Ok((view, meta)) => {
                    self.hear(meta.now);
                    entry.etag.replace(etag);
                    entry.readings.set(meta.readings);
                    entry.view.set(Some(view));
                    None
                }
                Err(what) => Some(Fault::Unreadable(what)),
            },
            Err(fault) => {
                if matches!(fault, Fault::Unreachable(_)) {
                    self.hear_nothing();
                }
                if fault.is_refused() {
                    self.is_refused.set(true);
                }
                Some(fault)
            }
        };
        if entry.fault.with_untracked(|before| *before != fault) {
            entry.fault.set(fault);
        }
    }

    /// The store lives as long as the page; a default is what a page that is being torn down gets.
    pub(super) fn with<R: Default>(self, change: impl FnOnce(&mut Inner) -> R) -> R {
        self.inner.try_update_value(change).unwrap_or_default()
    }
}

fn forget_the_oldest(inner: &mut Inner) {
    let mut idle: Vec<(u64, String)> = inner
        .entries
        .values()
        .filter(|entry| !entry.is_on_screen())
        .map(|entry| (entry.opened.get(), entry.url.clone()))
        .collect();
    idle.sort_unstable();
    for (_, url) in idle.iter().take(idle.len().saturating_sub(KEPT)) {
        inner.entries.remove(url);
    }
}
