//! The tail: every record of some partitions of some topics as it comes, by librdkafka.
//!
//! Partitions are assigned by hand and nothing is committed: a tail is in no group's way. A thread of its own polls
//! and hands each record over as it lies in librdkafka's memory, so that taking it in costs no allocation; a slow
//! [`Receive`] makes the thread wait, and the thread, by bounded queues, the fetching. Transactions that were aborted
//! are not seen (read_committed), which also means that an open one holds its partition: [`TailEvent::End`] tells
//! where the reading stands against the high watermark.
//!
//! | part | knows |
//! | --- | --- |
//! | `client` | what librdkafka is told |
//! | `context` | what librdkafka says and asks: its log, its errors, tokens |
//! | `queues` | where librdkafka puts what it has read, so that its topic is known |
//! | `poll` | the thread's loop |
//! | `receive` | what is handed over |
//! | `trouble` | what failures mean, in sentences |

mod client;
mod context;
mod error;
mod poll;
mod positions;
mod queues;
mod receive;
#[cfg(test)]
mod tests;
mod trouble;

use std::sync::Arc;

use tokio::sync::oneshot;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::kafka::Gateway;
use crate::runtime::Clock;
pub use error::TailError;
use positions::Positions;
pub use receive::{Receive, TailEvent, TailRecord, Trouble};

/// Where to begin in a partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// With the next record.
    End,
    /// With the oldest record that is still there.
    Beginning,
    /// With the record of this offset, or the first after it that is still there. Where there is none so far yet (the
    /// topic is another, or lost records), with the oldest.
    At(i64),
}

/// A topic to tail, and where to begin in each of its partitions.
#[derive(Clone, Copy, Debug)]
pub struct Tailed<'a> {
    /// The topic.
    pub topic: &'a str,
    /// Its partitions, each once. Others are not read, nor those that the topic gets later.
    pub starts: &'a [(i32, Start)],
}

/// A running tail; it stops when this is dropped.
#[derive(Debug)]
pub struct Tail {
    positions: Arc<Positions>,
    ended: oneshot::Receiver<Result<(), TailError>>,
    _stop: DropGuard,
}

impl Tail {
    /// Starts to read from the cluster of a gateway, with its security, one consumer and one thread, until `stop` is
    /// cancelled. Each topic is to be named once. Fails where librdkafka does not take what it is told; that brokers cannot be reached comes later, as
    /// [`TailEvent::Trouble`], and is tried again without end.
    pub fn start(
        gateway: &Gateway,
        clock: Clock,
        tailed: &[Tailed<'_>],
        stop: &CancellationToken,
        mut receiver: impl Receive,
    ) -> Result<Self, TailError> {
        let stop = stop.child_token();
        let topics = queues::names(tailed)?;
        let queues = client::queues(gateway.settings(), clock, tailed, topics, stop.clone())?;
        let positions = Arc::new(Positions::new(tailed));
        let (tell_end, ended) = oneshot::channel();
        let mut reading = poll::Reading { queues, positions: Arc::clone(&positions), stop: stop.clone() };
        let run = move || {
            let outcome = reading.run(&mut receiver);
            drop((reading, receiver));
            // Nobody may wait for it any more.
            let _ = tell_end.send(outcome);
        };
        let name = format!("tail {}", gateway.cluster());
        std::thread::Builder::new().name(name).spawn(run).map_err(|error| TailError::thread(&error))?;
        Ok(Self { positions, ended, _stop: stop.drop_guard() })
    }

    /// The offset that is to come next in a partition: behind the last record that was handed over, or the partition's
    /// end that was reached. Before that it is what was asked for, `None` where that was no offset.
    pub fn position(&self, topic: &str, partition: i32) -> Option<i64> {
        self.positions.get(topic, partition)
    }

    /// The same of every partition that has one, by topic and partition.
    pub fn positions(&self) -> Vec<(Arc<str>, i32, i64)> {
        self.positions.all()
    }

    /// Waits until the thread has ended: because it was told to, or why it could not go on.
    pub async fn ended(&mut self) -> Result<(), TailError> {
        (&mut self.ended).await.unwrap_or(Err(TailError::Panicked))
    }
}
