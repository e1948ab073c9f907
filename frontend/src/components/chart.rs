//! A frame around a chart: drawn again for the width at hand, with a twin in words and numbers.

use leptos::{html::Div, prelude::*};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{ResizeObserver, ResizeObserverEntry};

/// Narrower than this nothing is drawn, for there would be nothing to read.
const NARROWEST: u32 = 240;

/// A chart that is drawn at its own width.
#[component]
pub(crate) fn ChartFrame(
    /// What the chart shows, for those who do not see it.
    #[prop(into)]
    label: String,
    /// The chart as SVG for a width.
    svg: Signal<Box<dyn Fn(u32) -> String + Send + Sync>>,
) -> impl IntoView {
    let width = RwSignal::new(0_u32);
    let frame = NodeRef::<Div>::new();
    watch_width(frame, width);
    let drawn = move || {
        let width = width.get();
        if width >= NARROWEST { svg.with(|svg| svg(width)) } else { String::new() }
    };
    view! { <div class="chart" node_ref=frame role="img" aria-label=label inner_html=drawn></div> }
}

fn watch_width(frame: NodeRef<Div>, width: RwSignal<u32>) {
    let seen = Closure::<dyn FnMut(js_sys::Array)>::new(move |entries: js_sys::Array| {
        let entry = entries.get(0).dyn_into::<ResizeObserverEntry>();
        let now = entry.map(|entry| entry.content_rect().width() as u32).unwrap_or_default();
        if width.try_get_untracked().is_some_and(|before| before != now) {
            width.set(now);
        }
    });
    let Ok(observer) = ResizeObserver::new(seen.as_ref().unchecked_ref()) else { return };
    let kept = StoredValue::new_local((observer, seen));
    Effect::new(move || {
        if let Some(frame) = frame.get() {
            kept.with_value(|(observer, _)| observer.observe(&frame));
        }
    });
    on_cleanup(move || {
        kept.try_with_value(|(observer, _)| observer.disconnect());
    });
}
