//! A part of a page that is made once it comes near the screen.

use leptos::{html::Div, prelude::*};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{IntersectionObserver, IntersectionObserverEntry, IntersectionObserverInit};

/// What is this far from the screen is made already.
const NEAR: &str = "400px";

/// Makes its children once it comes near the screen, and keeps its place until then.
#[component]
pub(crate) fn OnceSeen(children: ChildrenFn) -> impl IntoView {
    let is_seen = RwSignal::new(false);
    let node = NodeRef::<Div>::new();
    watch(node, is_seen);
    view! { <div class="once-seen" node_ref=node>{move || is_seen.get().then(|| children())}</div> }
        .into_any()
}

fn watch(node: NodeRef<Div>, is_seen: RwSignal<bool>) {
    let seen = Closure::<dyn FnMut(js_sys::Array)>::new(move |entries: js_sys::Array| {
        let is_near = |entry| IntersectionObserverEntry::from(entry).is_intersecting();
        if entries.iter().any(is_near) && is_seen.try_get_untracked() == Some(false) {
            is_seen.set(true);
        }
    });
    let near = IntersectionObserverInit::new();
    near.set_root_margin(NEAR);
    let observer = IntersectionObserver::new_with_options(seen.as_ref().unchecked_ref(), &near);
    // A browser without it shows everything at once.
    let Ok(observer) = observer else { return is_seen.set(true) };
    let kept = StoredValue::new_local((observer, seen));
    Effect::new(move || {
        if let Some(node) = node.get() {
            kept.with_value(|(observer, _)| observer.observe(&node));
        }
    });
    on_cleanup(move || {
        kept.try_with_value(|(observer, _)| observer.disconnect());
    });
}
