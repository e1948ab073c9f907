//! One address that is, or was, on the screen: its newest view, readings and fault.

use std::{
    any::Any,
    cell::{Cell, RefCell},
    sync::Arc,
};

use leptos::prelude::*;
use shared::{
    DateTime,
    meta::{Meta, Reading},
};
use web_sys::AbortController;

use super::{query::Ask, rules::Scope};
use crate::api::Fault;

/// A view whose type only its readers know.
pub(crate) type AnyView = Arc<dyn Any + Send + Sync>;

/// Reads a body into a view and what stands beside it.
pub(crate) type Decode = fn(&str) -> Result<(AnyView, Meta), String>;

/// One address. The signals outlive any one page.
pub(crate) struct Entry {
    pub url: String,
    pub scope: Scope,
    pub every_seconds: Option<i64>,
    pub is_slow: bool,
    pub decode: Decode,
    /// The newest view. Never taken away.
    pub view: ArcRwSignal<Option<AnyView>>,
    /// How it was read, kept up to date by notices.
    pub readings: ArcRwSignal<Vec<Reading>>,
    /// Why the last question had no answer.
    pub fault: ArcRwSignal<Option<Fault>>,
    pub etag: RefCell<Option<String>>,
    /// Its content has moved since it was fetched.
    pub is_dirty: Cell<bool>,
    pub asked_at: Cell<DateTime>,
    /// The request on its way.
    pub abort: RefCell<Option<AbortController>>,
    /// How many parts of the page show it.
    pub viewers: Cell<u32>,
    /// When it was last opened, as a count of openings.
    pub opened: Cell<u64>,
}

impl Entry {
    /// An address that nobody has asked for yet.
    pub(crate) fn new(ask: &Ask, decode: Decode) -> Self {
        Self {
            url: ask.url.clone(),
            scope: ask.scope.clone(),
            every_seconds: ask.every_seconds,
            is_slow: ask.is_slow,
            decode,
            view: ArcRwSignal::new(None),
            readings: ArcRwSignal::new(Vec::new()),
            fault: ArcRwSignal::new(None),
            etag: RefCell::default(),
            is_dirty: Cell::new(true),
            asked_at: Cell::default(),
            abort: RefCell::default(),
            viewers: Cell::new(0),
            opened: Cell::new(0),
        }
    }

    /// Whether somebody looks at it.
    pub(crate) fn is_on_screen(&self) -> bool {
        self.viewers.get() > 0
    }

    /// Whether a request is on its way.
    pub(crate) fn is_busy(&self) -> bool {
        self.abort.borrow().is_some()
    }

    /// Takes the request on its way back.
    pub(crate) fn stop(&self) {
        if let Some(abort) = self.abort.take() {
            abort.abort();
        }
    }

    /// Whether its time to be asked again without a notice has come.
    pub(crate) fn is_due(&self, now: DateTime) -> bool {
        let age = (now - self.asked_at.get()).num_seconds();
        let failing = self.fault.with_untracked(|fault| fault.as_ref().is_some_and(Fault::may_pass));
        (failing && age >= RETRY_SECONDS) || self.every_seconds.is_some_and(|every| age >= every)
    }
}

/// How long after a failure that may pass the question is asked again.
const RETRY_SECONDS: i64 = 5;
