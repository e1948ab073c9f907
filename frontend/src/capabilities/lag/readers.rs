//! Who reads a topic: the groups that committed for it, with the figures of that topic alone.

use std::sync::Arc;

use leptos::prelude::*;
use shared::{
    lag::{GroupLag, GroupLags, part},
    meta::Reading,
    units,
};

use super::{
    asks,
    cells::{age_cell, catch_up_cell, members_cell, name_cell, owner_cell, verdict_cell, waiting_cell},
};
use crate::{
    components::{Column, Table},
    live::{Empty, Shown, query},
};

/// Groups that are named.
const SHOWN: usize = 50;

const COLUMNS: [Column; 7] = [
    Column::text("Verdict", ""),
    Column { label: "Group", key: "", class: "named" },
    Column::number("Waiting", ""),
    Column::number("Oldest waits", ""),
    Column::number("Caught up in", ""),
    Column::number("Members", ""),
    Column::text("Owner", ""),
];

/// The panel of a topic.
pub(crate) fn readers(cluster: &str, topic: &str) -> AnyView {
    let name = StoredValue::new((cluster.to_owned(), topic.to_owned()));
    let groups = query::<GroupLags>(move || {
        name.with_value(|(cluster, topic)| Some(asks::readers(cluster, topic, SHOWN)))
    });
    let readings = Signal::derive(move || groups.readings());
    let body = move |page: Arc<GroupLags>| {
        let rows = page.groups.iter().map(|group| row(group, readings)).collect();
        view! { <Table caption="Groups that read this topic" columns=&COLUMNS names=1 rows=rows /> }
            .into_any()
    };
    let note = move || {
        let total = groups.view.with(|page| page.as_ref().and_then(|page| page.meta.meta.total))?;
        let of = if total > SHOWN as u64 { format!("{SHOWN} of ") } else { String::new() };
        Some(format!(
            "{of}{}, worst first; what waits in this topic alone",
            units::counted(total, "group", "groups")
        ))
    };
    let empty = Empty {
        title: "No consumer group has committed for this topic",
        text: "A group appears here with the look after its first commit. Who reads without committing is not seen.",
    };
    view! { <Shown query=groups part=part::GROUPS title="Who reads this" note=note source="__consumer_offsets, OffsetFetch and ListOffsets" empty=empty body=body /> }
        .into_any()
}

fn row(group: &GroupLag, readings: Signal<Vec<Reading>>) -> Vec<AnyView> {
    vec![
        verdict_cell(group, readings),
        name_cell(group, false),
        waiting_cell(group.lag_records, group.verdict),
        age_cell(group.age_seconds, group.age_method),
        catch_up_cell(group),
        members_cell(group),
        owner_cell(group.owner.as_deref()),
    ]
}
