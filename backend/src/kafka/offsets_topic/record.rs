//! What the records of `__consumer_offsets` say, borrowed from their bytes.

use crate::kafka::answers::TopicId;

/// One record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OffsetsRecord<'a> {
    /// A group committed an offset.
    OffsetCommit(OffsetCommit<'a>),
    /// A group's committed offset of a partition is no more.
    OffsetTombstone {
        /// Whose.
        group: &'a str,
        /// Of which topic.
        topic: &'a str,
        /// Of which partition.
        partition: i32,
    },
    /// A classic group with all its members, after a rebalance or when it became empty.
    ClassicGroup(ClassicGroup<'a>),
    /// The group is no more. A group that changes its type has a tombstone under the old one, and then a record under
    /// the new one in the same batch.
    GroupTombstone {
        /// Which.
        group: &'a str,
        /// What it was.
        group_type: GroupType,
    },
    /// A consumer group (KIP-848) has come to a new epoch.
    ConsumerGroup {
        /// Which.
        group: &'a str,
        /// Its epoch, which moves when members or their subscriptions change.
        epoch: i32,
    },
    /// A member of a consumer group, without its partitions.
    ConsumerMember(ConsumerMember<'a>),
    /// A member has left a consumer group.
    ConsumerMemberTombstone {
        /// Which group.
        group: &'a str,
        /// Who left.
        member_id: &'a str,
    },
    /// What a member of a consumer group has.
    CurrentAssignment(CurrentAssignment<'a>),
    /// A member of a consumer group has nothing any more.
    CurrentAssignmentTombstone {
        /// Which group.
        group: &'a str,
        /// Whose.
        member_id: &'a str,
    },
    /// A record that tells nothing of offsets or members: targets, subscriptions, and all of share and streams groups.
    Other {
        /// Which kind.
        key_version: i16,
        /// The type of its group.
        group_type: GroupType,
        /// Its group.
        group: &'a str,
        /// Whether it takes back what was told under the same key.
        is_tombstone: bool,
    },
    /// A record of a kind that is not known here.
    Unknown {
        /// Which.
        key_version: i16,
    },
}

/// The types of groups that Kafka has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum GroupType {
    /// Members agree among themselves (JoinGroup and SyncGroup).
    Classic,
    /// The broker assigns (KIP-848).
    Consumer,
    /// Members share partitions (KIP-932).
    Share,
    /// Kafka Streams (KIP-1071).
    Streams,
}

/// A commit of one partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OffsetCommit<'a> {
    /// Who committed.
    pub group: &'a str,
    /// Of which topic.
    pub topic: &'a str,
    /// Of which partition.
    pub partition: i32,
    /// The committed offset: the next that the group will read.
    pub offset: i64,
    /// The leader epoch of the last record that was read, where the client told it.
    pub leader_epoch: Option<i32>,
    /// What the client wrote beside it.
    pub metadata: &'a str,
    /// When the coordinator took it, in milliseconds.
    pub commit_timestamp_ms: i64,
    /// When it ends, in milliseconds; only clients of before Kafka 2.1 say.
    pub expire_timestamp_ms: Option<i64>,
    /// The topic's id, where the broker knows it.
    pub topic_id: Option<TopicId>,
}

/// A classic group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassicGroup<'a> {
    /// Which.
    pub group: &'a str,
    /// What its members speak among themselves: `consumer`, `connect`, `sr`; empty in a group that only commits.
    pub protocol_type: &'a str,
    /// The number of its last rebalance.
    pub generation: i32,
    /// How its partitions are assigned: `range`, `cooperative-sticky`.
    pub protocol: Option<&'a str>,
    /// The member id of the one that assigns.
    pub leader: Option<&'a str>,
    /// When its state changed last, in milliseconds, where the broker tells it.
    pub state_timestamp_ms: Option<i64>,
    /// Everyone in it.
    pub members: Vec<ClassicMember<'a>>,
}

/// A member of a classic group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassicMember<'a> {
    /// Its id.
    pub member_id: &'a str,
    /// Its static name, where it has one.
    pub group_instance_id: Option<&'a str>,
    /// Its client id.
    pub client_id: &'a str,
    /// Where it connects from.
    pub client_host: &'a str,
    /// What it has; nothing where the group's protocol type is not `consumer`.
    pub partitions: Vec<TopicPartitions<'a>>,
}

/// A member of a consumer group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConsumerMember<'a> {
    /// Which group.
    pub group: &'a str,
    /// Its id.
    pub member_id: &'a str,
    /// Its static name, where it has one.
    pub group_instance_id: Option<&'a str>,
    /// Its client id.
    pub client_id: &'a str,
    /// Where it connects from.
    pub client_host: &'a str,
}

/// What a member of a consumer group has now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CurrentAssignment<'a> {
    /// Which group.
    pub group: &'a str,
    /// Whose.
    pub member_id: &'a str,
    /// Its epoch.
    pub member_epoch: i32,
    /// What it reads.
    pub partitions: Vec<TopicIdPartitions<'a>>,
    /// What it must give up and may still read.
    pub pending_revocation: Vec<TopicIdPartitions<'a>>,
}

/// Partitions of a topic that is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TopicPartitions<'a> {
    /// The topic.
    pub topic: &'a str,
    /// Its partitions.
    pub partitions: PartitionIds<'a>,
}

/// Partitions of a topic that is told by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TopicIdPartitions<'a> {
    /// The topic.
    pub topic_id: TopicId,
    /// Its partitions.
    pub partitions: PartitionIds<'a>,
}

/// Partition numbers as they lie in the record; none is negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PartitionIds<'a>(pub(super) &'a [[u8; 4]]);

impl<'a> PartitionIds<'a> {
    /// Each of them, in the order of the record.
    pub fn iter(self) -> impl ExactSizeIterator<Item = i32> + 'a {
        self.0.iter().map(|bytes| i32::from_be_bytes(*bytes))
    }
}
