//! `riverkeeper serve`.

use std::{path::PathBuf, process::ExitCode};

use backend::{
    app::App,
    config::{Arguments, Config},
    db::Place,
    http::server,
};
use clap::Args;

/// Serve the dashboard and the API.
#[derive(Args)]
#[command(group = clap::ArgGroup::new("fleet").required(true))]
pub struct Serve {
    /// The configuration file.
    #[arg(long, value_name = "FILE", group = "fleet")]
    config: Option<PathBuf>,
    /// Without a file: one cluster, by its bootstrap servers.
    #[arg(long, value_name = "HOST:PORT[,…]", group = "fleet")]
    bootstrap: Option<String>,
    /// The port to listen on, on loopback.
    #[arg(long)]
    port: Option<u16>,
    /// Where history is kept: sqlite:PATH or postgres://…, instead of what the file says.
    #[arg(long, value_name = "URL")]
    database_url: Option<String>,
    /// The cluster's name, with --bootstrap.
    #[arg(long, default_value = "kafka", requires = "bootstrap")]
    name: String,
}

impl Serve {
    /// Serves until it is told to end.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let cluster = self.bootstrap.map(|bootstrap| (self.name, bootstrap));
        let arguments = Arguments { port: self.port, cluster, database_url: self.database_url };
        let reading = super::read(self.config.as_deref(), &arguments);
        for warning in &reading.report.warnings {
            tracing::warn!("{warning}");
        }
        match reading.sound() {
            Ok(config) => {
                let mut config = config.clone();
                // Who only has a look at a cluster is not left with a file.
                if config.database.url.is_none() && arguments.cluster.is_none() {
                    config.database.url = in_the_state_folder();
                }
                serve(&config).map(|()| ExitCode::SUCCESS)
            }
            Err(faults) => {
                eprintln!("{faults}");
                Ok(ExitCode::FAILURE)
            }
        }
    }
}

#[tokio::main]
async fn serve(config: &Config) -> anyhow::Result<()> {
    allow_many_connections();
    let listener = server::listen(config.http.listen).await?;
    let address = listener.local_addr()?;
    let app = App::start(config)?;
    let shutdown = app.shutdown();
    tokio::spawn(async move {
        ended_by_a_signal().await;
        tracing::info!("ending");
        shutdown.cancel();
    });
    tracing::info!("serving {} cluster(s) at http://{address}/", config.clusters.len());
    app.serve(listener).await
}

/// Where history is kept unless told: the user's folder for what programs remember.
fn in_the_state_folder() -> Option<Place> {
    let given = |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let state = given("XDG_STATE_HOME").or_else(|| Some(given("HOME")?.join(".local/state")));
    if state.is_none() {
        tracing::warn!("no history is kept: there is no HOME to keep it in; set database.url");
    }
    Some(Place::file(&state?.join("riverkeeper/riverkeeper.db")))
}

/// Takes all file descriptors that the system lets us have: it gives fewer to begin with, for the sake of programs that
/// are older than this question, and browsers shall not take those that Kafka needs.
fn allow_many_connections() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let maximum = getrlimit(Resource::Nofile).maximum;
    if let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }) {
        tracing::warn!("could not raise the number of open files: {error}");
    }
}

/// Ctrl-C, or SIGTERM.
async fn ended_by_a_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
        }
        Err(_) => {
            tokio::signal::ctrl_c().await.unwrap_or_default();
        }
    }
}
