//! The answer that a page begins with.

use leptos::prelude::*;
use shared::headline::Headline;

/// The one heading of a page, with what explains it. Says where it is while there is no answer yet.
#[component]
pub(crate) fn Head(
    /// The answer, once there is one.
    headline: Signal<Option<Headline>>,
    /// What the page is about, until then.
    #[prop(into)]
    meanwhile: Signal<String>,
    /// Buttons beside the answer.
    #[prop(optional, into)]
    more: ViewFn,
) -> impl IntoView {
    let title = Memo::new(move |_| {
        headline.with(|said| said.as_ref().map_or_else(|| meanwhile.get(), |said| said.title.clone()))
    });
    let lede = Memo::new(move |_| {
        headline.with(|said| said.as_ref().map(|said| said.lede.clone()).unwrap_or_default())
    });
    view! {
        <div class="head">
            <div>
                <h1 tabindex="-1">{title}</h1>
                <p class="lede" hidden=move || lede.with(String::is_empty)>{lede}</p>
            </div>
            <div class="actions">{more.run()}</div>
        </div>
    }
    .into_any()
}
