//! A slow broker: its process is stopped for 200 ms of each second, by a process that goes on after the command.
//!
//! Each second at another moment: whoever asks the broker at regular times must not always miss it, or always meet it.
//!
//! A broker must never stay stopped because of it, not even when the slowing process is killed. So a guard stands beside
//! it, in a session of its own: it waits for that process to end, however it ends, and then wakes the broker.

use super::process::{Service, State};
use crate::layout::Broker;
use crate::places::Places;
use anyhow::{Context, Result, bail};
use rustix::process::Signal;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

const STOPPED: Duration = Duration::from_millis(200);
const RUNNING: Duration = Duration::from_millis(800);
/// Multiples of the golden ratio, taken without their whole part, are spread evenly.
const GOLDEN: f64 = 0.618_033_988_75;

/// The process that slows a broker.
pub fn service(places: &Places, broker: Broker) -> Service {
    Service::new(places, format!("slow-{}", broker.name()))
}

/// Starts it.
pub fn start(places: &Places, broker: Broker) -> Result<()> {
    let itself = std::env::current_exe().context("could not find this program to start it again")?;
    let mut command = Command::new(itself);
    command.args(["fleet", "slowing", broker.cluster.name, &broker.id.to_string()]);
    service(places, broker).start(&command)
}

/// What it does, until the broker's process is gone.
pub fn run(broker: &Service) -> Result<()> {
    let State::Running(pid) = broker.state() else { bail!("{} does not run", broker.name) };
    let mut guard = Guard::of(pid)?;
    let goes_on = || matches!(broker.state(), State::Running(now) | State::Paused(now) if now == pid);
    for second in 0_u32.. {
        let before = RUNNING.mul_f64((f64::from(second) * GOLDEN).fract());
        sleep(before);
        if !goes_on() {
            break;
        }
        guard.must_stand()?;
        broker.signal(Signal::STOP);
        sleep(STOPPED);
        broker.signal(Signal::CONT);
        sleep(RUNNING - before);
    }
    Ok(())
}

/// Wakes a process once whoever holds this has ended: the pipe to it breaks then, whatever ended the holder.
struct Guard(Child);

impl Guard {
    fn of(pid: i32) -> Result<Self> {
        let mut shell = Command::new("setsid");
        shell.args(["sh", "-c", "read -r end; kill -CONT \"$0\"", &pid.to_string()]).stdin(Stdio::piped());
        Ok(Self(shell.spawn().context("could not start the guard of a slowed broker")?))
    }

    /// Nothing is stopped without it.
    fn must_stand(&mut self) -> Result<()> {
        match self.0.try_wait().context("could not look after the guard of a slowed broker")? {
            None => Ok(()),
            Some(_) => bail!("the guard of the slowed broker has ended"),
        }
    }
}
