//! The groups of a cluster, or of all, on the page of another capability: how many are how, and the worst of them.

use std::sync::Arc;

use leptos::prelude::*;
use shared::{
    lag::{Among, GroupLag, GroupLags, LagVerdict, part},
    meta::Reading,
    route::{page, segment},
    units,
    verdict::Severity,
};

use super::{
    asks::{self, GroupFilter},
    cells::{age_cell, catch_up_cell, loss_cell, name_cell, verdict_cell, waiting_cell},
    state::verdict_mark,
};
use crate::{
    components::{Column, Table, mark},
    live::{Empty, Shown, query},
    place::use_place,
};

/// Groups that are named.
const WORST: usize = 5;

const COLUMNS: [Column; 6] = [
    Column::text("Verdict", ""),
    Column { label: "Group", key: "", class: "named" },
    Column::number("Waiting", ""),
    Column::number("Oldest waits", ""),
    Column::number("Caught up in", ""),
    Column::number("Lost in", ""),
];

/// The panel.
pub(crate) fn overview(cluster: Option<&str>) -> AnyView {
    let cluster = StoredValue::new(cluster.unwrap_or_default().to_owned());
    let filter = move || {
        let among = Among { cluster: cluster.get_value(), ..Among::default() };
        GroupFilter { among, ..GroupFilter::default() }
    };
    let groups = query::<GroupLags>(move || Some(asks::groups(&filter(), 0, WORST)));
    let readings = Signal::derive(move || groups.readings());
    let body = move |page: Arc<GroupLags>| cluster.with_value(|cluster| drawn(&page, cluster, readings));
    let note = move || {
        let total = groups.view.with(|page| page.as_ref().and_then(|page| page.meta.meta.total));
        total.map(|total| format!("{}, worst first", units::count(total)))
    };
    let place = use_place();
    let all = move || place.to(&cluster.with_value(|cluster| page_of(cluster, None)));
    let more = move || view! { <a class="link" href=all>"All groups"</a> };
    let empty = Empty {
        title: "No consumer groups",
        text: "A group appears with the look after its first member or its first commit.",
    };
    view! { <Shown query=groups part=part::GROUPS title="Consumer groups" note=note more=more source="__consumer_offsets, ListGroups, OffsetFetch and ListOffsets" empty=empty body=body /> }
        .into_any()
}

/// The list of groups, of a cluster unless it is empty, and of a verdict.
fn page_of(cluster: &str, verdict: Option<LagVerdict>) -> String {
    let cluster = (!cluster.is_empty()).then(|| format!("cluster={}", segment(cluster)));
    let verdict = verdict.map(|verdict| format!("verdict={}", verdict.name()));
    let params: Vec<String> = [cluster, verdict].into_iter().flatten().collect();
    if params.is_empty() { page::LAG.into() } else { format!("{}?{}", page::LAG, params.join("&")) }
}

fn drawn(page: &GroupLags, cluster: &str, readings: Signal<Vec<Reading>>) -> AnyView {
    let counts = page.meta.by_verdict.iter().rev().filter(|(_, count)| **count > 0);
    let counts = counts.map(|(verdict, count)| counted(*verdict, *count, cluster)).collect_view();
    let worst: Vec<&GroupLag> =
        page.groups.iter().filter(|group| group.severity() >= Severity::Warning).collect();
    let rows: Vec<Vec<AnyView>> =
        worst.into_iter().map(|group| row(group, cluster.is_empty(), readings)).collect();
    let table = (!rows.is_empty())
        .then(|| view! { <Table caption="The worst consumer groups" columns=&COLUMNS names=1 rows=rows /> });
    view! { <ul class="chips">{counts}</ul>{table} }.into_any()
}

fn counted(verdict: LagVerdict, count: u64, cluster: &str) -> AnyView {
    let place = use_place();
    let to = page_of(cluster, Some(verdict));
    let (kind, word) = verdict_mark(verdict, None);
    view! {
        <li>
            <a class="chip" href=move || place.to(&to)>
                <span class=kind.class()>{mark(kind)}</span><span>{word}</span><b>{units::count(count)}</b>
            </a>
        </li>
    }
    .into_any()
}

fn row(group: &GroupLag, names_cluster: bool, readings: Signal<Vec<Reading>>) -> Vec<AnyView> {
    vec![
        verdict_cell(group, readings),
        name_cell(group, names_cluster),
        waiting_cell(group.lag_records, group.verdict),
        age_cell(group.age_seconds, group.age_method),
        catch_up_cell(group),
        loss_cell(group),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_leads_to_what_was_counted() {
        assert_eq!(page_of("", None), "lag");
        assert_eq!(page_of("", Some(LagVerdict::Stuck)), "lag?verdict=stuck");
        assert_eq!(page_of("e/st", Some(LagVerdict::Ok)), "lag?cluster=e%2Fst&verdict=ok");
    }
}
