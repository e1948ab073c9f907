//! `riverkeeper token`: tokens are made here, and kept by their bearers only.

use std::process::ExitCode;

use anyhow::{Context, bail};
use backend::{
    config::{hexadecimal, is_name},
    runtime::Clock,
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::{Duration, SecondsFormat};
use clap::Subcommand;
use rand::{TryRngCore, rngs::OsRng};
use sha2::{Digest, Sha256};

/// What to do with tokens.
#[derive(Subcommand)]
pub enum Command {
    /// Make a token: print it once, and the [[token]] to put into the configuration.
    New {
        /// Its name, for logs and screens.
        #[arg(long)]
        name: String,
        /// Days for which it opens.
        #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(u16).range(1..=3660))]
        days: u16,
    },
}

impl Command {
    /// Does it.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let Self::New { name, days } = self;
        if !is_name(&name) {
            bail!("--name takes 1 to 100 letters, digits, '.', '_' and '-' with a letter or digit first");
        }
        let mut secret = [0; 32];
        OsRng.try_fill_bytes(&mut secret).context("the system gave no random bytes for a token")?;
        // A beginning of its own lets scanners find tokens that slipped into a repository.
        let token = format!("rk_{}", BASE64_URL_SAFE_NO_PAD.encode(secret));
        let hash = hexadecimal(&Sha256::digest(&token));
        let expires = Clock::system().now() + Duration::days(days.into());
        let expires = expires.to_rfc3339_opts(SecondsFormat::Secs, true);
        println!(
            "# The token, shown this once. Give it to its bearer and keep it nowhere:\n\
             #   {token}\n\
             # Put this into the configuration; `clusters` and `owners` may narrow it.\n\
             [[token]]\n\
             name = \"{name}\"\n\
             sha256 = \"{hash}\"\n\
             role = \"viewer\"\n\
             expires = {expires}"
        );
        Ok(ExitCode::SUCCESS)
    }
}
