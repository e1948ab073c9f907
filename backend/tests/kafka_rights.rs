//! The rights that Riverkeeper asks for, against a real authorizer: with them nothing is missing, without any one of
//! them something is, and the fleet grants no more.
//!
//! The commands are run as they are printed, by a shell, for a user of the test's own.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends where something is amiss")]

mod support;

use std::{collections::BTreeSet, time::Duration};

use backend::kafka::rights::{RIGHTS, Resource, Right};
use shared::inventory::ClusterDetail;
use support::{
    Served, config,
    fleet::{Target, named},
    user::{ACL_COMMAND, User},
    wait_until,
};

const SOON: Duration = Duration::from_secs(60);

/// A right as `AclCommand --list` names it: resource, name, operation.
fn listed(right: &Right) -> (String, String, String) {
    let operation = match right.operation {
        "DescribeConfigs" => "DESCRIBE_CONFIGS".to_owned(),
        operation => operation.to_uppercase(),
    };
    let end = if right.is_prefix { "…" } else { "" };
    (right.resource.word().to_uppercase(), format!("{}{end}", right.name), operation)
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
            let end = if line.contains("patternType=PREFIXED") { "…" } else { "" };
            let name = field(line, "name").map(|name| name + end);
            resource = field(line, "resourceType").zip(name);
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
    let mut asked: BTreeSet<_> = RIGHTS.iter().map(listed).collect();
    // One that it can do without: on the demo's topic of transactions it sees which lag is marks alone.
    asked.insert(("TOPIC".to_owned(), "payments".to_owned(), "READ".to_owned()));
    for name in ["east", "west"] {
        let target = named(name);
        let _held = target.shared();
        assert_eq!(allowed(&target, "riverkeeper"), asked, "{name}");
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
    let trial = User::new("rights");
    trial.run_what_is_printed();
    let served = Served::start(&config([trial.cluster()])).await;
    served.read_once().await;
    wait_until_missing(&served, &[]).await;
    // Whether all is seen is decided by a turn of metadata after the log directories.
    wait_until("every count of west is whole", SOON, async || {
        let row = served.cluster("west").await;
        let is_whole = (&row.failure, row.at_least) == (&None, false)
            && row.size_bytes.is_some()
            && row.controller_id.is_some();
        if is_whole { Ok(()) } else { Err(format!("{row:?}")) }
    })
    .await;
    // What groups need, the readings of lag tell: tests/kafka_lag.rs; what mirrors keep, those of topology.
    let are_looked_at = |right: &&Right| right.resource != Resource::Group && right.operation != "Read";
    for right in RIGHTS.iter().filter(are_looked_at) {
        trial.alter("--remove", right);
        wait_until_missing(&served, &[right]).await;
        trial.alter("--add", right);
        wait_until_missing(&served, &[]).await;
    }
}
