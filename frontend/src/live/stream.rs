//! The one event stream: it says that something moved, never what it moved to.

use std::{cell::RefCell, rc::Rc, time::Duration};

use leptos::{ev, prelude::*};
use serde::de::DeserializeOwned;
use shared::route::api as routes;
use wasm_bindgen::{JsCast, closure::Closure};
use wasm_bindgen_futures::spawn_local;
use web_sys::{EventSource, MessageEvent, VisibilityState};

use super::{
    rules::back_off_ms,
    store::{Link, Store},
};
use crate::api;

type Listener = Closure<dyn FnMut(MessageEvent)>;

/// An open stream. The listeners live as long as it does.
struct Open {
    source: EventSource,
    _hello: Listener,
    _notices: Listener,
    _error: Closure<dyn FnMut()>,
}

#[derive(Default)]
struct State {
    open: Option<Open>,
    failures: u32,
    retry: Option<TimeoutHandle>,
}

#[derive(Clone)]
struct Stream {
    store: Store,
    state: Rc<RefCell<State>>,
}

/// Keeps the stream open while the page is seen and not paused.
pub(crate) fn follow(store: Store) {
    let stream = Stream { store, state: Rc::default() };
    let seen = RwSignal::new(is_seen());
    let handle = window_event_listener(ev::visibilitychange, move |_| seen.set(is_seen()));
    on_cleanup(move || handle.remove());
    let paused = Memo::new(move |_| store.link.get() == Link::Paused);
    Effect::new(move || match (paused.get() || store.is_refused.get(), seen.get()) {
        (true, _) => stream.close(),
        (false, false) => {
            stream.close();
            store.link.set(Link::Hidden);
        }
        (false, true) => stream.open(),
    });
}

fn is_seen() -> bool {
    document().visibility_state() != VisibilityState::Hidden
}

impl Stream {
    fn close(&self) {
        let mut state = self.state.borrow_mut();
        if let Some(retry) = state.retry.take() {
            retry.clear();
        }
        if let Some(open) = state.open.take() {
            open.source.close();
        }
    }

    fn open(&self) {
        self.close();
        if self.store.link.get_untracked() != Link::Reconnecting {
            self.store.link.set(Link::Connecting);
        }
        let Ok(source) = EventSource::new(routes::LIVE) else { return };
        let store = self.store;
        let state = self.state.clone();
        let hello = listener(&source, "hello", move |hello| {
            state.borrow_mut().failures = 0;
            store.hear_hello(hello);
        });
        let notices = listener(&source, "notices", move |notices| store.hear_notices(&notices));
        let stream = self.clone();
        let error = Closure::new(move || stream.clone().fail());
        source.set_onerror(Some(error.as_ref().unchecked_ref()));
        self.state.borrow_mut().open = Some(Open { source, _hello: hello, _notices: notices, _error: error });
    }

    /// The stream broke. It is not closed here, for its own listener is running.
    fn fail(self) {
        let store = self.store;
        self.store.link.set(Link::Reconnecting);
        let wait = {
            let mut state = self.state.borrow_mut();
            if let Some(open) = &state.open {
                open.source.close();
            }
            state.failures += 1;
            // The browser does not say why. Whoever is not signed in any more is told so by asking.
            spawn_local(async move {
                if api::send("GET", routes::SESSION, None).await.is_err_and(|fault| fault.is_refused()) {
                    store.is_refused.set(true);
                }
            });
            // One break may be a proxy that has enough of a long answer; two in a row are silence.
            if state.failures > 1 {
                self.store.hear_nothing();
            }
            back_off_ms(state.failures, js_sys::Math::random())
        };
        let stream = self.clone();
        let retry = set_timeout_with_handle(move || stream.open(), Duration::from_millis(wait.into()));
        self.state.borrow_mut().retry = retry.ok();
    }
}

fn listener<T: DeserializeOwned>(
    source: &EventSource,
    name: &str,
    mut hear: impl FnMut(T) + 'static,
) -> Listener {
    let listener: Listener = Closure::new(move |event: MessageEvent| {
        let text = event.data().as_string().unwrap_or_default();
        if let Ok(message) = serde_json::from_str(&text) {
            hear(message);
        }
    });
    // Adding a listener fails for no reason that we could do something about.
    let _ = source.add_event_listener_with_callback(name, listener.as_ref().unchecked_ref());
    listener
}
