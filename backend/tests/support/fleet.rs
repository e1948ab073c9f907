//! The fleet that the tests run against: which clusters there are, who may hurt them now, and how.
//!
//! `RIVERKEEPER_FLEET` names it, one line a cluster, as `./run fleet env` prints them; how Riverkeeper logs in there is
//! what `demo config` prints (`RIVERKEEPER_DEMO` is that program). A test that hurts a cluster
//! holds it alone, across processes; tests that only read or use topics of their own hold it together.

use std::{fs::File, process::Command, sync::LazyLock};

use backend::{
    config::{Cluster, Config},
    kafka::{Properties, Security, security},
    runtime::Clock,
};

/// One cluster of the fleet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Its name.
    pub name: String,
    /// Its bootstrap servers.
    pub bootstrap: String,
    /// How an administrator logs in, as a file for Kafka's own tools; none where there are no logins.
    pub properties: Option<String>,
}

/// Every cluster of the fleet.
pub fn fleet() -> Vec<Target> {
    let text = std::env::var("RIVERKEEPER_FLEET").unwrap_or_default();
    let targets: Vec<Target> = text.lines().filter(|line| !line.trim().is_empty()).map(target).collect();
    assert!(
        !targets.is_empty(),
        "these tests need real clusters: `./run test kafka`, or set RIVERKEEPER_FLEET to what `./run fleet env` prints"
    );
    targets
}

fn target(line: &str) -> Target {
    let mut words = line.split_whitespace();
    let (Some(name), Some(bootstrap)) = (words.next(), words.next()) else {
        panic!("`{line}` is not a line of RIVERKEEPER_FLEET");
    };
    Target { name: name.into(), bootstrap: bootstrap.into(), properties: words.nth(1).map(str::to_owned) }
}

/// One cluster by its name.
pub fn named(name: &str) -> Target {
    let found = fleet().into_iter().find(|target| target.name == name);
    found.unwrap_or_else(|| panic!("RIVERKEEPER_FLEET has no cluster {name}"))
}

impl Target {
    /// How Riverkeeper is told of it: as itself, with the rights that it asks for and no more.
    pub fn config(&self) -> Cluster {
        self.named(&self.name)
    }

    /// How the administrator is let in, told as Riverkeeper is told.
    pub fn as_admin(&self) -> Security {
        let java = self.properties.as_ref().map(|file| std::fs::read_to_string(file).unwrap());
        let mut told = Properties::new();
        for (name, value) in java.iter().flat_map(|text| text.lines()).filter_map(|line| line.split_once('='))
        {
            let mut tell = |name: &str, value: &str| drop(told.insert(name.to_owned(), value.into()));
            match name {
                "security.protocol" => tell(name, value),
                "sasl.mechanism" => tell("sasl.mechanisms", value),
                "ssl.truststore.location" => tell("ssl.ca.location", value),
                "sasl.jaas.config" => {
                    let word = |name: &str| value.split(&format!("{name}=\"")).nth(1)?.split('"').next();
                    tell("sasl.username", word("username").unwrap());
                    tell("sasl.password", word("password").unwrap());
                }
                _ => {}
            }
        }
        security(&told, Clock::system().now()).unwrap_or_else(|faults| panic!("{faults:?}"))
    }

    /// The same under another name.
    pub fn named(&self, name: &str) -> Cluster {
        let found = CONFIG.clusters.iter().find(|cluster| cluster.name == self.name).cloned();
        let found = found.unwrap_or_else(|| panic!("`demo config` has no cluster {}", self.name));
        Cluster { name: name.into(), ..found }
    }

    /// The same, by its first bootstrap server alone: Kafka's own tools wait long for one that hangs.
    pub fn by_its_first_server(&self) -> Self {
        let first = self.bootstrap.split(',').next().unwrap_or_default();
        Self { bootstrap: first.into(), ..self.clone() }
    }

    /// Keeps faults away from it until dropped, together with others who do so.
    pub fn shared(&self) -> Held {
        let file = self.lock_file();
        file.lock_shared().unwrap();
        Held(file)
    }

    /// Keeps everybody else away from it until dropped; what is broken meanwhile is mended then.
    pub fn alone(&self) -> Broken {
        let file = self.lock_file();
        file.lock().unwrap();
        Broken { held: Held(file), target: self.clone(), brokers: Vec::new(), is_filled: false }
    }

    fn lock_file(&self) -> File {
        let name =
            format!("riverkeeper-tests-{}-{}.lock", self.name, self.bootstrap.replace([':', ','], "-"));
        let path = std::env::temp_dir().join(name);
        File::options().create(true).append(true).open(path).unwrap()
    }
}

/// The fleet as Riverkeeper is told of it.
static CONFIG: LazyLock<Config> = LazyLock::new(|| config(&config_text()));

/// What `demo config` prints.
pub fn config_text() -> String {
    let output = demo().arg("config").output().unwrap();
    assert!(output.status.success(), "demo config: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// A configuration file's text, read.
pub fn config(text: &str) -> Config {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    Config::load(file.path(), Clock::system().now()).unwrap_or_else(|faults| panic!("{faults}"))
}

/// A hold on a cluster, given back when dropped.
pub struct Held(#[expect(dead_code, reason = "the file is the lock")] File);

/// A cluster that is held alone, with what is broken on it.
pub struct Broken {
    #[expect(dead_code, reason = "given back after the cluster is mended")]
    held: Held,
    target: Target,
    brokers: Vec<i32>,
    is_filled: bool,
}

impl Broken {
    /// Kills a broker.
    pub fn kill(&mut self, broker_id: i32) {
        self.brokers.push(broker_id);
        self.fault(&["kill", &self.target.name, &broker_id.to_string()]).unwrap();
    }

    /// Stops a broker without ending it: its port is open, and nothing answers.
    pub fn pause(&mut self, broker_id: i32) {
        self.brokers.push(broker_id);
        self.fault(&["pause", &self.target.name, &broker_id.to_string()]).unwrap();
    }

    /// Creates that many topics of 6 partitions.
    pub fn fill(&mut self, topics: usize) {
        self.is_filled = true;
        self.fault(&["fill", &self.target.name, &topics.to_string()]).unwrap();
    }

    /// Deletes the topics of [`Broken::fill`].
    pub fn empty(&mut self) {
        self.fault(&["empty", &self.target.name]).unwrap();
        self.is_filled = false;
    }

    /// Brings every broker back and waits until it is in sync. All are woken at once: a quorum needs the most of
    /// them.
    pub fn resume(&mut self) {
        let brokers = std::mem::take(&mut self.brokers);
        std::thread::scope(|scope| {
            let resumed: Vec<_> = brokers
                .iter()
                .map(|id| scope.spawn(|| self.fault(&["resume", &self.target.name, &id.to_string()])))
                .collect();
            for outcome in resumed {
                outcome.join().unwrap().unwrap();
            }
        });
    }

    fn fault(&self, words: &[&str]) -> Result<(), String> {
        let mut command = demo();
        let output =
            command.args(["fleet", "fault"]).args(words).output().map_err(|error| error.to_string())?;
        if output.status.success() {
            return Ok(());
        }
        Err(format!("fault {words:?}: {}", String::from_utf8_lossy(&output.stderr)))
    }
}

impl Drop for Broken {
    /// Mends what a test that broke off has left behind.
    fn drop(&mut self) {
        let brokers = std::mem::take(&mut self.brokers);
        let resumes =
            brokers.iter().map(|id| vec!["resume".into(), self.target.name.clone(), id.to_string()]);
        let empties = self.is_filled.then(|| vec!["empty".into(), self.target.name.clone()]);
        for words in resumes.chain(empties) {
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            if let Err(error) = self.fault(&words) {
                eprintln!("could not mend {}: {error}", self.target.name);
            }
        }
    }
}

/// The program that rules the fleet.
fn demo() -> Command {
    match std::env::var_os("RIVERKEEPER_DEMO") {
        Some(program) => Command::new(program),
        None => panic!("RIVERKEEPER_DEMO is not set: it is the program `demo`, as `./run test` builds it"),
    }
}
