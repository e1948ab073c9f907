//! The fleet: real Kafka clusters and their mirrors, started and stopped as one.

mod acls;
mod admin;
mod broker;
mod certificates;
mod fault;
mod mirror;
mod process;
mod slow;

pub use fault::Fault;
pub use mirror::grants as mirror_grants;

use crate::grants;
use crate::layout::{Broker, CLUSTERS, Cluster, MIRROR_TARGET, OLD, Ports};
use crate::login::{Login, make_secrets};
use crate::places::Places;
use crate::topics;
use anyhow::{Context, Result, anyhow, bail};
use process::{Service, State, raise_open_files, stop_all};
use std::fs::File;
use std::time::Duration;

/// How long a process may take to end by itself.
const GRACE: Duration = Duration::from_secs(10);
/// How long a cluster may take to become whole, on a busy machine.
const UP: Duration = Duration::from_secs(180);

/// What `up` is asked to start.
#[derive(Debug, Clone, Copy, clap::Args)]
pub struct UpOptions {
    /// Start no mirrors.
    #[arg(long)]
    pub no_mirrors: bool,
    /// Also start `old`, a broker of Kafka 3.9.
    #[arg(long)]
    pub old: bool,
}

/// The fleet of one folder and one port layout.
#[derive(Debug)]
pub struct Fleet {
    places: Places,
    ports: Ports,
}

impl Fleet {
    /// The fleet that the environment describes.
    pub fn from_env() -> Result<Self> {
        Ok(Self { places: Places::from_env()?, ports: Ports::from_env()? })
    }

    /// Where its brokers listen.
    pub fn ports(&self) -> Ports {
        self.ports
    }

    /// Starts what does not run, and waits until every cluster is whole and has the demo's topics.
    pub fn up(&self, options: UpOptions) -> Result<()> {
        let _lock = self.lock()?;
        raise_open_files();
        self.prepare()?;
        let clusters = CLUSTERS.iter().filter(|cluster| options.old || cluster.name != OLD);
        std::thread::scope(|scope| {
            let starts: Vec<_> = clusters.map(|cluster| scope.spawn(|| self.cluster_up(cluster))).collect();
            starts.into_iter().try_for_each(|start| start.join().map_err(|_| anyhow!("a start failed"))?)
        })?;
        if !options.no_mirrors {
            for source in CLUSTERS.iter().filter(|cluster| cluster.is_mirrored) {
                if mirror::service(&self.places, source).state() == State::Stopped {
                    mirror::start(&self.places, self.ports, source)?;
                    eprintln!("mirror {} → {MIRROR_TARGET} started", source.name);
                }
            }
        }
        Ok(())
    }

    /// What must be there before a broker starts: passwords, certificates, and no data of a fleet with other users.
    fn prepare(&self) -> Result<()> {
        let is_down = self.services().iter().all(|service| service.state() == State::Stopped);
        let (file, wanted) = (self.places.made_for(), made_for());
        if std::fs::read_to_string(&file).ok().as_ref() != Some(&wanted) {
            if !is_down {
                bail!("the fleet that runs has other users: end it first (`./run fleet down`)");
            }
            // Users are part of the formatted data, and a mirror must not see half of its clusters begin anew.
            self.places.wipe()?;
            std::fs::write(&file, wanted).with_context(|| format!("could not write {}", file.display()))?;
        }
        if is_down {
            certificates::make(&self.places)?;
        }
        CLUSTERS.iter().try_for_each(|cluster| make_secrets(&self.places, cluster))
    }

    fn reach(&self) -> admin::Reach<'_> {
        admin::Reach { places: &self.places, ports: self.ports }
    }

    fn cluster_up(&self, cluster: &'static Cluster) -> Result<()> {
        std::thread::scope(|scope| {
            let starts: Vec<_> =
                cluster.brokers().map(|broker| scope.spawn(move || self.broker_up(broker))).collect();
            starts.into_iter().try_for_each(|start| start.join().map_err(|_| anyhow!("a start failed"))?)
        })?;
        admin::wait_until_whole(self.reach(), cluster, UP).with_context(|| self.last_words(cluster))?;
        let admin = Login::admin(&self.places, cluster)?;
        acls::grant(self.ports, cluster, &admin, &grants::on(cluster), UP)?;
        let topics: Vec<_> = topics::of(cluster.name).collect();
        if !topics.is_empty() {
            admin::create_topics(self.reach(), cluster, &topics)?;
            admin::wait_until_whole(self.reach(), cluster, UP)?;
        }
        eprintln!(
            "{} is up: Kafka {} at {} ({})",
            cluster.name,
            cluster.kafka_version,
            cluster.bootstrap(self.ports),
            cluster.security.protocol()
        );
        Ok(())
    }

    fn broker_up(&self, broker: Broker) -> Result<()> {
        match broker::service(&self.places, broker).state() {
            State::Running(_) => Ok(()),
            State::Paused(_) if self.is_slowed(broker) => Ok(()),
            State::Paused(_) => bail!("{0} is paused: `fault resume` it first", broker.name()),
            State::Stopped => broker::start(&self.places, self.ports, broker),
        }
    }

    /// Why a cluster may not have come up: what its brokers printed last.
    fn last_words(&self, cluster: &'static Cluster) -> String {
        let services = cluster.brokers().map(|broker| broker::service(&self.places, broker));
        let words: Vec<_> =
            services.map(|service| format!("{}: {}", service.name, service.last_words())).collect();
        words.join("\n")
    }

    /// Stops everything; with `wipe` also removes what it kept.
    pub fn down(&self, wipe: bool) -> Result<()> {
        let _lock = self.lock()?;
        // They stop brokers, which must hear that they shall end.
        let slowing: Vec<_> = brokers().map(|broker| slow::service(&self.places, broker)).collect();
        stop_all(&slowing, GRACE);
        // Mirrors before brokers: they keep their offsets in Kafka.
        let (mirrors, brokers): (Vec<_>, Vec<_>) =
            self.services().into_iter().partition(|service| service.name.starts_with("mirror-"));
        stop_all(&mirrors, GRACE);
        stop_all(&brokers, GRACE);
        if wipe {
            self.places.wipe()?;
        }
        Ok(())
    }

    /// Prints every process and what it does.
    pub fn status(&self) {
        println!("{:<14} {:>8} {:>6}  STATE", "PROCESS", "PID", "PORT");
        for service in self.services() {
            let is_slowed = broker_named(&service.name).is_some_and(|broker| self.is_slowed(broker));
            let (pid, state) = match service.state() {
                State::Running(pid) | State::Paused(pid) if is_slowed => (pid.to_string(), "slowed"),
                State::Running(pid) => (pid.to_string(), "running"),
                State::Paused(pid) => (pid.to_string(), "paused"),
                State::Stopped => ("-".to_owned(), "stopped"),
            };
            println!("{:<14} {pid:>8} {:>6}  {state}", service.name, self.port_of(&service.name));
        }
    }

    fn port_of(&self, name: &str) -> String {
        let port = broker_named(name).map(|broker| self.ports.client(broker));
        port.map_or_else(|| "-".to_owned(), |port| port.to_string())
    }

    /// The clusters that a client of this fleet should know: all but `old`, and that while it runs.
    pub fn clusters(&self) -> impl Iterator<Item = &'static Cluster> {
        CLUSTERS.iter().filter(|cluster| {
            let runs = |broker| broker::service(&self.places, broker).state() != State::Stopped;
            cluster.name != OLD || cluster.brokers().any(runs)
        })
    }

    /// Prints a line a cluster: `NAME BOOTSTRAP METRICS_URLS [PROPERTIES]`.
    pub fn env(&self) {
        for cluster in self.clusters() {
            println!("{}", env_line(&self.places, self.ports, cluster));
        }
    }

    /// Where everything of the fleet lies.
    pub fn places(&self) -> &Places {
        &self.places
    }

    fn services(&self) -> Vec<Service> {
        let brokers = brokers().map(|broker| broker::service(&self.places, broker));
        let mirrors = CLUSTERS.iter().filter(|cluster| cluster.is_mirrored);
        brokers.chain(mirrors.map(|source| mirror::service(&self.places, source))).collect()
    }

    /// What the process does that `fault slow` starts: it slows the broker until the broker's process is gone.
    pub fn slowing(&self, broker: Broker) -> Result<()> {
        slow::run(&broker::service(&self.places, broker))
    }

    fn is_slowed(&self, broker: Broker) -> bool {
        slow::service(&self.places, broker).state() != State::Stopped
    }

    /// Keeps two commands from starting or stopping at once; given back when dropped.
    fn lock(&self) -> Result<File> {
        let file = self.places.fleet()?.join("lock");
        let lock = File::create(&file).with_context(|| format!("could not write {}", file.display()))?;
        lock.lock().with_context(|| format!("could not lock {}", file.display()))?;
        Ok(lock)
    }
}

fn brokers() -> impl Iterator<Item = Broker> {
    CLUSTERS.iter().flat_map(Cluster::brokers)
}

fn broker_named(name: &str) -> Option<Broker> {
    brokers().find(|broker| broker.name() == name)
}

/// The properties are those of an administrator, for Kafka's own tools; a plain cluster needs none.
fn env_line(places: &Places, ports: Ports, cluster: &'static Cluster) -> String {
    let mut line = format!("{} {} {}", cluster.name, cluster.bootstrap(ports), cluster.metrics_urls(ports));
    if cluster.has_logins() {
        line += &format!(" {}", places.admin_properties(cluster.name).display());
    }
    line
}

/// The users of every cluster, a line each: data that was formatted for others is of no use.
fn made_for() -> String {
    CLUSTERS
        .iter()
        .map(|cluster| format!("{}: {}\n", cluster.name, grants::users(cluster).join(" ")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_env_has_a_fourth_word_only_where_there_are_logins() {
        let places = Places::from_env().unwrap();
        for cluster in &CLUSTERS {
            let line = env_line(&places, Ports::default_for_test(), cluster);
            let words: Vec<&str> = line.split(' ').collect();
            assert_eq!(words.len(), if cluster.has_logins() { 4 } else { 3 }, "{line}");
            assert!(words.get(3).is_none_or(|file| file.ends_with("/admin.properties")), "{line}");
        }
    }
}
