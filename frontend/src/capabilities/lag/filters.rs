//! What narrows the list of groups: a verdict, a cluster, an owner, a part of the name. All of it stands in the address.

use leptos::prelude::*;
use shared::{
    catalog::Owners,
    lag::{GroupLags, LagCounts, LagVerdict, is_any_read, part},
    units,
};

use super::{
    asks::{self, GroupFilter},
    state::verdict_mark,
};
use crate::{
    components::{NameSearch, OwnerChoice, mark, unknown},
    live::{Query, query},
    place::use_place,
};

/// One button for each verdict, with how many groups have it: pressed, only these are shown.
#[component]
pub(crate) fn Verdicts(filter: Memo<GroupFilter>, groups: Query<GroupLags>) -> impl IntoView {
    let chips = LagVerdict::ALL.into_iter().rev().map(|verdict| chip(verdict, filter, groups)).collect_view();
    view! { <div class="chips" role="group" aria-label="Only groups of one verdict">{chips}</div> }.into_any()
}

fn chip(verdict: LagVerdict, filter: Memo<GroupFilter>, groups: Query<GroupLags>) -> AnyView {
    let place = use_place();
    let count = Memo::new(move |_| {
        let of = |page: &GroupLags| page.meta.by_verdict.get(&verdict).copied().unwrap_or_default();
        groups.view.with(|page| page.as_deref().filter(|_| is_any_read(&groups.readings())).map(of))
    });
    let is_pressed = Memo::new(move |_| filter.with(|filter| filter.verdict == verdict.name()));
    let press = move |_| {
        let other = (!is_pressed.get_untracked()).then(|| verdict.name());
        place.change(&[("verdict", other)]);
    };
    let (kind, word) = verdict_mark(verdict, None);
    // A colour for nothing would be noise.
    let class = move || if count.get().unwrap_or_default() > 0 { kind.class() } else { "dim" };
    view! {
        <button type="button" class="chip" aria-pressed=move || is_pressed.get().to_string() on:click=press>
            <span class=class>{mark(kind)}</span>
            <span>{word}</span>
            <b>{move || count.get().map_or_else(unknown, |count| units::count(count).into_any())}</b>
        </button>
    }
    .into_any()
}

/// The other filters, and the way out of all of them.
#[component]
pub(crate) fn Filters(filter: Memo<GroupFilter>, owners: Query<Owners>) -> impl IntoView {
    let place = use_place();
    let leaves_out = Memo::new(move |_| filter.with(GroupFilter::leaves_out));
    let all = move || {
        let none = ["verdict", "cluster", "owner", "q"].map(|name| (name, None));
        leaves_out.get().then(
            || view! { <a class="link" href=move || place.here(&none) data-noscroll>"Show all groups"</a> },
        )
    };
    view! {
        <div class="filters" role="search">
            <NameSearch label="Part of the group's name" />
            <ClusterChoice filter=filter />
            <OwnerChoice owners=owners />
            {all}
        </div>
    }
    .into_any()
}

/// The choice of one cluster; not there where there is only one.
#[component]
fn ClusterChoice(filter: Memo<GroupFilter>) -> impl IntoView {
    let place = use_place();
    let counts = query::<LagCounts>(|| Some(asks::counts()));
    let chosen = Memo::new(move |_| filter.with(|filter| filter.among.cluster.clone()));
    let clusters = Memo::new(move |_| {
        let readings = counts.readings().into_iter().filter(|reading| reading.part == part::GROUPS);
        let mut clusters: Vec<String> = readings.filter_map(|reading| reading.cluster).collect();
        clusters.extend(Some(chosen.get()).filter(|chosen| !chosen.is_empty()));
        clusters.sort_unstable();
        clusters.dedup();
        clusters
    });
    let change = move |event| {
        let cluster = event_target_value(&event);
        place.change(&[("cluster", Some(cluster.as_str()).filter(|cluster| !cluster.is_empty()))]);
    };
    let option = move |name: String| {
        let (value, label) = (name.clone(), name.clone());
        let is_chosen = move || chosen.with(|chosen| *chosen == value);
        view! { <option value=name prop:selected=is_chosen>{label}</option> }
    };
    move || {
        let clusters = clusters.get();
        let is_choice = clusters.len() > 1 || chosen.with(|chosen| !chosen.is_empty());
        is_choice.then(|| {
            view! {
                <label class="choice">
                    <span>"Cluster"</span>
                    <select on:change=change>
                        <option value="" prop:selected=move || chosen.with(String::is_empty)>"All"</option>
                        {clusters.into_iter().map(option).collect_view()}
                    </select>
                </label>
            }
        })
    }
}
