//! Times as a person reads them: relative and ticking, with the absolute time behind.

use leptos::prelude::*;
use shared::{DateTime, units::duration};

use crate::{live::use_store, place::use_place};

/// How long ago something was: `6 s ago`, `2 min old`, or bare.
#[component]
pub(crate) fn Age(at: DateTime, #[prop(optional)] suffix: &'static str) -> impl IntoView {
    let store = use_store();
    let place = use_place();
    let said = move || {
        let length = duration(store.clock.now() - at);
        if suffix.is_empty() { length } else { format!("{length} {suffix}") }
    };
    view! { <time datetime=at.to_rfc3339() title=move || place.zone().full(at)>{said}</time> }.into_any()
}

/// A time of day, with the date when it is not today.
#[component]
pub(crate) fn Clocked(at: DateTime) -> impl IntoView {
    let store = use_store();
    let place = use_place();
    let said = Memo::new(move |_| place.zone().since(at, store.clock.now()));
    view! { <time datetime=at.to_rfc3339() title=move || place.zone().full(at)>{said}</time> }.into_any()
}
