//! A panel: a heading, what it shows, its source and age.

use leptos::prelude::*;

/// A panel. What it shows is in `children`.
#[component]
pub(crate) fn Panel(
    /// Its heading.
    #[prop(into)]
    title: Signal<&'static str>,
    /// What stands beside the heading.
    #[prop(optional, into)]
    note: ViewFn,
    /// A link or button at the end of the header.
    #[prop(optional, into)]
    more: ViewFn,
    /// `is-stale`, `is-failed` or nothing.
    #[prop(optional, into)]
    tone: Signal<&'static str>,
    /// The age of an old view.
    #[prop(optional, into)]
    age: ViewFn,
    /// Source and age.
    #[prop(optional, into)]
    foot: Option<ViewFn>,
    /// What it shows.
    children: Children,
) -> impl IntoView {
    view! {
        <section class=move || format!("panel {}", tone.get()) aria-label=move || title.get()>
            <header>
                <h2>{move || title.get()}</h2>
                <span class="dim">{move || note.run()}</span>
                <span class="more">{move || age.run()}{move || more.run()}</span>
            </header>
            {children()}
            {foot.map(|foot| view! { <p class="foot">{move || foot.run()}</p> })}
        </section>
    }
    .into_any()
}
