//! The example: a fleet of real Kafka clusters with applications that behave and misbehave.
//!
//! `run demo` shows it, the tests of the backend and of the pages run against it.

mod apps;
mod config;
mod fleet;
mod grants;
mod layout;
mod login;
mod places;
mod topics;
mod wait;

use anyhow::Result;
use clap::{Parser, Subcommand};
use fleet::{Fault, Fleet, UpOptions};
use std::process::ExitCode;

/// The demo of Riverkeeper.
#[derive(Debug, Parser)]
#[command(name = "demo")]
enum Command {
    /// Start, stop and hurt the clusters.
    #[command(subcommand)]
    Fleet(FleetCommand),
    /// Run all applications until the end is asked for (Ctrl-C).
    Apps,
    /// Print the configuration with which Riverkeeper watches the fleet.
    Config {
        /// The port that Riverkeeper shall listen on.
        #[arg(long, default_value_t = 8080)]
        port: u16,
    },
}

#[derive(Debug, Subcommand)]
enum FleetCommand {
    /// Start what does not run, and wait until every cluster is whole.
    Up(UpOptions),
    /// Stop everything.
    Down {
        /// Also remove the clusters' data.
        #[arg(long)]
        wipe: bool,
    },
    /// Show every process.
    Status,
    /// Print a line a cluster: NAME BOOTSTRAP METRICS_URLS [PROPERTIES].
    Env,
    /// Make something go wrong, or right again.
    #[command(subcommand)]
    Fault(Fault),
    /// Slow a broker until its process is gone: what `fault slow` starts.
    #[command(hide = true)]
    Slowing {
        /// The cluster's name.
        cluster: String,
        /// The broker's id.
        broker: u16,
    },
}

fn main() -> ExitCode {
    match run(Command::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("demo: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<()> {
    let fleet = Fleet::from_env()?;
    match command {
        Command::Fleet(FleetCommand::Up(options)) => fleet.up(options)?,
        Command::Fleet(FleetCommand::Down { wipe }) => fleet.down(wipe)?,
        Command::Fleet(FleetCommand::Status) => fleet.status(),
        Command::Fleet(FleetCommand::Env) => fleet.env(),
        Command::Fleet(FleetCommand::Fault(fault)) => fleet.fault(&fault)?,
        Command::Fleet(FleetCommand::Slowing { cluster, broker }) => {
            fleet.slowing(layout::Cluster::named(&cluster)?.broker(broker)?)?
        }
        Command::Apps => apps::run(fleet.places(), fleet.ports())?,
        Command::Config { port } => {
            print!("{}", config::toml(fleet.places(), fleet.ports(), port, fleet.clusters())?)
        }
    }
    Ok(())
}
