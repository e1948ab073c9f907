//! Fake peers for the tests of what no real broker does: lie, stall, break off.

pub mod secured;

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::wire::{Api, samples};
use super::{Gateway, HostPort, Settings};

/// One request as the fake sees it.
#[derive(Clone, Debug)]
pub struct Asked {
    pub key: i16,
    pub version: i16,
    pub correlation_id: i32,
    /// Number of the connection, from 0.
    pub connection: usize,
    /// All of it, from its key on.
    pub frame: Bytes,
}

/// What the fake does about a request.
pub enum Deed {
    /// The frame that a broker would send.
    Answer(Bytes),
    /// These very bytes.
    Raw(Vec<u8>),
    /// These bytes, one each time this has passed.
    Drip(Vec<u8>, Duration),
    /// These bytes, and the end.
    Close(Vec<u8>),
    /// Nothing, ever again.
    Silence,
}

type Script = dyn Fn(Asked) -> Deed + Send + Sync;

/// A listening fake; it ends with this value.
pub struct Fake {
    pub port: u16,
    pub connections: Arc<AtomicUsize>,
    pub open: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl Drop for Fake {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Fake {
    pub async fn start(script: impl Fn(Asked) -> Deed + Send + Sync + 'static) -> Self {
        Self::start_at(0, script).await
    }

    pub async fn start_at(port: u16, script: impl Fn(Asked) -> Deed + Send + Sync + 'static) -> Self {
        let script: Arc<Script> = Arc::new(script);
        let served = move |stream, connection| {
            let script = Arc::clone(&script);
            async move { drop(serve(stream, &*script, connection).await) }
        };
        Self::listen(port, served).await
    }

    /// A fake that does with its connections whatever it likes.
    pub async fn raw<F: Future<Output = ()> + Send + 'static>(
        served: impl Fn(TcpStream) -> F + Send + Sync + 'static,
    ) -> Self {
        Self::listen(0, move |stream, _| served(stream)).await
    }

    pub async fn listen<F: Future<Output = ()> + Send + 'static>(
        port: u16,
        served: impl Fn(TcpStream, usize) -> F + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (connections, open) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let task =
            tokio::spawn(accept(listener, Arc::new(served), Arc::clone(&connections), Arc::clone(&open)));
        Self { port, connections, open, task }
    }

    pub fn address(&self) -> HostPort {
        HostPort { host: "127.0.0.1".to_owned(), port: self.port }
    }
}

async fn accept<F: Future<Output = ()> + Send + 'static>(
    listener: TcpListener,
    served: Arc<impl Fn(TcpStream, usize) -> F + Send + Sync + 'static>,
    count: Arc<AtomicUsize>,
    open: Arc<AtomicUsize>,
) {
    let mut running = tokio::task::JoinSet::new();
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let (served, open) = (Arc::clone(&served), Arc::clone(&open));
        let connection = count.fetch_add(1, Ordering::SeqCst);
        running.spawn(async move {
            open.fetch_add(1, Ordering::SeqCst);
            served(stream, connection).await;
            open.fetch_sub(1, Ordering::SeqCst);
        });
    }
}

async fn serve<S>(mut stream: S, script: &Script, connection: usize) -> std::io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    loop {
        let mut frame = vec![0; stream.read_u32().await? as usize];
        stream.read_exact(&mut frame).await?;
        let half = |at: usize| i16::from_be_bytes([frame[at], frame[at + 1]]);
        let correlation_id = i32::from_be_bytes(frame[4..8].try_into().unwrap());
        let (key, version) = (half(0), half(2));
        match script(Asked { key, version, correlation_id, connection, frame: frame.into() }) {
            Deed::Answer(bytes) => stream.write_all(&framed(correlation_id, &bytes)).await?,
            Deed::Raw(bytes) => stream.write_all(&bytes).await?,
            Deed::Drip(bytes, pause) => {
                for byte in bytes {
                    stream.write_u8(byte).await?;
                    tokio::time::sleep(pause).await;
                }
            }
            Deed::Close(bytes) => {
                stream.write_all(&bytes).await?;
                return stream.shutdown().await;
            }
            Deed::Silence => while stream.read_u8().await.is_ok() {},
        }
    }
}

pub fn framed(correlation_id: i32, answer: &[u8]) -> Vec<u8> {
    let length = u32::try_from(answer.len() + 4).unwrap();
    [&length.to_be_bytes()[..], &correlation_id.to_be_bytes(), answer].concat()
}

/// What a good broker of a cluster with these ports says to ApiVersions and Metadata, and to the rest nothing.
pub fn good(asked: Asked, ports: &[u16]) -> Deed {
    good_for(&asked, ports)
}

/// The same, of a request that is still needed.
pub fn good_for(asked: &Asked, ports: &[u16]) -> Deed {
    let ours = Api::ALL.map(|api| (api, api.versions().1));
    match asked.key {
        18 => Deed::Answer(samples::api_versions(asked.version, &ours, 0)),
        3 => Deed::Answer(samples::answer(&samples::metadata(asked.version, ports), asked.version)),
        _ => Deed::Silence,
    }
}

/// A gateway with short deadlines.
pub fn gateway(bootstrap: &[&Fake], change: impl FnOnce(&mut Settings)) -> Gateway {
    let mut settings = Settings::new("east", bootstrap.iter().map(|fake| fake.address()).collect());
    settings.connect_timeout = Duration::from_millis(400);
    settings.request_timeout = Duration::from_millis(400);
    change(&mut settings);
    Gateway::new(settings)
}

/// Waits until something is so, at most five seconds.
pub async fn until(what: &str, so: impl Fn() -> bool) {
    for _ in 0..500 {
        if so() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it was never so: {what}");
}
