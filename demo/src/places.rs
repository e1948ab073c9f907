//! Where the fleet keeps its data and where its jars are.
//!
//! Outside the clone, so that a fresh clone finds both.

use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};

/// The folders that the fleet uses.
#[derive(Debug, Clone)]
pub struct Places {
    fleet: PathBuf,
    cache: PathBuf,
}

impl Places {
    /// The folders that the environment asks for.
    pub fn from_env() -> Result<Self> {
        let folder = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let cache = match folder("RIVERKEEPER_CACHE_DIR") {
            Some(cache) => cache,
            None => folder("XDG_CACHE_HOME")
                .or_else(|| folder("HOME").map(|home| home.join(".cache")))
                .context("neither HOME nor XDG_CACHE_HOME is set: set RIVERKEEPER_CACHE_DIR")?
                .join("riverkeeper"),
        };
        let fleet = folder("RIVERKEEPER_FLEET_DIR").unwrap_or_else(|| cache.join("fleet"));
        Ok(Self { fleet: std::path::absolute(fleet)?, cache: std::path::absolute(cache)? })
    }

    /// The folder of everything that the fleet writes, created if need be.
    pub fn fleet(&self) -> Result<&Path> {
        create(&self.fleet)?;
        Ok(&self.fleet)
    }

    /// Settings and data of the process called `name`.
    pub fn data(&self, name: &str) -> Result<PathBuf> {
        self.created("data", name)
    }

    /// Where the process called `name` writes what it prints.
    pub fn log_file(&self, name: &str) -> PathBuf {
        self.fleet.join("logs").join(format!("{name}.log"))
    }

    /// Where it is written which process is `name`.
    pub fn pid_file(&self, name: &str) -> PathBuf {
        self.fleet.join("run").join(format!("{name}.pid"))
    }

    /// Where the password of a user of the cluster is, in a file that only its owner may read.
    pub fn password_file(&self, cluster: &str, user: &str) -> PathBuf {
        self.fleet.join("secrets").join(cluster).join(user)
    }

    /// The settings with which Kafka's own tools reach the cluster as its administrator.
    pub fn admin_properties(&self, cluster: &str) -> PathBuf {
        self.fleet.join("secrets").join(cluster).join("admin.properties")
    }

    /// The certificate of the fleet's authority.
    pub fn ca(&self) -> PathBuf {
        self.fleet.join("secrets").join("ca.pem")
    }

    /// The brokers' private key with its certificate.
    pub fn keystore(&self) -> PathBuf {
        self.fleet.join("secrets").join("broker.pem")
    }

    /// The file of who owns what, which Riverkeeper reads.
    pub fn owners_file(&self) -> PathBuf {
        self.fleet.join("owners.toml")
    }

    /// Where it is written for which users the fleet was made.
    pub fn made_for(&self) -> PathBuf {
        self.fleet.join("made-for")
    }

    /// The jars of this Kafka, which `./run setup` puts there.
    pub fn jars(&self, kafka_version: &str) -> Result<PathBuf> {
        let jars = self.cache.join(format!("jars-{kafka_version}"));
        if !jars.join(format!("kafka-clients-{kafka_version}.jar")).is_file() {
            bail!("the jars of Kafka {kafka_version} are not in {}: run `./run setup`", jars.display());
        }
        Ok(jars)
    }

    /// Removes the data, logs and secrets of a fleet that is down.
    pub fn wipe(&self) -> Result<()> {
        for part in ["data", "logs", "secrets"] {
            let folder = self.fleet.join(part);
            if folder.exists() {
                std::fs::remove_dir_all(&folder)
                    .with_context(|| format!("could not remove {}", folder.display()))?;
            }
        }
        Ok(())
    }

    fn created(&self, part: &str, name: &str) -> Result<PathBuf> {
        let folder = self.fleet.join(part).join(name);
        create(&folder)?;
        Ok(folder)
    }
}

/// Creates a folder and those above it.
pub fn create(folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder).with_context(|| format!("could not create {}", folder.display()))
}

/// Writes a file that only its owner may read, and those folders above it that are missing.
pub fn write_secret(file: &Path, text: &str) -> Result<()> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    create(file.parent().unwrap_or(Path::new("/")))?;
    let written = std::fs::File::options().create(true).write(true).truncate(true).mode(0o600).open(file);
    written
        .and_then(|mut open| open.write_all(text.as_bytes()))
        .with_context(|| format!("could not write {}", file.display()))
}
