//! A principal of the fleet's guarded cluster with rights of its own, which a test gives and takes away.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    process::{Command, Stdio},
};

use backend::{
    config::Cluster,
    kafka::{
        acls::{Grantee, commands},
        rights::{OFFSETS_TOPIC, Resource, Right},
    },
};

use super::fleet::{self, Target, named};

/// Kafka's own tool for rights.
pub const ACL_COMMAND: &str = "org.apache.kafka.tools.AclCommand";

/// A user of `west` that is gone when dropped.
pub struct User {
    name: String,
    target: Target,
}

impl User {
    const PASSWORD: &str = "the-password-of-a-trial";

    /// One without a right, for the test of this name.
    pub fn new(test: &str) -> Self {
        let trial = Self { name: format!("kafka-{test}-{}", std::process::id()), target: named("west") };
        let login = format!("SCRAM-SHA-256=[password={}]", Self::PASSWORD);
        trial.alter_user("--add-config", &login);
        trial
    }

    fn alter_user(&self, how: &str, login: &str) {
        let words = ["--alter", "--entity-type", "users", "--entity-name", &self.name, how, login];
        self.target.tool("kafka.admin.ConfigCommand", &words);
    }

    /// `west` as Riverkeeper is told of it, as this user.
    pub fn cluster(&self) -> Cluster {
        let text: Vec<String> = fleet::config_text()
            .lines()
            .map(|line| match line.split_once(" = ") {
                Some(("sasl.username", _)) => format!("sasl.username = \"{}\"", self.name),
                Some(("sasl.password", _)) => format!("sasl.password = \"{}\"", Self::PASSWORD),
                _ => line.to_owned(),
            })
            .collect();
        let config = fleet::config(&text.join("\n"));
        config.clusters.into_iter().find(|cluster| cluster.name == "west").unwrap()
    }

    fn principal(&self) -> String {
        format!("User:{}", self.name)
    }

    /// Runs the commands that are printed, where `kafka-acls.sh` and `admin.properties` are found.
    pub fn run_what_is_printed(&self) {
        let folder = tempfile::tempdir().unwrap();
        let tool = folder.path().join("kafka-acls.sh");
        let jars = std::env::var("RIVERKEEPER_JARS").unwrap();
        fs::write(&tool, format!("#!/bin/sh\nexec java -Xmx128m -cp '{jars}/*' {ACL_COMMAND} \"$@\"\n"))
            .unwrap();
        fs::set_permissions(&tool, fs::Permissions::from_mode(0o700)).unwrap();
        fs::copy(self.target.properties.as_ref().unwrap(), folder.path().join("admin.properties")).unwrap();
        let printed =
            commands(&Grantee { bootstrap: self.target.bootstrap.clone(), principal: self.principal() });
        let path = format!("{}:{}", folder.path().display(), std::env::var("PATH").unwrap());
        let output = Command::new("sh")
            .args(["-ec", &printed])
            .current_dir(folder.path())
            .env("PATH", path)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert!(output.status.success(), "{printed}\n{output:?}");
    }

    /// Grants one right, or takes it away.
    pub fn alter(&self, how: &str, right: &Right) {
        let principal = self.principal();
        let on: &[&str] = match right.resource {
            Resource::Cluster => &["--cluster"],
            Resource::Topic if right.is_prefix => {
                &["--resource-pattern-type", "prefixed", "--topic", right.name]
            }
            Resource::Topic => &["--topic", right.name],
            Resource::Group => &["--group", right.name],
        };
        let words = [how, "--force", "--allow-principal", &principal, "--operation", right.operation];
        self.target.tool(ACL_COMMAND, &[&words[..], on].concat());
    }
}

impl Drop for User {
    fn drop(&mut self) {
        let principal = self.principal();
        let of_it = ["--remove", "--force", "--allow-principal", &principal];
        let on =
            ["--cluster", "--topic", "*", "--topic", OFFSETS_TOPIC, "--topic", "heartbeats", "--group", "*"];
        self.target.tool(ACL_COMMAND, &[&of_it[..], &on].concat());
        let begins = ["--resource-pattern-type", "prefixed", "--topic", "mm2-"];
        self.target.tool(ACL_COMMAND, &[&of_it[..], &begins].concat());
        self.alter_user("--delete-config", "SCRAM-SHA-256");
    }
}
