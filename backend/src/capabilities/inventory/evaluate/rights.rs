//! Which rights Riverkeeper lacks, and what is hidden from it.
//!
//! Metadata leaves out what may not be described without a word. But who may describe the cluster is told by
//! DescribeLogDirs of every replica on every broker, of all topics: what is there and not in metadata is hidden. A
//! topic that was just created or deleted must not look hidden; see [`hidden_topics`] for how it does not.

use std::{collections::HashSet, sync::Arc};

use shared::{
    inventory::BrokerState,
    rights::{MissingRight, Resource, topics_named},
};

use crate::{
    capabilities::inventory::model::{
        ConfigsSnapshot, LogDirsSnapshot, MetadataSample, MetadataSnapshot, Rights, Unseen,
    },
    kafka::rights::{self, Right},
};

/// Names that a missing right lists.
const LISTED: usize = 10;

/// Topics that were on disk at two readings of the log directories in a row, and in no metadata since the first.
///
/// `now` are those of this reading that metadata does not have, `before` is the reading before, and `since` what
/// metadata has not had since then. A topic that was created between metadata and the first reading is in metadata
/// at the second; one that was deleted is no longer on disk then. Without metadata in between nothing is decided:
/// what was hidden and still is unseen stays so.
pub fn hidden_topics(now: &[Arc<str>], before: Option<&LogDirsSnapshot>, since: &Unseen) -> Vec<Arc<str>> {
    let Some(before) = before else { return vec![] };
    let is_since = since.read_at == Some(before.read_at);
    let candidates = if is_since { &since.topics } else { &before.hidden };
    now.iter().filter(|name| candidates.binary_search(name).is_ok()).cloned().collect()
}

/// What is missing and hidden after a turn of metadata, whose topics and brokers are in `snapshot`.
pub fn rights(
    sample: &MetadataSample,
    snapshot: &MetadataSnapshot,
    previous: Option<&MetadataSnapshot>,
) -> Rights {
    let log_dirs = sample.log_dirs.as_deref().map(|stamped| &stamped.snapshot);
    let configs = sample.configs.as_deref().map(|stamped| &stamped.snapshot);
    let is_seen = |name: &Arc<str>| snapshot.topic(name).is_some();
    let hidden: Vec<&Arc<str>> =
        log_dirs.iter().flat_map(|dirs| &dirs.hidden).filter(|name| !is_seen(name)).collect();
    let unseen = unseen(log_dirs, previous.map(|previous| &previous.rights.unseen), is_seen);
    let is_pending = log_dirs
        .is_some_and(|dirs| unseen.topics.iter().any(|name| dirs.hidden.binary_search(name).is_err()));
    let refused: Option<Vec<&Arc<str>>> =
        configs.map(|configs| configs.refused.keys().filter(|name| is_seen(name)).collect());
    let may_not_describe = may_not_describe_cluster(sample, log_dirs);
    let is_restricted = is_restricted(sample)
        || may_not_describe
        || !hidden.is_empty()
        || refused.as_ref().is_some_and(|refused| !refused.is_empty());

    let was_known = previous.is_some_and(|previous| previous.rights.hidden_topics.is_some());
    let is_decided = !is_pending || !hidden.is_empty() || was_known;
    let is_known = is_decided && log_dirs.is_some_and(|dirs| tells_of_every_broker(dirs, snapshot));
    let hidden_count = u32::try_from(hidden.len()).unwrap_or(u32::MAX);

    let mut missing = Vec::new();
    missing.extend(may_not_describe.then(lacks_cluster));
    missing.extend(lacks_topics(&rights::DESCRIBE_TOPICS, hidden, |topics, many| {
        let are = if many { "they are" } else { "it is" };
        format!("May not describe {topics}: {are} neither shown nor counted.")
    }));
    let configs_refused = refused.as_ref().map(|refused| refused.len() as u32);
    let refused = refused.unwrap_or_default();
    missing.extend(lacks_topics(&rights::DESCRIBE_TOPIC_CONFIGS, refused, |topics, _| {
        format!("May not describe configs of {topics}: retention and min ISR are unknown there.")
    }));
    Rights {
        missing,
        hidden_topics: is_known.then_some(hidden_count),
        at_least: hidden_count > 0 || (!is_known && is_restricted),
        configs_refused,
        is_restricted,
        is_pending,
        unseen,
    }
}

fn unseen(
    log_dirs: Option<&LogDirsSnapshot>,
    before: Option<&Unseen>,
    is_seen: impl Fn(&Arc<str>) -> bool,
) -> Unseen {
    let Some(log_dirs) = log_dirs else { return Unseen::default() };
    let of_same = before.filter(|before| before.read_at == Some(log_dirs.read_at));
    let topics = of_same.map_or(&log_dirs.unseen, |before| &before.topics);
    let topics = topics.iter().filter(|name| !is_seen(name)).cloned().collect();
    Unseen { read_at: Some(log_dirs.read_at), topics }
}

/// A topic's settings are unknown because they may not be described.
pub fn is_refused(configs: Option<&ConfigsSnapshot>, topic: &str) -> bool {
    configs.is_some_and(|configs| configs.refused.contains_key(topic))
}

/// Brokers tell on request what we may do. Where they do, that counts: what the log directories said is older.
fn may_not_describe_cluster(sample: &MetadataSample, log_dirs: Option<&LogDirsSnapshot>) -> bool {
    let told = sample.description.as_ref().and_then(|description| description.operations);
    sample.is_refused
        || match told {
            Some(operations) => !operations.may_describe(),
            None => log_dirs.is_some_and(|dirs| dirs.is_refused),
        }
}

fn is_restricted(sample: &MetadataSample) -> bool {
    let told = sample.description.as_ref().and_then(|description| description.operations);
    told.is_some_and(|operations| !operations.are_all_of_cluster())
}

/// Whether the log directories of every broker that is listed are known.
fn tells_of_every_broker(log_dirs: &LogDirsSnapshot, snapshot: &MetadataSnapshot) -> bool {
    let told: HashSet<i32> = log_dirs.brokers.keys().copied().collect();
    let up = snapshot.brokers.iter().any(|broker| broker.state == BrokerState::Up);
    up && snapshot.brokers.iter().all(|broker| told.contains(&broker.endpoint.broker_id))
}

fn lacks_cluster() -> MissingRight {
    let sentence = "May not describe the cluster: sizes and log directories, the controller and its quorum and \
                    reassignments are unknown, and whether topics are hidden.";
    missing(&rights::DESCRIBE_CLUSTER, None, vec![], sentence.into())
}

fn lacks_topics(
    right: &Right,
    mut topics: Vec<&Arc<str>>,
    sentence: impl FnOnce(&str, bool) -> String,
) -> Option<MissingRight> {
    topics.sort_unstable();
    let all = u32::try_from(topics.len()).unwrap_or(u32::MAX);
    let examples: Vec<String> = topics.iter().take(LISTED).map(|name| String::from(&***name)).collect();
    (all > 0).then(|| {
        let sentence = sentence(&topics_named(all, &examples), all > 1);
        missing(right, Some(all), examples, sentence)
    })
}

fn missing(right: &Right, count: Option<u32>, examples: Vec<String>, sentence: String) -> MissingRight {
    let resource = match right.resource {
        rights::Resource::Cluster => Resource::Cluster,
        rights::Resource::Topic => Resource::Topic,
        rights::Resource::Group => Resource::Group,
    };
    MissingRight {
        operation: right.operation.into(),
        resource,
        count,
        examples,
        needed_for: right.needed_for.into(),
        sentence,
    }
}
