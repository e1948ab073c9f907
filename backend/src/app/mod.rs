//! The wiring: builds the rooms from the configuration. The only place that knows two capabilities at once.

mod lag;
mod load;
mod topology;

use std::{sync::Arc, time::Duration};

use anyhow::Context;
use axum::{
    Router,
    http::{HeaderValue, Uri},
};
use secrecy::ExposeSecret;
use shared::status::{ApiTraffic, BrokerTraffic, GatewayStatus};
use tokio::net::TcpListener;

use crate::{
    access::{Bounds, Door, Names, Token},
    capabilities::{
        inventory::{self, Inventory, Watched},
        lag as behind, load as carried, topology as tiers,
    },
    catalog::Catalog,
    config::{self, Config, MirrorPolicy, OffsetsSource, seconds},
    db::{self, Database, Holder, Retention},
    http::{
        self, Process,
        connections::{self, Limits},
        server,
    },
    kafka::{self, Gateway},
    runtime::{Clock, Runtime},
};

pub use crate::capabilities::lag::replay::{Rules as LagRules, replay as replay_lag};

/// What is under way may take this long to end.
const PATIENCE: Duration = Duration::from_secs(3);

/// A Riverkeeper that is built and turns, and can be served.
pub struct App {
    runtime: Runtime,
    router: Router,
    document: utoipa::openapi::OpenApi,
    gateways: Arc<[Gateway]>,
    limits: Limits,
    is_for_this_machine: bool,
}

impl App {
    /// Builds everything; the cycles turn from now on.
    pub fn start(config: &Config) -> anyhow::Result<Self> {
        let runtime = Runtime::new(Clock::system());
        let catalog = Catalog::start(&runtime, config.catalog.file.as_deref())
            .map_err(|faults| anyhow::anyhow!("the owners cannot be used:\n{}", faults.join("\n")))?;
        let base_path = config.http.public_url.as_ref().map_or("/", Uri::path);
        let clusters: Arc<[String]> = config.clusters.iter().map(|cluster| cluster.name.clone()).collect();
        let database = Database::start(&runtime, database_settings(config, clusters.clone()));
        let door = Door::new(tokens(config)?, catalog, clusters.clone(), base_path);
        let gateways: Arc<[Gateway]> =
            config.clusters.iter().map(|cluster| gateway(config, cluster)).collect();
        let watched = config.clusters.iter().zip(gateways.iter()).map(|(cluster, gateway)| Watched {
            tier: cluster.tier.clone(),
            datacenter: cluster.datacenter.clone(),
            gateway: gateway.clone(),
        });
        let load_settings = load_settings(config);
        let cells = carried::Cells::new(&runtime, &load_settings, &database, endpoints(config, &gateways)?);
        let rates = Arc::new(load::KnownRates(cells.clone()));
        let inventory = inventory::register(
            &runtime,
            &inventory_settings(config, database.clone()),
            watched.collect(),
            rates,
        );
        let brokers = Arc::new(load::KnownBrokers::new(inventory.clone()));
        let load = carried::register(&runtime, &load_settings, cells.clone(), brokers)
            .map_err(anyhow::Error::msg)?;
        let partitions: Arc<dyn behind::model::Fleet> = Arc::new(lag::KnownTopics(inventory.clone()));
        let lag = behind::register(
            &runtime,
            lag_settings(config),
            &database,
            lag_watched(config, &gateways),
            &partitions,
        );
        let known: Arc<dyn tiers::model::Fleet> =
            Arc::new(topology::KnownClusters { inventory: inventory.clone(), cells, lag: lag.clone() });
        let topology = tiers::register(
            &runtime,
            topology_settings(config),
            &database,
            topology_watched(config, &gateways),
            &known,
        );
        let capabilities =
            vec![inventory.capability(), load.capability(), lag.capability(), topology.capability()];
        let speakers = gateways.clone();
        let process = Process {
            runtime: runtime.clone(),
            database,
            door: Arc::new(door),
            gateways: Arc::new(move || speakers.iter().map(|gateway| traffic(gateway, &inventory)).collect()),
            search: capabilities.iter().filter_map(|capability| capability.search.clone()).collect(),
            measured: capabilities.iter().filter_map(|capability| capability.measured.clone()).collect(),
            clusters,
            build: http::build().into(),
            started_at: runtime.clock().now(),
            // Half of the connections are for everything else.
            streams: http::Places::new(config.http.max_connections / 2),
        };
        let routes = capabilities.into_iter().map(|capability| capability.routes).collect();
        let (router, document) = server::routes(process, routes);
        let router = server::app(router, config.http.public_url.as_ref(), &config.http.hosts);
        Ok(Self {
            router,
            runtime,
            document,
            gateways,
            limits: Limits::new(config.http.max_connections),
            is_for_this_machine: config.tokens.is_empty() && !config.http.anyone_may_see_everything,
        })
    }

    /// The document of every route.
    pub fn document(&self) -> &utoipa::openapi::OpenApi {
        &self.document
    }

    /// Serves until the runtime is told to stop, then ends everything.
    pub async fn serve(self, listener: TcpListener) -> anyhow::Result<()> {
        let address = listener.local_addr().context("could not tell where the port is")?;
        // The configuration has said so already; this is where it counts.
        anyhow::ensure!(
            address.ip().is_loopback() || !self.is_for_this_machine,
            "{address} can be reached from other machines, and there is no token: add one, listen on 127.0.0.1, or set \
             http.anyone_may_see_everything = true"
        );
        let shutdown = self.runtime.shutdown().clone();
        connections::serve(listener, self.router, self.limits, shutdown, PATIENCE).await;
        self.runtime.stop(PATIENCE).await;
        self.gateways.iter().for_each(Gateway::close);
        Ok(())
    }

    /// Ends it when cancelled.
    pub fn shutdown(&self) -> tokio_util::sync::CancellationToken {
        self.runtime.shutdown().clone()
    }
}

fn tokens(config: &Config) -> anyhow::Result<Vec<Token>> {
    let token = |token: &config::Token| {
        let clusters = token.clusters.as_ref().map(|globs| {
            let all = config.clusters.iter().map(|cluster| (&*cluster.name, &*cluster.aliases));
            Names::new(globs, all).with_context(|| format!("the clusters of the token {}", token.name))
        });
        let bounds = Bounds { clusters: clusters.transpose()?, owners: token.owners.clone() };
        Ok(Token::new(token.name.clone(), token.sha256, token.role, bounds, token.expires))
    };
    config.tokens.iter().map(token).collect()
}

fn gateway(config: &Config, cluster: &crate::config::Cluster) -> Gateway {
    Gateway::new(kafka::Settings {
        cluster: cluster.name.clone(),
        bootstrap: cluster.bootstrap.clone(),
        security: cluster.security.clone(),
        client_id: config.kafka.client_id.clone(),
        connect_timeout: seconds(config.kafka.connect_timeout_seconds),
        request_timeout: seconds(config.kafka.request_timeout_seconds),
        in_flight_per_broker: config.kafka.in_flight_per_broker,
        max_frame_bytes: config.kafka.max_frame_bytes,
    })
}

fn database_settings(config: &Config, clusters: Arc<[String]>) -> db::Settings {
    let days = |days: f64| seconds(days * 86_400.0);
    db::Settings {
        place: config.database.url.clone(),
        retention: Retention {
            minutes: days(config.history.minutes_days),
            ten_minutes: days(config.history.ten_minutes_days),
            hours: days(config.history.hours_days),
            events: days(config.history.events_days),
        },
        clusters,
        holder: Holder::this_process(),
        beat: Duration::from_secs(1),
    }
}

fn inventory_settings(config: &Config, database: Database) -> inventory::Settings {
    let inventory = &config.inventory;
    inventory::Settings {
        metadata_period: seconds(inventory.metadata_period_seconds),
        log_dirs_period: seconds(inventory.log_dirs_period_seconds),
        configs_period: seconds(inventory.configs_period_seconds),
        policy: inventory::Policy {
            forget_brokers_after: seconds(inventory.forget_brokers_after_hours * 3600.0),
            history: seconds(inventory.history_hours * 3600.0),
        },
        database,
    }
}

fn load_settings(config: &Config) -> carried::Settings {
    let load = &config.load;
    carried::Settings {
        period: seconds(load.period_seconds),
        timeout: seconds(load.timeout_seconds),
        most_bytes: load.max_answer_bytes,
        policy: carried::Policy {
            period: seconds(load.period_seconds),
            held: seconds(load.held_hours * 3600.0),
            young: seconds(load.young_seconds),
            abnormal_z: load.abnormal_z,
        },
    }
}

fn lag_settings(config: &Config) -> behind::Settings {
    let lag = &config.lag;
    let ms = |seconds: f64| (seconds * 1_000.0) as i64;
    behind::Settings {
        period: seconds(lag.period_seconds),
        members_period: seconds(lag.members_period_seconds),
        backfill: lag.backfill,
        keeping: behind::model::Keeping {
            intervals: lag.intervals,
            min_distance_ms: ms(lag.min_distance_seconds as f64),
            expire_group_ms: ms(lag.expire_group_days * 86_400.0),
            drops_early: false,
            most_windows: lag.max_partitions,
        },
        tolerated: behind::model::Tolerated {
            allowed_lag: lag.allowed_lag as u64,
            minimum_complete: lag.minimum_complete as f32,
        },
        held: seconds(lag.held_hours * 3600.0),
        policy: behind::model::Policy {
            behind_after_ms: ms(lag.behind_after_seconds),
            stuck_after_ms: ms(lag.stuck_after_seconds),
            stopped_after_ms: ms(lag.stopped_after_seconds),
            transaction_after_ms: ms(lag.transaction_after_seconds),
            losing_within_ms: ms(lag.losing_within_seconds),
            rewound_for_ms: ms(lag.rewound_for_seconds),
            rhythm_patience_ms: ms(lag.rhythm_patience_seconds),
            minimum_commits: lag.minimum_commits,
            minimum_span_ms: ms(lag.minimum_span_seconds),
            // A commit that took its predecessor's place keeps that one's time.
            clock_ms: 60_000 + ms(lag.min_distance_seconds as f64),
            reads_records: lag.read_records,
        },
    }
}

fn lag_watched(config: &Config, gateways: &[Gateway]) -> Vec<behind::Watched> {
    let watched = |(cluster, gateway): (&config::Cluster, &Gateway)| behind::Watched {
        gateway: gateway.clone(),
        bootstrap: cluster.bootstrap.iter().map(ToString::to_string).collect(),
        choice: match cluster.lag_source.unwrap_or(config.lag.source) {
            OffsetsSource::Auto => behind::Choice::Auto,
            OffsetsSource::OffsetsTopic => behind::Choice::OffsetsTopic,
            OffsetsSource::Admin => behind::Choice::Admin,
        },
    };
    config.clusters.iter().zip(gateways).map(watched).collect()
}

fn topology_settings(config: &Config) -> tiers::Settings {
    let topology = &config.topology;
    let ms = |seconds: f64| (seconds * 1_000.0) as i64;
    let declared = |mirror: &config::Mirror| tiers::model::DeclaredFlow {
        source: mirror.source.clone(),
        target: mirror.target.clone(),
        is_identity: mirror.policy.map(|policy| policy == MirrorPolicy::Identity),
        separator: mirror.separator.clone(),
        topics: mirror.topics.clone(),
        owner: mirror.owner.clone(),
    };
    tiers::Settings {
        period: seconds(topology.period_seconds),
        policy: tiers::model::Policy {
            heartbeat_warning_ms: ms(topology.heartbeat_warning_seconds),
            heartbeat_critical_ms: ms(topology.heartbeat_critical_seconds),
            behind_after_ms: ms(topology.behind_after_seconds),
            flush_ms: ms(topology.flush_seconds),
            told_for_ms: ms(topology.told_for_seconds),
        },
        held: seconds(topology.held_hours * 3600.0),
        most_partitions: topology.max_partitions,
        declared: config.mirrors.iter().map(declared).collect(),
    }
}

fn topology_watched(config: &Config, gateways: &[Gateway]) -> Vec<(tiers::model::Declared, Gateway)> {
    let declared = |cluster: &config::Cluster| tiers::model::Declared {
        name: cluster.name.as_str().into(),
        aliases: cluster.aliases.clone(),
        tier: cluster.tier.clone(),
        datacenter: cluster.datacenter.clone(),
        category: cluster.category.clone(),
    };
    let watched = |(cluster, gateway): (&config::Cluster, &Gateway)| (declared(cluster), gateway.clone());
    config.clusters.iter().zip(gateways).map(watched).collect()
}

fn endpoints(config: &Config, gateways: &[Gateway]) -> anyhow::Result<Vec<carried::Watched>> {
    let watched = |(cluster, gateway): (&config::Cluster, &Gateway)| {
        let places = cluster.metrics_url.clone().map(|url| match url {
            config::MetricsUrl::Template(template) => carried::Places::Template(template),
            config::MetricsUrl::Each(addresses) => carried::Places::Each(addresses),
        });
        let secret = cluster.metrics_authorization.as_ref();
        let authorization = secret.map(|secret| HeaderValue::from_str(secret.value.expose_secret()));
        let authorization =
            authorization.transpose().context("metrics.authorization cannot stand in a header")?;
        let endpoints = places.map(|places| carried::Endpoints { places, authorization });
        Ok(carried::Watched { gateway: gateway.clone(), endpoints })
    };
    config.clusters.iter().zip(gateways).map(watched).collect()
}

fn traffic(gateway: &Gateway, inventory: &Inventory) -> GatewayStatus {
    let traffic = gateway.traffic();
    GatewayStatus {
        cluster: gateway.cluster().into(),
        request_count: traffic.requests,
        failure_count: traffic.failures,
        sent_bytes: traffic.bytes_sent,
        received_bytes: traffic.bytes_received,
        connection_count: traffic.open_connections,
        missing_rights: inventory.missing_rights(gateway.cluster()),
        busy_seconds: traffic.busy.as_secs_f64(),
        apis: traffic
            .by_api
            .iter()
            .map(|api| ApiTraffic {
                api: api.api.into(),
                request_count: api.requests,
                failure_count: api.failures,
                busy_seconds: api.seconds,
            })
            .collect(),
        brokers: traffic
            .brokers
            .into_iter()
            .map(|broker| BrokerTraffic {
                address: broker.address,
                broker_id: broker.broker_id,
                connected: broker.connected,
                last_error: broker.last_error,
            })
            .collect(),
    }
}
