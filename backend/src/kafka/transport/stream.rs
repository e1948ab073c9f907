//! From an address to a stream whose other end is known to speak Kafka: connect, encrypt, greet, sign in.
//!
//! All of it ends by one deadline, and what was late is named. What comes after sees bytes of a [`Duplex`] and does not
//! know how they travel.

use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, BufReader, ReadHalf, WriteHalf, split};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};

use super::frame::{FrameFault, in_plain_words, io, read_frame};
use super::{sign_in, tls};
use crate::kafka::error::{KafkaError, Peer, Seconds};
use crate::kafka::settings::Settings;
use crate::kafka::wire::{Api, ApiVersions, Fault, Handshake, Request, SpokenVersions, handshake_answer};

/// A secured stream of bytes to a broker.
pub(super) trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Duplex for T {}

/// An open stream and what its broker speaks.
pub(in crate::kafka) struct Opened {
    pub(super) read: BufReader<ReadHalf<Box<dyn Duplex>>>,
    pub(super) write: WriteHalf<Box<dyn Duplex>>,
    pub(super) spoken: SpokenVersions,
    /// How long the broker keeps what we signed in as, where it ends.
    pub(super) session: Option<Duration>,
    /// What may be wrong when the broker closes it before it answers anything.
    pub(super) when_closed: Option<&'static str>,
}

/// Connects to a broker, asks which versions it speaks and signs in, all before `deadline`.
pub(in crate::kafka) async fn open(
    peer: &Peer,
    settings: &Settings,
    deadline: Instant,
) -> Result<Opened, KafkaError> {
    let started = Instant::now();
    let tcp = timeout_at(deadline, connect(peer)).await.unwrap_or_else(|_| {
        let reason = format!("no answer within {}", Seconds(deadline - started));
        Err(KafkaError::Unreachable { peer: peer.clone(), reason })
    })?;
    let security = &settings.security;
    let stream: Box<dyn Duplex> = match &security.tls {
        None => Box::new(tcp),
        Some(tls) => match timeout_at(deadline, tls::secure(tcp, peer, tls)).await {
            Ok(secured) => Box::new(secured?),
            Err(_) => {
                let (peer, request) = (peer.clone(), "the TLS handshake");
                return Err(KafkaError::Timeout { peer, request, after: deadline - started });
            }
        },
    };
    let (read, write) = split(stream);
    let read = BufReader::with_capacity(64 * 1024, read);
    let when_closed = security
        .sasl
        .is_none()
        .then_some("its listener may want us to sign in: check security.protocol (SASL_PLAINTEXT, SASL_SSL)");
    let opened = Opened { read, write, spoken: SpokenVersions::default(), session: None, when_closed };
    let mut greeting = Greeting { opened, peer, settings, started, deadline, next_id: 0 };
    greeting.opened.spoken = greeting.greet().await?;
    if let Some(sasl) = &security.sasl {
        greeting.opened.session = sign_in::sign_in(&mut greeting, sasl).await?;
    }
    Ok(greeting.opened)
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

/// The first exchanges of a connection, one after the other.
pub(super) struct Greeting<'a> {
    pub opened: Opened,
    pub peer: &'a Peer,
    pub settings: &'a Settings,
    pub started: Instant,
    pub deadline: Instant,
    next_id: i32,
}

impl Greeting<'_> {
    async fn greet(&mut self) -> Result<SpokenVersions, KafkaError> {
        let (_, mut version) = Api::ApiVersions.versions();
        // Ours is refused, then the one that the refusal named, then version 0, which every broker speaks.
        for _ in 0..3 {
            let malformed = malformed(self.peer, Api::ApiVersions);
            let answer =
                self.exchange(&ApiVersions, version).await.map_err(|error| self.first_words(error))?;
            match handshake_answer(version, answer).map_err(&malformed)? {
                Handshake::Spoken(spoken) => return Ok(spoken),
                Handshake::AskAgain(other) => version = other,
                Handshake::Refused(code) => {
                    let (peer, request) = (self.peer.clone(), Api::ApiVersions.name());
                    return Err(KafkaError::Refused { peer, request, code, message: None });
                }
            }
        }
        let fault = Fault::Codec("no version of ApiVersions is spoken".to_owned());
        Err(malformed(self.peer, Api::ApiVersions)(fault))
    }

    /// Sends a request and reads its answer, which starts behind the correlation id.
    pub async fn exchange<R: Request>(&mut self, request: &R, version: i16) -> Result<Bytes, KafkaError> {
        let (peer, name) = (self.peer, R::API.name());
        let id = self.next_id;
        self.next_id += 1;
        let frame = request.encode(version, id, &self.settings.client_id);
        let frame = frame.map_err(malformed(peer, R::API))?;
        let limit = R::API.frame_limit(self.settings.max_frame_bytes);
        let exchanged = timeout_at(self.deadline, exchange(&mut self.opened, &frame, id, limit)).await;
        match exchanged {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(fault)) => Err(match (&fault, &self.settings.security.tls) {
                (FrameFault::Tls(fault), Some(tls)) => tls::failed(peer, tls, fault),
                _ => fault.ending(peer, name).told_to(peer, name),
            }),
            Err(_) => {
                let after = self.deadline - self.started;
                Err(KafkaError::Timeout { peer: peer.clone(), request: name, after })
            }
        }
    }

    /// What may be the matter when the first words fail, with the settings that there are.
    fn first_words(&self, error: KafkaError) -> KafkaError {
        let tls = self.settings.security.tls.as_ref();
        let shows_none = tls.is_some_and(|tls| !tls.shows_certificate);
        match error {
            KafkaError::Closed { peer, request, reason } => {
                let hint = match tls {
                    None => "its listener may want TLS: check security.protocol (SSL, SASL_SSL)",
                    Some(_) if shows_none => {
                        "its listener may want a client certificate: check ssl.certificate.location"
                    }
                    Some(_) => "it may not take our client certificate: check ssl.certificate.location",
                };
                KafkaError::Closed { peer, request, reason: format!("{reason}; {hint}") }
            }
            other => other,
        }
    }
}

/// Says whose answer to what is malformed.
pub(super) fn malformed(peer: &Peer, api: Api) -> impl Fn(Fault) -> KafkaError {
    let peer = peer.clone();
    move |fault| KafkaError::Malformed { peer: peer.clone(), request: api.name(), fault: fault.to_string() }
}

async fn exchange(stream: &mut Opened, frame: &[u8], id: i32, limit: usize) -> Result<Bytes, FrameFault> {
    stream.write.write_all(frame).await.map_err(io)?;
    stream.write.flush().await.map_err(io)?;
    let mut answer = read_frame(&mut stream.read, limit).await?;
    match answer.first_chunk() {
        Some(found) if i32::from_be_bytes(*found) == id => Ok(answer.split_off(4).into()),
        _ => {
            Err(FrameFault::Foreign { what: "something other than Kafka", hint: "is this a Kafka listener?" })
        }
    }
}
