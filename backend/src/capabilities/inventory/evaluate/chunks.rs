//! Builds the chunks of topics and partitions: those that did not change are shared with the previous snapshot.

use std::{collections::HashMap, sync::Arc};

use shared::DateTime;

use super::changes::{Changes, Moved};
use crate::{
    capabilities::inventory::model::{
        BrokerCounts, Chunk, ConfigsSnapshot, MetadataSnapshot, PartitionRow, SHARDS, Since, TopicRow,
        Totals, shard,
    },
    kafka::answers::{Metadata, PartitionMetadata, Reassignment, TopicMetadata},
};

/// UNKNOWN_TOPIC_OR_PARTITION: a topic that is just being deleted.
const UNKNOWN_TOPIC: i16 = 3;

/// The chunks of an answer, and what differs from the previous ones. `refuses_few` as in [`TopicRow`].
pub fn chunks(
    metadata: &Metadata,
    reassignments: &[Reassignment],
    (configs, refuses_few): (Option<&ConfigsSnapshot>, bool),
    previous: Option<&MetadataSnapshot>,
    now: DateTime,
) -> (Vec<Arc<Chunk>>, Changes) {
    let mut changes = Changes::default();
    let mut shards: Vec<Vec<&TopicMetadata>> = vec![Vec::new(); SHARDS];
    for topic in metadata.topics.iter().filter(|topic| topic.error_code != UNKNOWN_TOPIC) {
        if let Some(topics) = shards.get_mut(shard(metadata.name(topic))) {
            topics.push(topic);
        }
    }
    let adding = reassignments
        .iter()
        .map(|one| ((one.topic.as_str(), one.partition), u16::try_from(one.adding.len()).unwrap_or(u16::MAX)))
        .collect();
    let answer = Answer { metadata, adding, configs, refuses_few, now };
    let chunks = shards.into_iter().enumerate().map(|(number, mut topics)| {
        topics.sort_unstable_by_key(|topic| metadata.name(topic));
        let before = previous.and_then(|previous| previous.chunks.get(number));
        match before {
            Some(before) if answer.is_as_before(&topics, before) => before.clone(),
            _ => Arc::new(answer.chunk(&topics, before.map(Arc::as_ref), previous.is_some(), &mut changes)),
        }
    });
    (chunks.collect(), changes)
}

struct Answer<'a> {
    metadata: &'a Metadata,
    /// Replicas that reassignments are adding, by partition.
    adding: HashMap<(&'a str, i32), u16>,
    configs: Option<&'a ConfigsSnapshot>,
    refuses_few: bool,
    now: DateTime,
}

impl Answer<'_> {
    fn min_isr(&self, name: &str) -> Option<u16> {
        self.configs?.topics.get(name)?.settings.min_isr
    }

    fn adding(&self, topic: &str, partition: i32) -> u16 {
        if self.adding.is_empty() { 0 } else { self.adding.get(&(topic, partition)).copied().unwrap_or(0) }
    }

    fn is_as_before(&self, topics: &[&TopicMetadata], before: &Chunk) -> bool {
        topics.len() == before.topics.len()
            && topics.iter().zip(&before.topics).all(|(topic, row)| {
                let name = self.metadata.name(topic);
                name == before.name(row)
                    && topic.topic_id == row.topic_id
                    && (self.min_isr(name), self.refuses_few) == (row.min_isr, row.refuses_few)
                    && self.partitions_are_as_before(topic, before, row)
            })
    }

    fn partitions_are_as_before(&self, topic: &TopicMetadata, before: &Chunk, topic_row: &TopicRow) -> bool {
        let (partitions, rows) = (self.metadata.partitions_of(topic), before.partitions_of(topic_row));
        // Brokers answer in no fixed order; a row is found by its number.
        partitions.len() == rows.len()
            && partitions.iter().enumerate().all(|(place, partition)| {
                let in_place = rows.get(place).filter(|row| row.partition == partition.partition);
                in_place.or_else(|| find(rows, partition.partition)).is_some_and(|row| {
                    row.leader == partition.leader_id.unwrap_or(-1)
                        && row.adding == self.adding(before.name(topic_row), row.partition)
                        && row.leader_epoch == partition.leader_epoch
                        && self.metadata.replicas(partition) == before.replicas(row)
                        && self.metadata.isr(partition) == before.isr(row)
                        && self.metadata.offline_replicas(partition) == before.offline_replicas(row)
                })
            })
    }

    fn chunk(
        &self,
        topics: &[&TopicMetadata],
        before: Option<&Chunk>,
        seen: bool,
        changes: &mut Changes,
    ) -> Chunk {
        let mut chunk = Chunk::default();
        let mut counts = Counts::default();
        for topic in topics {
            let name = self.metadata.name(topic);
            let old = before.and_then(|before| before.topic(name).map(|row| (before, row)));
            let same = old.filter(|(_, row)| row.topic_id == topic.topic_id);
            let row = self.topic(topic, name, same, seen, &mut chunk, &mut counts, changes);
            tell_topic(name, &row, old.map(|(_, row)| row), seen, changes);
            chunk.totals += totals(&row);
            chunk.topics.push(row);
        }
        for row in before.iter().flat_map(|before| before.topics.iter()) {
            let name = before.map(|before| before.name(row)).unwrap_or_default();
            if chunk.topic(name).is_none() {
                changes.deleted.insert(name.into(), ());
            }
        }
        chunk.broker_counts = counts.0;
        chunk.shrink();
        changes.any = true;
        chunk
    }

    #[expect(clippy::too_many_arguments, reason = "one walk fills the chunk, the counts and the changes")]
    fn topic(
        &self,
        topic: &TopicMetadata,
        name: &str,
        before: Option<(&Chunk, &TopicRow)>,
        seen: bool,
        chunk: &mut Chunk,
        counts: &mut Counts,
        changes: &mut Changes,
    ) -> TopicRow {
        let start = chunk.names.len() as u32;
        chunk.names.push_str(name);
        let mut partitions: Vec<&PartitionMetadata> = self.metadata.partitions_of(topic).iter().collect();
        partitions.sort_unstable_by_key(|partition| partition.partition);
        let mut row = TopicRow {
            name: start..chunk.names.len() as u32,
            topic_id: topic.topic_id,
            is_internal: topic.is_internal,
            partitions: chunk.partitions.len() as u32..(chunk.partitions.len() + partitions.len()) as u32,
            replicas: 0,
            replication_factor: 0,
            under_replicated: 0,
            offline: 0,
            under_min_isr: 0,
            at_min_isr: 0,
            min_isr: self.min_isr(name),
            refuses_few: self.refuses_few,
            first_seen: before.map_or(seen.then_some(self.now), |(_, row)| row.first_seen),
        };
        let mut moved = Moved::default();
        for partition in partitions {
            let old = before.and_then(|(chunk, row)| find(chunk.partitions_of(row), partition.partition));
            let new = self.partition(partition, self.adding(name, partition.partition), old, seen, chunk);
            tell_partition(&new, old, &mut moved);
            counts.add(chunk, &new, row.min_isr);
            add_partition(&mut row, &new);
            chunk.partitions.push(new);
        }
        if moved != Moved::default() {
            changes.moved.insert(name.into(), moved);
        }
        row
    }

    fn partition(
        &self,
        partition: &PartitionMetadata,
        adding: u16,
        before: Option<&PartitionRow>,
        seen: bool,
        chunk: &mut Chunk,
    ) -> PartitionRow {
        let start = chunk.broker_ids.len() as u32;
        let mut lists = [
            self.metadata.replicas(partition),
            self.metadata.isr(partition),
            self.metadata.offline_replicas(partition),
        ]
        .into_iter()
        .map(|list| {
            chunk.broker_ids.extend_from_slice(list);
            u16::try_from(list.len()).unwrap_or(u16::MAX)
        });
        let mut row = PartitionRow {
            partition: partition.partition,
            leader: partition.leader_id.unwrap_or(-1),
            leader_epoch: partition.leader_epoch,
            ids: start,
            replicas: lists.next().unwrap_or_default(),
            isr: lists.next().unwrap_or_default(),
            offline: lists.next().unwrap_or_default(),
            adding,
            under_replicated: Since::NEVER,
        };
        if row.is_under_replicated() {
            row.under_replicated = match before.map(|before| before.under_replicated) {
                Some(since) if since != Since::NEVER => since,
                _ if seen => Since::at(self.now),
                _ => Since::BEFORE,
            };
        }
        row
    }
}

fn find(rows: &[PartitionRow], partition: i32) -> Option<&PartitionRow> {
    rows.binary_search_by_key(&partition, |row| row.partition).ok().and_then(|at| rows.get(at))
}

fn add_partition(topic: &mut TopicRow, partition: &PartitionRow) {
    topic.replicas += u32::from(partition.replicas);
    topic.replication_factor = topic.replication_factor.max(partition.replicas);
    topic.under_replicated += u32::from(partition.is_under_replicated());
    topic.offline += u32::from(partition.leader_id().is_none());
    topic.under_min_isr += u32::from(topic.is_under_min_isr(partition) == Some(true));
    if let Some(min_isr) = topic.min_isr {
        topic.at_min_isr += u32::from(partition.is_at_min_isr(min_isr));
    }
}

fn totals(topic: &TopicRow) -> Totals {
    Totals {
        topics: 1,
        partitions: topic.partitions.len() as u32,
        replicas: topic.replicas.into(),
        under_replicated: topic.under_replicated,
        offline: topic.offline,
        under_min_isr: topic.under_min_isr,
        at_min_isr: topic.at_min_isr,
        unknown_min_isr: u32::from(topic.min_isr.is_none()),
    }
}

fn tell_topic(name: &str, row: &TopicRow, before: Option<&TopicRow>, seen: bool, changes: &mut Changes) {
    let (partitions, replicas) = (row.partitions.len() as u32, row.replication_factor);
    match before {
        None if seen => {
            changes.created.insert(name.into(), (partitions, replicas));
        }
        Some(before) if before.topic_id != row.topic_id => {
            changes.recreated.insert(name.into(), (partitions, replicas));
        }
        Some(before) if before.partitions.len() < row.partitions.len() => {
            changes.grown.insert(name.into(), (before.partitions.len() as u32, partitions));
        }
        _ => {}
    }
}

fn tell_partition(new: &PartitionRow, before: Option<&PartitionRow>, moved: &mut Moved) {
    let Some(before) = before else { return };
    moved.shrank += u32::from(new.is_under_replicated() && !before.is_under_replicated());
    moved.healed += u32::from(!new.is_under_replicated() && before.is_under_replicated());
    moved.went_offline += u32::from(new.leader_id().is_none() && before.leader_id().is_some());
    moved.came_online += u32::from(new.leader_id().is_some() && before.leader_id().is_none());
    let both = new.leader_id().zip(before.leader_id());
    moved.leaders += u32::from(both.is_some_and(|(new, before)| new != before));
}

/// Counts by broker: few brokers hold the replicas of a chunk, so a short vector beats a map.
#[derive(Default)]
struct Counts(Vec<(i32, BrokerCounts)>);

impl Counts {
    fn add(&mut self, chunk: &Chunk, partition: &PartitionRow, min_isr: Option<u16>) {
        let (replicas, isr) = (chunk.replicas(partition), chunk.isr(partition));
        let (without, has_spare) = (partition.without_one(min_isr), partition.has_spare(min_isr));
        for broker_id in replicas {
            let counts = self.of(*broker_id);
            counts.replicas += 1;
            if isr.contains(broker_id) {
                counts.needed.add(without, has_spare);
            } else {
                counts.out_of_sync += 1;
            }
        }
        if let Some(preferred) = replicas.first() {
            self.of(*preferred).preferred += 1;
        }
        if let Some(leader) = partition.leader_id() {
            self.of(leader).leaders += 1;
        }
    }

    fn of(&mut self, broker_id: i32) -> &mut BrokerCounts {
        let at = self.0.iter().position(|(id, _)| *id == broker_id).unwrap_or_else(|| {
            self.0.push((broker_id, BrokerCounts::default()));
            self.0.len() - 1
        });
        &mut self.0[at].1
    }
}
