//! From an address to a stream whose other end is known to speak Kafka: connect, secure, shake hands.
//!
//! A security step (TLS, SASL) belongs between connecting and the handshake; everything after it sees a
//! [`Duplex`] and does not know which it is.

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, BufReader, ReadHalf, WriteHalf, split};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};

use super::frame::{FrameFault, in_plain_words, read_frame};
use crate::kafka::error::{KafkaError, Peer, Seconds};
use crate::kafka::wire::{Api, ApiVersions, Fault, Handshake, Request, SpokenVersions, handshake_answer};

/// A secured stream of bytes to a broker.
pub(super) trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Duplex for T {}

/// An open stream and what its broker speaks.
pub(in crate::kafka) struct Opened {
    pub(super) read: BufReader<ReadHalf<Box<dyn Duplex>>>,
    pub(super) write: WriteHalf<Box<dyn Duplex>>,
    pub(super) spoken: SpokenVersions,
}

/// Connects to a broker and asks which versions it speaks, all before `deadline`.
pub(in crate::kafka) async fn open(
    peer: &Peer,
    client_id: &str,
    max_frame_bytes: usize,
    deadline: Instant,
) -> Result<Opened, KafkaError> {
    let started = Instant::now();
    let tcp = timeout_at(deadline, connect(peer)).await.unwrap_or_else(|_| {
        let reason = format!("no answer within {}", Seconds(started.elapsed()));
        Err(KafkaError::Unreachable { peer: peer.clone(), reason })
    })?;
    let (read, write) = split(secure(tcp));
    let read = BufReader::with_capacity(64 * 1024, read);
    let mut opened = Opened { read, write, spoken: SpokenVersions::default() };
    let limit = Api::ApiVersions.frame_limit(max_frame_bytes);
    let spoken = timeout_at(deadline, shake_hands(&mut opened, peer, client_id, limit)).await;
    opened.spoken = spoken.unwrap_or_else(|_| {
        let request = Api::ApiVersions.name();
        Err(KafkaError::Timeout { peer: peer.clone(), request, after: started.elapsed() })
    })?;
    Ok(opened)
}

async fn connect(peer: &Peer) -> Result<TcpStream, KafkaError> {
    let unreachable = |error: std::io::Error| KafkaError::Unreachable {
        peer: peer.clone(),
        reason: in_plain_words(&error),
    };
    let address = (peer.address.host.as_str(), peer.address.port);
    let tcp = TcpStream::connect(address).await.map_err(unreachable)?;
    tcp.set_nodelay(true).map_err(unreachable)?;
    Ok(tcp)
}

/// The place of TLS and SASL: a plaintext listener needs nothing.
fn secure(tcp: TcpStream) -> Box<dyn Duplex> {
    Box::new(tcp)
}

async fn shake_hands(
    stream: &mut Opened,
    peer: &Peer,
    client_id: &str,
    limit: usize,
) -> Result<SpokenVersions, KafkaError> {
    let request = Api::ApiVersions.name();
    let malformed =
        |fault: Fault| KafkaError::Malformed { peer: peer.clone(), request, fault: fault.to_string() };
    let (_, mut version) = Api::ApiVersions.versions();
    // Ours is refused, then the one that the refusal named, then version 0, which every broker speaks.
    for id in 0..3 {
        let frame = ApiVersions.encode(version, id, client_id).map_err(malformed)?;
        let answer = exchange(stream, &frame, id, limit).await;
        let answer = answer.map_err(|fault| fault.ending(peer, request).told_to(peer, request))?;
        match handshake_answer(version, answer.into()).map_err(malformed)? {
            Handshake::Spoken(spoken) => return Ok(spoken),
            Handshake::AskAgain(other) => version = other,
            Handshake::Refused(code) => {
                return Err(KafkaError::Refused { peer: peer.clone(), request, code, message: None });
            }
        }
    }
    Err(malformed(Fault::Codec("no version of ApiVersions is spoken".to_owned())))
}

async fn exchange(stream: &mut Opened, frame: &[u8], id: i32, limit: usize) -> Result<Vec<u8>, FrameFault> {
    let io = |error: std::io::Error| FrameFault::Io(in_plain_words(&error));
    stream.write.write_all(frame).await.map_err(io)?;
    stream.write.flush().await.map_err(io)?;
    let mut answer = read_frame(&mut stream.read, limit).await?;
    match answer.first_chunk() {
        Some(found) if i32::from_be_bytes(*found) == id => Ok(answer.split_off(4)),
        _ => {
            Err(FrameFault::Foreign { what: "something other than Kafka", hint: "is this a Kafka listener?" })
        }
    }
}
