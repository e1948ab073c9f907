//! `riverkeeper`: one process that watches, explains and serves.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    process::ExitCode,
};

use anyhow::Context;
use backend::{app::App, config::Config, http::server};
use clap::{Parser, Subcommand};
use tracing_subscriber::EnvFilter;

#[derive(Parser)]
#[command(
    name = "riverkeeper",
    version,
    about = "Watches, explains and steers a fleet of Apache Kafka clusters"
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the dashboard and the API.
    #[command(group = clap::ArgGroup::new("fleet").required(true))]
    Serve {
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
    },
    /// Print the OpenAPI document.
    Openapi,
}

fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info")))
        .with_writer(std::io::stderr)
        .init();
    match run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("riverkeeper: {error:#}");
            ExitCode::FAILURE
        }
    }
}

#[tokio::main]
async fn run(arguments: Arguments) -> anyhow::Result<()> {
    match arguments.command {
        Command::Serve { config, bootstrap, port, name } => {
            let mut config = match (config, bootstrap) {
                (Some(file), _) => Config::load(&file)?,
                (None, bootstrap) => Config::for_one_cluster(name, &bootstrap.unwrap_or_default())?,
            };
            if let Some(port) = port {
                config.http.listen = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
            }
            serve(&config).await
        }
        Command::Openapi => {
            let app = App::start(&Config::default())?;
            println!("{}", app.document().to_pretty_json().context("could not write the document")?);
            Ok(())
        }
    }
}

async fn serve(config: &Config) -> anyhow::Result<()> {
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
