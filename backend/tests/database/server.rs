//! A PostgreSQL that a test may stop and kill.

use std::{
    net::TcpListener,
    os::unix::process::CommandExt,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::Duration,
};

use rustix::process::{Pid, Signal, geteuid, kill_process};
use tempfile::TempDir;

/// A server of the test's own; it ends when dropped.
pub struct Server {
    programs: PathBuf,
    folder: TempDir,
    port: u16,
    running: Option<Child>,
}

impl Server {
    /// Makes it and starts it.
    pub fn start() -> Self {
        let programs = std::env::var("RIVERKEEPER_POSTGRES_BIN")
            .unwrap_or_else(|_| panic!("RIVERKEEPER_POSTGRES_BIN is not set: ./run test db sets it"));
        let folder = tempfile::tempdir().unwrap();
        if let Some((user, group)) = user() {
            std::os::unix::fs::chown(folder.path(), Some(user), Some(group)).unwrap();
        }
        let port = (28_500..29_000).find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok()).unwrap();
        let mut server = Self { programs: programs.into(), folder, port, running: None };
        let mut make = server.program("initdb");
        let made = make.args(["-U", "postgres", "-A", "trust", "--no-sync"]).output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        server.run();
        server
    }

    /// Its address.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// Starts it again.
    pub fn run(&mut self) {
        let mut server = self.program("postgres");
        server.args(["-h", "127.0.0.1", "-p", &self.port.to_string(), "-c", "unix_socket_directories="]);
        self.running = Some(server.spawn().unwrap());
    }

    /// Ends it as a failing machine would.
    pub fn end(&mut self) {
        self.send(Signal::QUIT);
        if let Some(mut running) = self.running.take() {
            running.wait().unwrap();
        }
    }

    /// Makes it and all its processes stand still.
    pub fn pause(&self) {
        self.send(Signal::STOP);
        self.children().for_each(|child| kill_process(child, Signal::STOP).unwrap_or_default());
    }

    /// Lets them go on.
    pub fn resume(&self) {
        self.children().for_each(|child| kill_process(child, Signal::CONT).unwrap_or_default());
        self.send(Signal::CONT);
    }

    fn send(&self, signal: Signal) {
        if let Some(pid) = self.pid() {
            kill_process(pid, signal).unwrap();
        }
    }

    fn pid(&self) -> Option<Pid> {
        self.running.as_ref().map(Pid::from_child)
    }

    fn children(&self) -> impl Iterator<Item = Pid> {
        let pid = self.pid().map_or(0, |pid| pid.as_raw_nonzero().get());
        let children =
            std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
        let pids: Vec<Pid> =
            children.split_whitespace().filter_map(|pid| Pid::from_raw(pid.parse().ok()?)).collect();
        pids.into_iter()
    }

    fn program(&self, name: &str) -> Command {
        let mut command = Command::new(self.programs.join(name));
        command.args(["-D", &self.folder.path().join("data").to_string_lossy()]);
        command.current_dir("/").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        if let Some((user, group)) = user() {
            command.uid(user).gid(group);
        }
        command
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.resume();
        self.end();
    }
}

/// Root may not run it; the package has a user for it.
fn user() -> Option<(u32, u32)> {
    if !geteuid().is_root() {
        return None;
    }
    let users = std::fs::read_to_string("/etc/passwd").unwrap();
    let line = users.lines().find(|line| line.starts_with("postgres:")).unwrap();
    let mut numbers = line.split(':').skip(2).map(|number| number.parse().unwrap());
    Some((numbers.next().unwrap(), numbers.next().unwrap()))
}

/// Longer than any deadline of the database.
pub const OUTAGE: Duration = Duration::from_secs(3);
