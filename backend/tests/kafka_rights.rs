//! The rights that Riverkeeper asks for, against a real authorizer: with them nothing is missing, without any one of
//! them something is, and the fleet grants no more.
//!
//! The commands are run as they are printed, by a shell, for a user of the test's own.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends where something is amiss")]

mod support;

use std::{
    collections::BTreeSet,
    fs,
    os::unix::fs::PermissionsExt,
    process::{Command, Stdio},
    time::Duration,
};

use backend::{
    config::Cluster,
    kafka::{
        acls::{Grantee, commands},
        rights::{OFFSETS_TOPIC, RIGHTS, Resource, Right, TAP_GROUP},
    },
};
use shared::inventory::ClusterDetail;
use support::{
    Served, config,
    fleet::{self, Target, named},
    wait_until,
};

const ACL_COMMAND: &str = "org.apache.kafka.tools.AclCommand";
const SOON: Duration = Duration::from_secs(60);

/// A right as `AclCommand --list` names it: resource, name, operation.
fn listed(right: &Right) -> (String, String, String) {
    let operation = match right.operation {
        "DescribeConfigs" => "DESCRIBE_CONFIGS".to_owned(),
        operation => operation.to_uppercase(),
    };
    (right.resource.word().to_uppercase(), right.name.to_owned(), operation)
}

/// What a user is allowed on a cluster, as Kafka's own tool lists it.
fn allowed(target: &Target, user: &str) -> BTreeSet<(String, String, String)> {
    let text = target.tool(ACL_COMMAND, &["--list", "--principal", &format!("User:{user}")]);
    let field = |line: &str, name: &str| {
        let (_, rest) = line.split_once(&format!("{name}="))?;
        Some(rest.split([',', ')']).next()?.to_owned())
    };
    let (mut resource, mut found) = (None, BTreeSet::new());
    for line in text.lines() {
        if line.starts_with("Current ACLs") {
            assert!(line.contains("patternType=LITERAL"), "{line}");
            resource = field(line, "resourceType").zip(field(line, "name"));
        } else if let Some(operation) = field(line, "operation") {
            assert!(line.contains("permissionType=ALLOW") && line.contains("host=*"), "{line}");
            let (kind, name) = resource.clone().unwrap();
            found.insert((kind, name, operation));
        }
    }
    found
}

#[test]
fn the_fleet_grants_riverkeeper_what_it_asks_for_and_no_more() {
    let asked: BTreeSet<_> = RIGHTS.iter().map(listed).collect();
    for name in ["east", "west"] {
        let target = named(name);
        let _held = target.shared();
        assert_eq!(allowed(&target, "riverkeeper"), asked, "{name}");
    }
}

/// A user of `west` that is gone when dropped.
struct Trial {
    user: String,
    target: Target,
}

impl Trial {
    const PASSWORD: &str = "the-password-of-a-trial";

    fn new() -> Self {
        let trial = Self { user: format!("kafka-rights-{}", std::process::id()), target: named("west") };
        let login = format!("SCRAM-SHA-256=[password={}]", Self::PASSWORD);
        trial.alter_user("--add-config", &login);
        trial
    }

    fn alter_user(&self, how: &str, login: &str) {
        let words = ["--alter", "--entity-type", "users", "--entity-name", &self.user, how, login];
        self.target.tool("kafka.admin.ConfigCommand", &words);
    }

    /// `west` as Riverkeeper is told of it, as this user.
    fn cluster(&self) -> Cluster {
        let text: Vec<String> = fleet::config_text()
            .lines()
            .map(|line| match line.split_once(" = ") {
                Some(("sasl.username", _)) => format!("sasl.username = \"{}\"", self.user),
                Some(("sasl.password", _)) => format!("sasl.password = \"{}\"", Self::PASSWORD),
                _ => line.to_owned(),
            })
            .collect();
        let config = fleet::config(&text.join("\n"));
        config.clusters.into_iter().find(|cluster| cluster.name == "west").unwrap()
    }

    fn principal(&self) -> String {
        format!("User:{}", self.user)
    }

    /// Runs the commands that are printed, where `kafka-acls.sh` and `admin.properties` are found.
    fn run_what_is_printed(&self) {
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
    fn alter(&self, how: &str, right: &Right) {
        let principal = self.principal();
        let on: &[&str] = match right.resource {
            Resource::Cluster => &["--cluster"],
            Resource::Topic => &["--topic", right.name],
            Resource::Group => &["--group", right.name],
        };
        let words = [how, "--force", "--allow-principal", &principal, "--operation", right.operation];
        self.target.tool(ACL_COMMAND, &[&words[..], on].concat());
    }
}

impl Drop for Trial {
    fn drop(&mut self) {
        let principal = self.principal();
        let of_it = ["--remove", "--force", "--allow-principal", &principal];
        let on =
            ["--cluster", "--topic", "*", "--topic", OFFSETS_TOPIC, "--group", "*", "--group", TAP_GROUP];
        self.target.tool(ACL_COMMAND, &[&of_it[..], &on].concat());
        self.alter_user("--delete-config", "SCRAM-SHA-256");
    }
}

/// The rights that Riverkeeper says it lacks on `west`, once it has looked at everything again, and what has failed.
async fn missing(served: &Served) -> Result<Vec<(String, String)>, String> {
    let detail: ClusterDetail = served.get("/api/v1/clusters/west").await.json_or_missing()?;
    let unread = detail.meta.readings.iter().find(|reading| reading.as_of.is_none());
    if let Some(reading) = unread {
        return Err(format!("{reading:?}"));
    }
    let lacking = detail.missing_rights.iter();
    Ok(lacking
        .map(|right| (right.operation.clone(), format!("{:?}", right.resource).to_lowercase()))
        .collect())
}

async fn wait_until_missing(served: &Served, expected: &[&Right]) {
    let expected: Vec<_> =
        expected.iter().map(|right| (right.operation.to_owned(), right.resource.word().to_owned())).collect();
    wait_until(&format!("{expected:?} is missing"), SOON, async || {
        let missing = missing(served).await?;
        if missing == expected { Ok(()) } else { Err(format!("{missing:?}")) }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_what_is_printed_nothing_is_missing_and_without_any_of_it_that_is_named() {
    let west = named("west");
    let _held = west.shared();
    let trial = Trial::new();
    trial.run_what_is_printed();
    let served = Served::start(&config([trial.cluster()])).await;
    served.read_once().await;
    wait_until_missing(&served, &[]).await;
    let row = served.cluster("west").await;
    assert_eq!((row.failure, row.at_least), (None, false));
    assert!(row.size_bytes.is_some() && row.controller_id.is_some(), "a size and a controller are known");
    // What groups need is missed by nobody as long as nobody looks at them.
    let are_looked_at = |right: &&Right| right.resource != Resource::Group && right.name != OFFSETS_TOPIC;
    for right in RIGHTS.iter().filter(are_looked_at) {
        trial.alter("--remove", right);
        wait_until_missing(&served, &[right]).await;
        trial.alter("--add", right);
        wait_until_missing(&served, &[]).await;
    }
}
