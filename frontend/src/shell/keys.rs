//! Keys that work everywhere. Single keys can be switched off (WCAG 2.1.4).

use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};

use super::Dialog;
use crate::components;

const KEPT_AS: &str = "riverkeeper-single-keys";

/// Whether keys without Ctrl open things.
pub(crate) fn single_keys_are_on() -> bool {
    let kept = components::storage().and_then(|storage| storage.get_item(KEPT_AS).ok().flatten());
    kept.as_deref() != Some("off")
}

/// Switches single keys on or off.
pub(crate) fn set_single_keys(on: bool) {
    if let Some(storage) = components::storage() {
        // A full or forbidden storage forgets the choice, and that is all.
        let _ = storage.set_item(KEPT_AS, if on { "on" } else { "off" });
    }
}

/// Listens for as long as the shell lives.
pub(crate) fn listen(dialog: RwSignal<Dialog>) {
    let handle = window_event_listener(ev::keydown, move |event| {
        if let Some(opened) = opens(&event).filter(|_| dialog.get_untracked() == Dialog::None) {
            event.prevent_default();
            dialog.set(opened);
        }
    });
    on_cleanup(move || handle.remove());
}

fn opens(event: &KeyboardEvent) -> Option<Dialog> {
    let key = event.key();
    if (event.ctrl_key() || event.meta_key()) && key.eq_ignore_ascii_case("k") {
        return Some(Dialog::Search);
    }
    if event.ctrl_key() || event.meta_key() || event.alt_key() || is_typing(event) || !single_keys_are_on() {
        return None;
    }
    match key.as_str() {
        "/" => Some(Dialog::Search),
        "?" => Some(Dialog::Help),
        _ => None,
    }
}

fn is_typing(event: &KeyboardEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok());
    target.is_some_and(|target| matches!(target.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT"))
}
