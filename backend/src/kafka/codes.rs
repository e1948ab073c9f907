//! Kafka's error codes by name, because an operator searches for `NOT_CONTROLLER`, not for 41.
//!
//! The codec carries codes as bare numbers. The names are Kafka's own, in the order of their numbers from 0, up to
//! the newest of Kafka 4.3; a code from a newer broker shows as its number.

use std::fmt;

/// An error code as it came from a broker; 0 is success.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ErrorCode(pub i16);

impl ErrorCode {
    /// No error.
    pub const NONE: Self = Self(0);
    /// The coordinator is still reading its groups.
    pub const COORDINATOR_LOAD_IN_PROGRESS: Self = Self(14);
    /// The group has no coordinator just now.
    pub const COORDINATOR_NOT_AVAILABLE: Self = Self(15);
    /// Another broker is the group's coordinator.
    pub const NOT_COORDINATOR: Self = Self(16);
    /// We lack a right on a topic.
    pub const TOPIC_AUTHORIZATION_FAILED: Self = Self(29);
    /// We lack a right on a group.
    pub const GROUP_AUTHORIZATION_FAILED: Self = Self(30);
    /// We lack a right on the cluster.
    pub const CLUSTER_AUTHORIZATION_FAILED: Self = Self(31);
    /// The listener does not take the mechanism that we mean to sign in by.
    pub const UNSUPPORTED_SASL_MECHANISM: Self = Self(33);
    /// The listener wants nobody to sign in.
    pub const ILLEGAL_SASL_STATE: Self = Self(34);
    /// The broker does not speak the version that was asked for.
    pub const UNSUPPORTED_VERSION: Self = Self(35);
    /// The broker is not the controller (before KRaft: controller requests are not forwarded).
    pub const NOT_CONTROLLER: Self = Self(41);
    /// Name, password or token are not right.
    pub const SASL_AUTHENTICATION_FAILED: Self = Self(58);
    /// There is no such group, or it is of another type than the request is for.
    pub const GROUP_ID_NOT_FOUND: Self = Self(69);

    /// Kafka's name of the code, where it is known here.
    pub fn name(self) -> Option<&'static str> {
        match usize::try_from(self.0) {
            Ok(number) => NAMES.split_ascii_whitespace().nth(number),
            Err(_) => (self.0 == -1).then_some("UNKNOWN_SERVER_ERROR"),
        }
    }

    /// Whether a right is missing, which is no fault of the broker.
    pub fn is_of_rights(self) -> bool {
        [
            Self::TOPIC_AUTHORIZATION_FAILED,
            Self::GROUP_AUTHORIZATION_FAILED,
            Self::CLUSTER_AUTHORIZATION_FAILED,
        ]
        .contains(&self)
    }

    /// Whether the group's coordinator is moving or starting, which passes by itself.
    pub fn is_of_a_move(self) -> bool {
        [Self::COORDINATOR_LOAD_IN_PROGRESS, Self::COORDINATOR_NOT_AVAILABLE, Self::NOT_COORDINATOR]
            .contains(&self)
    }

    /// `Ok` for success, else the code.
    pub fn check(self) -> Result<(), Self> {
        if self == Self::NONE { Ok(()) } else { Err(self) }
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => write!(f, "{name} ({})", self.0),
            None => write!(f, "error code {}", self.0),
        }
    }
}

const NAMES: &str = "\
    NONE OFFSET_OUT_OF_RANGE CORRUPT_MESSAGE UNKNOWN_TOPIC_OR_PARTITION INVALID_FETCH_SIZE \
    LEADER_NOT_AVAILABLE NOT_LEADER_OR_FOLLOWER REQUEST_TIMED_OUT BROKER_NOT_AVAILABLE \
    REPLICA_NOT_AVAILABLE MESSAGE_TOO_LARGE STALE_CONTROLLER_EPOCH OFFSET_METADATA_TOO_LARGE \
    NETWORK_EXCEPTION COORDINATOR_LOAD_IN_PROGRESS COORDINATOR_NOT_AVAILABLE NOT_COORDINATOR \
    INVALID_TOPIC_EXCEPTION RECORD_LIST_TOO_LARGE NOT_ENOUGH_REPLICAS NOT_ENOUGH_REPLICAS_AFTER_APPEND \
    INVALID_REQUIRED_ACKS ILLEGAL_GENERATION INCONSISTENT_GROUP_PROTOCOL INVALID_GROUP_ID \
    UNKNOWN_MEMBER_ID INVALID_SESSION_TIMEOUT REBALANCE_IN_PROGRESS INVALID_COMMIT_OFFSET_SIZE \
    TOPIC_AUTHORIZATION_FAILED GROUP_AUTHORIZATION_FAILED CLUSTER_AUTHORIZATION_FAILED INVALID_TIMESTAMP \
    UNSUPPORTED_SASL_MECHANISM ILLEGAL_SASL_STATE UNSUPPORTED_VERSION TOPIC_ALREADY_EXISTS \
    INVALID_PARTITIONS INVALID_REPLICATION_FACTOR INVALID_REPLICA_ASSIGNMENT INVALID_CONFIG \
    NOT_CONTROLLER INVALID_REQUEST UNSUPPORTED_FOR_MESSAGE_FORMAT POLICY_VIOLATION \
    OUT_OF_ORDER_SEQUENCE_NUMBER DUPLICATE_SEQUENCE_NUMBER INVALID_PRODUCER_EPOCH INVALID_TXN_STATE \
    INVALID_PRODUCER_ID_MAPPING INVALID_TRANSACTION_TIMEOUT CONCURRENT_TRANSACTIONS \
    TRANSACTION_COORDINATOR_FENCED TRANSACTIONAL_ID_AUTHORIZATION_FAILED SECURITY_DISABLED \
    OPERATION_NOT_ATTEMPTED KAFKA_STORAGE_ERROR LOG_DIR_NOT_FOUND SASL_AUTHENTICATION_FAILED \
    UNKNOWN_PRODUCER_ID REASSIGNMENT_IN_PROGRESS DELEGATION_TOKEN_AUTH_DISABLED \
    DELEGATION_TOKEN_NOT_FOUND DELEGATION_TOKEN_OWNER_MISMATCH DELEGATION_TOKEN_REQUEST_NOT_ALLOWED \
    DELEGATION_TOKEN_AUTHORIZATION_FAILED DELEGATION_TOKEN_EXPIRED INVALID_PRINCIPAL_TYPE \
    NON_EMPTY_GROUP GROUP_ID_NOT_FOUND FETCH_SESSION_ID_NOT_FOUND INVALID_FETCH_SESSION_EPOCH \
    LISTENER_NOT_FOUND TOPIC_DELETION_DISABLED FENCED_LEADER_EPOCH UNKNOWN_LEADER_EPOCH \
    UNSUPPORTED_COMPRESSION_TYPE STALE_BROKER_EPOCH OFFSET_NOT_AVAILABLE MEMBER_ID_REQUIRED \
    PREFERRED_LEADER_NOT_AVAILABLE GROUP_MAX_SIZE_REACHED FENCED_INSTANCE_ID \
    ELIGIBLE_LEADERS_NOT_AVAILABLE ELECTION_NOT_NEEDED NO_REASSIGNMENT_IN_PROGRESS \
    GROUP_SUBSCRIBED_TO_TOPIC INVALID_RECORD UNSTABLE_OFFSET_COMMIT THROTTLING_QUOTA_EXCEEDED \
    PRODUCER_FENCED RESOURCE_NOT_FOUND DUPLICATE_RESOURCE UNACCEPTABLE_CREDENTIAL INCONSISTENT_VOTER_SET \
    INVALID_UPDATE_VERSION FEATURE_UPDATE_FAILED PRINCIPAL_DESERIALIZATION_FAILURE SNAPSHOT_NOT_FOUND \
    POSITION_OUT_OF_RANGE UNKNOWN_TOPIC_ID DUPLICATE_BROKER_REGISTRATION BROKER_ID_NOT_REGISTERED \
    INCONSISTENT_TOPIC_ID INCONSISTENT_CLUSTER_ID TRANSACTIONAL_ID_NOT_FOUND \
    FETCH_SESSION_TOPIC_ID_ERROR INELIGIBLE_REPLICA NEW_LEADER_ELECTED OFFSET_MOVED_TO_TIERED_STORAGE \
    FENCED_MEMBER_EPOCH UNRELEASED_INSTANCE_ID UNSUPPORTED_ASSIGNOR STALE_MEMBER_EPOCH \
    MISMATCHED_ENDPOINT_TYPE UNSUPPORTED_ENDPOINT_TYPE UNKNOWN_CONTROLLER_ID UNKNOWN_SUBSCRIPTION_ID \
    TELEMETRY_TOO_LARGE INVALID_REGISTRATION TRANSACTION_ABORTABLE INVALID_RECORD_STATE \
    SHARE_SESSION_NOT_FOUND INVALID_SHARE_SESSION_EPOCH FENCED_STATE_EPOCH INVALID_VOTER_KEY \
    DUPLICATE_VOTER VOTER_NOT_FOUND INVALID_REGULAR_EXPRESSION REBOOTSTRAP_REQUIRED \
    STREAMS_INVALID_TOPOLOGY STREAMS_INVALID_TOPOLOGY_EPOCH STREAMS_TOPOLOGY_FENCED \
    SHARE_SESSION_LIMIT_REACHED";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_have_kafkas_names() {
        for (code, name) in [
            (-1, "UNKNOWN_SERVER_ERROR"),
            (0, "NONE"),
            (3, "UNKNOWN_TOPIC_OR_PARTITION"),
            (6, "NOT_LEADER_OR_FOLLOWER"),
            (14, "COORDINATOR_LOAD_IN_PROGRESS"),
            (15, "COORDINATOR_NOT_AVAILABLE"),
            (16, "NOT_COORDINATOR"),
            (29, "TOPIC_AUTHORIZATION_FAILED"),
            (30, "GROUP_AUTHORIZATION_FAILED"),
            (35, "UNSUPPORTED_VERSION"),
            (41, "NOT_CONTROLLER"),
            (56, "KAFKA_STORAGE_ERROR"),
            (69, "GROUP_ID_NOT_FOUND"),
            (100, "UNKNOWN_TOPIC_ID"),
            (133, "SHARE_SESSION_LIMIT_REACHED"),
        ] {
            assert_eq!(ErrorCode(code).name(), Some(name));
        }
    }

    #[test]
    fn an_unknown_code_shows_as_its_number() {
        assert_eq!(ErrorCode(999).to_string(), "error code 999");
        assert_eq!(ErrorCode(-7).to_string(), "error code -7");
    }
}
