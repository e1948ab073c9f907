//! The placement matrix: broker × partition, each replica told by its shape.

use std::collections::BTreeMap;

use leptos::prelude::*;
use shared::inventory::{Broker, BrokerState, Partition};

/// More columns than that are not read.
pub(crate) const SHOWN: usize = 200;

/// What a broker holds of a partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Replica {
    /// Nothing.
    None,
    /// The leader.
    Leader,
    /// A follower in sync.
    InSync,
    /// A follower that is behind.
    Behind,
    /// A replica that cannot be reached.
    Offline,
    /// A replica that is being added.
    Coming,
}

impl Replica {
    fn of(partition: &Partition, broker: i32) -> Self {
        let is_coming = partition.reassigning.as_ref().is_some_and(|moving| moving.adding.contains(&broker));
        if !partition.replicas.contains(&broker) {
            Self::None
        } else if partition.leader_id == Some(broker) {
            Self::Leader
        } else if partition.isr.contains(&broker) {
            Self::InSync
        } else if partition.offline_replicas.contains(&broker) {
            Self::Offline
        } else if is_coming {
            Self::Coming
        } else {
            Self::Behind
        }
    }

    /// Its letter, name and class.
    fn drawn(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::None => ("", "none", "none"),
            Self::Leader => ("L", "leader", "leader"),
            Self::InSync => ("•", "in sync", "in-sync"),
            Self::Behind => ("◣", "out of sync", "behind"),
            Self::Offline => ("×", "offline", "offline"),
            Self::Coming => ("+", "being added", "coming"),
        }
    }
}

const KEY: [Replica; 5] =
    [Replica::Leader, Replica::InSync, Replica::Behind, Replica::Offline, Replica::Coming];

/// The brokers that hold replicas, with what is known of them; in the order of their ids.
fn holders<'a>(partitions: &[Partition], brokers: &'a [Broker]) -> BTreeMap<i32, Option<&'a Broker>> {
    let assigned = partitions.iter().flat_map(|partition| &partition.replicas);
    let mut holders: BTreeMap<i32, Option<&Broker>> = assigned.map(|id| (*id, None)).collect();
    for broker in brokers {
        if let Some(known) = holders.get_mut(&broker.broker_id) {
            *known = Some(broker);
        }
    }
    holders
}

/// The matrix with its key.
pub(crate) fn placement(partitions: &[Partition], brokers: &[Broker]) -> AnyView {
    let mut partitions: Vec<&Partition> = partitions.iter().collect();
    partitions.sort_by_key(|partition| partition.partition);
    let held: Vec<Partition> = partitions.iter().map(|partition| (*partition).clone()).collect();
    let headings = partitions
        .iter()
        .map(|partition| view! { <th scope="col">{partition.partition}</th> })
        .collect_view();
    let rows =
        holders(&held, brokers).into_iter().map(|(id, broker)| row(id, broker, &partitions)).collect_view();
    view! {
        <div class="scroll" tabindex="0" role="group" aria-label="Placement, as a table">
            <table class="placement">
                <caption class="hidden">"What each broker holds of each partition"</caption>
                <thead><tr><th scope="col">"Broker"</th>{headings}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        <ul class="key" aria-label="Key">{KEY.map(key_of).into_iter().collect_view()}</ul>
    }
    .into_any()
}

fn row(id: i32, broker: Option<&Broker>, partitions: &[&Partition]) -> AnyView {
    let rack = broker.and_then(|broker| broker.rack.clone()).map(|rack| format!(" rack {rack}"));
    let gone = broker.and_then(|broker| match broker.state {
        BrokerState::Up => None,
        BrokerState::Fenced => Some("fenced"),
        BrokerState::Down => Some("down"),
    });
    let cell = |partition: &&Partition| {
        let (letter, name, class) = Replica::of(partition, id).drawn();
        let title = format!("Partition {} on broker {id}: {name}", partition.partition);
        view! { <td title=title><i class=class aria-hidden="true">{letter}</i><span class="hidden">{name}</span></td> }
    };
    view! {
        <tr>
            <th scope="row">{id}<span class="dim">{rack}</span>{gone.map(|gone| view! { " " <span class="bad">{gone}</span> })}</th>
            {partitions.iter().map(cell).collect_view()}
        </tr>
    }
    .into_any()
}

fn key_of(replica: Replica) -> AnyView {
    let (letter, name, class) = replica.drawn();
    view! { <li><i class=class aria-hidden="true">{letter}</i>{name}</li> }.into_any()
}

#[cfg(test)]
mod tests {
    use shared::inventory::samples;

    use super::*;

    #[test]
    fn each_replica_has_one_place_in_the_matrix() {
        let page = samples::partitions();
        let first = &page.partitions[0];
        assert_eq!(first.replicas, [1, 2, 3]);
        let row: Vec<Replica> = (1..=4).map(|broker| Replica::of(first, broker)).collect();
        assert_eq!(row, [Replica::Leader, Replica::Offline, Replica::InSync, Replica::None]);
    }

    #[test]
    fn a_broker_that_nobody_knows_has_its_row_too() {
        let page = samples::partitions();
        let known = samples::brokers().brokers;
        let holders = holders(&page.partitions, &known[..1]);
        assert_eq!(holders.keys().copied().collect::<Vec<_>>(), [1, 2, 3]);
        assert!(holders[&2].is_some() && holders[&1].is_none());
    }
}
