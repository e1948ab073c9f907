//! A broker that is not there: it says which topics a cluster has, how far a group has read where a test says so, and nothing
//! else. For tests that need what real clusters would take long to bring about.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use bytes::{BufMut, BytesMut};
use kafka_wire::{
    ApiVersionsResponse, KafkaMessage, ListGroupsResponse, ListOffsetsResponse, MetadataResponse,
    OffsetFetchResponse,
    api_versions_response::ApiVersion as Spoken,
    list_groups_response::ListedGroup,
    list_offsets_response::{ListOffsetsPartitionResponse, ListOffsetsTopicResponse},
    metadata_response::{MetadataResponseBroker, MetadataResponsePartition, MetadataResponseTopic},
    offset_fetch_response::{
        OffsetFetchResponseGroup, OffsetFetchResponsePartitions, OffsetFetchResponseTopics,
    },
};
use kafka_wire_core::{ApiVersion, Uuid};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

const LIST_OFFSETS: i16 = 2;
const METADATA: i16 = 3;
const OFFSET_FETCH: i16 = 9;
const LIST_GROUPS: i16 = 16;
const API_VERSIONS: i16 = 18;

/// Where every log ends, for who asks on behalf of a group.
pub const LOG_END: i64 = 100;

/// A group that has read a topic of one partition.
#[derive(Clone, Copy)]
pub struct Reads {
    /// Its id.
    pub group: &'static str,
    /// The topic.
    pub topic: &'static str,
    /// The offset that it committed.
    pub committed: i64,
}

/// A cluster of one such broker; it ends with the test.
pub struct FakeCluster {
    /// Where its broker listens.
    pub address: SocketAddr,
    topics: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl Drop for FakeCluster {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl FakeCluster {
    /// One with these topics, which knows no groups.
    pub async fn start(cluster_id: &'static str, topics: &[&str]) -> Self {
        Self::start_with(cluster_id, topics, None).await
    }

    /// One with these topics, and perhaps a group.
    pub async fn start_with(cluster_id: &'static str, topics: &[&str], reads: Option<Reads>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let topics = Arc::new(Mutex::new(topics.iter().map(|topic| (*topic).to_owned()).collect()));
        let told = topics.clone();
        let task = tokio::spawn(async move {
            let mut open = tokio::task::JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                open.spawn(serve(stream, (cluster_id, address.port()), told.clone(), reads));
            }
        });
        Self { address, topics, task }
    }

    /// Creates topics, all in one turn of whoever looks.
    pub fn create(&self, topics: &[&str]) {
        self.topics.lock().unwrap().extend(topics.iter().map(|topic| (*topic).to_owned()));
    }
}

async fn serve(
    mut stream: TcpStream,
    (cluster_id, port): (&str, u16),
    topics: Arc<Mutex<Vec<String>>>,
    reads: Option<Reads>,
) {
    while let Ok(length) = stream.read_u32().await {
        let mut frame = vec![0; length as usize];
        if stream.read_exact(&mut frame).await.is_err() {
            return;
        }
        let half = |at: usize| i16::from_be_bytes([frame[at], frame[at + 1]]);
        let (key, version) = (half(0), half(2));
        let answer = match (key, reads) {
            (API_VERSIONS, _) => encoded(&api_versions(reads.is_some()), version),
            (METADATA, _) => encoded(&metadata(cluster_id, port, &topics.lock().unwrap()), version),
            (LIST_GROUPS, Some(reads)) => encoded(&groups(reads), version),
            (OFFSET_FETCH, Some(reads)) => encoded(&committed(reads), version),
            (LIST_OFFSETS, Some(reads)) => encoded(&log_ends(reads), version),
            _ => return,
        };
        let mut out = BytesMut::new();
        out.put_u32(u32::try_from(answer.len() + 4).unwrap());
        out.extend_from_slice(&frame[4..8]);
        out.extend_from_slice(&answer);
        if stream.write_all(&out).await.is_err() {
            return;
        }
    }
}

fn encoded<M: KafkaMessage>(message: &M, version: i16) -> BytesMut {
    let mut bytes = BytesMut::new();
    if M::is_flexible(ApiVersion::new(version)) && M::NAME != "ApiVersionsResponse" {
        bytes.put_u8(0);
    }
    message.encode_into(&mut bytes, ApiVersion::new(version)).unwrap();
    bytes
}

fn api_versions(knows_groups: bool) -> ApiVersionsResponse {
    let mut response = ApiVersionsResponse::default();
    let of_groups = [(LIST_OFFSETS, 7), (OFFSET_FETCH, 8), (LIST_GROUPS, 4)];
    let of_groups = of_groups.into_iter().filter(|_| knows_groups);
    for (key, highest) in [(API_VERSIONS, 4), (METADATA, 13)].into_iter().chain(of_groups) {
        let mut spoken = Spoken::default();
        (spoken.api_key, spoken.max_version) = (key, highest);
        response.api_keys.push(spoken);
    }
    response
}

/// What such a broker answers to Metadata.
pub fn metadata(cluster_id: &str, port: u16, topics: &[String]) -> MetadataResponse {
    let mut response = MetadataResponse::default();
    response.cluster_id = Some(cluster_id.into());
    response.controller_id = 1;
    let mut broker = MetadataResponseBroker::default();
    (broker.node_id, broker.host, broker.port) = (1, "127.0.0.1".into(), port.into());
    response.brokers.push(broker);
    response.topics = (1_u128..).zip(topics).map(|(number, name)| topic(number, name)).collect();
    response
}

fn topic(number: u128, name: &str) -> MetadataResponseTopic {
    let mut partition = MetadataResponsePartition::default();
    (partition.leader_id, partition.leader_epoch) = (1, 3);
    (partition.replica_nodes, partition.isr_nodes) = (vec![1], vec![1]);
    let mut topic = MetadataResponseTopic::default();
    topic.name = Some(name.into());
    topic.topic_id = Uuid::from_bytes(number.to_be_bytes());
    topic.partitions = vec![partition];
    topic
}

fn groups(reads: Reads) -> ListGroupsResponse {
    let mut group = ListedGroup::default();
    (group.group_id, group.protocol_type) = (reads.group.into(), "consumer".into());
    group.group_state = "Empty".into();
    let mut response = ListGroupsResponse::default();
    response.groups = vec![group];
    response
}

fn committed(reads: Reads) -> OffsetFetchResponse {
    let mut partition = OffsetFetchResponsePartitions::default();
    partition.committed_offset = reads.committed;
    let mut topic = OffsetFetchResponseTopics::default();
    (topic.name, topic.partitions) = (reads.topic.into(), vec![partition]);
    let mut group = OffsetFetchResponseGroup::default();
    (group.group_id, group.topics) = (reads.group.into(), vec![topic]);
    let mut response = OffsetFetchResponse::default();
    response.groups = vec![group];
    response
}

fn log_ends(reads: Reads) -> ListOffsetsResponse {
    let mut partition = ListOffsetsPartitionResponse::default();
    partition.offset = LOG_END;
    let mut topic = ListOffsetsTopicResponse::default();
    (topic.name, topic.partitions) = (reads.topic.into(), vec![partition]);
    let mut response = ListOffsetsResponse::default();
    response.topics = vec![topic];
    response
}
