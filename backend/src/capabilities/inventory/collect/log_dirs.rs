//! Sizes and log starts.

use shared::{DateTime, inventory::BrokerState};

use super::{first, missing_parts};
use crate::{
    capabilities::inventory::{
        evaluate,
        model::{LogDirsSample, LogDirsSnapshot, MetadataSnapshot},
    },
    kafka::{
        Gateway,
        answers::{OffsetQuery, OffsetSpec},
        read,
    },
    runtime::{Cell, Collected, Cycle, Evaluated},
};

/// What is said when no broker may be asked for its log directories.
const REFUSED: &str = "May not describe the cluster: sizes and log directories are unknown until Riverkeeper has Describe on the cluster.";

/// The cycle of sizes and log starts.
#[derive(Debug)]
pub struct LogDirsCycle {
    /// Speaks to the cluster.
    pub gateway: Gateway,
    /// Which partitions there are and who leads them.
    pub metadata: Cell<MetadataSnapshot>,
}

impl Cycle for LogDirsCycle {
    type Sample = LogDirsSample;
    type Snapshot = LogDirsSnapshot;

    async fn collect(&self) -> Result<Collected<LogDirsSample>, String> {
        let newest = first(&self.metadata).await?;
        let known = &newest.snapshot;
        let queries = leaders(known);
        let (mut log_dirs, log_starts) = tokio::join!(
            read::describe_log_dirs(&self.gateway),
            read::list_offsets(&self.gateway, OffsetSpec::Earliest, false, &queries),
        );
        let asked = log_dirs.missing.len();
        log_dirs.missing.retain(|part| !part.error.is_of_rights());
        let is_refused = log_dirs.missing.len() < asked;
        if log_dirs.answers.is_empty() && !log_dirs.missing.is_empty() {
            return Err(missing_parts(&log_dirs.missing));
        }
        let nothing = (is_refused && log_dirs.answers.is_empty()).then(|| REFUSED.to_owned());
        let mut missing = vec![missing_parts(&log_dirs.missing), missing_parts(&log_starts.missing)];
        missing.extend(nothing);
        missing.retain(|sentence| !sentence.is_empty());
        missing.dedup();
        drop(queries);
        let sample = LogDirsSample { log_dirs, log_starts, existing: newest, is_refused };
        Ok(Collected { sample, missing: (!missing.is_empty()).then(|| missing.join(" ")) })
    }

    fn evaluate(
        &self,
        previous: Option<&LogDirsSnapshot>,
        sample: LogDirsSample,
        now: DateTime,
    ) -> Evaluated<LogDirsSnapshot> {
        let evaluated = evaluate::log_dirs(previous, sample, now);
        if previous.is_none_or(|previous| evaluate::tells_otherwise(&evaluated.snapshot, previous)) {
            // What is hidden depends on the log directories: let it be judged at once.
            self.metadata.state().activate();
        }
        evaluated
    }
}

/// Every partition whose leader serves, with that leader.
fn leaders(known: &MetadataSnapshot) -> Vec<OffsetQuery<'_>> {
    let up: Vec<i32> = known
        .brokers
        .iter()
        .filter(|broker| broker.state == BrokerState::Up)
        .map(|broker| broker.endpoint.broker_id)
        .collect();
    known
        .topics()
        .flat_map(|(chunk, topic)| chunk.partitions_of(topic).iter().map(move |row| (chunk.name(topic), row)))
        .filter_map(|(topic, row)| {
            Some(OffsetQuery { topic, partition: row.partition, leader_id: row.leader_id()? })
        })
        .filter(|query| up.contains(&query.leader_id))
        .collect()
}
