//! The rules over recorded lines: what a user attaches to a report, and how we test ourselves.
//!
//! Each line is a JSON object whose `op` says what it is. Lines that ask (`status`, `window`, `record`, `judge`) are
//! answered by one line each, in their order; the others change what is known. A `config` line begins anew.

mod line;
mod native;
mod record;
mod state;

use std::io::{BufRead, Write};

use anyhow::{Context, bail};

use line::{Config, Line};
use state::State;

/// A line of a recording is no longer than this.
const LONGEST_LINE: u64 = 1 << 20;

/// Whose rules judge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rules {
    /// Burrow's.
    Burrow,
    /// Ours.
    Native,
}

/// Plays a recording, and writes the answers. An error names the line that it is about.
pub fn replay(mut recording: impl BufRead, answers: &mut impl Write, rules: Rules) -> anyhow::Result<()> {
    let (mut state, mut number, mut text) = (State::new(&Config::default(), rules), 0_usize, String::new());
    loop {
        text.clear();
        number += 1;
        let read = std::io::Read::take(&mut recording, LONGEST_LINE)
            .read_line(&mut text)
            .with_context(|| format!("could not read line {number}"))?;
        if read == 0 {
            return Ok(());
        }
        if read as u64 == LONGEST_LINE && !text.ends_with('\n') {
            bail!("line {number} is longer than {LONGEST_LINE} bytes");
        }
        if text.trim().is_empty() {
            continue;
        }
        let line: Line = serde_json::from_str(&text)
            .with_context(|| format!("line {number} is no line of a recording"))?;
        let answer = state.take(line).with_context(|| format!("line {number}"))?;
        if let Some(answer) = answer {
            writeln!(answers, "{answer}").context("could not write the answer")?;
        }
    }
}

#[cfg(test)]
mod scenes;
#[cfg(test)]
mod tests;
