//! What narrows the picture: a data centre, a category, a topic; and what is drawn of it. All of it stands in the address,
//! and only what can leave something out is shown.

use leptos::prelude::*;
use shared::topology::Topology;

use super::asks::Narrowing;
use crate::{components::NameSearch, live::Query, place::use_place};

/// The filters, and the way out of all of them.
#[component]
pub(crate) fn Filters(narrowing: Memo<Narrowing>, topology: Query<Topology>) -> impl IntoView {
    let place = use_place();
    let of = move |names: fn(&Topology) -> &Vec<String>| {
        Memo::new(move |_| topology.view.with(|page| page.as_deref().map(names).cloned().unwrap_or_default()))
    };
    let (datacenters, categories) = (of(|page| &page.datacenters), of(|page| &page.categories));
    let leaves_out = Memo::new(move |_| narrowing.with(Narrowing::leaves_out));
    let has_flows = Memo::new(move |_| {
        topology.view.with(|page| page.as_ref().is_some_and(|page| !page.flows.is_empty()))
    });
    let is_searched = move || has_flows.get() || narrowing.with(|all| !all.topic.is_empty());
    let search = Memo::new(move |_| is_searched());
    let all = move || {
        let none = ["datacenter", "category", "q"].map(|name| (name, None));
        leaves_out.get().then(
            || view! { <a class="link" href=move || place.here(&none) data-noscroll>"Show all flows"</a> },
        )
    };
    view! {
        <div class="filters" role="search">
            {move || search.get().then(|| view! { <NameSearch label="Part of a topic's name" /> })}
            {choice("Data centre", "datacenter", datacenters)}
            {choice("Category", "category", categories)}
            {applications(narrowing, topology)}
            {collapse(narrowing, topology)}
            {all}
        </div>
    }
    .into_any()
}

/// The choice of one among several; not there where there is nothing to choose.
fn choice(label: &'static str, param: &'static str, known: Memo<Vec<String>>) -> AnyView {
    let place = use_place();
    let chosen = Memo::new(move |_| place.param(param).unwrap_or_default());
    let change = move |event| {
        let value = event_target_value(&event);
        place.change(&[(param, Some(value.as_str()).filter(|value| !value.is_empty()))]);
    };
    let options = Memo::new(move |_| {
        let mut options = known.get();
        options.extend(Some(chosen.get()).filter(|chosen| !chosen.is_empty()));
        options.sort_unstable();
        options.dedup();
        options
    });
    let option = move |name: String| {
        let (value, said) = (name.clone(), name.clone());
        let is_chosen = move || chosen.with(|chosen| *chosen == value);
        view! { <option value=name prop:selected=is_chosen>{said}</option> }
    };
    (move || {
        let options = options.get();
        let is_choice = options.len() > 1 || chosen.with(|chosen| !chosen.is_empty());
        is_choice.then(|| {
            view! {
                <label class="choice">
                    <span>{label}</span>
                    <select on:change=change>
                        <option value="" prop:selected=move || chosen.with(String::is_empty)>"All"</option>
                        {options.into_iter().map(option).collect_view()}
                    </select>
                </label>
            }
        })
    })
    .into_any()
}

/// Whether applications are drawn; not there where there are none.
fn applications(narrowing: Memo<Narrowing>, topology: Query<Topology>) -> AnyView {
    let place = use_place();
    let is_off = Memo::new(move |_| narrowing.with(|all| all.applications == "false"));
    let is_there = Memo::new(move |_| {
        is_off.get()
            || topology.view.with(|page| page.as_ref().is_some_and(|page| !page.applications.is_empty()))
    });
    let change = move |_| place.change(&[("applications", (!is_off.get_untracked()).then_some("false"))]);
    (move || {
        is_there.get().then(|| {
            view! {
                <label class="check">
                    <input type="checkbox" prop:checked=move || !is_off.get() on:change=change />
                    <span>"Applications"</span>
                </label>
            }
        })
    })
    .into_any()
}

/// Whether clusters that are well are drawn as one; there only where they are, or were until somebody chose.
fn collapse(narrowing: Memo<Narrowing>, topology: Query<Topology>) -> AnyView {
    let place = use_place();
    let is_collapsed = Memo::new(move |_| {
        topology.view.with(|page| page.as_ref().is_some_and(|page| page.drawing.is_collapsed))
    });
    let is_there = Memo::new(move |_| is_collapsed.get() || narrowing.with(|all| !all.collapse.is_empty()));
    let change = move |_| {
        let other = if is_collapsed.get_untracked() { "false" } else { "true" };
        place.change(&[("collapse", Some(other))]);
    };
    (move || {
        is_there.get().then(|| {
            view! {
                <label class="check">
                    <input type="checkbox" prop:checked=move || is_collapsed.get() on:change=change />
                    <span>"Clusters that are well as one"</span>
                </label>
            }
        })
    })
    .into_any()
}
