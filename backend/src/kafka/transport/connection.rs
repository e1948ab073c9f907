//! The task that owns an open stream, and the handle by which requests reach it.
//!
//! The task ends when every handle is dropped, when the stream fails, or when an answer is late. Cancelled callers
//! cost nothing but their answer: the task reads it, finds nobody waiting, and frees its slot.

use std::sync::atomic::{AtomicI32, Ordering};
use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot, watch};
use tokio::time::{Instant, timeout_at};

use super::Ending;
use super::frame::{in_plain_words, read_frame};
use super::stream::Opened;
use crate::kafka::error::{KafkaError, Peer};
use crate::kafka::wire::SpokenVersions;

/// Deadlines that are no further apart are the same to a reader.
const AT_ONCE: Duration = Duration::from_millis(100);
/// The part of a session (KIP-368) after which another connection is made; Kafka's own clients take 0.85 to 0.95.
const OF_A_SESSION: f64 = 0.85;

/// The handle of one open connection.
pub(in crate::kafka) struct Connection {
    /// What the broker said to speak when the connection was made.
    pub spoken: SpokenVersions,
    next_id: AtomicI32,
    /// When what we signed in as ends soon, so that no request is sent any more.
    retire_at: Option<Instant>,
    calls: mpsc::UnboundedSender<(Bytes, Waiting)>,
    breaks: mpsc::Sender<Ending>,
    ended: watch::Receiver<Option<Ending>>,
}

/// One request on its way: its frame and what its answer must keep to.
pub(in crate::kafka) struct Call {
    pub peer: Peer,
    pub request: &'static str,
    pub correlation_id: i32,
    pub frame: Bytes,
    /// The longest answer that is accepted.
    pub limit: usize,
    pub deadline: Instant,
    /// Given back when the answer is there or the connection ends, even if the caller is gone.
    pub slot: OwnedSemaphorePermit,
}

/// A request whose answer has not come, in the order of asking.
struct Waiting {
    peer: Peer,
    request: &'static str,
    correlation_id: i32,
    limit: usize,
    started: Instant,
    deadline: Instant,
    answer: oneshot::Sender<Bytes>,
    _slot: OwnedSemaphorePermit,
}

impl Waiting {
    fn timeout(&self) -> Ending {
        let (peer, request) = (self.peer.clone(), self.request);
        Ending::Failed {
            request,
            error: KafkaError::Timeout { peer, request, after: self.deadline - self.started },
        }
    }
}

impl Connection {
    /// Gives the stream to a task of its own.
    pub fn start(opened: Opened) -> Self {
        let (calls, incoming) = mpsc::unbounded_channel();
        let (breaks, broken) = mpsc::channel(1);
        let (end, ended) = watch::channel(None);
        let Opened { read, write, spoken, session, when_closed } = opened;
        let retire_at = session.map(|session| Instant::now() + session.mul_f64(OF_A_SESSION));
        tokio::spawn(run(read, write, incoming, broken, end, when_closed));
        // The handshake used the ids below 10.
        Self { spoken, next_id: AtomicI32::new(10), retire_at, calls, breaks, ended }
    }

    /// A correlation id that no other request of this connection has.
    pub fn next_correlation_id(&self) -> i32 {
        self.next_id.fetch_add(1, Ordering::Relaxed)
    }

    /// Whether requests may still be sent.
    pub fn is_open(&self) -> bool {
        self.ended.borrow().is_none() && self.retire_at.is_none_or(|at| at > Instant::now())
    }

    /// Ends the connection; whoever waits on it is told why.
    pub fn end(&self, ending: Ending) {
        // A full channel holds an earlier reason, which is the better one.
        let _ = self.breaks.try_send(ending);
    }

    /// Sends a request and waits for its answer, which starts behind the correlation id.
    pub async fn call(&self, call: Call) -> Result<Bytes, KafkaError> {
        let Call { peer, request, correlation_id, frame, limit, deadline, slot } = call;
        let started = Instant::now();
        let (answer, answered) = oneshot::channel();
        let waiting = Waiting {
            peer: peer.clone(),
            request,
            correlation_id,
            limit,
            started,
            deadline,
            answer,
            _slot: slot,
        };
        // Where the task is gone already, the answer's channel is dropped and the reason is looked up below.
        let _ = self.calls.send((frame, waiting));
        match timeout_at(deadline, answered).await {
            Ok(Ok(bytes)) => Ok(bytes),
            // What was late by itself says so, though another late request ended the connection first.
            Ok(Err(_)) if deadline <= Instant::now() + AT_ONCE => {
                Err(KafkaError::Timeout { peer, request, after: deadline - started })
            }
            Ok(Err(_)) => Err(self.ending().await.told_to(&peer, request)),
            Err(_) => {
                let error = KafkaError::Timeout { peer, request, after: deadline - started };
                self.end(Ending::Failed { request, error: error.clone() });
                Err(error)
            }
        }
    }

    async fn ending(&self) -> Ending {
        let mut ended = self.ended.clone();
        match ended.wait_for(Option::is_some).await.as_deref() {
            Ok(Some(ending)) => ending.clone(),
            _ => Ending::Dropped,
        }
    }
}

async fn run<R, W>(
    mut read: R,
    mut write: W,
    mut calls: mpsc::UnboundedReceiver<(Bytes, Waiting)>,
    mut broken: mpsc::Receiver<Ending>,
    end: watch::Sender<Option<Ending>>,
    when_closed: Option<&'static str>,
) where
    R: AsyncBufRead + Unpin,
    W: AsyncWrite + Unpin,
{
    let (sent, mut unanswered) = mpsc::unbounded_channel();
    let ending = tokio::select! {
        ending = read_answers(&mut read, &mut unanswered, when_closed) => ending,
        ending = write_requests(&mut write, &mut calls, sent) => ending,
        Some(ending) = broken.recv() => ending,
    };
    // First the reason, then (by dropping them) the waiting requests that will look for it.
    end.send_replace(Some(ending));
}

async fn write_requests<W: AsyncWrite + Unpin>(
    write: &mut W,
    calls: &mut mpsc::UnboundedReceiver<(Bytes, Waiting)>,
    sent: mpsc::UnboundedSender<Waiting>,
) -> Ending {
    while let Some((frame, waiting)) = calls.recv().await {
        if waiting.answer.is_closed() {
            continue; // cancelled before it was sent
        }
        // An answer cannot overtake this, and a late one is noticed even if the writing itself is stuck.
        if sent.send(waiting).is_err() {
            return Ending::Dropped;
        }
        if let Err(error) = async {
            write.write_all(&frame).await?;
            write.flush().await
        }
        .await
        {
            return Ending::Lost(in_plain_words(&error));
        }
    }
    Ending::Dropped
}

async fn read_answers<R>(
    read: &mut R,
    unanswered: &mut mpsc::UnboundedReceiver<Waiting>,
    mut when_closed: Option<&'static str>,
) -> Ending
where
    R: AsyncBufRead + Unpin,
{
    loop {
        let waiting = tokio::select! {
            biased;
            waiting = unanswered.recv() => waiting,
            early = read.fill_buf() => return unasked(early.map(<[u8]>::len)),
        };
        let Some(waiting) = waiting else { return Ending::Dropped };
        match (read_answer(read, waiting).await, when_closed.take()) {
            (Ok(()), _) => {}
            (Err(Ending::Lost(reason)), Some(hint)) => return Ending::Lost(format!("{reason}; {hint}")),
            (Err(ending), _) => return ending,
        }
    }
}

/// What it means that something happened on a connection with no request on its way.
fn unasked(early: std::io::Result<usize>) -> Ending {
    Ending::Lost(match early {
        Ok(0) => "the broker closed it".to_owned(),
        Ok(_) => "bytes came that nobody asked for".to_owned(),
        Err(error) => in_plain_words(&error),
    })
}

async fn read_answer<R: AsyncRead + Unpin>(read: &mut R, waiting: Waiting) -> Result<(), Ending> {
    let frame = timeout_at(waiting.deadline, read_frame(read, waiting.limit)).await;
    let frame = frame.map_err(|_| waiting.timeout())?;
    let frame = frame.map_err(|fault| fault.ending(&waiting.peer, waiting.request))?;
    match frame.first_chunk().map(|id| i32::from_be_bytes(*id)) {
        Some(id) if id == waiting.correlation_id => {
            // Nobody listens any more when the caller was cancelled.
            let _ = waiting.answer.send(Bytes::from(frame).slice(4..));
            Ok(())
        }
        other => {
            let (peer, request) = (waiting.peer, waiting.request);
            let asked = waiting.correlation_id;
            let fault = match other {
                Some(id) => format!("it has correlation id {id} where {asked} was asked"),
                None => "it is too short for a correlation id".to_owned(),
            };
            Err(Ending::Failed { request, error: KafkaError::Malformed { peer, request, fault } })
        }
    }
}
