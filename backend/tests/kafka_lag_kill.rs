//! Riverkeeper killed while it reads commits, and started again: its windows are those of one that was never killed.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends where something is amiss")]

mod support;

use std::{path::Path, time::Duration};

use serde_json::Value;
use sqlx::{Connection, SqliteConnection};
use support::{
    clients,
    fleet::{Target, config_text, named},
    process::Riverkeeper,
    so, wait_until,
};

const SOON: Duration = Duration::from_secs(40);
const OFTEN: &[(&str, &str)] = &[("RIVERKEEPER__LAG__PERIOD_SECONDS", "1")];
const PARTITIONS: i32 = 3;

/// Offset and time of each commit of a partition, as Burrow's API tells them.
type Windows = Vec<Vec<(i64, i64)>>;

async fn windows(of: &Riverkeeper, group: &str, topic: &str) -> Result<Windows, String> {
    let told: Value = of.view(&format!("/v3/kafka/east/consumer/{group}")).await?;
    let partitions = told["topics"][topic].as_array().cloned().unwrap_or_default();
    let commit = |it: &Value| Some((it["offset"].as_i64()?, it["timestamp"].as_i64()?));
    let commits = |it: &Value| it["offsets"].as_array().unwrap().iter().filter_map(commit).collect();
    Ok(partitions.iter().map(commits).collect())
}

/// Waits until the newest commit of every partition is this one.
async fn until_read(of: &Riverkeeper, group: &str, topic: &str, newest: i64) -> Windows {
    wait_until(&format!("{newest} is read"), SOON, async || {
        let windows = windows(of, group, topic).await?;
        so(windows, |windows| {
            let has_newest = |commits: &Vec<(i64, i64)>| commits.last().is_some_and(|last| last.0 == newest);
            windows.len() == PARTITIONS as usize && windows.iter().all(has_newest)
        })
    })
    .await
}

/// Waits until every partition of the offsets topic has its place in a database: it is read on from there.
async fn until_written_down(database: &Path, target: &Target) {
    let partitions = target.describe(&["--topic", "__consumer_offsets"]).len() as i64;
    let url = format!("sqlite:{}", database.display());
    wait_until("every place is written down", 2 * SOON, async || {
        let mut connection = SqliteConnection::connect(&url).await.map_err(|error| error.to_string())?;
        let sql = "SELECT COUNT(*) FROM checkpoints JOIN clusters ON clusters.id = checkpoints.cluster \
                   WHERE noun = 'lag' AND name = 'east'";
        let count = sqlx::query_scalar(sql).fetch_one(&mut connection).await;
        so(count.map_err(|error| error.to_string())?, |count: &i64| *count == partitions).map(drop)
    })
    .await;
}

/// A topic and a group of the test's own, gone when dropped.
struct Trial {
    east: Target,
    name: String,
}

impl Drop for Trial {
    fn drop(&mut self) {
        clients::delete_groups(&self.east, &[&self.name]);
        clients::delete_topic(&self.east, &self.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_changes_no_window() {
    let east = named("east");
    let _held = east.shared();
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("riverkeeper.toml");
    std::fs::write(&config, config_text()).unwrap();
    let trial = Trial { east: named("east"), name: format!("lag-kill-{}", std::process::id()) };
    let (topic, group) = (trial.name.clone(), trial.name.clone());
    clients::create_topic(&east, &topic, PARTITIONS).await;
    for partition in 0..PARTITIONS {
        clients::produce(&east, &topic, partition, 100);
    }
    let commit = async |offset: i64| {
        let offsets: Vec<_> = (0..PARTITIONS).map(|partition| (topic.as_str(), partition, offset)).collect();
        clients::commit(&east, &group, &offsets).await;
    };

    let lives = Riverkeeper::start(&config, &folder.path().join("lives.db"), OFTEN).await;
    let database = folder.path().join("killed.db");
    let mut killed = Riverkeeper::start(&config, &database, OFTEN).await;
    commit(1).await;
    for riverkeeper in [&lives, &killed] {
        wait_until("the group is known", SOON, async || {
            so(windows(riverkeeper, &group, &topic).await?, |windows| !windows.is_empty()).map(drop)
        })
        .await;
    }
    until_written_down(&database, &east).await;
    let mut newest = 1;
    for _ in 0..3 {
        for _ in 0..3 {
            newest += 1;
            commit(newest).await;
        }
        // It may have read them or not.
        killed.kill();
        newest += 1;
        commit(newest).await;
        killed = Riverkeeper::start(&config, &database, OFTEN).await;
    }
    let expected = until_read(&lives, &group, &topic, newest).await;
    assert!(expected.iter().all(|commits| commits.len() == 10), "{expected:?}");
    // What the coordinator told in place of commits that are still being read stands in a window until they are.
    wait_until("the windows are those of the one that lived", SOON, async || {
        so(windows(&killed, &group, &topic).await?, |after| *after == expected).map(drop)
    })
    .await;
}
