//! Brokers for the tests of neighbours: good ones of a few topics, and mean ones.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::{BufMut, Bytes, BytesMut};
use kafka_wire::metadata_response::{
    MetadataResponseBroker, MetadataResponsePartition, MetadataResponseTopic,
};
use kafka_wire::{ApiVersionsResponse, KafkaMessage, MetadataResponse, api_versions_response};
use kafka_wire_core::{ApiVersion, Uuid};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A fake broker, which ends with this value.
pub struct Listening {
    pub port: u16,
    open: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl Listening {
    /// How many connections to it are open.
    pub fn open(&self) -> usize {
        self.open.load(Ordering::SeqCst)
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// What a mean broker does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meanness {
    Garbage,
    Silence,
    OneByteASecond,
    Close,
    /// Claims the longest answer that is accepted, brings nearly all of it, and stalls.
    ClaimAndStall,
    /// Sends what nobody asked for, as fast as it is taken.
    NeverStops,
    TooLong,
    /// A valid answer that is full of brokers.
    TooManyBrokers,
    /// A valid answer that is full of topics.
    AMillionTopics,
    /// The most iterations that are accepted, with another salt each time.
    MostIterations,
}

async fn listen<F: Future<Output = std::io::Result<()>> + Send + 'static>(
    serve: impl Fn(TcpStream, u16) -> F + Send + Sync + 'static,
) -> Listening {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let open = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&open);
    let task = tokio::spawn(async move {
        let mut serving = tokio::task::JoinSet::new();
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let (served, count) = (serve(stream, port), Arc::clone(&count));
            serving.spawn(async move {
                count.fetch_add(1, Ordering::SeqCst);
                drop(served.await);
                count.fetch_sub(1, Ordering::SeqCst);
            });
        }
    });
    Listening { port, open, task }
}

/// A request: its key, its version, its correlation id, and all of it.
async fn request(stream: &mut TcpStream) -> std::io::Result<(i16, i16, i32, Vec<u8>)> {
    let mut frame = vec![0; stream.read_u32().await? as usize];
    stream.read_exact(&mut frame).await?;
    let half = |at: usize| i16::from_be_bytes([frame[at], frame[at + 1]]);
    Ok((half(0), half(2), i32::from_be_bytes(frame[4..8].try_into().unwrap()), frame))
}

/// An answer, whole or only as long as it claims.
async fn answer(stream: &mut TcpStream, id: i32, body: &[u8]) -> std::io::Result<()> {
    stream.write_u32(u32::try_from(body.len() + 4).unwrap()).await?;
    stream.write_i32(id).await?;
    stream.write_all(body).await
}

fn encoded<M: KafkaMessage>(message: &M, version: i16) -> Bytes {
    let mut bytes = BytesMut::new();
    if M::is_flexible(ApiVersion::new(version)) && M::NAME != "ApiVersionsResponse" {
        bytes.put_u8(0);
    }
    message.encode_into(&mut bytes, ApiVersion::new(version)).unwrap();
    bytes.freeze()
}

fn spoken(version: i16) -> Bytes {
    let mut response = ApiVersionsResponse::default();
    for (key, highest) in [(18, 4), (3, 13), (17, 1), (36, 2)] {
        let mut api = api_versions_response::ApiVersion::default();
        (api.api_key, api.max_version) = (key, highest);
        response.api_keys.push(api);
    }
    encoded(&response, version)
}

fn metadata(cluster_id: &str, port: u16) -> MetadataResponse {
    let mut broker = MetadataResponseBroker::default();
    (broker.node_id, broker.host, broker.port) = (1, "127.0.0.1".into(), i32::from(port));
    let mut partition = MetadataResponsePartition::default();
    (partition.leader_id, partition.replica_nodes, partition.isr_nodes) = (1, vec![1], vec![1]);
    let mut topic = MetadataResponseTopic::default();
    (topic.name, topic.topic_id) = (Some("orders".into()), Uuid::from_bytes([7; 16]));
    topic.partitions = vec![partition];
    let mut response = MetadataResponse::default();
    (response.cluster_id, response.controller_id) = (Some(cluster_id.into()), 1);
    (response.brokers, response.topics) = (vec![broker], vec![topic]);
    response
}

/// A good broker that knows itself and a topic.
pub async fn broker(cluster_id: &'static str) -> Listening {
    listen(move |mut stream, port| async move {
        loop {
            let (key, version, id, _) = request(&mut stream).await?;
            let body = match key {
                18 => spoken(version),
                _ => encoded(&metadata(cluster_id, port), version),
            };
            answer(&mut stream, id, &body).await?;
        }
    })
    .await
}

/// A mean broker, where answers of that length are accepted.
pub async fn mean(meanness: Meanness, longest: usize) -> Listening {
    let huge = match meanness {
        // Less of it, so that it comes before the deadline on a busy machine.
        Meanness::TooManyBrokers => full(meanness, longest / 8),
        Meanness::AMillionTopics => full(meanness, longest),
        _ => Bytes::new(),
    };
    listen(move |stream, _| do_it(meanness, longest, huge.clone(), stream)).await
}

async fn do_it(
    meanness: Meanness,
    longest: usize,
    huge: Bytes,
    mut stream: TcpStream,
) -> std::io::Result<()> {
    if matches!(meanness, Meanness::Silence) {
        while stream.read_u8().await.is_ok() {}
        return Ok(());
    }
    loop {
        let (key, version, id, frame) = request(&mut stream).await?;
        if key == 18 {
            answer(&mut stream, id, &spoken(version)).await?;
            continue;
        }
        match meanness {
            Meanness::Garbage => answer(&mut stream, id, &[0xff; 900]).await?,
            Meanness::OneByteASecond => loop {
                stream.write_u8(0).await?;
                tokio::time::sleep(Duration::from_secs(1)).await;
            },
            Meanness::Close | Meanness::Silence => return Ok(()),
            Meanness::ClaimAndStall => {
                stream.write_u32(u32::try_from(longest).unwrap()).await?;
                stream.write_i32(id).await?;
                stream.write_all(&vec![7; longest - 99]).await?;
                while stream.read_u8().await.is_ok() {}
            }
            Meanness::NeverStops => loop {
                stream.write_all(&[7; 64 * 1024]).await?;
            },
            Meanness::TooLong => stream.write_u32(0x7fff_ffff).await?,
            Meanness::TooManyBrokers | Meanness::AMillionTopics => answer(&mut stream, id, &huge).await?,
            Meanness::MostIterations => work(&mut stream, (key, version, id), &frame).await?,
        }
    }
}

/// Takes every mechanism, and asks for as much work as is accepted, with another salt each time.
async fn work(
    stream: &mut TcpStream,
    (key, version, id): (i16, i16, i32),
    frame: &[u8],
) -> std::io::Result<()> {
    let mut body = BytesMut::new();
    if key == 17 {
        body.put_slice(&[0, 0, 0, 0, 0, 1, 0, 13]);
        body.put_slice(b"SCRAM-SHA-512");
    } else {
        let text = String::from_utf8_lossy(frame);
        let nonce = text.rsplit(",r=").next().unwrap_or_default().trim_end_matches('\0');
        let salt = format!("{:016x}", rand::random::<u64>());
        let mut response = kafka_wire::SaslAuthenticateResponse::default();
        response.auth_bytes = format!("r={nonce}x,s={salt},i=1000000").into();
        body.put_slice(&encoded(&response, version));
    }
    answer(stream, id, &body).await
}

/// A valid answer to Metadata of version 13 that is as full as it may be.
fn full(meanness: Meanness, longest: usize) -> Bytes {
    let mut body = encoded(&metadata("full", 9), 13).to_vec();
    let room = longest - 1000;
    let mut response = metadata("full", 9);
    if meanness == Meanness::TooManyBrokers {
        let broker = |id| {
            let mut broker = MetadataResponseBroker::default();
            (broker.node_id, broker.host, broker.port) = (id, "h".into(), 9092);
            broker
        };
        response.brokers = (0..i32::try_from(room / 12).unwrap()).map(broker).collect();
    } else {
        let topic = |number: usize| {
            let mut topic = MetadataResponseTopic::default();
            let id = (number as u128 + 1).to_be_bytes();
            (topic.name, topic.topic_id) =
                (Some(format!("{number:07x}").as_str().into()), Uuid::from_bytes(id));
            topic
        };
        response.topics = (0..room / 33).map(topic).collect();
    }
    body.clear();
    body.extend_from_slice(&encoded(&response, 13));
    assert!(body.len() < longest);
    body.into()
}
