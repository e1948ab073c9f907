//! DescribeConfigs of topics, for a short list of keys.

use kafka_wire::describe_configs_request::DescribeConfigsResource;
use kafka_wire::describe_configs_response::{DescribeConfigsResourceResult, DescribeConfigsResult};
use kafka_wire::{DescribeConfigsRequest, DescribeConfigsResponse};
use kafka_wire_core::{Bytes, StrBytes};

use super::{Answer, Api, Fault, Request, body, decode, frame};
use crate::kafka::answers::{ConfigEntry, ConfigSource, TopicConfigs};

/// Kafka's number for the kind of resource that is a topic.
const TOPIC: i8 = 2;

/// DescribeConfigs of `keys` of `topics`.
pub(in crate::kafka) struct DescribeConfigs<'a> {
    pub topics: &'a [&'a str],
    pub keys: &'a [&'a str],
}

impl Request for DescribeConfigs<'_> {
    const API: Api = Api::DescribeConfigs;
    type Answer = Vec<TopicConfigs>;

    fn encode(&self, version: i16, correlation_id: i32, client_id: &str) -> Result<Bytes, Fault> {
        let keys: Vec<StrBytes> = self.keys.iter().map(|key| StrBytes::from(*key)).collect();
        let resource = |topic: &&str| {
            let mut resource = DescribeConfigsResource::default();
            resource.resource_type = TOPIC;
            resource.resource_name = StrBytes::from(*topic);
            resource.configuration_keys = Some(keys.clone());
            resource
        };
        let mut request = DescribeConfigsRequest::default();
        request.resources = self.topics.iter().map(resource).collect();
        frame(&request, version, correlation_id, client_id)
    }

    fn decode(&self, version: i16, bytes: Bytes) -> Answer<Vec<TopicConfigs>> {
        let body = body::<DescribeConfigsResponse>(version, &bytes)?;
        let response: DescribeConfigsResponse = decode(version, body)?;
        let of_topics = response.results.into_iter().filter(|result| result.resource_type == TOPIC);
        Ok(Ok(of_topics.map(topic_configs).collect()))
    }
}

fn topic_configs(result: DescribeConfigsResult) -> TopicConfigs {
    TopicConfigs {
        topic: result.resource_name.into_string(),
        error_code: result.error_code,
        entries: result.configs.into_iter().map(entry).collect(),
    }
}

fn entry(config: DescribeConfigsResourceResult) -> ConfigEntry {
    ConfigEntry {
        name: config.name.into_string(),
        value: config.value.filter(|_| !config.is_sensitive).map(|value| value.into_string()),
        source: match config.config_source {
            1 => ConfigSource::Topic,
            2 | 3 => ConfigSource::DynamicBroker,
            4 => ConfigSource::StaticBroker,
            5 => ConfigSource::Default,
            _ => ConfigSource::Other,
        },
    }
}
