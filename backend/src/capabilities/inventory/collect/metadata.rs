//! Brokers, topics and partitions.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use shared::DateTime;

use super::{part, sentence};
use crate::{
    capabilities::inventory::{
        evaluate,
        model::{ConfigsSnapshot, LogDirsSnapshot, MetadataSample, MetadataSnapshot, Policy},
        store::Memory,
    },
    kafka::{Gateway, read},
    runtime::{Cell, Collected, Cycle, Evaluated, Stamped},
};

/// Which cluster id belongs to which configured cluster: one cluster under two names is read once.
#[derive(Debug, Default)]
pub struct Identities(Mutex<HashMap<String, (usize, String)>>);

impl Identities {
    /// Claims a cluster id for the cluster at `place` of the configuration; the earlier place wins. Gives the name
    /// that has it otherwise.
    fn claim(&self, cluster_id: &str, place: usize, name: &str) -> Result<(), String> {
        let mut claimed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        claimed.retain(|id, (owner, _)| id == cluster_id || *owner != place);
        match claimed.get(cluster_id) {
            Some((owner, other)) if *owner < place => Err(other.clone()),
            _ => {
                claimed.insert(cluster_id.into(), (place, name.into()));
                Ok(())
            }
        }
    }
}

/// The cycle of brokers, topics and partitions.
#[derive(Debug)]
pub struct MetadataCycle {
    /// Speaks to the cluster.
    pub gateway: Gateway,
    /// Its place in the configuration.
    pub place: usize,
    /// Shared by the cycles of all clusters.
    pub identities: Arc<Identities>,
    /// For `min.insync.replicas`.
    pub configs: Cell<ConfigsSnapshot>,
    /// For log directories that are offline.
    pub log_dirs: Cell<LogDirsSnapshot>,
    /// What is tolerated.
    pub policy: Policy,
    /// What was remembered before, and is to be.
    pub memory: Memory,
}

impl Cycle for MetadataCycle {
    type Sample = MetadataSample;
    type Snapshot = MetadataSnapshot;

    async fn collect(&self) -> Result<Collected<MetadataSample>, String> {
        let gateway = &self.gateway;
        let cluster = gateway.cluster();
        // Metadata comes first: it teaches the gateway which brokers there are.
        let (metadata, remembered) = tokio::join!(read::metadata(gateway), self.memory.recall());
        let metadata = metadata.map_err(|error| sentence(&error))?;
        if let Some(id) = &metadata.cluster_id {
            self.identities.claim(id, self.place, cluster).map_err(|other| {
                format!("{cluster} is the same cluster as {other} (cluster id {id}): remove one of them.")
            })?;
        }
        let (description, quorum, reassignments, features) = tokio::join!(
            read::describe_cluster(gateway),
            read::describe_quorum(gateway),
            read::list_partition_reassignments(gateway),
            read::broker_features(gateway),
        );
        let (mut missing, mut is_refused) = (Vec::new(), false);
        let sample = MetadataSample {
            cluster: cluster.into(),
            metadata,
            description: part(description, &mut missing, &mut is_refused),
            quorum: part(quorum, &mut missing, &mut is_refused),
            reassignments: part(reassignments, &mut missing, &mut is_refused),
            features: features.answers,
            is_refused,
            configs: self.configs.newest(),
            log_dirs: self.log_dirs.newest(),
            remembered,
        };
        Ok(Collected { sample, missing: (!missing.is_empty()).then(|| missing.join(" ")) })
    }

    fn evaluate(
        &self,
        previous: Option<&MetadataSnapshot>,
        sample: MetadataSample,
        now: DateTime,
    ) -> Evaluated<MetadataSnapshot> {
        let evaluated = evaluate::metadata(previous, sample, self.policy, now);
        if evaluated
            .events
            .iter()
            .any(|event| matches!(event.kind.as_str(), "topic_created" | "topic_recreated" | "right_granted"))
        {
            // A new topic's settings are wanted before the next share of all settings is due.
            self.configs.state().activate();
        }
        if evaluate::log_dirs_tell_more(previous, &evaluated) {
            self.log_dirs.state().activate();
        }
        if previous.is_none() {
            // Those that turned in vain because the brokers were not known need not wait for their period.
            for part in
                [self.configs.state(), self.log_dirs.state()].into_iter().filter(|it| it.turn_count() > 0)
            {
                part.activate();
            }
        }
        evaluated
    }

    async fn store(&self, newest: Arc<Stamped<MetadataSnapshot>>) -> Result<(), String> {
        self.memory.keep(&newest.snapshot, newest.as_of).await
    }
}
