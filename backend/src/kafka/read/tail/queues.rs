//! Where librdkafka puts what it has read.
//!
//! The end of a partition does not tell its topic through the binding. So where several topics are read, each partition
//! has a queue of its own: what comes there, records and errors alike, is of that partition. A single topic is read
//! from the one queue that all consumers have. Waiting is done at that one, so that a record of several topics may be
//! handed over as much later as the tail is patient.

use std::sync::Arc;
use std::time::Duration;

use rdkafka::consumer::base_consumer::PartitionQueue;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaResult;
use rdkafka::message::BorrowedMessage;

use super::Tailed;
use super::context::Context;
use super::error::TailError;

/// What the next poll may give: a record, or an error.
pub(super) type Polled<'a> = KafkaResult<BorrowedMessage<'a>>;

/// A consumer with its queues.
pub(super) struct Queues {
    /// Ahead of the consumer, which may not end before them.
    of_partitions: Vec<Queue>,
    consumer: Arc<BaseConsumer<Context>>,
    topics: Names,
    /// The queue to begin with.
    next: usize,
}

struct Queue {
    of: Place,
    records: PartitionQueue<Context>,
}

/// What something is of, as far as that is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    pub topic: Option<Arc<str>>,
    pub partition: Option<i32>,
}

/// The topics that are read.
#[derive(Clone, Debug)]
pub(super) struct Names {
    /// The one, where it is one.
    pub only: Option<Arc<str>>,
    /// How they are called in a sentence.
    pub told: String,
}

/// The names of topics; there must be one, and each once.
pub(super) fn names(tailed: &[Tailed<'_>]) -> Result<Names, TailError> {
    let mut names: Vec<&str> = tailed.iter().map(|tailed| tailed.topic).collect();
    names.sort_unstable();
    if let Some([twice, _]) = names.array_windows().find(|[a, b]| a == b) {
        return Err(TailError::assignment(twice, "the topic is named twice"));
    }
    match tailed {
        [] => Err(TailError::NoTopic),
        [one] => Ok(Names { only: Some(one.topic.into()), told: one.topic.to_owned() }),
        [first, second] => Ok(Names { only: None, told: format!("{} and {}", first.topic, second.topic) }),
        [first, more @ ..] => {
            Ok(Names { only: None, told: format!("{} and {} more topics", first.topic, more.len()) })
        }
    }
}

impl Queues {
    /// Those of a consumer to which nothing is assigned yet: what came before would be in the other queue.
    pub fn new(
        consumer: Arc<BaseConsumer<Context>>,
        tailed: &[Tailed<'_>],
        topics: Names,
    ) -> Result<Self, TailError> {
        let mut queues = Self { of_partitions: Vec::new(), consumer, topics, next: 0 };
        if queues.topics.only.is_some() {
            return Ok(queues);
        }
        for tailed in tailed {
            let topic: Arc<str> = tailed.topic.into();
            for (partition, _) in tailed.starts {
                let records = queues.consumer.split_partition_queue(tailed.topic, *partition);
                let records = records.ok_or_else(|| {
                    TailError::assignment(tailed.topic, "one cannot have a queue of its own")
                })?;
                let of = Place { topic: Some(topic.clone()), partition: Some(*partition) };
                queues.of_partitions.push(Queue { of, records });
            }
        }
        Ok(queues)
    }

    pub fn consumer(&self) -> &BaseConsumer<Context> {
        &self.consumer
    }

    pub fn topics(&self) -> &Names {
        &self.topics
    }

    pub fn context(&self) -> &Context {
        self.consumer.context()
    }

    /// Takes at most so much of what waits, with what it is of; where nothing waits, waits for something for so long.
    /// Every queue has its turn.
    pub fn each(
        &mut self,
        most: usize,
        patience: Duration,
        mut take: impl FnMut(&Self, &Place, Polled<'_>) -> Result<(), TailError>,
    ) -> Result<(), TailError> {
        let (mut left, count) = (most, self.of_partitions.len());
        for _ in 0..count {
            let Some(queue) = self.of_partitions.get(self.next) else { break };
            while left > 0
                && let Some(polled) = queue.records.poll(Duration::ZERO)
            {
                left -= 1;
                take(self, &queue.of, polled)?;
            }
            self.next = (self.next + 1) % count;
            if left == 0 {
                break;
            }
        }
        // What is of no partition comes to the common queue, and must be looked for even where there is much else.
        let place = Place { topic: self.topics.only.clone(), partition: None };
        let mut patience = if left == most { patience } else { Duration::ZERO };
        while let Some(polled) = self.consumer.poll(patience) {
            take(self, &place, polled)?;
            left = left.saturating_sub(1);
            if left == 0 {
                break;
            }
            patience = Duration::ZERO;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(topics: &[&str]) -> Result<String, String> {
        let tailed: Vec<_> = topics.iter().map(|topic| Tailed { topic, starts: &[] }).collect();
        names(&tailed).map(|names| names.told).map_err(|error| error.to_string())
    }

    #[test]
    fn topics_are_called_by_name_until_they_are_many() {
        assert_eq!(told(&["a"]).as_deref(), Ok("a"));
        assert_eq!(told(&["b", "a"]).as_deref(), Ok("b and a"));
        assert_eq!(told(&["c", "b", "a"]).as_deref(), Ok("c and 2 more topics"));
    }

    #[test]
    fn each_topic_is_named_once() {
        assert_eq!(told(&[]).unwrap_err(), "no topic to read is named");
        let twice = told(&["a", "b", "a"]).unwrap_err();
        assert_eq!(twice, "could not assign partitions of a: the topic is named twice");
    }
}
