//! Connections: how many there may be, how long each may keep us waiting, and how they end.
//!
//! HTTP/1.1 alone: browsers speak HTTP/2 only over TLS, which is for a proxy before us to end. The bounds are for
//! clients that mean no good and for those that break: one that sends a byte a second, one that reads nothing, and as
//! many as can be opened.

use std::{sync::Arc, time::Duration};

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
};
use tokio_io_timeout::TimeoutStream;
use tokio_util::sync::CancellationToken;

/// Most headers of a request; one with more is answered with 431.
const MOST_HEADERS: usize = 100;
/// Bytes that are held of a request's head; a longer one is answered with 431.
const LARGEST_HEAD: usize = 32 << 10;
/// After a failed accept, as when no file descriptor is left.
const PAUSE: Duration = Duration::from_millis(200);

/// The bounds of all connections.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Open at a time; further ones wait until one ends.
    pub connections: usize,
    /// Within this the head of a request must be there, counted from the end of the one before: so it is also how long
    /// a connection may lie idle.
    pub head_time: Duration,
    /// Within this a client must take something of what is sent to it.
    pub write_time: Duration,
}

impl Limits {
    /// The usual times.
    pub fn new(connections: usize) -> Self {
        Self { connections, head_time: Duration::from_secs(20), write_time: Duration::from_secs(30) }
    }
}

/// Serves until shutdown; what is under way may end within `patience`.
pub async fn serve(
    listener: TcpListener,
    app: Router,
    limits: Limits,
    shutdown: CancellationToken,
    patience: Duration,
) {
    let open = GracefulShutdown::new();
    tokio::select! {
        () = accept(listener, app, limits, &open) => {}
        () = shutdown.cancelled() => {}
    }
    if tokio::time::timeout(patience, open.shutdown()).await.is_err() {
        tracing::warn!("some connections did not end within {patience:?}");
    }
}

async fn accept(listener: TcpListener, app: Router, limits: Limits, open: &GracefulShutdown) {
    let places = Arc::new(Semaphore::new(limits.connections));
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(limits.head_time)
        .max_headers(MOST_HEADERS)
        .max_buf_size(LARGEST_HEAD);
    loop {
        let Ok(place) = place(&places, limits.connections).await else { return };
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => {
                tracing::warn!("could not take a connection: {error}");
                tokio::time::sleep(PAUSE).await;
                continue;
            }
        };
        let service = TowerToHyperService::new(app.clone());
        let connection = open.watch(http.serve_connection(bounded(stream, limits), service));
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!("a connection broke: {error}");
            }
            drop(place);
        });
    }
}

async fn place(
    places: &Arc<Semaphore>,
    most: usize,
) -> Result<OwnedSemaphorePermit, tokio::sync::AcquireError> {
    if let Ok(place) = places.clone().try_acquire_owned() {
        return Ok(place);
    }
    tracing::warn!("{most} connections are open, and new ones wait: see http.max_connections");
    places.clone().acquire_owned().await
}

type Bounded = TokioIo<std::pin::Pin<Box<TimeoutStream<TcpStream>>>>;

fn bounded(stream: TcpStream, limits: Limits) -> Bounded {
    // A notice is small, and shall not wait for a second one.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!("a connection may be slow: {error}");
    }
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(limits.write_time));
    TokioIo::new(Box::pin(stream))
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use axum::{body::Body, routing::get};
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        time::{Instant, timeout},
    };

    use super::*;

    const SOON: Duration = Duration::from_secs(10);
    const LIMITS: Limits = Limits {
        connections: 8,
        head_time: Duration::from_millis(400),
        write_time: Duration::from_millis(400),
    };

    struct Served {
        address: SocketAddr,
        shutdown: CancellationToken,
        serving: tokio::task::JoinHandle<()>,
    }

    impl Served {
        async fn start() -> Self {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let endless =
                async || Body::from_stream(futures::stream::repeat(Ok::<_, String>(vec![0_u8; 1 << 16])));
            let app = Router::new()
                .route("/", get(async || "here"))
                .route("/endless", get(endless))
                .route("/never", get(std::future::pending::<()>));
            let (address, shutdown) = (listener.local_addr().unwrap(), CancellationToken::new());
            let serving = tokio::spawn(serve(listener, app, LIMITS, shutdown.clone(), SOON / 20));
            Self { address, shutdown, serving }
        }

        async fn connect(&self) -> TcpStream {
            TcpStream::connect(self.address).await.unwrap()
        }

        /// What comes back before the other side closes.
        async fn ask(&self, request: &str) -> String {
            let mut stream = self.connect().await;
            let (mut reading, mut writing) = stream.split();
            let mut answer = Vec::new();
            // What is refused early is not read to its end: then writing fails, and the answer is there all the same.
            let write = async { drop(writing.write_all(request.as_bytes()).await) };
            let read =
                async { drop(timeout(SOON, reading.read_to_end(&mut answer)).await.expect("it ends")) };
            tokio::join!(write, read);
            String::from_utf8_lossy(&answer).into_owned()
        }
    }

    fn status(answer: &str) -> &str {
        answer.lines().next().unwrap_or_default()
    }

    #[tokio::test]
    async fn a_client_that_sends_a_byte_now_and_then_is_cut_off() {
        let served = Served::start().await;
        let mut stream = served.connect().await;
        let began = Instant::now();
        for byte in "GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ".bytes().chain(std::iter::repeat(b'a')) {
            if stream.write_all(&[byte]).await.is_err() {
                break;
            }
            assert!(began.elapsed() < SOON, "it is still let in");
            tokio::time::sleep(LIMITS.head_time / 8).await;
        }
        assert!(began.elapsed() >= LIMITS.head_time);
    }

    #[tokio::test]
    async fn ten_thousand_headers_and_a_head_without_end_are_refused() {
        let served = Served::start().await;
        let many: String = (0..10_000).map(|number| format!("x-{number}: a\r\n")).collect();
        let few: String = (0..90).map(|number| format!("x-{number}: a\r\n")).collect();
        let long = format!("x: {}\r\n", "a".repeat(100_000));
        for (headers, answered) in [(many, "431"), (long, "431"), (few, "200")] {
            let answer =
                served.ask(&format!("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{headers}\r\n")).await;
            assert!(status(&answer).contains(answered), "{answered}: {}", status(&answer));
        }
    }

    #[tokio::test]
    async fn as_many_idle_connections_as_there_may_be_keep_a_new_one_waiting_only_until_they_are_cut_off() {
        let served = Served::start().await;
        let mut idle = Vec::new();
        for _ in 0..LIMITS.connections * 2 {
            idle.push(served.connect().await);
        }
        let began = Instant::now();
        let answer = served.ask("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await;
        assert!(status(&answer).contains("200"), "{answer}");
        assert!(began.elapsed() < LIMITS.head_time * 4, "took {:?}", began.elapsed());
    }

    #[tokio::test]
    async fn a_connection_that_lies_idle_after_its_answer_is_closed() {
        let served = Served::start().await;
        let answer = served.ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;
        assert!(answer.ends_with("here"), "{answer}");
    }

    #[tokio::test]
    async fn a_client_that_reads_nothing_gives_its_place_back() {
        let served = Served::start().await;
        let mut deaf = Vec::new();
        for _ in 0..LIMITS.connections {
            let mut stream = served.connect().await;
            stream.write_all(b"GET /endless HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
            deaf.push(stream);
        }
        let answer = served.ask("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await;
        assert!(status(&answer).contains("200"), "{answer}");
    }

    #[tokio::test]
    async fn an_end_waits_for_what_is_under_way_but_not_for_ever() {
        let served = Served::start().await;
        let idle = served.connect().await;
        let mut stuck = served.connect().await;
        stuck.write_all(b"GET /never HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
        served.shutdown.cancel();
        timeout(SOON, served.serving).await.expect("it ends").unwrap();
        drop(idle);
    }
}
