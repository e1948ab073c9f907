//! What can be made to go wrong, and how it is made whole again.

use super::process::{Service, State, stop_all};
use super::{Fleet, GRACE, admin, broker, mirror, slow};
use crate::layout::{Broker, Cluster};
use crate::wait::{came_true, until_nothing};
use anyhow::{Result, bail};
use clap::Subcommand;
use rdkafka::metadata::{Metadata, MetadataTopic};
use rustix::process::Signal;
use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

const FILL: &str = "fill-";
const FILL_PARTITIONS: i32 = 6;
const A_WHILE: Duration = Duration::from_secs(90);
const LONG: Duration = Duration::from_secs(300);

/// A fault, or its end.
#[derive(Debug, Subcommand)]
pub enum Fault {
    /// Kill a broker at once (kill -9).
    Kill {
        /// The cluster's name.
        cluster: String,
        /// The broker's id.
        broker: u16,
    },
    /// Stop a broker's process without ending it (SIGSTOP): it accepts connections and answers nothing.
    Pause {
        /// The cluster's name.
        cluster: String,
        /// The broker's id.
        broker: u16,
    },
    /// Slow a broker: stop its process for 200 ms of each second, until `resume`.
    Slow {
        /// The cluster's name.
        cluster: String,
        /// The broker's id.
        broker: u16,
    },
    /// Undo `kill`, `pause` or `slow`, and wait until the broker is back and in sync.
    Resume {
        /// The cluster's name.
        cluster: String,
        /// The broker's id.
        broker: u16,
    },
    /// Create many topics (fill-00000, …) of 6 partitions at replication factor 1.
    Fill {
        /// The cluster's name.
        cluster: String,
        /// How many topics.
        #[arg(default_value_t = 2_000)]
        topics: u32,
    },
    /// Delete what `fill` created, and wait until it is gone.
    Empty {
        /// The cluster's name.
        cluster: String,
    },
    /// End the mirror process that reads from this cluster.
    MirrorStop {
        /// The mirrored cluster's name.
        source: String,
    },
    /// Start it again.
    MirrorStart {
        /// The mirrored cluster's name.
        source: String,
    },
    /// Stop the copying of one mirror, while its process and heartbeats go on.
    MirrorPause {
        /// The mirrored cluster's name.
        source: String,
    },
    /// Let it copy again.
    MirrorResume {
        /// The mirrored cluster's name.
        source: String,
    },
}

impl Fleet {
    /// Makes this go wrong, or right again.
    pub fn fault(&self, fault: &Fault) -> Result<()> {
        match fault {
            Fault::Kill { cluster, broker } => self.kill(Cluster::named(cluster)?.broker(*broker)?),
            Fault::Pause { cluster, broker } => self.pause(Cluster::named(cluster)?.broker(*broker)?),
            Fault::Slow { cluster, broker } => self.slow(Cluster::named(cluster)?.broker(*broker)?),
            Fault::Resume { cluster, broker } => self.resume(Cluster::named(cluster)?.broker(*broker)?),
            Fault::Fill { cluster, topics } => self.fill(Cluster::named(cluster)?, *topics),
            Fault::Empty { cluster } => self.empty(Cluster::named(cluster)?),
            Fault::MirrorStop { source } => self.mirror_stop(Cluster::mirrored(source)?),
            Fault::MirrorStart { source } => self.mirror_start(Cluster::mirrored(source)?),
            Fault::MirrorPause { source } => mirror::set_target(
                &self.places,
                self.ports,
                Cluster::mirrored(source)?,
                mirror::Target::Paused,
            ),
            Fault::MirrorResume { source } => mirror::set_target(
                &self.places,
                self.ports,
                Cluster::mirrored(source)?,
                mirror::Target::Started,
            ),
        }
    }

    fn kill(&self, broker: Broker) -> Result<()> {
        self.started(broker)?.kill();
        Ok(())
    }

    fn pause(&self, broker: Broker) -> Result<()> {
        let service = self.started(broker)?;
        if self.is_slowed(broker) {
            bail!("{0} is slowed: `fault resume` it first", service.name);
        }
        service.signal(Signal::STOP);
        came_true(Duration::from_secs(5), || matches!(service.state(), State::Paused(_)));
        Ok(())
    }

    fn slow(&self, broker: Broker) -> Result<()> {
        let _lock = self.lock()?;
        if self.is_slowed(broker) {
            return Ok(());
        }
        let service = self.started(broker)?;
        if matches!(service.state(), State::Paused(_)) {
            bail!("{0} is paused: `fault resume` it first", service.name);
        }
        slow::start(&self.places, broker)
    }

    fn resume(&self, broker: Broker) -> Result<()> {
        let service = broker::service(&self.places, broker);
        {
            let _lock = self.lock()?;
            stop_all(&[slow::service(&self.places, broker)], GRACE);
            match service.state() {
                State::Paused(_) => service.signal(Signal::CONT),
                State::Stopped => broker::start(&self.places, self.ports, broker)?,
                State::Running(_) => {}
            }
        }
        self.wait_until_back(broker, &service)
    }

    /// Waits until this broker is registered and in sync, as it and every other running broker sees it: its own
    /// view alone may date from before the pause. Another broker of the cluster may be down on purpose.
    fn wait_until_back(&self, broker: Broker, service: &Service) -> Result<()> {
        let views = self.running(broker.cluster).map(|running| admin::View::of(self.reach(), running));
        let views: Vec<admin::View> = views.collect::<Result<_>>()?;
        until_nothing(A_WHILE, || {
            if service.state() == State::Stopped {
                bail!("{} ended: {}", service.name, service.last_words());
            }
            Ok(views.iter().find_map(|view| view.missing_of(i32::from(broker.id))))
        })
    }

    fn running(&self, cluster: &'static Cluster) -> impl Iterator<Item = Broker> {
        cluster
            .brokers()
            .filter(|broker| matches!(broker::service(&self.places, *broker).state(), State::Running(_)))
    }

    /// The broker's process, which must not be down already.
    fn started(&self, broker: Broker) -> Result<Service> {
        let service = broker::service(&self.places, broker);
        if service.state() == State::Stopped {
            bail!("{} does not run", service.name);
        }
        Ok(service)
    }

    fn fill(&self, cluster: &'static Cluster, topics: u32) -> Result<()> {
        let names: Vec<String> = (0..topics).map(|number| format!("{FILL}{number:05}")).collect();
        admin::create_single(self.reach(), cluster, &names, FILL_PARTITIONS)?;
        let expected: BTreeSet<&str> = names.iter().map(String::as_str).collect();
        self.on_every_broker(cluster, |view| {
            let Ok(metadata) = view.metadata() else { return Some("no answer".to_owned()) };
            let led =
                metadata.topics().iter().filter(|topic| expected.contains(topic.name()) && is_led(topic));
            let led = led.count();
            (led < expected.len()).then(|| format!("{led} of {} topics are there", expected.len()))
        })
    }

    fn empty(&self, cluster: &'static Cluster) -> Result<()> {
        let mut names = BTreeSet::new();
        for broker in cluster.brokers() {
            let seen = admin::View::of(self.reach(), broker)?.metadata().ok();
            names.extend(seen.iter().flat_map(fill_topics).map(str::to_owned));
        }
        let names: Vec<String> = names.into_iter().collect();
        admin::delete_topics(self.reach(), cluster, &names)?;
        self.on_every_broker(cluster, |view| {
            let Ok(metadata) = view.metadata() else { return Some("no answer".to_owned()) };
            let left = fill_topics(&metadata).count();
            (left > 0).then(|| format!("{left} topics are left"))
        })?;
        until_nothing(LONG, || {
            let folders = cluster.brokers().map(|broker| fill_folders(&self.places.data(&broker.name())?));
            let left: usize = folders.sum::<Result<usize>>()?;
            Ok((left > 0).then(|| format!("{left} folders of deleted partitions are left")))
        })
    }

    /// Waits until no running broker of the cluster finds anything amiss.
    fn on_every_broker(
        &self,
        cluster: &'static Cluster,
        amiss: impl Fn(&admin::View) -> Option<String>,
    ) -> Result<()> {
        for broker in self.running(cluster) {
            let view = admin::View::of(self.reach(), broker)?;
            until_nothing(LONG, || Ok(amiss(&view)))?;
        }
        Ok(())
    }

    fn mirror_stop(&self, source: &'static Cluster) -> Result<()> {
        let _lock = self.lock()?;
        stop_all(&[mirror::service(&self.places, source)], GRACE);
        Ok(())
    }

    fn mirror_start(&self, source: &'static Cluster) -> Result<()> {
        let _lock = self.lock()?;
        if mirror::service(&self.places, source).state() == State::Stopped {
            mirror::start(&self.places, self.ports, source)?;
        }
        Ok(())
    }
}

fn is_led(topic: &MetadataTopic) -> bool {
    !topic.partitions().is_empty() && topic.partitions().iter().all(|partition| partition.leader() >= 0)
}

fn fill_topics(metadata: &Metadata) -> impl Iterator<Item = &str> {
    metadata.topics().iter().map(|topic| topic.name()).filter(|name| name.starts_with(FILL))
}

fn fill_folders(broker: &Path) -> Result<usize> {
    let data = broker.join("kafka");
    if !data.exists() {
        return Ok(0);
    }
    let names = std::fs::read_dir(data)?.flatten().map(|entry| entry.file_name());
    Ok(names.filter(|name| name.to_string_lossy().starts_with(FILL)).count())
}
