//! What is known of groups: which there are, and who is in them.

use std::fmt;

use crate::kafka::error::KafkaError;

/// The answers about many groups, asked of their coordinators: what came, and what is missing and why.
#[derive(Debug)]
pub struct ByGroup<T> {
    /// One answer a group, in no order.
    pub answers: Vec<T>,
    /// The groups about which nothing came, those with the same reason together.
    pub missing: Vec<MissingGroups>,
}

/// Groups whose part of an answer is missing.
#[derive(Debug)]
pub struct MissingGroups {
    /// Their ids.
    pub group_ids: Vec<String>,
    /// The broker that was asked as their coordinator; -1 when no certain one was.
    pub broker_id: i32,
    /// Why their part is missing. Codes of [`ErrorCode::is_of_a_move`](crate::kafka::ErrorCode::is_of_a_move) pass
    /// by themselves.
    pub error: KafkaError,
}

impl<T> Default for ByGroup<T> {
    fn default() -> Self {
        Self { answers: Vec::new(), missing: Vec::new() }
    }
}

impl<T> ByGroup<T> {
    /// Notes groups that are missing.
    pub(in crate::kafka) fn miss(
        &mut self,
        broker_id: i32,
        group_ids: impl IntoIterator<Item = String>,
        error: KafkaError,
    ) {
        let is_the_same = |known: &&mut MissingGroups| {
            let kind = std::mem::discriminant(&known.error) == std::mem::discriminant(&error);
            kind && known.broker_id == broker_id && known.error.code() == error.code()
        };
        match self.missing.iter_mut().find(is_the_same) {
            Some(known) => known.group_ids.extend(group_ids),
            None => {
                let group_ids = group_ids.into_iter().collect();
                self.missing.push(MissingGroups { group_ids, broker_id, error });
            }
        }
    }

    pub(in crate::kafka) fn append(&mut self, other: Self) {
        self.answers.extend(other.answers);
        self.missing.extend(other.missing);
    }
}

/// Which protocol the members of a group follow, in Kafka's words.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum GroupType {
    /// The one that there was before others: consumers, Kafka Connect's workers, committers without members.
    Classic,
    /// KIP-848.
    Consumer,
    /// KIP-932.
    Share,
    /// KIP-1071.
    Streams,
    /// One that this version does not know, as the broker names it.
    Other(String),
}

impl From<&str> for GroupType {
    fn from(name: &str) -> Self {
        match name.to_ascii_lowercase().as_str() {
            // Brokers before 3.8 do not tell, and have no others.
            "classic" | "" => Self::Classic,
            "consumer" => Self::Consumer,
            "share" => Self::Share,
            "streams" => Self::Streams,
            _ => Self::Other(name.to_owned()),
        }
    }
}

impl fmt::Display for GroupType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Classic => "classic",
            Self::Consumer => "consumer",
            Self::Share => "share",
            Self::Streams => "streams",
            Self::Other(name) => name,
        })
    }
}

/// One group of ListGroups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedGroup {
    /// `group.id`.
    pub group_id: String,
    /// Which protocol its members follow.
    pub group_type: GroupType,
    /// `Stable`, `Empty`, …, as Kafka names it; `None` from brokers that do not tell (before 2.6).
    pub state: Option<String>,
    /// `consumer`, `connect`, `share`, …; empty when only offsets were committed.
    pub protocol_type: String,
    /// The broker that listed it.
    pub coordinator_id: i32,
}

impl ListedGroup {
    /// How to ask about it.
    pub fn query(&self) -> GroupQuery<'_> {
        GroupQuery { group_id: &self.group_id, coordinator_id: self.coordinator_id }
    }
}

/// One group that is asked about, with the broker that must be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GroupQuery<'a> {
    /// `group.id`.
    pub group_id: &'a str,
    /// The broker to ask.
    pub coordinator_id: i32,
}

/// A group's coordinator, as FindCoordinator names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupCoordinator {
    /// `group.id`.
    pub group_id: String,
    /// The broker.
    pub broker_id: i32,
}

impl GroupCoordinator {
    /// How to ask about the group.
    pub fn query(&self) -> GroupQuery<'_> {
        GroupQuery { group_id: &self.group_id, coordinator_id: self.broker_id }
    }
}

/// A group and who is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupDescription {
    /// `group.id`.
    pub group_id: String,
    /// Which protocol the group follows now.
    pub group_type: GroupType,
    /// `Stable`, `Empty`, …, as Kafka names it; `None` where nobody tells.
    pub state: Option<String>,
    /// Epoch of the group; classic groups have none.
    pub epoch: Option<i32>,
    /// Its members, in no order; `None` where the coordinator has no request that tells them.
    pub members: Option<Vec<GroupMember>>,
}

/// One member of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupMember {
    /// The id that the coordinator or the member itself made.
    pub member_id: String,
    /// `group.instance.id`, where the member is static.
    pub instance_id: Option<String>,
    /// `client.id`.
    pub client_id: String,
    /// Where it is connected from, as Kafka writes it: `/10.0.0.7`.
    pub host: String,
    /// Epoch of the member; members of classic groups have none.
    pub epoch: Option<i32>,
    /// What it was assigned, by topic. Empty also where the assignment is not told (streams groups, Kafka Connect) or
    /// is not readable: that of a classic group was written by one of its members.
    pub partitions: Vec<(String, Vec<i32>)>,
}
