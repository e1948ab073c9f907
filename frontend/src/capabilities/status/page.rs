//! The page of Riverkeeper's status.

use std::sync::Arc;

use leptos::prelude::*;
use shared::{route::api, status::Status, units};

use super::{
    cycles::cycle_table,
    database::database,
    gateways::{connection_table, gateway_table, request_table, rights_table},
    headline::status_headline,
};
use crate::{
    app::set_way,
    components::{Age, Fact, Facts, Head, Tone, count, size},
    live::{Ask, Empty, Query, Shown, ShownFacts, query, use_store},
    shell::missing,
};

/// No notice tells of the status as a whole, so it is asked for.
const EVERY_SECONDS: i64 = 5;

/// The page.
#[component]
pub(crate) fn StatusPage() -> impl IntoView {
    set_way(vec![("Riverkeeper's status".into(), None)]);
    let store = use_store();
    let status = query::<Status>(|| {
        Some(Ask { every_seconds: Some(EVERY_SECONDS), ..Ask::new("status", None, api::STATUS.into()) })
    });
    let is_missing = Memo::new(move |_| {
        status.view.with(Option::is_none) && status.fault().is_some_and(|fault| fault.is_not_found())
    });
    let headline =
        Signal::derive(move || Some(store.dated(status_headline(&*status.view.get()?, store.said_at()))));
    move || {
        if is_missing.get() {
            return missing(
                "There is no page at this address",
                "Your token does not show Riverkeeper's status.",
            );
        }
        view! {
            <Head headline=headline meanwhile="Riverkeeper's status" />
            <ShownFacts query=status part="" source="this Riverkeeper" facts=facts />
            <Database status=status />
            <Cycles status=status />
            <Rights status=status />
            <Gateways status=status />
        }
        .into_any()
    }
}

#[component]
fn Database(status: Query<Status>) -> impl IntoView {
    let body = |status: Arc<Status>| database(&status.database);
    let empty = Empty { title: "Not known", text: "" };
    view! { <Shown query=status part="" title="Database" note=|| "where history is kept" source="this Riverkeeper" empty=empty body=body /> }
        .into_any()
}

#[component]
fn Cycles(status: Query<Status>) -> impl IntoView {
    let body = |status: Arc<Status>| cycle_table(&status.cycles);
    let empty =
        Empty { title: "No cycle runs", text: "Cycles begin with the first cluster of the configuration." };
    view! { <Shown query=status part="" title="Cycles" note=|| "failing first" source="this Riverkeeper" empty=empty body=body /> }
        .into_any()
}

/// Shown only where a right is missing.
#[component]
fn Rights(status: Query<Status>) -> impl IntoView {
    let is_missing = Memo::new(move |_| {
        let lacks =
            |status: &Arc<Status>| status.gateways.iter().any(|gateway| !gateway.missing_rights.is_empty());
        status.view.with(|status| status.as_ref().is_some_and(lacks))
    });
    let empty = Empty { title: "Every right is there", text: "" };
    let body = |status: Arc<Status>| rights_table(&status.gateways);
    move || {
        is_missing.get().then(|| {
            view! { <Shown query=status part="" title="Missing rights" note=|| "what Riverkeeper may not read" source="this Riverkeeper" empty=empty body=body /> }
        })
    }
}

#[component]
fn Gateways(status: Query<Status>) -> impl IntoView {
    let empty = Empty { title: "No cluster", text: "" };
    let clusters = |status: Arc<Status>| gateway_table(&status.gateways);
    let connections = |status: Arc<Status>| connection_table(&status.gateways);
    let requests = |status: Arc<Status>| request_table(&status.gateways);
    view! {
        <Shown query=status part="" title="Our traffic" note=|| "to each cluster, since the start" source="this Riverkeeper" empty=empty body=clusters />
        <div class="cols even">
            <Shown query=status part="" title="Our connections" note=|| "broken first" source="this Riverkeeper" empty=empty body=connections />
            <Shown query=status part="" title="Our requests" note=|| "most time first" source="this Riverkeeper" empty=empty body=requests />
        </div>
    }
    .into_any()
}

fn facts(status: &Status) -> AnyView {
    let failing = status.cycles.iter().filter(|cycle| cycle.failure.is_some()).count() as u64;
    let dropped = status.event_dropped_count;
    let dropped = (dropped > 0).then(|| format!("{} dropped", units::count(dropped)));
    let build = status.build.clone();
    let short: String = build.chars().take(10).collect();
    let facts = vec![
        Fact::new("Failing cycles", count(failing))
            .note(format!("of {}", status.cycles.len()))
            .tone(if failing > 0 { Tone::Bad } else { Tone::Plain }),
        Fact::new("Up for", view! { <Age at=status.started_at /> }.into_any()),
        Fact::new("Memory", size(status.memory_bytes)),
        Fact::new("Open pages", count(status.stream_count)),
        Fact::new("Events held", count(status.event_count)).note(dropped),
        Fact::new("Version", status.version.clone().into_any())
            .note(view! { <span class="mono" title=build>{short}</span> }),
    ];
    view! { <Facts facts=facts /> }.into_any()
}
