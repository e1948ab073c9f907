//! The applications: who runs, and what each does well or badly.
//!
//! The table is the cast; every way of behaving is a file of its own.

mod client;
mod consume;
mod ledger;
mod produce;
mod replay;
mod stop;
mod stuck;
mod transact;

use crate::grants::{Grant, Operation, Resource};
use crate::layout::{Cluster, Ports};
use crate::login::Login;
use crate::places::Places;
use anyhow::{Context, Result};
use client::Connection;
use consume::Consume;
use produce::{Keys, Produce};
use std::io::IsTerminal;
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

/// How long after a failure an application is started again.
const RESTART_PAUSE: Duration = Duration::from_secs(5);
/// How long the applications may take to leave their groups at the end.
const LEAVING: Duration = Duration::from_secs(5);
/// How often the rare committer commits, unless `RIVERKEEPER_DEMO_SLOW` gives other seconds.
const RARELY: Duration = Duration::from_secs(50);

/// An application of the demo.
struct App {
    cluster: &'static str,
    client_id: &'static str,
    does: Does,
}

/// What an application does.
enum Does {
    Produce(Produce),
    /// Writes transactions, some of which it aborts.
    Transact(&'static str),
    /// Reads, and commits every few seconds.
    Consume(Consume),
    /// Reads what is committed, and commits "last record + 1".
    Ledger(Group),
    /// Meets a record that it cannot handle, while it still heartbeats.
    GetStuck(Group),
    /// Reads for a while, then never comes back.
    Stop(Group),
    /// Is reset back once while it is empty, and starts again slowly.
    Replay(Group),
}

/// A consumer group and the topic that it reads.
#[derive(Debug, Clone, Copy)]
struct Group {
    name: &'static str,
    topic: &'static str,
}

const fn app(cluster: &'static str, client_id: &'static str, does: Does) -> App {
    App { cluster, client_id, does }
}

const fn group(name: &'static str, topic: &'static str) -> Group {
    Group { name, topic }
}

static APPS: [App; 27] = [
    // Producers of east.
    app("east", "web-shop", Does::Produce(Produce::steady("orders", 20))),
    app("east", "click-collector", Does::Produce(Produce::steady("clicks", 60).keyed(Keys::OneHot))),
    app("east", "warehouse-scanner", Does::Produce(Produce::steady("inventory-changes", 12))),
    app("east", "parcel-tracker", Does::Produce(Produce::steady("shipments", 4).beginning_with(4_000))),
    app("east", "refund-desk", Does::Produce(Produce::steady("refunds", 2))),
    app("east", "session-tracker", Does::Produce(Produce::steady("session-events", 10))),
    app("east", "audit-writer", Does::Produce(Produce::once("audit-log", 40))),
    app("east", "payment-gateway", Does::Transact("payments")),
    // Healthy consumers of east: two members, a hot partition, an idle topic.
    app("east", "order-processor-1", Does::Consume(Consume::all("order-processing", "orders"))),
    app("east", "order-processor-2", Does::Consume(Consume::all("order-processing", "orders"))),
    app("east", "recommender-1", Does::Consume(Consume::all("recommendations", "clicks"))),
    app("east", "recommender-2", Does::Consume(Consume::all("recommendations", "clicks"))),
    app("east", "compliance-reader", Does::Consume(Consume::all("compliance-archive", "audit-log"))),
    // It reads fast and commits rarely: what looks like lag is not.
    app(
        "east",
        "warehouse-loader",
        Does::Consume(Consume::all("warehouse-loader", "inventory-changes").rarely()),
    ),
    // It reads a little less than is written, and falls behind for ever.
    app(
        "east",
        "search-indexer",
        Does::Consume(Consume::all("search-indexer", "inventory-changes").at_most(8)),
    ),
    app("east", "ledger-writer", Does::Ledger(group("ledger", "payments"))),
    app("east", "refund-worker", Does::GetStuck(group("refund-processing", "refunds"))),
    app("east", "billing-export", Does::Stop(group("billing", "orders"))),
    // Its topic keeps records for a minute: it stays below the log start.
    app("east", "session-replayer", Does::Stop(group("session-replay", "session-events"))),
    app("east", "delivery-report", Does::Replay(group("delivery-report", "shipments"))),
    app("east", "fraud-scorer", Does::Consume(Consume::all("fraud-scorer", "payments"))),
    // west.
    app("west", "store-tills", Does::Produce(Produce::steady("orders", 8))),
    app("west", "door-counter", Does::Produce(Produce::steady("store-visits", 5))),
    app("west", "store-dashboard", Does::Consume(Consume::all("store-dashboard", "store-visits"))),
    // aggregate: what the mirrors bring.
    app("aggregate", "sales-east", Does::Consume(Consume::all("global-sales", "east.orders"))),
    app("aggregate", "sales-west", Does::Consume(Consume::all("global-sales", "west.orders"))),
    app(
        "aggregate",
        "click-warehouse",
        Does::Consume(Consume::all("click-warehouse", "east.clicks").at_most(500)),
    ),
];

/// What the applications of a cluster may do: each what it does, and nothing else.
pub fn grants(cluster: &str) -> Vec<Grant> {
    APPS.iter().filter(|app| app.cluster == cluster).flat_map(App::grants).collect()
}

impl App {
    /// The user that it logs in as: its group's name, so that the members of a group are one application.
    fn user(&self) -> &'static str {
        self.does.group().map_or(self.client_id, |group| group.name)
    }

    fn grants(&self) -> Vec<Grant> {
        let topic = Resource::Topic(self.does.topic().to_owned());
        match (&self.does, self.does.group()) {
            (_, Some(group)) => {
                let group = Resource::Group(group.name.to_owned());
                let mut grants = Grant::all(self.user(), &topic, &[Operation::Read]);
                grants.extend(Grant::all(self.user(), &group, &[Operation::Read]));
                grants
            }
            (Does::Transact(_), None) => {
                let id = Resource::TransactionalId(transact::TRANSACTIONAL_ID.to_owned());
                let mut grants = Grant::all(self.user(), &topic, &[Operation::Write]);
                grants.extend(Grant::all(self.user(), &id, &[Operation::Write]));
                grants
            }
            (_, None) => Grant::all(self.user(), &topic, &[Operation::Write]),
        }
    }
}

/// Runs all of them until SIGTERM or SIGINT.
pub fn run(places: &Places, ports: Ports) -> Result<()> {
    let rarely = rarely()?;
    tell_tersely();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().worker_threads(4).build()?;
    let outcome = runtime.block_on(async {
        for app in &APPS {
            let cluster = Cluster::named(app.cluster)?;
            let login = Login::of(places, cluster, app.user())?;
            let connection = Connection::new(cluster.bootstrap(ports), login, app.client_id, rarely);
            tokio::spawn(keep_running(app, connection));
        }
        tracing::info!("{} applications run", APPS.len());
        asked_to_end().await
    });
    runtime.shutdown_timeout(LEAVING);
    outcome
}

/// Says what the applications do; what librdkafka says of every broken connection is left out.
fn tell_tersely() {
    let terminal = std::io::stderr().is_terminal();
    let told = EnvFilter::new("info,librdkafka=off,rdkafka=off");
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_env_filter(told)
        .with_ansi(terminal)
        .with_target(false)
        .init();
}

fn rarely() -> Result<Duration> {
    let Ok(text) = std::env::var("RIVERKEEPER_DEMO_SLOW") else { return Ok(RARELY) };
    let seconds: u64 =
        text.parse().with_context(|| format!("RIVERKEEPER_DEMO_SLOW is {text:?}, not seconds"))?;
    Ok(Duration::from_secs(seconds.clamp(1, 86_400)))
}

async fn asked_to_end() -> Result<()> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}

/// Brokers come and go: an application that fails begins again.
async fn keep_running(app: &'static App, connection: Connection) {
    loop {
        match app.does.run(&connection).await {
            Ok(()) => return tracing::info!("{} has ended", app.client_id),
            Err(error) => tracing::warn!("{} begins again: {error:#}", app.client_id),
        }
        tokio::time::sleep(RESTART_PAUSE).await;
    }
}

impl Does {
    fn topic(&self) -> &'static str {
        match self {
            Self::Produce(produce) => produce.topic(),
            Self::Transact(topic) => topic,
            Self::Consume(_) | Self::Ledger(_) | Self::GetStuck(_) | Self::Stop(_) | Self::Replay(_) => {
                self.group().map_or("", |group| group.topic)
            }
        }
    }

    fn group(&self) -> Option<Group> {
        match self {
            Self::Produce(_) | Self::Transact(_) => None,
            Self::Consume(consume) => Some(consume.group()),
            Self::Ledger(group) | Self::GetStuck(group) | Self::Stop(group) | Self::Replay(group) => {
                Some(*group)
            }
        }
    }

    async fn run(&self, connection: &Connection) -> Result<()> {
        match self {
            Self::Produce(produce) => produce.run(connection).await,
            Self::Transact(topic) => transact::run(connection, topic).await,
            Self::Consume(consume) => consume.run(connection).await,
            Self::Ledger(group) => ledger::run(connection, *group).await,
            Self::GetStuck(group) => stuck::run(connection, *group).await,
            Self::Stop(group) => stop::run(connection, *group).await,
            Self::Replay(group) => replay::run(connection, *group).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topics;
    use std::collections::BTreeSet;

    #[test]
    fn every_application_has_a_client_id_of_its_own() {
        let ids: BTreeSet<&str> = APPS.iter().map(|app| app.client_id).collect();
        assert_eq!(ids.len(), APPS.len());
    }

    #[test]
    fn every_topic_exists_on_its_cluster_or_is_mirrored_to_it() {
        for app in &APPS {
            let topic = app.does.topic();
            let (cluster, name) = match topic.split_once('.') {
                Some((source, name)) if app.cluster == "aggregate" => (source, name),
                _ => (app.cluster, topic),
            };
            let found = topics::of(cluster).find(|topic| topic.name == name);
            assert!(found.is_some_and(|t| t.is_mirrored || app.cluster == cluster), "{}", app.client_id);
        }
    }

    #[test]
    fn a_reader_may_read_its_topic_and_its_group_and_nothing_else() {
        let grants: Vec<Grant> = grants("east").into_iter().filter(|grant| grant.user == "billing").collect();
        let read = |resource| Grant { user: "billing".to_owned(), resource, operation: Operation::Read };
        let expected =
            [Resource::Topic("orders".to_owned()), Resource::Group("billing".to_owned())].map(read);
        assert_eq!(grants, expected);
    }

    #[test]
    fn members_of_a_group_are_one_user() {
        let users: BTreeSet<String> = grants("east").into_iter().map(|grant| grant.user).collect();
        assert!(users.contains("order-processing") && !users.contains("order-processor-1"), "{users:?}");
    }
}
