//! The partitions of a topic, worst first, however many there are.

use std::sync::Arc;

use leptos::prelude::*;
use shared::{
    inventory::{Partition, Partitions, part},
    units,
};

use super::{asks, topic::Name};
use crate::{
    components::{Age, Column, Mark, Slice, VirtualRows, count, size, state, unknown},
    live::{Empty, Query, Shown, query},
    place::use_place,
};

const COLUMNS: [Column; 9] = [
    Column::text("State", "trouble"),
    Column::number("Partition", "partition"),
    Column::number("Leader", ""),
    Column::number("Preferred", ""),
    Column::text("Replicas", ""),
    Column::text("In sync", ""),
    Column::number("Under-replicated for", ""),
    Column::number("Log start", ""),
    Column::number("Kept by leader", "size_bytes"),
];

/// The panel of the partitions.
#[component]
pub(crate) fn PartitionsPanel(name: StoredValue<Name>) -> impl IntoView {
    let slice = Slice::new();
    let place = use_place();
    let sort = Memo::new(move |_| place.param("sort").unwrap_or_else(|| "-trouble".into()));
    let ask = move |offset: usize| {
        let sort = sort.get();
        name.with_value(|name| asks::partitions(&name.cluster, &name.topic, &sort, offset, Slice::page()))
    };
    let top = query::<Partitions>(move || Some(ask(slice.first())));
    let next = query::<Partitions>(move || slice.second().map(ask));
    let total = move || top.view.with(|page| page.as_ref().and_then(|page| page.meta.total));
    Effect::new(move || slice.set_total(total().unwrap_or_default() as usize));
    let cells = Callback::new(move |index: usize| {
        let (page, index) = slice.held((top, next), index)?;
        row(page, index)
    });
    let body = move |_: Arc<Partitions>| {
        view! { <VirtualRows caption="Partitions" columns=&COLUMNS names=1 slice=slice cells=cells /> }
            .into_any()
    };
    let note = move || total().map(units::count);
    let empty = Empty { title: "No partition", text: "" };
    view! { <Shown query=top part=part::METADATA title="Partitions" note=note source="Metadata, ListOffsets and DescribeLogDirs" empty=empty body=body /> }
        .into_any()
}

fn row(page: Query<Partitions>, index: usize) -> Option<Vec<AnyView>> {
    if page.is_behind() {
        return None;
    }
    page.view.with(|page| page.as_ref()?.partitions.get(index).map(cells))
}

fn mark_of(partition: &Partition) -> (Mark, &'static str) {
    if partition.offline {
        (Mark::Critical, "Offline")
    } else if partition.under_min_isr == Some(true) {
        (Mark::Critical, "Under min ISR")
    } else if partition.at_min_isr == Some(true) {
        (Mark::Warning, "At min ISR")
    } else if partition.under_replicated {
        (Mark::Warning, "Under-replicated")
    } else {
        (Mark::Well, "Whole")
    }
}

fn cells(partition: &Partition) -> Vec<AnyView> {
    let (mark, word) = mark_of(partition);
    let moved = partition.leader_id != partition.preferred_leader_id;
    let leader = match partition.leader_id {
        Some(leader) => leader.to_string().into_any(),
        None => view! { <b class="bad">"none"</b> }.into_any(),
    };
    let preferred = match partition.preferred_leader_id {
        Some(preferred) if moved => view! { <b>{preferred}</b> }.into_any(),
        Some(preferred) => view! { <span class="dim">{preferred}</span> }.into_any(),
        None => unknown(),
    };
    let since = match partition.under_replicated_since {
        Some(since) => view! { <Age at=since /> }.into_any(),
        None if partition.under_replicated => {
            view! { <span class="dim">"since the first look"</span> }.into_any()
        }
        None => ().into_any(),
    };
    let moving = partition.reassigning.as_ref().map(|moving| {
        let said = format!("adding {}; removing {}", ids(&moving.adding), ids(&moving.removing));
        view! { <span class="tag" title=said>"moving"</span> }
    });
    vec![
        state(mark, word),
        partition.partition.to_string().into_any(),
        leader,
        preferred,
        view! { {ids(&partition.replicas)}{moving} }.into_any(),
        in_sync(partition),
        since,
        partition.log_start_offset.map_or_else(unknown, |offset| count(offset.unsigned_abs())),
        size(partition.size_bytes),
    ]
}

/// The replicas in sync, and those that are not struck through.
fn in_sync(partition: &Partition) -> AnyView {
    let missing: Vec<i32> =
        partition.replicas.iter().copied().filter(|broker| !partition.isr.contains(broker)).collect();
    let missing = (!missing.is_empty()).then(|| {
        view! { " " <span class="warn">"without " {ids(&missing)}</span> }
    });
    view! { {ids(&partition.isr)}{missing} }.into_any()
}

fn ids(ids: &[i32]) -> String {
    let ids: Vec<String> = ids.iter().map(i32::to_string).collect();
    ids.join(", ")
}
