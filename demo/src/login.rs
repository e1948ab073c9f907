//! How a client of the fleet logs in, in the words of each kind of client.
//!
//! Passwords are made when the fleet is first started and lie in files of their own, so that none is in the source
//! or in Riverkeeper's configuration.

use crate::grants::ADMIN;
use crate::layout::{Cluster, Security};
use crate::places::{Places, write_secret};
use anyhow::{Context, Result};
use rdkafka::ClientConfig;
use std::fmt;
use std::io::Read;
use std::path::{Path, PathBuf};

/// A user of one cluster, with all that it needs to be let in. Without a user where there are no logins.
pub struct Login {
    security: Security,
    ca: PathBuf,
    user: Option<User>,
}

struct User {
    name: String,
    password: String,
    file: PathBuf,
}

impl Login {
    /// The user of this name; its password must have been made.
    pub fn of(places: &Places, cluster: &Cluster, name: &str) -> Result<Self> {
        let user = if cluster.has_logins() { Some(User::read(places, cluster, name)?) } else { None };
        Ok(Self { security: cluster.security, ca: places.ca(), user })
    }

    /// The user who may do everything.
    pub fn admin(places: &Places, cluster: &Cluster) -> Result<Self> {
        Self::of(places, cluster, ADMIN)
    }

    /// The user's name and password, where there are logins.
    pub fn credentials(&self) -> Option<(&str, &str)> {
        self.user.as_ref().map(|user| (user.name.as_str(), user.password.as_str()))
    }

    /// Settings of librdkafka.
    pub fn configure(&self, config: &mut ClientConfig) {
        config.set("security.protocol", self.security.protocol());
        if let (Some(user), Some(mechanism)) = (&self.user, self.security.mechanism()) {
            config.set("sasl.mechanisms", mechanism);
            config.set("sasl.username", &user.name).set("sasl.password", &user.password);
        }
        if self.security == Security::SaslSsl {
            config.set("ssl.ca.location", self.ca.to_string_lossy());
        }
    }

    /// Settings of a Java client.
    pub fn java(&self) -> Vec<String> {
        let mut lines = vec![format!("security.protocol={}", self.security.protocol())];
        if let (Some(user), Some(mechanism)) = (&self.user, self.security.mechanism()) {
            lines.push(format!("sasl.mechanism={mechanism}"));
            lines.push(format!("sasl.jaas.config={}", scram(&user.name, &user.password)));
        }
        if self.security == Security::SaslSsl {
            lines.push("ssl.truststore.type=PEM".to_owned());
            lines.push(format!("ssl.truststore.location={}", self.ca.display()));
        }
        lines
    }

    /// Settings of Riverkeeper: librdkafka's names, and the password by its file.
    pub fn toml(&self) -> String {
        let Some(user) = &self.user else { return String::new() };
        let mut text = format!("security.protocol = \"{}\"\n", self.security.protocol());
        if let Some(mechanism) = self.security.mechanism() {
            text += &format!("sasl.mechanisms = \"{mechanism}\"\n");
        }
        text += &format!("sasl.username = \"{}\"\n", user.name);
        text += &format!("sasl.password = {{ file = {} }}\n", quoted(&user.file));
        if self.security == Security::SaslSsl {
            text += &format!("ssl.ca.location = {}\n", quoted(&self.ca));
        }
        text
    }
}

impl fmt::Debug for Login {
    /// Without the password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.user.as_ref().map(|user| &user.name);
        f.debug_struct("Login").field("security", &self.security).field("user", &name).finish_non_exhaustive()
    }
}

impl User {
    fn read(places: &Places, cluster: &Cluster, name: &str) -> Result<Self> {
        let file = places.password_file(cluster.name, name);
        let password = std::fs::read_to_string(&file).with_context(|| {
            format!("could not read {}: start the fleet first (`./run fleet up`)", file.display())
        })?;
        Ok(Self { name: name.to_owned(), password: password.trim_end().to_owned(), file })
    }
}

/// The JAAS line of a login by SCRAM.
pub fn scram(user: &str, password: &str) -> String {
    let module = "org.apache.kafka.common.security.scram.ScramLoginModule";
    format!(r#"{module} required username="{user}" password="{password}";"#)
}

/// Makes the passwords that are missing, and writes the administrator's settings for Kafka's own tools.
pub fn make_secrets(places: &Places, cluster: &'static Cluster) -> Result<()> {
    for user in crate::grants::users(cluster) {
        let file = places.password_file(cluster.name, &user);
        if !file.exists() {
            write_secret(&file, &new_password()?)?;
        }
    }
    if cluster.has_logins() {
        let lines = Login::admin(places, cluster)?.java();
        write_secret(&places.admin_properties(cluster.name), &(lines.join("\n") + "\n"))?;
    }
    Ok(())
}

/// 128 random bits as letters and digits, which need no quoting anywhere.
fn new_password() -> Result<String> {
    let mut bytes = [0; 16];
    let random = std::fs::File::open("/dev/urandom").and_then(|mut source| source.read_exact(&mut bytes));
    random.context("could not read /dev/urandom")?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// A path as a string of TOML.
fn quoted(path: &Path) -> String {
    let text = path.to_string_lossy().replace('\\', r"\\").replace('"', r#"\""#);
    format!("\"{text}\"")
}

#[cfg(test)]
impl Login {
    /// A login that was never made.
    pub fn for_test(security: Security) -> Self {
        let user =
            User { name: "tester".to_owned(), password: "hidden".to_owned(), file: "/s/tester".into() };
        let user = security.mechanism().map(|_| user);
        Self { security, ca: "/s/ca.pem".into(), user }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_client_is_told_the_same() {
        let login = Login::for_test(Security::SaslSsl);
        let mut config = ClientConfig::new();
        login.configure(&mut config);
        for (key, value) in [
            ("security.protocol", "SASL_SSL"),
            ("sasl.mechanisms", "SCRAM-SHA-256"),
            ("sasl.username", "tester"),
            ("ssl.ca.location", "/s/ca.pem"),
        ] {
            assert_eq!(config.get(key), Some(value));
        }
        let java = login.java().join("\n");
        assert!(java.contains("username=\"tester\" password=\"hidden\";"), "{java}");
        assert!(java.contains("ssl.truststore.location=/s/ca.pem"), "{java}");
        assert!(login.toml().contains("sasl.mechanisms = \"SCRAM-SHA-256\"\n"), "{}", login.toml());
    }

    #[test]
    fn riverkeepers_configuration_names_the_file_and_not_the_password() {
        let text = Login::for_test(Security::SaslPlaintext).toml();
        assert!(text.contains("sasl.password = { file = \"/s/tester\" }\n"), "{text}");
        assert!(!text.contains("hidden"), "{text}");
        assert_eq!(Login::for_test(Security::Plaintext).toml(), "");
    }

    #[test]
    fn a_login_is_printed_without_its_password() {
        let text = format!("{:?}", Login::for_test(Security::SaslSsl));
        assert!(text.contains("tester") && !text.contains("hidden"), "{text}");
    }

    #[test]
    fn passwords_differ_and_need_no_quoting() {
        let (one, other) = (new_password().unwrap(), new_password().unwrap());
        assert!(one != other && one.len() == 32 && one.chars().all(|c| c.is_ascii_alphanumeric()));
    }
}
