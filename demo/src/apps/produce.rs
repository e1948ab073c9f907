//! Producers.

use super::client::Connection;
use anyhow::{Context, Result};
use rdkafka::producer::{FutureProducer, FutureRecord, Producer};
use std::time::Duration;

const TICK: Duration = Duration::from_millis(500);
const TICKS_PER_SECOND: u64 = 2;
const ANSWER: Duration = Duration::from_secs(10);
const CUSTOMERS: u64 = 500;

/// Which keys the records carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keys {
    /// Many, so that every partition gets its share.
    Spread,
    /// Four of five records carry the same key: one partition is hot.
    OneHot,
}

/// A producer of one topic.
#[derive(Debug, Clone, Copy)]
pub struct Produce {
    topic: &'static str,
    /// Zero: it writes only the first records.
    per_second: u64,
    /// How many it writes at once when the topic is empty.
    first: u64,
    keys: Keys,
}

impl Produce {
    /// So many records a second.
    pub const fn steady(topic: &'static str, per_second: u64) -> Self {
        Self { topic, per_second, first: 0, keys: Keys::Spread }
    }

    /// So many records into an empty topic, and none afterwards.
    pub const fn once(topic: &'static str, records: u64) -> Self {
        Self { topic, per_second: 0, first: records, keys: Keys::Spread }
    }

    /// The same, with other keys.
    pub const fn keyed(self, keys: Keys) -> Self {
        Self { keys, ..self }
    }

    /// The same, with so many records at once when the topic is empty.
    pub const fn beginning_with(self, records: u64) -> Self {
        Self { first: records, ..self }
    }

    /// The topic that it writes.
    pub fn topic(&self) -> &'static str {
        self.topic
    }

    /// Writes until it fails, or is done.
    pub async fn run(&self, connection: &Connection) -> Result<()> {
        let producer = connection.producer()?;
        let mut number = self.already_there(&producer)?;
        if number == 0 {
            self.write(&producer, &mut number, self.first).await?;
        }
        if self.per_second == 0 {
            return Ok(());
        }
        let mut ticks = tokio::time::interval(TICK);
        loop {
            ticks.tick().await;
            self.write(&producer, &mut number, (self.per_second / TICKS_PER_SECOND).max(1)).await?;
        }
    }

    /// How many records were ever written, so that numbers go on after a restart.
    fn already_there(&self, producer: &FutureProducer) -> Result<u64> {
        let client = producer.client();
        let ends = tokio::task::block_in_place(|| -> Result<Vec<i64>> {
            let metadata = client.fetch_metadata(Some(self.topic), ANSWER)?;
            let partitions = metadata.topics().iter().flat_map(|topic| topic.partitions());
            partitions.map(|p| Ok(client.fetch_watermarks(self.topic, p.id(), ANSWER)?.1)).collect()
        });
        let ends = ends.with_context(|| format!("could not read the end of {}", self.topic))?;
        Ok(ends.into_iter().filter_map(|end| u64::try_from(end).ok()).sum())
    }

    async fn write(&self, producer: &FutureProducer, number: &mut u64, count: u64) -> Result<()> {
        let mut answers = Vec::new();
        for _ in 0..count {
            let (key, payload) = (self.keys.key(*number), payload(self.topic, *number));
            let record = FutureRecord::to(self.topic).key(&key).payload(&payload);
            answers.push(producer.send_result(record).map_err(|(error, _)| error)?);
            *number += 1;
        }
        for answer in answers {
            answer.await?.map_err(|(error, _)| error)?;
        }
        Ok(())
    }
}

impl Keys {
    fn key(self, number: u64) -> String {
        match self {
            Self::OneHot if !number.is_multiple_of(5) => "campaign-spring".to_owned(),
            _ => format!("customer-{}", scatter(number) % CUSTOMERS),
        }
    }
}

/// What a record of the topic says.
pub fn payload(topic: &str, number: u64) -> String {
    let random = scatter(number);
    let note = &"handle with care, deliver to the neighbour, call before noon"[..(random % 60) as usize];
    format!(
        r#"{{"type":"{topic}","number":{number},"customer":{},"amount_cents":{},"note":"{note}"}}"#,
        random % CUSTOMERS,
        100 + random % 25_000,
    )
}

/// A number that looks random and is the same every time (SplitMix64).
fn scatter(number: u64) -> u64 {
    let mut z = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_key_is_hot() {
        let hot = (0..1_000).filter(|&number| Keys::OneHot.key(number) == "campaign-spring").count();
        assert_eq!(hot, 800);
    }

    #[test]
    fn keys_are_spread_over_many_customers() {
        let keys: std::collections::BTreeSet<_> = (0..1_000).map(|number| Keys::Spread.key(number)).collect();
        assert!(keys.len() > 300, "{}", keys.len());
    }

    #[test]
    fn a_record_is_json() {
        for number in 0..200 {
            let value: serde_json::Value = serde_json::from_str(&payload("orders", number)).unwrap();
            assert_eq!(value["number"], number);
        }
    }
}
