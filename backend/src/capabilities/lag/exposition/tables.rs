//! What series are called: a table for each tool whose names are spoken.
//!
//! Names and labels are those of kafka_exporter 1.9, kafka-lag-exporter 0.8, Burrow 1.9 and KMinion 2.3. Where a tool watches
//! one cluster and has no label for it, `cluster` is added.

use super::names::{Fact as Of, Label as By, Series};

type Labels = &'static [(By, &'static str)];

const fn series(name: &'static str, fact: Of, labels: Labels, help: &'static str) -> Series {
    Series { name, help, fact, labels }
}

const OF_CLUSTER: Labels = &[(By::Cluster, "cluster")];
const OF_TOPIC: Labels = &[(By::Cluster, "cluster"), (By::Topic, "topic")];
const OF_PARTITION: Labels = &[(By::Cluster, "cluster"), (By::Topic, "topic"), (By::Partition, "partition")];
const OF_READER: Labels = &[(By::Cluster, "cluster"), (By::Group, "consumergroup")];
const OF_READ_TOPIC: Labels = &[(By::Cluster, "cluster"), (By::Group, "consumergroup"), (By::Topic, "topic")];
const OF_READ_PARTITION: Labels = &[
    (By::Cluster, "cluster"),
    (By::Group, "consumergroup"),
    (By::Topic, "topic"),
    (By::Partition, "partition"),
];
const OF_BROKER: Labels = &[(By::Cluster, "cluster"), (By::Broker, "id"), (By::Address, "address")];

/// As danielqsj/kafka_exporter tells.
#[rustfmt::skip]
pub const KAFKA_EXPORTER: &[Series] = &[
    series("kafka_brokers", Of::Brokers, OF_CLUSTER, "Brokers that serve"),
    series("kafka_broker_info", Of::Broker, OF_BROKER, "1 for each broker that serves"),
    series("kafka_topic_partitions", Of::Partitions, OF_TOPIC, "Partitions of a topic"),
    series("kafka_topic_partition_current_offset", Of::LogEnd, OF_PARTITION, "Log end offset of a partition that groups read"),
    series("kafka_topic_partition_oldest_offset", Of::LogStart, OF_PARTITION, "Log start offset of a partition"),
    series("kafka_topic_partition_leader", Of::Leader, OF_PARTITION, "Id of the broker that leads a partition"),
    series("kafka_topic_partition_leader_is_preferred", Of::LeaderIsPreferred, OF_PARTITION, "1 if the preferred broker leads a partition"),
    series("kafka_topic_partition_replicas", Of::Replicas, OF_PARTITION, "Replicas of a partition"),
    series("kafka_topic_partition_in_sync_replica", Of::InSync, OF_PARTITION, "Replicas of a partition that are in sync"),
    series("kafka_topic_partition_under_replicated_partition", Of::UnderReplicated, OF_PARTITION, "1 if a partition is under-replicated"),
    series("kafka_consumergroup_members", Of::Members, OF_READER, "Members of a group"),
    series("kafka_consumergroup_current_offset", Of::Committed, OF_READ_PARTITION, "Offset that a group committed for a partition"),
    series("kafka_consumergroup_current_offset_sum", Of::TopicCommitted, OF_READ_TOPIC, "Sum of the offsets that a group committed for a topic"),
    series("kafka_consumergroup_lag", Of::Lag, OF_READ_PARTITION, "Records of a partition between the committed offset and the log end"),
    series("kafka_consumergroup_lag_sum", Of::TopicLag, OF_READ_TOPIC, "The same summed over a topic, as far as it is known"),
];

const OF_NAMED_GROUP: Labels = &[(By::Cluster, "cluster_name"), (By::Group, "group")];
const OF_NAMED_GROUP_TOPIC: Labels =
    &[(By::Cluster, "cluster_name"), (By::Group, "group"), (By::Topic, "topic")];
const OF_NAMED_PARTITION: Labels =
    &[(By::Cluster, "cluster_name"), (By::Topic, "topic"), (By::Partition, "partition")];
const OF_MEMBER: Labels = &[
    (By::Cluster, "cluster_name"),
    (By::Group, "group"),
    (By::Topic, "topic"),
    (By::Partition, "partition"),
    (By::MemberHost, "member_host"),
    (By::Member, "consumer_id"),
    (By::Client, "client_id"),
];

/// As seglo/kafka-lag-exporter tells.
#[rustfmt::skip]
pub const LAG_EXPORTER: &[Series] = &[
    series("kafka_partition_latest_offset", Of::LogEnd, OF_NAMED_PARTITION, "Log end offset of a partition that groups read"),
    series("kafka_partition_earliest_offset", Of::LogStart, OF_NAMED_PARTITION, "Log start offset of a partition"),
    series("kafka_consumergroup_group_max_lag", Of::GroupMostLag, OF_NAMED_GROUP, "Largest lag of a group's partitions, in records"),
    series("kafka_consumergroup_group_max_lag_seconds", Of::GroupAge, OF_NAMED_GROUP, "How long the oldest record that a group has not read has waited"),
    series("kafka_consumergroup_group_sum_lag", Of::GroupLag, OF_NAMED_GROUP, "Sum of the lags of a group, in records, as far as they are known"),
    series("kafka_consumergroup_group_topic_sum_lag", Of::TopicLag, OF_NAMED_GROUP_TOPIC, "The same of one topic"),
    series("kafka_consumergroup_group_offset", Of::Committed, OF_MEMBER, "Offset that a group committed for a partition"),
    series("kafka_consumergroup_group_lag", Of::Lag, OF_MEMBER, "Records of a partition between the committed offset and the log end"),
    series("kafka_consumergroup_group_lag_seconds", Of::Age, OF_MEMBER, "How long the oldest of them has waited"),
];

const OF_CONSUMER: Labels = &[(By::Cluster, "cluster"), (By::Group, "consumer_group")];
const OF_CONSUMED: Labels = &[
    (By::Cluster, "cluster"),
    (By::Group, "consumer_group"),
    (By::Topic, "topic"),
    (By::Partition, "partition"),
];

/// As LinkedIn's Burrow tells.
#[rustfmt::skip]
pub const BURROW: &[Series] = &[
    series("burrow_kafka_consumer_lag_total", Of::GroupLag, OF_CONSUMER, "Sum of the lags of a group, in records, as far as they are known"),
    series("burrow_kafka_consumer_status", Of::GroupStatus, OF_CONSUMER, "Status of a group: OK 1, WARN 2, ERR 3"),
    series("burrow_kafka_topic_partition_status", Of::Status, OF_CONSUMED, "Status of a partition whose window is full: OK 1, WARN 2, STOP 4, STALL 5, REWIND 6"),
    series("burrow_kafka_consumer_current_offset", Of::Committed, OF_CONSUMED, "Offset that a group committed for a partition"),
    series("burrow_kafka_consumer_partition_lag", Of::Lag, OF_CONSUMED, "Records of a partition between the committed offset and the log end"),
    series("burrow_kafka_topic_partition_offset", Of::LogEnd, OF_PARTITION, "Log end offset of a partition that groups read"),
];

const OF_MINION_CLUSTER: Labels = &[
    (By::Cluster, "cluster"),
    (By::BrokerCount, "broker_count"),
    (By::ClusterId, "cluster_id"),
    (By::Unknown, "cluster_version"),
    (By::ControllerId, "controller_id"),
];
const OF_MINION_BROKER: Labels = &[
    (By::Cluster, "cluster"),
    (By::Broker, "broker_id"),
    (By::Host, "address"),
    (By::Port, "port"),
    (By::Rack, "rack_id"),
    (By::IsController, "is_controller"),
];
const OF_TOPIC_INFO: Labels = &[
    (By::Cluster, "cluster"),
    (By::Topic, "topic_name"),
    (By::PartitionCount, "partition_count"),
    (By::ReplicationFactor, "replication_factor"),
    (By::Unknown, "cleanup_policy"),
];
const OF_GROUP_INFO: Labels = &[
    (By::Cluster, "cluster"),
    (By::Group, "group_id"),
    (By::Unknown, "protocol"),
    (By::Unknown, "protocol_type"),
    (By::State, "state"),
    (By::Unknown, "coordinator_id"),
];
const OF_MINION_TOPIC: Labels = &[(By::Cluster, "cluster"), (By::Topic, "topic_name")];
const OF_MINION_PARTITION: Labels =
    &[(By::Cluster, "cluster"), (By::Topic, "topic_name"), (By::Partition, "partition_id")];
const OF_GROUP: Labels = &[(By::Cluster, "cluster"), (By::Group, "group_id")];
const OF_GROUP_TOPIC: Labels =
    &[(By::Cluster, "cluster"), (By::Group, "group_id"), (By::Topic, "topic_name")];
const OF_GROUP_PARTITION: Labels = &[
    (By::Cluster, "cluster"),
    (By::Group, "group_id"),
    (By::Topic, "topic_name"),
    (By::Partition, "partition_id"),
];

/// As redpanda-data/kminion tells.
#[rustfmt::skip]
pub const KMINION: &[Series] = &[
    series("kminion_kafka_cluster_info", Of::Cluster, OF_MINION_CLUSTER, "1 for the cluster"),
    series("kminion_kafka_broker_info", Of::Broker, OF_MINION_BROKER, "1 for each broker that serves"),
    series("kminion_kafka_topic_info", Of::Topic, OF_TOPIC_INFO, "1 for each topic"),
    series("kminion_kafka_topic_low_water_mark_sum", Of::LogStartSum, OF_MINION_TOPIC, "Sum of the log start offsets of a topic"),
    series("kminion_kafka_topic_high_water_mark_sum", Of::LogEndSum, OF_MINION_TOPIC, "Sum of the log end offsets of a topic that groups read"),
    series("kminion_kafka_topic_partition_low_water_mark", Of::LogStart, OF_MINION_PARTITION, "Log start offset of a partition"),
    series("kminion_kafka_topic_partition_high_water_mark", Of::LogEnd, OF_MINION_PARTITION, "Log end offset of a partition that groups read"),
    series("kminion_kafka_consumer_group_info", Of::Group, OF_GROUP_INFO, "1 for a group that is stable, 0 for another"),
    series("kminion_kafka_consumer_group_members", Of::Members, OF_GROUP, "Members of a group"),
    series("kminion_kafka_consumer_group_empty_members", Of::EmptyMembers, OF_GROUP, "Members of a group that have no partition"),
    series("kminion_kafka_consumer_group_topic_members", Of::TopicMembers, OF_GROUP_TOPIC, "Members of a group that have partitions of a topic"),
    series("kminion_kafka_consumer_group_topic_assigned_partitions", Of::TopicAssigned, OF_GROUP_TOPIC, "Partitions of a topic that members of a group have"),
    series("kminion_kafka_consumer_group_topic_offset_sum", Of::TopicCommitted, OF_GROUP_TOPIC, "Sum of the offsets that a group committed for a topic"),
    series("kminion_kafka_consumer_group_topic_lag", Of::TopicLag, OF_GROUP_TOPIC, "Records between them and the log ends, as far as they are known"),
    series("kminion_kafka_consumer_group_topic_partition_lag", Of::Lag, OF_GROUP_PARTITION, "Records of a partition between the committed offset and the log end"),
];
