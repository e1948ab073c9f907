//! A command to copy into a terminal.

use leptos::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};

/// A command for Kafka's own tools, with a button that copies it.
#[component]
pub(crate) fn Command(
    /// What it does.
    label: &'static str,
    /// The command.
    #[prop(into)]
    text: Signal<String>,
) -> impl IntoView {
    let copied = RwSignal::new(None::<bool>);
    let copy = move |_| {
        let text = text.get_untracked();
        spawn_local(async move {
            let written = JsFuture::from(window().navigator().clipboard().write_text(&text)).await;
            copied.set(Some(written.is_ok()));
        });
    };
    let said = move || match copied.get() {
        Some(true) => "Copied",
        Some(false) => "Select and copy it",
        None => "Copy",
    };
    view! {
        <div class="command">
            <p><span>{label}</span><button type="button" class="btn small" on:click=copy aria-label=move || format!("{}: {label}", said())>{said}</button></p>
            <pre tabindex="0" aria-label=label>{text}</pre>
        </div>
    }
    .into_any()
}
