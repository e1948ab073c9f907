//! A search by a part of a name, above a table.

use std::time::Duration;

use leptos::prelude::*;

use crate::place::use_place;

/// The search by name, which is `q` in the address. It changes the address once nobody has typed for a moment, and follows
/// it otherwise.
#[component]
pub(crate) fn NameSearch(
    /// What is typed.
    label: &'static str,
) -> impl IntoView {
    let place = use_place();
    let sought = Memo::new(move |_| place.param("q").unwrap_or_default());
    let text = RwSignal::new(sought.get_untracked());
    let asked = StoredValue::new(text.get_untracked());
    let timer = StoredValue::new(None::<TimeoutHandle>);
    let stop = move || {
        if let Some(waiting) = timer.try_get_value().flatten() {
            waiting.clear();
        }
    };
    on_cleanup(stop);
    let change = move || {
        let q = text.with_untracked(|text| text.trim().to_owned());
        asked.set_value(q.clone());
        place.change(&[("q", Some(q.as_str()).filter(|q| !q.is_empty()))]);
    };
    let search = move |event| {
        text.set(event_target_value(&event));
        stop();
        timer.set_value(set_timeout_with_handle(change, Duration::from_millis(200)).ok());
    };
    Effect::new(move || {
        let q = sought.get();
        if asked.with_value(|asked| *asked != q) {
            asked.set_value(q.clone());
            text.set(q);
        }
    });
    view! {
        <label class="field">
            <span class="hidden">{label}</span>
            <input type="search" placeholder=format!("{label}…") autocomplete="off" spellcheck="false" prop:value=text on:input=search />
        </label>
    }
    .into_any()
}
