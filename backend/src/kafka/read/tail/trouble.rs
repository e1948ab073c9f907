//! What librdkafka's errors mean for who tails.
//!
//! librdkafka tells an error's code, and the rest as a text. The texts that are read here are those of its fetcher; a
//! text that is not as expected costs a number, and nothing else.

use rdkafka::error::RDKafkaErrorCode as Code;

use super::queues::Place;
use super::receive::Trouble;
use crate::kafka::ErrorCode;

/// Where a partition ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct EndOfPartition {
    pub offset: i64,
    pub high_watermark: i64,
}

/// Reads "… at offset 12 (HighwaterMark 15)".
pub(super) fn end_of_partition(text: &str) -> Option<EndOfPartition> {
    let (offset, rest) = text.rsplit_once(" at offset ")?.1.split_once(" (HighwaterMark ")?;
    let high_watermark = rest.trim_end_matches(')').parse().ok()?;
    Some(EndOfPartition { offset: offset.parse().ok()?, high_watermark })
}

/// What an error means; nothing where it does not matter here. What is not of one topic is of all `topics`.
pub(super) fn trouble(of: &Place, topics: &str, code: Code, reason: &str) -> Option<Trouble> {
    let topic = of.topic.as_deref().unwrap_or(topics);
    let partition = of.partition.or_else(|| partition(topic, reason));
    let sentence = match code {
        // A tail is in no group: that it may not see the coordinator of one is well.
        Code::GroupAuthorizationFailed | Code::CoordinatorNotAvailable | Code::NotCoordinator => return None,
        Code::TopicAuthorizationFailed => format!(
            "records of {topic} may not be read: Riverkeeper needs the operation Read on topic {topic} \
             (kafka-acls.sh --add --operation Read --topic {topic})"
        ),
        Code::UnknownPartition => match partition {
            Some(partition) => format!("{topic} has no partition {partition}"),
            None => format!("{topic} has not every partition that is to be read"),
        },
        Code::UnknownTopicOrPartition | Code::UnknownTopic => {
            format!("there is no topic {topic}, or Riverkeeper may not see it (it needs Describe on it)")
        }
        Code::Authentication | Code::SaslAuthenticationFailed | Code::UnsupportedSASLMechanism => {
            format!("could not sign in to read {topic}: {reason}")
        }
        Code::SSL => format!("could not secure the connection to read {topic}: {reason}"),
        Code::AllBrokersDown => format!("no broker can be reached to read {topic}"),
        Code::Resolve | Code::BrokerTransportFailure | Code::OperationTimedOut => {
            format!("a broker of {topic} cannot be reached: {reason}")
        }
        _ => format!("{topic} cannot be read: {reason}"),
    };
    Some(Trouble { topic: of.topic.clone(), partition, code: kafkas(code), sentence })
}

/// Reads "orders [3]: …".
fn partition(topic: &str, reason: &str) -> Option<i32> {
    reason.strip_prefix(topic)?.strip_prefix(" [")?.split_once(']')?.0.parse().ok()
}

/// librdkafka's own codes lie below those of Kafka.
fn kafkas(code: Code) -> Option<ErrorCode> {
    let number = code as i32;
    i16::try_from(number).ok().filter(|number| *number >= -1).map(ErrorCode)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trouble(topic: &str, code: Code, reason: &str) -> Option<Trouble> {
        let of = Place { topic: Some(topic.into()), partition: None };
        super::trouble(&of, topic, code, reason)
    }

    #[test]
    fn the_end_of_a_partition_is_read_out_of_the_text() {
        let text = "Fetch from broker 2 reached end of partition at offset 12 (HighwaterMark 15)";
        assert_eq!(end_of_partition(text), Some(EndOfPartition { offset: 12, high_watermark: 15 }));
        for text in ["", " at offset ", "at offset 1 (HighwaterMark x)", "no more messages"] {
            assert_eq!(end_of_partition(text), None, "{text}");
        }
    }

    #[test]
    fn a_missing_right_is_named() {
        let trouble =
            trouble("orders", Code::TopicAuthorizationFailed, "Fetch from broker 1 failed").unwrap();
        assert!(trouble.sentence.contains("--operation Read --topic orders"), "{}", trouble.sentence);
        assert_eq!(trouble.code, Some(ErrorCode::TOPIC_AUTHORIZATION_FAILED));
    }

    #[test]
    fn a_partition_is_named_where_it_is_told() {
        let missing = trouble("orders", Code::UnknownPartition, "orders [31]: desired partition (unknown)");
        let missing = missing.unwrap();
        assert_eq!((missing.partition, missing.code), (Some(31), None));
        assert_eq!(missing.sentence, "orders has no partition 31");
        let other = trouble("orders", Code::UnknownTopic, "orders-old [1]: topic does not exist").unwrap();
        assert_eq!(other.partition, None);
        assert!(other.sentence.starts_with("there is no topic orders"), "{}", other.sentence);
    }

    #[test]
    fn what_is_of_a_broker_is_of_all_topics_and_what_is_of_a_queue_of_its_partition() {
        let of_all = super::trouble(&Place::default(), "orders and 2 more topics", Code::AllBrokersDown, "");
        let of_all = of_all.unwrap();
        assert_eq!((of_all.topic, of_all.partition), (None, None));
        assert_eq!(of_all.sentence, "no broker can be reached to read orders and 2 more topics");
        let of = Place { topic: Some("orders".into()), partition: Some(3) };
        let of_one = super::trouble(&of, "", Code::TopicAuthorizationFailed, "Fetch failed").unwrap();
        assert_eq!((of_one.topic.as_deref(), of_one.partition), (Some("orders"), Some(3)));
    }

    #[test]
    fn the_coordinator_of_a_group_that_nobody_is_in_does_not_matter() {
        assert_eq!(trouble("orders", Code::GroupAuthorizationFailed, "FindCoordinator"), None);
    }
}
