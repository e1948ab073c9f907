//! Owners: as a cell that leads to what else they have, as a choice above a table, as a line with its links.

use leptos::prelude::*;
use shared::{
    catalog::{Link, OwnerDetail, Owners},
    inventory::TopicDetail,
    route::{page, segment},
    units::UNKNOWN,
};

use super::asks::TopicFilter;
use crate::{live::Query, place::use_place};

/// The topics of a cluster that an owner has, as a page.
fn page_of(cluster: &str, owner: &str) -> String {
    format!("{}?owner={}", page::topics(cluster), segment(owner))
}

/// Who owns a row.
pub(crate) fn owner_cell(cluster: &str, owner: Option<&str>) -> AnyView {
    let Some(owner) = owner else { return nobody() };
    let place = use_place();
    let to = page_of(cluster, owner);
    view! { <a href=move || place.to(&to)>{owner.to_owned()}</a> }.into_any()
}

fn nobody() -> AnyView {
    view! { <span class="dim" title="Nobody owns it, by the catalog"><span aria-hidden="true">{UNKNOWN}</span><span class="hidden">"nobody"</span></span> }
        .into_any()
}

/// Who owns a topic, with where to ask; nothing where nobody does.
pub(crate) fn owner_line(detail: &TopicDetail) -> Option<AnyView> {
    let owner = detail.owner_detail.as_ref()?;
    let links = owner.links.iter().map(link).collect_view();
    Some(view! { <p class="owned"><span>"Owned by "<b>{name(owner)}</b></span>{links}</p> }.into_any())
}

fn name(owner: &OwnerDetail) -> AnyView {
    match &owner.title {
        Some(title) => view! { <span title=owner.name.clone()>{title.clone()}</span> }.into_any(),
        None => owner.name.clone().into_any(),
    }
}

fn link(link: &Link) -> AnyView {
    view! { <a class="link" href=link.url.clone() rel="external noopener noreferrer">{link.title.clone()}</a> }
        .into_any()
}

/// The choice of one owner; not there where there is no catalog.
#[component]
pub(crate) fn OwnerChoice(filter: Memo<TopicFilter>, owners: Query<Owners>) -> impl IntoView {
    let place = use_place();
    let chosen = Memo::new(move |_| filter.with(|filter| filter.owner.clone()));
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
        view! { <option value=name selected=is_chosen>{label}</option> }
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
                        <option value="" selected=move || chosen.with(String::is_empty)>"Everyone"</option>
                        {options}
                    </select>
                </label>
            }
        })
    }
}
