//! The brokers of a cluster, worst first.

use leptos::prelude::*;
use shared::{
    DateTime,
    inventory::{Broker, BrokerState, Brokers, QuorumRole},
    route::page,
};

use super::{
    clusters::disk_cell,
    state::{broker_mark, used_percent},
};
use crate::{
    components::{Age, Column, Key, Sort, Table, at_least, sorted, state, unknown},
    place::use_place,
};

const COLUMNS: [Column; 10] = [
    Column::text("State", "state"),
    Column::text("Broker", "broker_id"),
    Column::text("Endpoint", ""),
    Column::number("Leads", "leader_count"),
    Column::number("Preferred", "preferred_leader_count"),
    Column::number("Replicas", "replica_count"),
    Column::number("Out of sync", "out_of_sync_count"),
    Column::text("Disk", "disk"),
    Column::text("Quorum", ""),
    Column::number("Seen", ""),
];

/// The table of brokers.
/// A broker that serves was seen when the metadata was read last, which the view does not know while it stays the same.
pub(crate) fn broker_table(cluster: &str, page: &Brokers, read_at: Signal<Option<DateTime>>) -> AnyView {
    let sort = use_place().param("sort").as_deref().and_then(Sort::parse);
    let why = page.at_least.then(|| "topics may be hidden from Riverkeeper".to_owned());
    let brokers = sorted(&page.brokers, sort.as_ref(), key);
    let rows = brokers.iter().map(|broker| row(cluster, broker, read_at, why.as_ref())).collect();
    view! { <Table caption="Brokers" columns=&COLUMNS names=1 rows=rows /> }.into_any()
}

fn key(broker: &Broker, by: &str) -> Option<Key> {
    Some(Key::Number(match by {
        "state" => broker_mark(broker).0 as u8 as f64,
        "broker_id" => broker.broker_id.into(),
        "leader_count" => broker.leader_count.into(),
        "preferred_leader_count" => broker.preferred_leader_count.into(),
        "replica_count" => broker.replica_count.into(),
        "out_of_sync_count" => broker.out_of_sync_count.into(),
        "disk" => {
            let used = used_percent(broker.disk_total_bytes, broker.disk_usable_bytes);
            return Some(Key::number(used.map(|used| used as f64)));
        }
        _ => return None,
    }))
}

fn row(
    cluster: &str,
    broker: &Broker,
    read_at: Signal<Option<DateTime>>,
    why: Option<&String>,
) -> Vec<AnyView> {
    let place = use_place();
    let to = page::broker(cluster, broker.broker_id);
    let least = |count: u32| at_least(Some(count), why.cloned());
    let (mark, word) = broker_mark(broker);
    let since = broker
        .since
        .filter(|_| broker.state != BrokerState::Up)
        .map(|since| view! { <span class="sub">"for " <Age at=since /></span> });
    let rack = broker.rack.clone().map(|rack| view! { <span class="dim">{format!(" rack {rack}")}</span> });
    let lag = if broker.out_of_sync_count > 0 {
        view! { <b class="warn">{least(broker.out_of_sync_count)}</b> }.into_any()
    } else {
        least(0)
    };
    vec![
        view! { {state(mark, word)}{since} }.into_any(),
        view! { <a href=move || place.to(&to)>{broker.broker_id}</a>{rack} }.into_any(),
        view! { <code>{format!("{}:{}", broker.host, broker.port)}</code> }.into_any(),
        least(broker.leader_count),
        view! { <span class="dim">{least(broker.preferred_leader_count)}</span> }.into_any(),
        least(broker.replica_count),
        lag,
        disk_cell(broker.size_bytes, broker.disk_total_bytes, broker.disk_usable_bytes),
        quorum(broker.quorum_role),
        seen(broker, read_at),
    ]
}

fn quorum(role: Option<QuorumRole>) -> AnyView {
    match role {
        Some(QuorumRole::Leader) => view! { <b>"Controller"</b> }.into_any(),
        Some(QuorumRole::Voter) => "Voter".into_any(),
        Some(QuorumRole::Observer) => view! { <span class="dim">"Observer"</span> }.into_any(),
        None => unknown(),
    }
}

fn seen(broker: &Broker, read_at: Signal<Option<DateTime>>) -> AnyView {
    let class = if broker.state == BrokerState::Up { "dim" } else { "warn" };
    let last_seen = broker.last_seen;
    let is_up = broker.state == BrokerState::Up;
    let seen = Memo::new(move |_| if is_up { read_at.get().or(last_seen) } else { last_seen });
    (move || match seen.get() {
        Some(at) => view! { <span class=class><Age at=at suffix="ago" /></span> }.into_any(),
        None => view! { <span class="dim">"never"</span> }.into_any(),
    })
    .into_any()
}
