//! The switch between a picture and its twin in numbers; which one is shown stands in the address.

use leptos::prelude::*;

use crate::place::use_place;

/// Whether the twin of `param` is shown, and the button that changes it.
pub(crate) fn twin(param: &'static str, picture: &'static str) -> (Memo<bool>, ViewFn) {
    let place = use_place();
    let is_table = Memo::new(move |_| place.param(param).as_deref() == Some("table"));
    let switch = move |_| place.change(&[(param, (!is_table.get_untracked()).then_some("table"))]);
    let button = move || {
        view! {
            <button type="button" class="link" aria-pressed=move || is_table.get().to_string() on:click=switch>
                {move || if is_table.get() { picture } else { "As table" }}
            </button>
        }
        .into_any()
    };
    (is_table, button.into())
}
