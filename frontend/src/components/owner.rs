//! Owners of the catalog: as a choice above a table, and the mark of what nobody owns.

use leptos::prelude::*;
use shared::{catalog::Owners, units::UNKNOWN};

use crate::{live::Query, place::use_place};

/// What stands where nobody owns something.
pub(crate) fn nobody() -> AnyView {
    view! { <span class="dim" title="Nobody owns it, by the catalog"><span aria-hidden="true">{UNKNOWN}</span><span class="hidden">"nobody"</span></span> }
        .into_any()
}

/// The choice of one owner, who is `owner` in the address; not there where there is no catalog.
#[component]
pub(crate) fn OwnerChoice(owners: Query<Owners>) -> impl IntoView {
    let place = use_place();
    let chosen = Memo::new(move |_| place.param("owner").unwrap_or_default());
    // Counts move with every topic; the choices only with the catalog.
    let known = Memo::new(move |_| {
        let named = |view: &Owners| {
            view.owners
                .iter()
                .map(|one| (one.owner.name.clone(), one.owner.title.clone()))
                .collect::<Vec<_>>()
        };
        owners.view.with(|view| view.as_deref().map(named).unwrap_or_default())
    });
    let change = move |event| {
        let owner = event_target_value(&event);
        place.change(&[("owner", Some(owner.as_str()).filter(|owner| !owner.is_empty()))]);
    };
    let option = move |(name, title): (String, Option<String>)| {
        let value = name.clone();
        let is_chosen = move || chosen.with(|chosen| *chosen == value);
        let label = title.unwrap_or_else(|| name.clone());
        view! { <option value=name prop:selected=is_chosen>{label}</option> }
    };
    let options = move || {
        let mut known = known.get();
        let asked = chosen.get_untracked();
        if !asked.is_empty() && known.iter().all(|(name, _)| *name != asked) {
            known.push((asked, None));
        }
        known.into_iter().map(option).collect_view()
    };
    let is_there =
        Memo::new(move |_| known.with(|known| !known.is_empty()) || chosen.with(|chosen| !chosen.is_empty()));
    move || {
        is_there.get().then(|| {
            view! {
                <label class="choice">
                    <span>"Owner"</span>
                    <select on:change=change>
                        <option value="" prop:selected=move || chosen.with(String::is_empty)>"Everyone"</option>
                        {options}
                    </select>
                </label>
            }
        })
    }
}
