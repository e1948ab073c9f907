//! A slowed process is stopped again and again, and never stays stopped.
//!
//! The program is run as `./run fleet` runs it, on a fleet whose broker is a process that only sleeps: slowing one asks
//! nothing of it.

#![allow(clippy::unwrap_used, reason = "a test ends where something is amiss")]

use rustix::process::{Pid, Signal, kill_process};
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Output};
use std::thread::sleep;
use std::time::Duration;

const LOOK: Duration = Duration::from_millis(20);
/// In this time a slowed process is stopped several times.
const LOOKS: usize = 150;

/// A fleet in a folder of its own, where east-1 sleeps.
struct Fleet {
    folder: tempfile::TempDir,
    broker: Child,
}

impl Fleet {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let broker = Command::new("sleep").arg("120").spawn().unwrap();
        fs::create_dir(folder.path().join("run")).unwrap();
        let line = format!("{} {}\n", broker.id(), stat(broker.id()).unwrap().1);
        fs::write(folder.path().join("run/east-1.pid"), line).unwrap();
        Self { folder, broker }
    }

    fn demo(&self, words: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_demo"));
        command.arg("fleet").args(words).env("RIVERKEEPER_FLEET_DIR", self.folder.path());
        command.output().unwrap()
    }

    fn well(&self, words: &[&str]) -> String {
        let output = self.demo(words);
        assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    fn slow(&self) {
        self.well(&["fault", "slow", "east", "1"]);
    }

    /// The process that slows.
    fn slowing(&self) -> u32 {
        let text = fs::read_to_string(self.folder.path().join("run/slow-east-1.pid")).unwrap();
        text.split_whitespace().next().unwrap().parse().unwrap()
    }

    /// How often it was found stopped in some looks.
    fn stops(&self) -> usize {
        let is_stopped = |_: &usize| {
            sleep(LOOK);
            stat(self.broker.id()).is_some_and(|(state, _)| state == 'T')
        };
        (0..LOOKS).filter(is_stopped).count()
    }

    fn wait_until_woken(&self) {
        let woken = (0..LOOKS).any(|_| {
            sleep(LOOK);
            stat(self.broker.id()).is_some_and(|(state, _)| state == 'S')
        });
        assert!(woken, "it stays stopped");
    }
}

impl Drop for Fleet {
    fn drop(&mut self) {
        self.broker.kill().unwrap();
        self.broker.wait().unwrap();
    }
}

/// State and start time of a process.
fn stat(pid: u32) -> Option<(char, u64)> {
    let text = fs::read_to_string(Path::new("/proc").join(pid.to_string()).join("stat")).ok()?;
    let mut fields = text.rsplit_once(')')?.1.split_whitespace();
    Some((fields.next()?.chars().next()?, fields.nth(18)?.parse().ok()?))
}

fn has_ended(pid: u32) -> bool {
    (0..LOOKS).any(|_| {
        sleep(LOOK);
        stat(pid).is_none_or(|(state, _)| "ZX".contains(state))
    })
}

fn signal(pid: u32, signal: Signal) {
    kill_process(Pid::from_raw(i32::try_from(pid).unwrap()).unwrap(), signal).unwrap();
}

#[test]
fn a_slowed_broker_is_stopped_now_and_then_until_the_fleet_goes_down() {
    let fleet = Fleet::new();
    fleet.slow();
    fleet.slow();
    let stops = fleet.stops();
    assert!((5..LOOKS * 2 / 3).contains(&stops), "stopped in {stops} of {LOOKS} looks");
    assert!(fleet.well(&["status"]).lines().any(|line| line.contains("east-1") && line.contains("slowed")));
    let refused = fleet.demo(&["fault", "pause", "east", "1"]);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("slowed"), "{refused:?}");

    let slowing = fleet.slowing();
    fleet.well(&["down"]);
    assert!(has_ended(slowing));
    assert_eq!(stat(fleet.broker.id()).map(|(state, _)| state), Some('Z'), "it heard that it shall end");
}

#[test]
fn a_slowed_broker_goes_on_when_the_process_that_slows_it_is_killed_while_it_is_stopped() {
    let fleet = Fleet::new();
    fleet.slow();
    let slowing = fleet.slowing();
    let is_stopped = (0..LOOKS * 10).any(|_| {
        sleep(LOOK / 10);
        stat(fleet.broker.id()).is_some_and(|(state, _)| state == 'T')
    });
    assert!(is_stopped);
    signal(slowing, Signal::KILL);
    assert!(has_ended(slowing));
    fleet.wait_until_woken();
    assert_eq!(fleet.stops(), 0);
}

#[test]
fn what_slows_a_broker_ends_when_the_broker_is_gone() {
    let fleet = Fleet::new();
    fleet.slow();
    fleet.well(&["fault", "kill", "east", "1"]);
    assert!(has_ended(fleet.slowing()));
}
