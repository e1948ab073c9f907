//! What a part of a page shows of one address, typed.

use std::{rc::Rc, sync::Arc};

use leptos::prelude::*;
use serde::de::DeserializeOwned;
use shared::{
    catalog::Owners,
    event::Events,
    inventory::{
        BrokerDetail, Brokers, ClusterDetail, Clusters, Partitions, Replication, RestartVerdicts,
        TopicDetail, Topics,
    },
    lag::{GroupDetail, GroupLags, LagCounts, LagHistory, LagPoint},
    load::{BrokerLoads, Load, LoadPoint, Spreads},
    meta::{Meta, Reading},
    search::Hits,
    status::Status,
    topology::{FlowCounts, FlowDetail, FlowHistory, FlowPoint, Flows, TopicPath, Topology},
};

use super::{
    entry::{AnyView, Entry},
    rules::Scope,
    store::use_store,
};
use crate::api::Fault;

/// An answer of the API.
pub(crate) trait View: DeserializeOwned + Send + Sync + 'static {
    /// What stands beside it.
    fn meta(&self) -> &Meta;
    /// How many rows it has; `None` when it is one thing.
    fn rows(&self) -> Option<usize> {
        None
    }
}

macro_rules! views {
    ($($view:ident $(. $rows:ident)?),*) => {$(
        impl View for $view {
            fn meta(&self) -> &Meta {
                &self.meta
            }
            $(fn rows(&self) -> Option<usize> {
                Some(self.$rows.len())
            })?
        }
    )*};
}

views!(
    Clusters.clusters,
    ClusterDetail,
    Brokers.brokers,
    BrokerDetail,
    BrokerLoads.broker_loads,
    Spreads.spread,
    RestartVerdicts.restart_verdicts,
    Topics.topics,
    TopicDetail,
    Partitions.partitions,
    Events.events,
    Replication.replication,
    Hits.hits,
    Owners.owners,
    GroupDetail,
    Topology,
    FlowDetail,
    TopicPath.hops,
    Status
);

impl View for GroupLags {
    fn meta(&self) -> &Meta {
        &self.meta.meta
    }
    fn rows(&self) -> Option<usize> {
        Some(self.groups.len())
    }
}

impl View for LagCounts {
    fn meta(&self) -> &Meta {
        &self.meta.meta
    }
}

impl View for Flows {
    fn meta(&self) -> &Meta {
        &self.meta.meta
    }
    fn rows(&self) -> Option<usize> {
        Some(self.flows.len())
    }
}

impl View for FlowCounts {
    fn meta(&self) -> &Meta {
        &self.meta.meta
    }
}

impl View for LagHistory {
    fn meta(&self) -> &Meta {
        &self.meta
    }
    /// A step of which nothing is known is no row.
    fn rows(&self) -> Option<usize> {
        let is_known = |point: &&LagPoint| point.1.is_some() || point.2.is_some();
        Some(self.points.iter().filter(is_known).count())
    }
}

impl View for FlowHistory {
    fn meta(&self) -> &Meta {
        &self.meta
    }
    /// A step of which nothing is known is no row.
    fn rows(&self) -> Option<usize> {
        let is_known = |point: &&FlowPoint| [point.1, point.2, point.3].iter().any(Option::is_some);
        Some(self.points.iter().filter(is_known).count())
    }
}

impl View for Load {
    fn meta(&self) -> &Meta {
        &self.meta
    }
    /// A series of which nothing is known is no row.
    fn rows(&self) -> Option<usize> {
        let is_known = |points: &[LoadPoint]| points.iter().any(|LoadPoint(_, value)| value.is_some());
        Some(self.load.iter().filter(|series| is_known(&series.points)).count())
    }
}

/// A question to Riverkeeper.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Ask {
    /// The address, relative to the page's base.
    pub url: String,
    /// What it is about.
    pub scope: Scope,
    /// Asked again so often, for what no notice tells of.
    pub every_seconds: Option<i64>,
    /// Asked again only so often: a notice makes the answer younger, and does not fetch another.
    pub is_slow: bool,
}

impl Ask {
    /// A question about a capability, of one cluster or of the fleet.
    pub(crate) fn new(noun: &'static str, cluster: Option<&str>, url: String) -> Self {
        Self {
            url,
            scope: Scope { noun, cluster: cluster.map(String::from) },
            every_seconds: None,
            is_slow: false,
        }
    }

    /// Asked again so often too, for what no notice tells of.
    pub(crate) fn every(self, seconds: i64) -> Self {
        Self { every_seconds: Some(seconds), ..self }
    }

    /// Asked again so often, whatever notices say.
    pub(crate) fn only_every(self, seconds: i64) -> Self {
        Self { is_slow: true, ..self.every(seconds) }
    }
}

/// The answer to a question that may change, as a part of the page shows it.
pub(crate) struct Query<T: 'static> {
    /// The newest view; while another question is on its way, the view of the one before.
    pub view: RwSignal<Option<Arc<T>>>,
    entry: RwSignal<Option<Rc<Entry>>, LocalStorage>,
    /// Where the view comes from: the entry, or the one of the question before.
    source: RwSignal<Option<Rc<Entry>>, LocalStorage>,
}

impl<T> Clone for Query<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Query<T> {}

impl<T: View> Query<T> {
    /// How the view was read.
    pub(crate) fn readings(self) -> Vec<Reading> {
        self.source.with(|entry| entry.as_ref().map(|entry| entry.readings.get()).unwrap_or_default())
    }

    /// Why the last question had no answer.
    pub(crate) fn fault(self) -> Option<Fault> {
        self.entry.with(|entry| entry.as_ref().and_then(|entry| entry.fault.get()))
    }

    /// Rows of the view; `None` without a view, `Some(None)` for one thing.
    pub(crate) fn rows(self) -> Option<Option<usize>> {
        self.view.with(|view| view.as_ref().map(|view| view.rows()))
    }

    /// Whether another question is on its way, so that the view is the one before.
    pub(crate) fn is_behind(self) -> bool {
        let waits = self.entry.with(|entry| {
            entry
                .as_ref()
                .is_some_and(|entry| entry.view.with(Option::is_none) && entry.fault.with(Option::is_none))
        });
        waits && self.view.with(Option::is_some)
    }

    /// Whether an answer is on its way, and there is none before it.
    pub(crate) fn is_waiting(self) -> bool {
        self.fault().is_none() && self.view.with(Option::is_none)
    }
}

/// Shows the answer to `ask` for as long as its caller is on the page. `None` asks nothing.
pub(crate) fn query<T: View>(ask: impl Fn() -> Option<Ask> + 'static) -> Query<T> {
    let store = use_store();
    let query = Query {
        view: RwSignal::new(None),
        entry: RwSignal::new_local(None),
        source: RwSignal::new_local(None),
    };
    let leave = move || {
        if let Some(entry) = query.entry.try_get_untracked().flatten() {
            store.close(&entry);
        }
    };
    Effect::new(move |before: Option<Option<Ask>>| {
        let ask = ask();
        if before.as_ref() != Some(&ask) {
            leave();
            query.entry.set(ask.as_ref().map(|ask| untrack(|| store.open(ask, decode::<T>))));
        }
        ask
    });
    Effect::new(move || {
        let view = query.entry.with(|entry| entry.as_ref().and_then(|entry| entry.view.get()));
        if let Some(view) = view.and_then(|view| view.downcast::<T>().ok()) {
            query.source.set(query.entry.get_untracked());
            query.view.set(Some(view));
        }
    });
    on_cleanup(leave);
    query
}

fn decode<T: View>(text: &str) -> Result<(AnyView, Meta), String> {
    let view: T = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let meta = view.meta().clone();
    Ok((Arc::new(view), meta))
}
