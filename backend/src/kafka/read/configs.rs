//! Topic configurations, for a short list of keys.

use crate::kafka::answers::TopicConfigs;
use crate::kafka::wire::DescribeConfigs;
use crate::kafka::{Gateway, KafkaError};

/// So many topics a request: with twenty keys an answer of some 300 KB.
const TOPICS_A_REQUEST: usize = 200;

/// `keys` of `topics`, in batches one after the other, so that no broker notices. Any broker knows them all. A topic
/// that may not be described has its own error code; one batch that fails fails the whole.
pub async fn describe_configs(
    gateway: &Gateway,
    topics: &[&str],
    keys: &[&str],
) -> Result<Vec<TopicConfigs>, KafkaError> {
    let mut configs = Vec::with_capacity(topics.len());
    for topics in topics.chunks(TOPICS_A_REQUEST) {
        configs.extend(gateway.any(&DescribeConfigs { topics, keys }).await?);
    }
    Ok(configs)
}
