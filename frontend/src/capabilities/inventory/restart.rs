//! May a broker be restarted now: a verdict for each, why, and the partitions that forbid it.

use std::sync::Arc;

use leptos::prelude::*;
use shared::{
    inventory::{Blocker, Restart, RestartVerdict, RestartVerdicts, part},
    route::page,
    units::{count, counted},
};

use super::asks;
use crate::{
    components::{Mark, mark},
    live::{Empty, Query, Shown, query},
    place::use_place,
};

/// Rows that are read; those that may not be restarted first.
const ROWS: usize = 60;

/// Mark and word of a verdict.
fn restart_mark(verdict: Restart) -> (Mark, &'static str) {
    match verdict {
        Restart::Safe => (Mark::Well, "safe"),
        Restart::Unsafe => (Mark::Critical, "unsafe"),
        Restart::Unknown => (Mark::Unknown, "unknown"),
    }
}

/// The panel of a cluster, or of one of its brokers.
#[component]
pub(crate) fn RestartPanel(
    name: StoredValue<String>,
    verdicts: Query<RestartVerdicts>,
    /// Only this one.
    #[prop(optional_no_strip)]
    broker_id: Option<i32>,
) -> impl IntoView {
    let body = move |page: Arc<RestartVerdicts>| {
        let rows = shown(&page.restart_verdicts, broker_id);
        let rows = rows.into_iter().map(|verdict| name.with_value(|name| row(name, verdict))).collect_view();
        view! { <ul class="restarts">{rows}</ul> }.into_any()
    };
    let note = move || {
        verdicts.view.with(|page| {
            let all = &page.as_ref()?.restart_verdicts;
            broker_id.is_none().then(|| said(all))
        })
    };
    let empty = Empty { title: "No broker is known", text: "" };
    view! { <Shown query=verdicts part=part::METADATA title="May it be restarted now?" note=note source="Metadata, DescribeQuorum and DescribeConfigs" empty=empty body=body /> }
        .into_any()
}

/// The verdicts of a cluster.
pub(crate) fn verdicts_of(name: StoredValue<String>) -> Query<RestartVerdicts> {
    query(move || name.with_value(|name| Some(asks::restart_verdicts(name))))
}

/// Those that are drawn: the whole of a small cluster by id, else the worst of it.
fn shown(verdicts: &[RestartVerdict], broker_id: Option<i32>) -> Vec<&RestartVerdict> {
    let wanted = |verdict: &&RestartVerdict| broker_id.is_none_or(|id| verdict.broker_id == id);
    let mut shown: Vec<&RestartVerdict> = verdicts.iter().filter(wanted).collect();
    if shown.len() > ROWS {
        shown.sort_by_key(|verdict| match verdict.verdict {
            Restart::Unsafe => 0,
            Restart::Unknown => 1,
            Restart::Safe => 2,
        });
        shown.truncate(ROWS);
    }
    shown
}

/// How many may, of how many.
fn said(verdicts: &[RestartVerdict]) -> String {
    let all = verdicts.len();
    let safe = verdicts.iter().filter(|verdict| verdict.verdict == Restart::Safe).count();
    let of = match safe {
        0 => "none may".into(),
        safe if safe == all => "each of them, one at a time".into(),
        safe => format!("{} of {} may, one at a time", count(safe as u64), count(all as u64)),
    };
    if all > ROWS { format!("{of}; {ROWS} are shown, the worst first") } else { of }
}

fn row(cluster: &str, verdict: &RestartVerdict) -> AnyView {
    let place = use_place();
    let (kind, word) = restart_mark(verdict.verdict);
    let to = page::broker(cluster, verdict.broker_id);
    let name = format!("Broker {}", verdict.broker_id);
    let why = if verdict.blockers.is_empty() {
        view! { <p>"Nothing speaks against it."</p> }.into_any()
    } else {
        verdict.blockers.iter().map(blocker).collect_view().into_any()
    };
    view! {
        <li>
            <span class=kind.class()>{mark(kind)}</span>
            <a href=move || place.to(&to)><b>{name}</b></a>
            <b class=format!("word {}", kind.class())>{word}</b>
            <div class="why">{why}</div>
        </li>
    }
    .into_any()
}

fn blocker(blocker: &Blocker) -> AnyView {
    let sentence = blocker.sentence.clone();
    if blocker.partitions.is_empty() {
        return view! { <p>{sentence}</p> }.into_any();
    }
    let named = blocker.partitions.len() as u64;
    let all = blocker.partition_count.map_or(named, u64::from);
    let label = if all > named {
        format!("{} of {}", count(named), counted(all, "partition", "partitions"))
    } else {
        counted(named, "partition", "partitions")
    };
    let names: Vec<String> = blocker
        .partitions
        .iter()
        .map(|partition| format!("{}-{}", partition.topic, partition.partition))
        .collect();
    view! { <p>{sentence}</p><details><summary>{label}</summary><code>{names.join(", ")}</code></details> }
        .into_any()
}

#[cfg(test)]
mod tests {
    use shared::inventory::samples;

    use super::*;

    #[test]
    fn how_many_may_be_restarted_is_said_in_few_words() {
        assert_eq!(said(&samples::restart_verdicts().restart_verdicts), "none may");
        let mut well = samples::restart_verdicts_well().restart_verdicts;
        assert_eq!(said(&well), "each of them, one at a time");
        well[1].verdict = Restart::Unknown;
        assert_eq!(said(&well), "2 of 3 may, one at a time");
    }

    #[test]
    fn of_a_large_cluster_those_that_may_not_come_first() {
        let one = samples::restart_verdicts_well().restart_verdicts.swap_remove(0);
        let mut many: Vec<RestartVerdict> =
            (0..500).map(|broker_id| RestartVerdict { broker_id, ..one.clone() }).collect();
        many[400].verdict = Restart::Unsafe;
        let shown = shown(&many, None);
        assert_eq!((shown.len(), shown[0].broker_id, shown[1].broker_id), (ROWS, 400, 0));
    }
}
