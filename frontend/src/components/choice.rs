//! A choice of one among a few, which stands in the address.

use leptos::prelude::*;

use crate::place::use_place;

/// A choice by the words of the address and as a person says them. The first is in force where the address says
/// nothing.
#[component]
pub(crate) fn Choice(
    /// What is chosen.
    label: &'static str,
    /// How the address names it.
    param: &'static str,
    /// What there is to choose from.
    options: Vec<(&'static str, &'static str)>,
) -> impl IntoView {
    let place = use_place();
    let usual = options.first().map_or("", |(word, _)| *word);
    let chosen = Memo::new(move |_| place.param(param).unwrap_or_else(|| usual.to_owned()));
    let change = move |event| {
        let word = event_target_value(&event);
        // What is older than the last row of another question means nothing here.
        place.change(&[(param, Some(word.as_str()).filter(|word| *word != usual)), ("older", None)]);
    };
    let option = move |(word, said): (&'static str, &'static str)| {
        let is_chosen = move || chosen.with(|chosen| chosen == word);
        view! { <option value=word selected=is_chosen prop:selected=is_chosen>{said}</option> }
    };
    view! {
        <select class="small-choice" aria-label=label on:change=change>
            {options.into_iter().map(option).collect_view()}
        </select>
    }
    .into_any()
}
