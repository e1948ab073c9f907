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
    view! {
        <div class="command">
            <p><span>{label}</span><CopyButton label="Copy" shown_as=label text=text /></p>
            <pre tabindex="0" aria-label=label>{text}</pre>
        </div>
    }
    .into_any()
}

/// A button that copies a command. One that is not shown stands in the button's title.
#[component]
pub(crate) fn CopyButton(
    /// What the button says.
    label: &'static str,
    /// What the command is called where it is shown.
    #[prop(optional)]
    shown_as: Option<&'static str>,
    /// The command.
    #[prop(into)]
    text: Signal<String>,
) -> impl IntoView {
    let copied = RwSignal::new(None::<bool>);
    let said = move || match (copied.get(), shown_as) {
        (Some(true), _) => "Copied",
        (Some(false), Some(_)) => "Select and copy it",
        (Some(false), None) => "Could not be copied",
        (None, _) => label,
    };
    let full = move || shown_as.map(|shown_as| format!("{}: {shown_as}", said()));
    let title = move || shown_as.is_none().then(|| text.get());
    view! {
        <button type="button" class="btn" class:small=shown_as.is_some() on:click=move |_| copy(text, copied) aria-label=full title=title><span aria-live="polite">{said}</span></button>
    }
    .into_any()
}

/// Copies a text, and tells whether that went well.
fn copy(text: Signal<String>, copied: RwSignal<Option<bool>>) {
    // Outside of https and of this machine a page has no clipboard.
    if !window().is_secure_context() {
        copied.set(Some(false));
        return;
    }
    let text = text.get_untracked();
    spawn_local(async move {
        let written = JsFuture::from(window().navigator().clipboard().write_text(&text)).await;
        // Whoever copied may have left the page.
        copied.try_set(Some(written.is_ok()));
    });
}
