//! Processes that outlive the command which started them.
//!
//! Each runs in a session of its own, so that Ctrl-C in a terminal does not reach it, and is found again by a file
//! with its id and start time, so that a process id used again by the system is never mistaken for it.

use crate::places::{Places, create};
use crate::wait::came_true;
use anyhow::{Context, Result};
use rustix::process::{Pid, Resource, Rlimit, Signal, getrlimit, kill_process, setrlimit};
use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

/// What the largest `fault fill` needs: a file per replica, with room.
const OPEN_FILES: u64 = 65_536;

/// What a process of the fleet does now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It runs.
    Running(i32),
    /// It was stopped by a signal and can go on.
    Paused(i32),
    /// There is no such process.
    Stopped,
}

/// A process of the fleet, running or not.
#[derive(Debug, Clone)]
pub struct Service {
    /// Its name, also that of its files.
    pub name: String,
    places: Places,
}

impl Service {
    /// The process called `name`.
    pub fn new(places: &Places, name: impl Into<String>) -> Self {
        Self { name: name.into(), places: places.clone() }
    }

    /// Looks at what it does now.
    pub fn state(&self) -> State {
        self.recorded().map_or(State::Stopped, |(pid, started)| match Stat::read(pid) {
            Some(stat) if stat.started != started || "ZX".contains(stat.state) => State::Stopped,
            Some(stat) if "Tt".contains(stat.state) => State::Paused(pid),
            Some(_) => State::Running(pid),
            None => State::Stopped,
        })
    }

    /// Starts it: `program` with its arguments, its output to its log file.
    pub fn start(&self, program: &Command) -> Result<()> {
        let doing = || format!("could not start {}", self.name);
        let log = self.fresh_log().with_context(doing)?;
        // `setsid` becomes the program (the same process id), because we are not the leader of its group.
        let child = Command::new("setsid")
            .arg(program.get_program())
            .args(program.get_args())
            .stdin(Stdio::null())
            .stdout(log.try_clone().with_context(doing)?)
            .stderr(log)
            .spawn()
            .with_context(doing)?;
        let pid = i32::try_from(child.id()).with_context(doing)?;
        let started = Stat::read(pid).map_or(0, |stat| stat.started);
        let file = self.places.pid_file(&self.name);
        create(file.parent().unwrap_or(Path::new("/")))?;
        std::fs::write(&file, format!("{pid} {started}\n")).with_context(doing)
    }

    /// Sends it a signal; one that no longer runs is not an error.
    pub fn signal(&self, signal: Signal) {
        if let State::Running(pid) | State::Paused(pid) = self.state()
            && let Some(pid) = Pid::from_raw(pid)
        {
            // It may end between the look and the signal.
            let _ = kill_process(pid, signal);
        }
    }

    /// Ends it at once, as a crash would.
    pub fn kill(&self) {
        self.signal(Signal::KILL);
        came_true(Duration::from_secs(10), || self.state() == State::Stopped);
    }

    /// The last line of its log, to say why it ended.
    pub fn last_words(&self) -> String {
        let file = self.places.log_file(&self.name);
        let text = std::fs::read(&file).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let line = text.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("(it printed nothing)");
        format!("{line} ({})", file.display())
    }

    fn recorded(&self) -> Option<(i32, u64)> {
        parse_pid_file(&std::fs::read_to_string(self.places.pid_file(&self.name)).ok()?)
    }

    /// A new log file; the one before is kept beside it.
    fn fresh_log(&self) -> Result<File> {
        let file = self.places.log_file(&self.name);
        create(file.parent().unwrap_or(Path::new("/")))?;
        if file.exists() {
            std::fs::rename(&file, file.with_extension("log.1"))?;
        }
        Ok(File::create(file)?)
    }
}

/// Ends all of these: asks first, and after `grace` does not ask any more. Paused ones are woken to hear it.
pub fn stop_all(services: &[Service], grace: Duration) {
    for service in services {
        service.signal(Signal::TERM);
        service.signal(Signal::CONT);
    }
    let all_stopped = || services.iter().all(|service| service.state() == State::Stopped);
    if !came_true(grace, all_stopped) {
        services.iter().for_each(Service::kill);
    }
}

/// Raises the limit of open files that the processes started from now on inherit.
pub fn raise_open_files() {
    let limit = getrlimit(Resource::Nofile);
    let wanted = limit.maximum.map_or(OPEN_FILES, |maximum| maximum.min(OPEN_FILES));
    if limit.current.is_some_and(|current| current < wanted) {
        // A lower limit only matters once there are thousands of topics.
        let _ = setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), maximum: limit.maximum });
    }
}

fn parse_pid_file(text: &str) -> Option<(i32, u64)> {
    let (pid, started) = text.trim().split_once(' ')?;
    Some((pid.parse().ok()?, started.parse().ok()?))
}

/// What Linux tells about a process.
#[derive(Debug, PartialEq, Eq)]
struct Stat {
    state: char,
    /// In clock ticks since the machine's start: with the id, unique until the next one.
    started: u64,
}

impl Stat {
    fn read(pid: i32) -> Option<Self> {
        Self::parse(&std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
    }

    /// The command's name, in brackets, may itself hold brackets and spaces: count from the last bracket.
    fn parse(text: &str) -> Option<Self> {
        let mut fields = text.rsplit_once(')')?.1.split_whitespace();
        let state = fields.next()?.chars().next()?;
        Some(Self { state, started: fields.nth(18)?.parse().ok()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_name_with_brackets_does_not_confuse() {
        let text = "42 (a) b (c)) T 1 42 42 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 9 0 123456 1 2";
        assert_eq!(Stat::parse(text), Some(Stat { state: 'T', started: 123_456 }));
        assert_eq!(Stat::parse("nonsense"), None);
    }

    #[test]
    fn this_process_is_found_running() {
        let pid = i32::try_from(std::process::id()).unwrap();
        assert!("RS".contains(Stat::read(pid).unwrap().state));
    }

    #[test]
    fn a_half_written_pid_file_is_no_process() {
        assert_eq!(parse_pid_file("12 34\n"), Some((12, 34)));
        assert_eq!(parse_pid_file("12"), None);
        assert_eq!(parse_pid_file(""), None);
    }
}
