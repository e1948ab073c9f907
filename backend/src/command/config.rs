//! `riverkeeper config`: a file is checked, printed or begun without connecting to anything.

use std::{path::PathBuf, process::ExitCode};

use backend::config::{Arguments, Config, Reading, document, example};
use clap::Subcommand;

/// What to do with a configuration.
#[derive(Subcommand)]
pub enum Command {
    /// Say everything that is wrong with a file, with the environment on top. Connects to nothing.
    Check {
        /// The configuration file.
        file: PathBuf,
    },
    /// Print a whole file with every setting, to begin with.
    Example,
    /// Print the settings in force, each with its source; secrets as ***.
    Print {
        /// The configuration file.
        file: PathBuf,
    },
    /// Print docs/configuration.md.
    #[command(hide = true)]
    Document,
}

impl Command {
    /// Does it.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Check { file } => {
                let reading = super::read(Some(&file), &Arguments::default());
                let (text, code) = checked(&file.to_string_lossy(), &reading);
                print!("{text}");
                Ok(code)
            }
            Self::Example => {
                print!("{}", example());
                Ok(ExitCode::SUCCESS)
            }
            Self::Print { file } => {
                let reading = super::read(Some(&file), &Arguments::default());
                print!("{}", reading.print());
                match reading.sound() {
                    Ok(_) => Ok(ExitCode::SUCCESS),
                    Err(faults) => {
                        eprintln!("{faults}");
                        Ok(ExitCode::FAILURE)
                    }
                }
            }
            Self::Document => {
                print!("{}", document());
                Ok(ExitCode::SUCCESS)
            }
        }
    }
}

/// What a check says, a line for each fault and warning and one with their number.
fn checked(file: &str, reading: &Reading) -> (String, ExitCode) {
    let report = &reading.report;
    let mut text = String::new();
    for fault in &report.faults {
        text += &format!("{fault}\n");
    }
    for warning in &report.warnings {
        text += &format!("warning: {warning}\n");
    }
    let counts =
        format!("{}, {}", counted(report.faults.len(), "fault"), counted(report.warnings.len(), "warning"));
    match reading.sound() {
        Ok(Config { clusters, tokens, .. }) => {
            let held = format!("{}, {}", counted(clusters.len(), "cluster"), counted(tokens.len(), "token"));
            (format!("{text}{file}: {held}; {counts}\n"), ExitCode::SUCCESS)
        }
        Err(_) => (format!("{text}{file}: {counts}\n"), ExitCode::FAILURE),
    }
}

fn counted(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}
