//! A command to copy into a terminal, shown or not.

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
    let (copied, copy) = copying(text);
    let said = move || match copied.get() {
        Some(true) => "Copied",
        Some(false) => "Select and copy it",
        None => "Copy",
    };
    view! {
        <div class="command">
            <p><span>{label}</span><button type="button" class="btn small" on:click=move |_| copy() aria-label=move || format!("{}: {label}", said())>{said}</button></p>
            <pre tabindex="0" aria-label=label>{text}</pre>
        </div>
    }
    .into_any()
}

/// A button that copies a command which is not shown; it stands in the button's title.
#[component]
pub(crate) fn CopyButton(
    /// What the button says.
    label: &'static str,
    /// The command.
    #[prop(into)]
    text: Signal<String>,
) -> impl IntoView {
    let (copied, copy) = copying(text);
    let said = move || match copied.get() {
        Some(true) => "Copied",
        Some(false) => "Could not be copied",
        None => label,
    };
    view! {
        <button type="button" class="btn" on:click=move |_| copy() title=text><span aria-live="polite">{said}</span></button>
    }
    .into_any()
}

/// Whether a text was copied, once it was tried, and what copies it.
fn copying(text: Signal<String>) -> (RwSignal<Option<bool>>, impl Fn() + Copy + 'static) {
    let copied = RwSignal::new(None::<bool>);
    let copy = move || {
        let text = text.get_untracked();
        // Outside of https and of this machine a page has no clipboard.
        if !window().is_secure_context() {
            copied.set(Some(false));
            return;
        }
        spawn_local(async move {
            let written = JsFuture::from(window().navigator().clipboard().write_text(&text)).await;
            // Whoever copied may have left the page.
            copied.try_set(Some(written.is_ok()));
        });
    };
    (copied, copy)
}
