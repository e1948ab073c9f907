//! `riverkeeper`: one process that watches, explains and serves.

mod command;

use std::process::ExitCode;

use clap::Parser;
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info")))
        .with_writer(std::io::stderr)
        .init();
    command::Arguments::parse().run().unwrap_or_else(|error| {
        eprintln!("riverkeeper: {error:#}");
        ExitCode::FAILURE
    })
}
