//! `riverkeeper serve`.

use std::{path::PathBuf, process::ExitCode};

use backend::{
    app::App,
    config::{Arguments, Config},
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
    /// The cluster's name, with --bootstrap.
    #[arg(long, default_value = "kafka", requires = "bootstrap")]
    name: String,
}

impl Serve {
    /// Serves until it is told to end.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let cluster = self.bootstrap.map(|bootstrap| (self.name, bootstrap));
        let reading = super::read(self.config.as_deref(), &Arguments { port: self.port, cluster });
        for warning in &reading.report.warnings {
            tracing::warn!("{warning}");
        }
        match reading.sound() {
            Ok(config) => serve(config).map(|()| ExitCode::SUCCESS),
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
