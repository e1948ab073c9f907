//! A transactional producer that changes its mind at times.

use super::client::Connection;
use super::produce::payload;
use anyhow::Result;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use std::time::Duration;

/// The id that its transactions go by.
pub const TRANSACTIONAL_ID: &str = "payment-gateway";

const PERIOD: Duration = Duration::from_secs(2);
const ANSWER: Duration = Duration::from_secs(30);
const RECORDS: u64 = 10;
/// Every so many transactions one is aborted.
const ABORTED: u64 = 5;
/// Every so often it has nothing to do for a while, so that its readers reach the end of the topic.
const PAUSE_EVERY: u64 = 15;
const PAUSE: Duration = Duration::from_secs(15);

/// Writes transactions until one can neither be committed nor aborted.
pub async fn run(connection: &Connection, topic: &'static str) -> Result<()> {
    let mut config = connection.producer_config();
    config
        .set("transactional.id", TRANSACTIONAL_ID)
        .set("transaction.timeout.ms", "30000")
        .set("message.timeout.ms", "30000");
    let producer: BaseProducer = config.create()?;
    tokio::task::block_in_place(|| producer.init_transactions(ANSWER))?;
    let mut ticks = tokio::time::interval(PERIOD);
    for number in 0u64.. {
        ticks.tick().await;
        tokio::task::block_in_place(|| transaction(&producer, topic, number))?;
        if number % PAUSE_EVERY == PAUSE_EVERY - 1 {
            tokio::time::sleep(PAUSE).await;
            ticks.reset();
        }
    }
    Ok(())
}

fn transaction(producer: &BaseProducer, topic: &str, number: u64) -> Result<()> {
    producer.begin_transaction()?;
    for record in number * RECORDS..(number + 1) * RECORDS {
        let (key, payload) = (format!("account-{}", record % 97), payload(topic, record));
        producer.send(BaseRecord::to(topic).key(&key).payload(&payload)).map_err(|(error, _)| error)?;
    }
    if number % ABORTED == ABORTED - 1 {
        producer.flush(ANSWER)?;
        producer.abort_transaction(ANSWER)?;
    } else if let Err(error) = producer.commit_transaction(ANSWER) {
        tracing::warn!("a transaction of {topic} is aborted: {error}");
        producer.abort_transaction(ANSWER)?;
    }
    Ok(())
}
