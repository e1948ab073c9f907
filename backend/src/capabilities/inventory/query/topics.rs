//! Topics and partitions as rows, and one topic as a page.

use std::borrow::Cow;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use shared::{
    DateTime,
    inventory::{Partition, Partitions, Reassigning, Topic, TopicDetail, Topics},
};

use super::{Known, clusters::meta};
use crate::{
    capabilities::inventory::{
        evaluate,
        model::{Chunk, MetadataSnapshot, PartitionRow, TopicRow},
    },
    http::{
        holds,
        list::{ListQuery, SortKey},
    },
    kafka::answers::TopicId,
};

/// By what topics are sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TopicSort {
    /// Offline before under min ISR before under-replicated, by how many, when descending.
    Trouble,
    /// By name.
    Name,
    /// By partitions.
    Partitions,
    /// By replication factor.
    ReplicationFactor,
    /// By under-replicated partitions.
    UnderReplicated,
    /// By offline partitions.
    Offline,
    /// By bytes of all replicas.
    Size,
    /// By bytes that producers write.
    BytesIn,
    /// By bytes that consumers read.
    BytesOut,
}

impl TopicSort {
    /// The words of `sort`.
    pub const WORDS: [(&'static str, Self); 9] = [
        ("trouble", Self::Trouble),
        ("name", Self::Name),
        ("partition_count", Self::Partitions),
        ("replication_factor", Self::ReplicationFactor),
        ("under_replicated_count", Self::UnderReplicated),
        ("offline_count", Self::Offline),
        ("size_bytes", Self::Size),
        ("bytes_in_per_second", Self::BytesIn),
        ("bytes_out_per_second", Self::BytesOut),
    ];
}

/// What the list of topics is asked, beside what every list is.
#[derive(Clone, Debug)]
pub struct TopicQuery {
    /// Page, sort, name.
    pub list: ListQuery<TopicSort>,
    /// Only Kafka's own, or only the others.
    pub internal: Option<bool>,
    /// Only what this owner has.
    pub owner: Option<String>,
}

/// A page of topics; worst first unless told otherwise. Views are made for the rows of the page alone.
pub fn topics(known: &Known, query: &TopicQuery, now: DateTime) -> Topics {
    let Some(topics) = known.topics(query.owner.as_deref()) else {
        let meta = meta(known, Some(0), None, now);
        return Topics { topics: vec![], at_least: false, hidden_topic_count: None, meta };
    };
    let list = &query.list;
    let rows: Vec<(&Chunk, &TopicRow)> = topics
        .filter(|(_, topic)| query.internal.is_none_or(|internal| topic.is_internal == internal))
        .filter(|(chunk, topic)| list.q.as_ref().is_none_or(|q| holds(chunk.name(topic), q)))
        .collect();
    let size = |name: &str| known.sizes()?.topics.get(name).map(|sizes| sizes.size_bytes);
    let page = list.page(
        rows,
        |(chunk, topic)| match list.sort {
            TopicSort::Trouble => SortKey::Number(trouble(topic)),
            TopicSort::Name => SortKey::Text(Cow::Borrowed(chunk.name(topic))),
            TopicSort::Partitions => SortKey::Number(topic.partitions.len() as i64),
            TopicSort::ReplicationFactor => SortKey::Number(topic.replication_factor.into()),
            TopicSort::UnderReplicated => SortKey::Number(topic.under_replicated.into()),
            TopicSort::Offline => SortKey::Number(topic.offline.into()),
            TopicSort::Size => SortKey::number(size(chunk.name(topic))),
            TopicSort::BytesIn => {
                SortKey::rate(known.topic_rate(chunk.name(topic)).and_then(|rate| rate.bytes_in))
            }
            TopicSort::BytesOut => {
                SortKey::rate(known.topic_rate(chunk.name(topic)).and_then(|rate| rate.bytes_out))
            }
        },
        |(chunk, topic)| Cow::Borrowed(chunk.name(topic)),
    );
    let topics = page.rows.into_iter().map(|(chunk, topic)| view(known, chunk, topic)).collect();
    Topics {
        topics,
        at_least: known.is_at_least(),
        hidden_topic_count: known.hidden_topics(),
        meta: meta(known, Some(page.total), page.next_cursor, now),
    }
}

/// One number for how bad a topic is: the worse kind outweighs any count of the lesser.
fn trouble(topic: &TopicRow) -> i64 {
    const STEP: i64 = 1 << 20;
    let capped = |count: u32| i64::from(count).min(STEP - 1);
    (capped(topic.offline) * STEP + capped(topic.under_min_isr)) * STEP + capped(topic.under_replicated)
}

/// One topic with its settings; `None` when there is none of that name.
pub fn topic(known: &Known, name: &str, now: DateTime) -> Option<TopicDetail> {
    let (chunk, row) = known.topic(name)?;
    let settings = known.settings().and_then(|configs| configs.topics.get(name));
    let configs_refused = evaluate::is_refused(known.settings(), name);
    Some(TopicDetail {
        topic: view(known, chunk, row),
        health: evaluate::topic_health(chunk, row, configs_refused),
        configs_refused,
        configs: settings.map(|config| config.settings.differing.clone()),
        owner_detail: known.owner_of(name).and_then(|owner| known.scope.owners().named(owner)).cloned(),
        seen_since: row.first_seen,
        meta: meta(known, None, None, now),
    })
}

fn view(known: &Known, chunk: &Chunk, topic: &TopicRow) -> Topic {
    let name = chunk.name(topic);
    let settings =
        known.settings().and_then(|configs| configs.topics.get(name)).map(|config| &config.settings);
    let min_isr = topic.min_isr;
    let rate = known.topic_rate(name);
    Topic {
        name: name.into(),
        topic_id: (topic.topic_id != TopicId::default())
            .then(|| BASE64_URL_SAFE_NO_PAD.encode(topic.topic_id.0)),
        is_internal: topic.is_internal,
        owner: known.owner_of(name).map(String::from),
        partition_count: topic.partitions.len() as u32,
        replication_factor: topic.replication_factor.into(),
        replica_count: topic.replicas,
        under_replicated_count: topic.under_replicated,
        under_replicated_since: evaluate::under_replicated_since(chunk, topic),
        under_min_isr_count: min_isr.map(|_| topic.under_min_isr),
        at_min_isr_count: min_isr.map(|_| topic.at_min_isr),
        offline_count: topic.offline,
        size_bytes: known.sizes().and_then(|sizes| sizes.topics.get(name)).map(|sizes| sizes.size_bytes),
        bytes_in_per_second: rate.and_then(|rate| rate.bytes_in),
        bytes_out_per_second: rate.and_then(|rate| rate.bytes_out),
        retention_ms: settings.and_then(|settings| settings.retention_ms),
        cleanup_policy: settings.and_then(|settings| settings.cleanup_policy.clone()),
        min_insync_replicas: min_isr.map(u32::from),
    }
}

/// By what partitions are sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartitionSort {
    /// Offline before under min ISR before under-replicated when descending.
    Trouble,
    /// By number.
    Partition,
    /// By bytes of the leader's replica.
    Size,
}

impl PartitionSort {
    /// The words of `sort`.
    pub const WORDS: [(&'static str, Self); 3] =
        [("trouble", Self::Trouble), ("partition", Self::Partition), ("size_bytes", Self::Size)];
}

/// A page of a topic's partitions, by number unless told otherwise; `None` when there is no such topic.
pub fn partitions(
    known: &Known,
    name: &str,
    list: &ListQuery<PartitionSort>,
    now: DateTime,
) -> Option<Partitions> {
    let snapshot = known.snapshot()?;
    let (chunk, topic) = known.topic(name)?;
    let matches = |row: &&PartitionRow| list.q.as_ref().is_none_or(|q| row.partition.to_string().contains(q));
    let rows: Vec<&PartitionRow> = chunk.partitions_of(topic).iter().filter(matches).collect();
    let trouble = |row: &PartitionRow| {
        let blocked = topic.is_under_min_isr(row) == Some(true);
        i64::from(row.leader_id().is_none()) * 4
            + i64::from(blocked) * 2
            + i64::from(row.is_under_replicated())
    };
    let page = list.page(
        rows,
        |row| match list.sort {
            PartitionSort::Trouble => SortKey::Number(trouble(row)),
            PartitionSort::Partition => SortKey::Number(row.partition.into()),
            PartitionSort::Size => SortKey::number(leader_size(known, name, row)),
        },
        |row| Cow::Owned(format!("{:011}", row.partition)),
    );
    let rows = page.rows.into_iter().map(|row| partition(known, snapshot, (chunk, topic), row));
    Some(Partitions {
        partitions: rows.collect(),
        meta: meta(known, Some(page.total), page.next_cursor, now),
    })
}

fn leader_size(known: &Known, topic: &str, row: &PartitionRow) -> Option<u64> {
    known.sizes()?.replica_size(topic, row.partition, row.leader_id()?)
}

fn partition(
    known: &Known,
    snapshot: &MetadataSnapshot,
    (chunk, topic): (&Chunk, &TopicRow),
    row: &PartitionRow,
) -> Partition {
    let name = chunk.name(topic);
    let replicas = chunk.replicas(row).to_vec();
    let reassigning = snapshot.reassignments.iter().flatten();
    let reassigning = reassigning.into_iter().find(|one| one.topic == name && one.partition == row.partition);
    Partition {
        topic: name.into(),
        partition: row.partition,
        leader_id: row.leader_id(),
        preferred_leader_id: replicas.first().copied(),
        leader_epoch: (row.leader_epoch >= 0).then_some(row.leader_epoch),
        isr: chunk.isr(row).to_vec(),
        offline_replicas: chunk.offline_replicas(row).to_vec(),
        under_replicated: row.is_under_replicated(),
        under_replicated_since: row.under_replicated_since(),
        under_min_isr: topic.is_under_min_isr(row),
        at_min_isr: topic.min_isr.map(|min_isr| row.is_at_min_isr(min_isr)),
        offline: row.leader_id().is_none(),
        log_start_offset: known.sizes().and_then(|sizes| sizes.log_start(name, row.partition)),
        size_bytes: leader_size(known, name, row),
        reassigning: reassigning
            .map(|one| Reassigning { adding: one.adding.clone(), removing: one.removing.clone() }),
        replicas,
    }
}
