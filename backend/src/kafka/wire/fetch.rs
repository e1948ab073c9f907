//! Fetch: a few batches of each partition, of which only the headers are read.

use kafka_wire::fetch_request::{FetchPartition, FetchTopic};
use kafka_wire::{FetchRequest, FetchResponse};
use kafka_wire_core::{Bytes, StrBytes};

use super::batches::{AbortedTransaction, waiting};
use super::{Answer, Api, Fault, Reader, Request, body, frame, is_flexible, refused};
use crate::kafka::answers::{Peek, PeekQuery, Waiting};

/// As much as a batch of Kafka's own producer has at most (`batch.size`), unless one record alone is larger.
const BYTES_A_PARTITION: i32 = 16 << 10;

/// Fetch of partitions that one broker leads, each once and each topic's together. The broker answers at once with
/// whole batches, up to 16 KiB a partition. A larger batch comes only where no other batch has come before it.
pub(in crate::kafka) struct Fetch<'q, 'a> {
    pub queries: &'q [PeekQuery<'a>],
}

impl<'a> Request for Fetch<'_, 'a> {
    const API: Api = Api::Fetch;
    type Answer = Vec<Peek<'a>>;

    fn encode(&self, version: i16, correlation_id: i32, client_id: &str) -> Result<Bytes, Fault> {
        let mut request = FetchRequest::default();
        request.max_wait_ms = 0;
        request.min_bytes = 0;
        let partitions = i32::try_from(self.queries.len()).unwrap_or(i32::MAX);
        request.max_bytes = partitions.saturating_mul(BYTES_A_PARTITION);
        request.isolation_level = 1; // committed records: the answer tells what was aborted
        request.topics = self.queries.chunk_by(|a, b| a.topic == b.topic).map(topic).collect();
        frame(&request, version, correlation_id, client_id)
    }

    fn decode(&self, version: i16, bytes: Bytes) -> Answer<Vec<Peek<'a>>> {
        let (peeks, error_code) = read(version, &body::<FetchResponse>(version, &bytes)?, self.queries)?;
        Ok(refused(error_code, None).map(|()| peeks))
    }
}

fn topic(queries: &[PeekQuery<'_>]) -> FetchTopic {
    let mut topic = FetchTopic::default();
    topic.topic = queries.first().map(|query| StrBytes::from(query.topic)).unwrap_or_default();
    topic.partitions = queries.iter().map(partition).collect();
    topic
}

fn partition(query: &PeekQuery<'_>) -> FetchPartition {
    let mut row = FetchPartition::default();
    (row.partition, row.fetch_offset) = (query.partition, query.offset);
    row.current_leader_epoch = -1;
    row.partition_max_bytes = BYTES_A_PARTITION;
    row
}

/// Reads version 10, as the answer to a request for these partitions, and its error code.
pub(super) fn read<'a>(
    version: i16,
    body: &[u8],
    asked: &[PeekQuery<'a>],
) -> Result<(Vec<Peek<'a>>, i16), Fault> {
    let r = &mut Reader::new(body, is_flexible::<FetchResponse>(version));
    let mut peeks = Vec::new();
    r.i32()?; // throttle time
    let error_code = r.i16()?;
    r.i32()?; // session
    for _ in 0..r.count(6)? {
        let topic = r.str()?;
        for _ in 0..r.count(38)? {
            if peeks.len() == asked.len() {
                return Err(r.fault("more partitions than were asked for"));
            }
            peeks.push(peek(r, topic, asked)?);
        }
    }
    r.end()?;
    Ok((peeks, error_code))
}

fn peek<'a>(r: &mut Reader, topic: &str, asked: &[PeekQuery<'a>]) -> Result<Peek<'a>, Fault> {
    let partition = r.i32()?;
    let query = asked.iter().find(|query| (query.topic, query.partition) == (topic, partition));
    let query = *query.ok_or_else(|| r.fault("a partition that was not asked for"))?;
    let error_code = r.i16()?;
    let mut offset = || r.i64().map(|offset| Some(offset).filter(|offset| *offset >= 0));
    let (high_watermark, last_stable_offset, log_start_offset) = (offset()?, offset()?, offset()?);
    let aborted = aborted_transactions(r)?;
    let records = r.nullable_bytes()?.unwrap_or_default();
    // Where it is not told up to where records are stable, something may wait and nothing else can be said.
    let until = last_stable_offset.unwrap_or(i64::MAX);
    let waiting = match error_code {
        0 => waiting(records, aborted, query.offset, until),
        _ => Waiting::NotKnown,
    };
    let came_empty = records.is_empty() && waiting == Waiting::NotKnown && error_code == 0;
    Ok(Peek { query, error_code, high_watermark, last_stable_offset, log_start_offset, waiting, came_empty })
}

fn aborted_transactions(r: &mut Reader) -> Result<Vec<AbortedTransaction>, Fault> {
    let count = r.nullable_count(16)?.unwrap_or_default();
    let aborted = |_| Ok(AbortedTransaction { producer_id: r.i64()?, first_offset: r.i64()? });
    (0..count).map(aborted).collect()
}
