//! What can go wrong between us and a broker, each said in one sentence for the person who must mend it.
//!
//! The sentences are shown on the Status page beside the last good view, so they name the broker, the request
//! and the number (seconds, bytes, code) and never a type of ours. Errors are `Clone`: one closed connection
//! fails many waiting requests with the same reason.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::address::HostPort;
use super::codes::ErrorCode;

/// How many addresses a sentence lists before it says "and N more".
const LISTED: usize = 4;

/// A failure of one request to Kafka.
#[derive(Clone, Debug, thiserror::Error)]
pub enum KafkaError {
    /// No connection could be made.
    #[error("could not connect to {peer}: {reason}")]
    Unreachable {
        /// Who was tried.
        peer: Peer,
        /// The operating system's reason, or how long was waited.
        reason: String,
    },
    /// The broker failed a moment ago and is not tried again yet.
    #[error("{last}; next try in {}", Seconds(*.retry_in))]
    BackingOff {
        /// What happened at the last try.
        last: Arc<KafkaError>,
        /// When the next request will try again.
        retry_in: Duration,
    },
    /// The request was sent (or its connection was being made) and no answer came in time.
    #[error("{peer} did not answer {request} within {}", Seconds(*.after))]
    Timeout {
        /// Who was asked.
        peer: Peer,
        /// Kafka's name of the request.
        request: &'static str,
        /// How long was waited.
        after: Duration,
    },
    /// Too many requests to this broker were waiting already.
    #[error("{request} waited {} for its turn at {peer}, whose earlier requests are unanswered", Seconds(*.after))]
    Busy {
        /// Who was to be asked.
        peer: Peer,
        /// Kafka's name of the request.
        request: &'static str,
        /// How long was waited.
        after: Duration,
    },
    /// The connection ended under the request.
    #[error("the connection to {peer} ended before {request} was answered: {reason}")]
    Closed {
        /// Who was asked.
        peer: Peer,
        /// Kafka's name of the request.
        request: &'static str,
        /// Who or what ended it.
        reason: String,
    },
    /// Bytes came that are not Kafka's protocol.
    #[error("{peer} answered with {what}; {hint}")]
    Foreign {
        /// Who was asked.
        peer: Peer,
        /// What the bytes look like.
        what: &'static str,
        /// What to check.
        hint: &'static str,
    },
    /// The answer does not follow Kafka's protocol.
    #[error("the answer of {peer} to {request} is malformed: {fault}")]
    Malformed {
        /// Who was asked.
        peer: Peer,
        /// Kafka's name of the request.
        request: &'static str,
        /// What is wrong with it.
        fault: String,
    },
    /// The connection could not be encrypted: the broker is not believed, or does not believe us.
    #[error("could not secure the connection to {peer}: {reason}")]
    Insecure {
        /// Who was tried.
        peer: Peer,
        /// What is wrong and what to check.
        reason: String,
    },
    /// Signing in failed.
    #[error("could not sign in at {peer} by {mechanism}: {reason}")]
    NotSignedIn {
        /// Who was tried.
        peer: Peer,
        /// Kafka's name of the mechanism.
        mechanism: &'static str,
        /// What is wrong and what to check, without any secret.
        reason: String,
    },
    /// The answer is larger than its request may bring.
    #[error("the answer of {peer} to {request} has {size_bytes} bytes, more than the limit of {limit_bytes}")]
    TooLarge {
        /// Who was asked.
        peer: Peer,
        /// Kafka's name of the request.
        request: &'static str,
        /// What the answer's length says.
        size_bytes: u64,
        /// What is allowed, from `max_frame_bytes`.
        limit_bytes: u64,
    },
    /// The broker answered with one of Kafka's error codes.
    #[error("{peer} refused {request}: {code}{}", Remark(.message))]
    Refused {
        /// Who was asked.
        peer: Peer,
        /// Kafka's name of the request.
        request: &'static str,
        /// Kafka's code and its name.
        code: ErrorCode,
        /// The broker's own words, where it sent any.
        message: Option<String>,
    },
    /// The cluster named no coordinator for a group.
    #[error("no broker could be named as the coordinator: {code}{}", Remark(.message))]
    NoCoordinator {
        /// Kafka's code and its name.
        code: ErrorCode,
        /// The broker's own words, where it sent any.
        message: Option<String>,
    },
    /// The broker does not speak a version of this request that we speak.
    #[error("{peer} does not speak {request} in a version that is known here ({spoken})")]
    UnsupportedVersion {
        /// Who was to be asked.
        peer: Peer,
        /// Kafka's name of the request.
        request: &'static str,
        /// What both sides speak.
        spoken: String,
    },
    /// The broker is not in the newest metadata.
    #[error("broker {broker_id} is not among the live brokers of the cluster")]
    UnknownBroker {
        /// The broker that was to be asked.
        broker_id: i32,
    },
    /// The request itself could not be written in Kafka's protocol.
    #[error("could not encode {request}: {fault}")]
    Unencodable {
        /// Kafka's name of the request.
        request: &'static str,
        /// What is wrong with it.
        fault: String,
    },
    /// Every broker and bootstrap server that could be asked failed.
    #[error("no broker answered {request}: {}", Listed(.attempts))]
    NobodyAnswered {
        /// Kafka's name of the request.
        request: &'static str,
        /// One error an address, in the order of trying; at least two.
        attempts: Arc<[KafkaError]>,
    },
    /// The gateway was closed: Riverkeeper is stopping or the cluster was removed.
    #[error("the gateway to this cluster is closed")]
    GatewayClosed,
}

impl KafkaError {
    /// The error code, where the broker answered with one.
    pub fn code(&self) -> Option<ErrorCode> {
        match self {
            Self::Refused { code, .. } | Self::NoCoordinator { code, .. } => Some(*code),
            _ => None,
        }
    }

    /// Whether we may not ask this: a right is missing.
    pub fn is_of_rights(&self) -> bool {
        self.code().is_some_and(ErrorCode::is_of_rights)
    }

    /// Whether brokers do not have the request at all, in a version that is known here.
    pub(super) fn is_unsupported(&self) -> bool {
        match self {
            Self::UnsupportedVersion { .. } => true,
            Self::Refused { code, .. } => *code == ErrorCode::UNSUPPORTED_VERSION,
            Self::NobodyAnswered { attempts, .. } => attempts.iter().any(Self::is_unsupported),
            _ => false,
        }
    }

    /// Whether another broker of the same cluster may do better.
    pub(super) fn is_of_this_broker(&self) -> bool {
        !matches!(
            self,
            Self::TooLarge { .. } | Self::Refused { .. } | Self::Unencodable { .. } | Self::GatewayClosed
        )
    }

    /// Whether it is about who we are, which every broker of a cluster sees in the same way.
    pub(super) fn is_of_our_identity(&self) -> bool {
        match self {
            Self::NotSignedIn { .. } => true,
            Self::BackingOff { last, .. } => last.is_of_our_identity(),
            _ => false,
        }
    }

    /// What must be mended, where that does not depend on the broker.
    fn to_mend(&self) -> Option<&str> {
        match self {
            Self::NotSignedIn { reason, .. } | Self::Insecure { reason, .. } => Some(reason),
            Self::BackingOff { last, .. } => last.to_mend(),
            _ => None,
        }
    }

    /// One error of many attempts: the only one as it is, one of several that say the same, several listed in one
    /// sentence.
    pub(super) fn of_attempts(request: &'static str, mut attempts: Vec<KafkaError>) -> Self {
        let first = attempts.first().and_then(Self::to_mend);
        let say_the_same = first.is_some() && attempts.iter().all(|attempt| attempt.to_mend() == first);
        match attempts.len() {
            1 => attempts.remove(0),
            2.. if say_the_same => attempts.remove(0),
            _ => Self::NobodyAnswered { request, attempts: attempts.into() },
        }
    }
}

/// A broker as far as it is known: by id once Metadata named it, before that only by address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peer {
    /// `node.id`, where known.
    pub broker_id: Option<i32>,
    /// The address that was used.
    pub address: HostPort,
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.broker_id {
            Some(broker_id) => write!(f, "broker {broker_id} ({})", self.address),
            None => self.address.fmt(f),
        }
    }
}

/// A duration as a person reads it: `8 s`, `1.5 s`, `250 ms`.
pub(super) struct Seconds(pub Duration);

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = match self.0.as_millis() {
            exact @ ..100 => exact,
            millis => (millis + 5) / 10 * 10,
        };
        if millis < 1000 {
            return write!(f, "{millis} ms");
        }
        match (millis + 50) / 100 {
            tenths if tenths % 10 == 0 => write!(f, "{} s", tenths / 10),
            tenths => write!(f, "{}.{} s", tenths / 10, tenths % 10),
        }
    }
}

/// A peer's text as a sentence can bear it: one line, not long.
pub(super) fn short(text: &str) -> String {
    const LONGEST: usize = 200;
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => text[..end].chars().map(plain).chain(['…']).collect(),
        None => text.chars().map(plain).collect(),
    }
}

struct Remark<'a>(&'a Option<String>);

impl fmt::Display for Remark<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(text) if !text.is_empty() => write!(f, " ({})", short(text)),
            _ => Ok(()),
        }
    }
}

struct Listed<'a>(&'a [KafkaError]);

impl fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, error) in self.0.iter().take(LISTED).enumerate() {
            let separator = if i == 0 { "" } else { "; " };
            write!(f, "{separator}{error}")?;
        }
        match self.0.len().saturating_sub(LISTED) {
            0 if self.0.is_empty() => f.write_str("no address is known"),
            0 => Ok(()),
            more => write!(f, "; and {more} more"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(broker_id: Option<i32>) -> Peer {
        Peer { broker_id, address: "127.0.0.1:19092".parse().unwrap() }
    }

    fn refused(broker_id: i32) -> KafkaError {
        KafkaError::Unreachable { peer: peer(Some(broker_id)), reason: "connection refused".to_owned() }
    }

    #[test]
    fn a_timeout_names_broker_request_and_duration() {
        let error =
            KafkaError::Timeout { peer: peer(Some(2)), request: "Metadata", after: Duration::from_secs(8) };
        assert_eq!(error.to_string(), "broker 2 (127.0.0.1:19092) did not answer Metadata within 8 s");
    }

    #[test]
    fn an_unknown_broker_is_named_by_its_address() {
        let error = KafkaError::Unreachable { peer: peer(None), reason: "connection refused".to_owned() };
        assert_eq!(error.to_string(), "could not connect to 127.0.0.1:19092: connection refused");
    }

    #[test]
    fn a_refusal_has_kafkas_name_number_and_words() {
        let error = KafkaError::Refused {
            peer: peer(Some(1)),
            request: "DescribeQuorum",
            code: ErrorCode(31),
            message: Some("no".to_owned()),
        };
        let text =
            "broker 1 (127.0.0.1:19092) refused DescribeQuorum: CLUSTER_AUTHORIZATION_FAILED (31) (no)";
        assert_eq!(error.to_string(), text);
    }

    #[test]
    fn many_attempts_make_one_sentence_of_bounded_length() {
        let few = KafkaError::of_attempts("Metadata", vec![refused(1), refused(2)]).to_string();
        assert!(few.starts_with("no broker answered Metadata: could not connect to broker 1 ("), "{few}");
        assert!(few.ends_with("broker 2 (127.0.0.1:19092): connection refused"), "{few}");
        let many = KafkaError::of_attempts("Metadata", (0..500).map(refused).collect()).to_string();
        assert!(many.ends_with("; and 496 more") && many.len() < 500, "{many}");
        assert_eq!(KafkaError::of_attempts("Metadata", vec![refused(1)]).to_string(), refused(1).to_string());
    }

    #[test]
    fn durations_are_rounded_for_reading() {
        let shown = |millis| Seconds(Duration::from_millis(millis)).to_string();
        assert_eq!([shown(7), shown(249), shown(996), shown(1540)], ["7 ms", "250 ms", "1 s", "1.5 s"]);
        assert_eq!([shown(7996), shown(8000)], ["8 s", "8 s"]);
    }
}
