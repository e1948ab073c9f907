//! A broker: does it serve, is it as usual, may it be restarted, where does it keep what it holds.

use std::sync::Arc;

use leptos::prelude::*;
use shared::{
    inventory::{BrokerDetail, BrokerState, LogDir, QuorumRole, broker_headline, part},
    meta::Freshness,
    route::page,
    units,
};

use super::{
    asks::{self, About},
    clusters::disk_cell,
    restart::{RestartPanel, verdicts_of},
    state::used_percent,
    timeline::Timeline,
};
use crate::{
    app::set_way,
    capabilities::{Spot, fill, findings},
    components::{
        Column, Fact, Facts, Head, Mark, Table, Tone, at_least, count, disk_tone, size, state, unknown,
    },
    live::{Empty, Query, Shown, ShownFacts, query, use_store},
    place::use_place,
    shell::missing,
};

const LOG_DIRS: [Column; 5] = [
    Column::text("State", ""),
    Column { label: "Directory", key: "", class: "grow" },
    Column::number("Replicas", ""),
    Column::number("Kept", ""),
    Column::text("Volume", ""),
];

/// The page of a broker.
#[component]
pub(crate) fn BrokerPage(cluster: String, broker_id: Option<i32>) -> impl IntoView {
    let id = broker_id.map_or_else(|| units::UNKNOWN.to_owned(), |id| id.to_string());
    set_way(vec![
        ("Fleet".into(), Some(String::new())),
        (cluster.clone(), Some(page::cluster(&cluster))),
        (format!("Broker {id}"), None),
    ]);
    let name = StoredValue::new(cluster);
    let detail = query::<BrokerDetail>(move || name.with_value(|name| Some(asks::broker(name, broker_id?))));
    let is_missing = Memo::new(move |_| {
        let is_unknown = || detail.fault().is_some_and(|fault| fault.is_not_found());
        broker_id.is_none() || (detail.view.with(Option::is_none) && is_unknown())
    });
    move || {
        let Some(broker_id) = broker_id.filter(|_| !is_missing.get()) else {
            let text = detail.fault().map(|fault| fault.sentence()).unwrap_or_default();
            return missing("There is no broker of this id", text);
        };
        view! { <Whole name=name broker_id=broker_id detail=detail /> }.into_any()
    }
}

#[component]
fn Whole(name: StoredValue<String>, broker_id: i32, detail: Query<BrokerDetail>) -> impl IntoView {
    let store = use_store();
    let place = use_place();
    let cluster = name.get_value();
    let verdicts = verdicts_of(name);
    let abnormal = findings(&cluster);
    let headline = Signal::derive(move || {
        let now = store.said_at();
        let detail_now = detail.view.get()?;
        let verdicts = verdicts.view.get();
        let verdict = verdicts
            .as_ref()
            .and_then(|page| page.restart_verdicts.iter().find(|verdict| verdict.broker_id == broker_id));
        let abnormal: Vec<String> =
            abnormal.get().into_iter().filter(|(id, _)| *id == broker_id).map(|(_, said)| said).collect();
        let mut said =
            name.with_value(|name| broker_headline(&detail_now, name, verdict, &abnormal, now, place.zone()));
        let readings = detail.readings();
        let reading = readings.iter().find(|reading| reading.part == part::METADATA);
        if reading.is_some_and(|reading| reading.freshness(now) == Freshness::Stale) {
            said.title = format!("When last read: {}", said.title);
        }
        Some(store.dated(said))
    });
    let meanwhile = format!("Broker {broker_id} of {cluster}");
    let dirs = |detail: Arc<BrokerDetail>| log_dirs(&detail);
    let empty = Empty { title: "Not known", text: "" };
    view! {
        <Head headline=headline meanwhile=meanwhile />
        <ShownFacts query=detail part=part::METADATA source="Metadata, DescribeCluster, DescribeQuorum and DescribeLogDirs" facts=facts />
        {fill(&Spot::Broker(&cluster, broker_id))}
        <div class="cols even">
            <RestartPanel name=name verdicts=verdicts broker_id=Some(broker_id) />
            <Timeline about=About::Broker(cluster.clone(), broker_id) />
        </div>
        <div class="cols even">{fill(&Spot::BrokerOverTime(&cluster, broker_id))}</div>
        <Shown query=detail part=part::LOG_DIRS title="Log directories" source="DescribeLogDirs" empty=empty body=dirs />
    }
    .into_any()
}

fn facts(detail: &BrokerDetail) -> AnyView {
    let broker = &detail.broker;
    let why = detail.at_least.then(|| "topics may be hidden from Riverkeeper".to_owned());
    let least = |count: u32| at_least(Some(count), why.clone());
    let percent = used_percent(broker.disk_total_bytes, broker.disk_usable_bytes);
    let (word, tone) = match broker.state {
        BrokerState::Up => ("Up", Tone::Plain),
        BrokerState::Fenced => ("Fenced", Tone::Bad),
        BrokerState::Down => ("Down", Tone::Bad),
    };
    let role = match broker.quorum_role {
        Some(QuorumRole::Leader) => "Controller".into_any(),
        Some(QuorumRole::Voter) => "Voter".into_any(),
        Some(QuorumRole::Observer) => "Observer".into_any(),
        None => unknown(),
    };
    let text = |text: &Option<String>| text.clone().map_or_else(unknown, IntoAny::into_any);
    let facts = vec![
        Fact::new("State", word.into_any()).tone(tone),
        Fact::new("Leads", least(broker.leader_count))
            .note(format!("preferred {}", units::count(broker.preferred_leader_count.into()))),
        Fact::new("Replicas", least(broker.replica_count)),
        Fact::new("Out of sync", least(broker.out_of_sync_count)).tone(if broker.out_of_sync_count > 0 {
            Tone::Warn
        } else {
            Tone::Plain
        }),
        Fact::new("Kept", size(broker.size_bytes)).note(
            percent.map(|percent| view! { <span class=disk_tone(percent).class()>{percent}" % full"</span> }),
        ),
        Fact::new("Rack", text(&broker.rack)),
        Fact::new("Quorum", role),
        Fact::new("Version", text(&broker.version)),
    ];
    let address = format!("{}:{}", broker.host, broker.port);
    view! { <p class="owned"><code>{address}</code></p><Facts facts=facts /> }.into_any()
}

fn log_dirs(detail: &BrokerDetail) -> AnyView {
    let Some(dirs) = &detail.log_dirs else {
        return view! { <p class="said">"The broker has not told of its log directories."</p> }.into_any();
    };
    let rows = dirs.iter().map(log_dir).collect();
    view! { <Table caption="Log directories" columns=&LOG_DIRS names=1 rows=rows /> }.into_any()
}

fn log_dir(dir: &LogDir) -> Vec<AnyView> {
    let (mark, word) = match (&dir.error, dir.is_cordoned) {
        (Some(error), _) => (Mark::Critical, error.clone()),
        (None, true) => (Mark::Warning, "Cordoned".into()),
        (None, false) => (Mark::Well, "Online".into()),
    };
    vec![
        state(mark, word),
        view! { <code>{dir.path.clone()}</code> }.into_any(),
        count(dir.replica_count),
        size(Some(dir.size_bytes)),
        disk_cell(None, dir.total_bytes, dir.usable_bytes),
    ]
}
