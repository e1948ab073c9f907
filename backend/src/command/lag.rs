//! `riverkeeper lag`: the rules of consumer lag, without a cluster.

use std::{
    fs::File,
    io::{BufReader, BufWriter, Write},
    path::PathBuf,
    process::ExitCode,
};

use anyhow::Context;
use backend::app::{self, replay_lag};
use clap::{Subcommand, ValueEnum};

/// What there is about lag.
#[derive(Subcommand)]
pub enum Command {
    /// Play recorded commits and log ends (lines of JSON) through the rules, and print what they answer.
    Replay {
        /// The recording; `-` is standard input.
        file: PathBuf,
        /// Whose rules.
        #[arg(long, value_enum, default_value_t = Rules::Burrow)]
        rules: Rules,
    },
}

/// Whose rules judge.
#[derive(Clone, Copy, ValueEnum)]
pub enum Rules {
    /// Those of LinkedIn's Burrow 1.9.
    Burrow,
    /// Riverkeeper's own.
    Native,
}

impl From<Rules> for app::LagRules {
    fn from(rules: Rules) -> Self {
        match rules {
            Rules::Burrow => Self::Burrow,
            Rules::Native => Self::Native,
        }
    }
}

impl Command {
    /// Does it.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let Self::Replay { file, rules } = self;
        let mut answers = BufWriter::new(std::io::stdout().lock());
        let played = if file.as_os_str() == "-" {
            replay_lag(std::io::stdin().lock(), &mut answers, rules.into())
        } else {
            let recording =
                File::open(&file).with_context(|| format!("could not open {}", file.display()))?;
            replay_lag(BufReader::new(recording), &mut answers, rules.into())
        };
        // What was answered before a bad line is printed before it is named.
        answers.flush().context("could not write the answers")?;
        played.map(|()| ExitCode::SUCCESS)
    }
}
