//! Where this page is among the others.

use leptos::prelude::*;

use crate::place::use_place;

/// One step: its name, and where it leads unless it is this page.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Crumb {
    /// What it is called.
    pub name: String,
    /// The page it leads to, relative to the base.
    pub page: Option<String>,
}

/// The way to this page.
#[component]
pub(crate) fn Breadcrumbs(crumbs: Signal<Vec<Crumb>>) -> impl IntoView {
    let place = use_place();
    let step = move |crumb: Crumb| match crumb.page {
        Some(page) => view! { <li><a href=move || place.to(&page)>{crumb.name}</a></li> }.into_any(),
        None => view! { <li aria-current="page"><b>{crumb.name}</b></li> }.into_any(),
    };
    view! {
        <nav class="crumbs" aria-label="Where you are">
            <ol>{move || crumbs.get().into_iter().map(step).collect_view()}</ol>
        </nav>
    }
}
