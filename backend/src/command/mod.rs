//! The commands of `riverkeeper`.

mod acls;
mod config;
mod lag;
mod serve;
mod token;

use std::{path::Path, process::ExitCode};

use anyhow::Context;
use backend::{
    app::App,
    config::{self as settings, Config, Environment, Reading, Sources},
    runtime::Clock,
};
use clap::{Parser, Subcommand};

/// What was asked for.
#[derive(Parser)]
#[command(
    name = "riverkeeper",
    version,
    about = "Watches, explains and steers a fleet of Apache Kafka clusters"
)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the dashboard and the API.
    Serve(serve::Serve),
    /// Check, print or begin a configuration file.
    #[command(subcommand)]
    Config(config::Command),
    /// Make tokens.
    #[command(subcommand)]
    Token(token::Command),
    /// Print the commands that grant what it needs of a cluster.
    Acls(acls::Acls),
    /// Try the rules of consumer lag on a recording.
    #[command(subcommand)]
    Lag(lag::Command),
    /// Print the OpenAPI document.
    Openapi,
}

impl Arguments {
    /// Does it.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        match self.command {
            Command::Serve(serve) => serve.run(),
            Command::Config(config) => config.run(),
            Command::Token(token) => token.run(),
            Command::Acls(acls) => acls.run(),
            Command::Lag(lag) => lag.run(),
            Command::Openapi => openapi(),
        }
    }
}

#[tokio::main]
async fn openapi() -> anyhow::Result<ExitCode> {
    let app = App::start(&Config::default())?;
    println!("{}", app.document().to_pretty_json().context("could not write the document")?);
    Ok(ExitCode::SUCCESS)
}

/// The configuration from a file, this process' environment and these arguments.
fn read(file: Option<&Path>, arguments: &settings::Arguments) -> Reading {
    let environment: Environment = std::env::vars_os().collect();
    let now = Clock::system().now();
    Config::read(&Sources { file, environment: &environment, arguments, now })
}
