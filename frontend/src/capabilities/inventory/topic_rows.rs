//! Topics as rows: the worst on the page of a cluster, all of them on their own.

use leptos::prelude::*;
use shared::{inventory::Topic, route::page};

use super::{clusters::under_replicated, facts::retention, owner::owner_cell, state::topic_mark};
use crate::{
    components::{Column, Table, count, rate, size, state},
    place::use_place,
};

const SHORT: [Column; 9] = [
    Column::text("State", ""),
    Column::text("Topic", ""),
    Column::number("Partitions", ""),
    Column::number("Replicas", ""),
    Column::number("Under-replicated", ""),
    Column::number("Written", ""),
    Column::number("Read", ""),
    Column::number("Kept", ""),
    Column::number("Retention", ""),
];

/// The columns of the page of topics, by which the server orders them.
pub(crate) const COLUMNS: [Column; 10] = [
    Column::text("State", "trouble"),
    Column { label: "Topic", key: "name", class: "grow" },
    Column::number("Partitions", "partition_count"),
    Column::number("Replicas", "replication_factor"),
    Column::number("Under-replicated", "under_replicated_count"),
    Column::number("Offline", "offline_count"),
    Column::number("Written", "bytes_in_per_second"),
    Column::number("Read", "bytes_out_per_second"),
    Column::number("Kept", "size_bytes"),
    Column::number("Retention", ""),
];

/// The same where there is a catalog of owners.
pub(crate) const COLUMNS_WITH_OWNER: [Column; 11] = {
    let [state, topic, partitions, replicas, under_replicated, offline, written, read, kept, retention] =
        COLUMNS;
    [state, topic, OWNER, partitions, replicas, under_replicated, offline, written, read, kept, retention]
};

const OWNER: Column = Column::text("Owner", "");

/// Where the owner stands among the cells.
pub(crate) const OWNER_AT: usize = 2;

const SHORT_WITH_OWNER: [Column; 10] = {
    let [state, topic, partitions, replicas, under_replicated, written, read, kept, retention] = SHORT;
    [state, topic, OWNER, partitions, replicas, under_replicated, written, read, kept, retention]
};

/// A short table of topics.
pub(crate) fn topic_table(cluster: &str, topics: &[Topic]) -> AnyView {
    let has_owners = topics.iter().any(|topic| topic.owner.is_some());
    let rows = topics
        .iter()
        .map(|topic| {
            let mut cells = cells(cluster, topic);
            cells.remove(5);
            if has_owners {
                cells.insert(OWNER_AT, owner_cell(cluster, topic.owner.as_deref()));
            }
            cells
        })
        .collect();
    let columns = if has_owners { &SHORT_WITH_OWNER[..] } else { &SHORT[..] };
    view! { <Table caption="Topics" columns=columns names=1 rows=rows /> }.into_any()
}

/// The cells of one topic.
pub(crate) fn cells(cluster: &str, topic: &Topic) -> Vec<AnyView> {
    let place = use_place();
    let (mark, word) = topic_mark(topic);
    let to = page::topic(cluster, &topic.name);
    let name = topic.name.clone();
    let own = topic.is_internal.then(|| view! { <span class="tag">"internal"</span> });
    let offline = if topic.offline_count > 0 {
        view! { <b class="bad">{count(topic.offline_count)}</b> }.into_any()
    } else {
        count(0_u32)
    };
    vec![
        state(mark, word),
        view! { <a class="mono" href=move || place.to(&to) title=topic.name.clone()>{name}</a>{own} }
            .into_any(),
        count(topic.partition_count),
        count(topic.replication_factor),
        under_replicated(Some(topic.under_replicated_count), topic.under_replicated_since, None),
        offline,
        rate(topic.bytes_in_per_second, None),
        rate(topic.bytes_out_per_second, None),
        size(topic.size_bytes),
        retention(topic.retention_ms),
    ]
}
