//! Record batches as brokers keep them, and answers to Fetch that hold them.

use kafka_wire::fetch_response::{self as fr, FetchableTopicResponse, PartitionData};
use kafka_wire::{FetchRequest, FetchResponse};

use super::*;

pub const LOG_APPEND_TIME: i16 = 8;
pub const TRANSACTIONAL: i16 = 16;
pub const CONTROL: i16 = 32;
pub const DELETE_HORIZON: i16 = 64;

/// The fields of a batch that its look depends on.
#[derive(Clone, Debug)]
pub struct SampleBatch {
    pub base_offset: i64,
    pub magic: i8,
    pub attributes: i16,
    pub last_offset_delta: i32,
    pub times_ms: (i64, i64),
    pub producer_id: i64,
    pub record_count: i32,
    pub records: Vec<u8>,
}

/// Plain records from an offset on, whose first was written at a second as long after 1970 as the offset says.
pub fn plain(base_offset: i64, record_count: i32) -> SampleBatch {
    SampleBatch {
        base_offset,
        magic: 2,
        attributes: 1, // gzip, which nobody unpacks
        last_offset_delta: record_count - 1,
        times_ms: (base_offset * 1000, base_offset * 1000 + 7),
        producer_id: -1,
        record_count,
        records: b"packed".to_vec(),
    }
}

/// Records of a transaction.
pub fn of_transaction(base_offset: i64, producer_id: i64, record_count: i32) -> SampleBatch {
    let plain = plain(base_offset, record_count);
    SampleBatch { producer_id, attributes: plain.attributes | TRANSACTIONAL, ..plain }
}

/// The end of a transaction: 0 for abort, 1 for commit.
pub fn end(base_offset: i64, producer_id: i64, kind: u8) -> SampleBatch {
    // Length, attributes, no time and no offset behind the batch's, a key of version and type, a value of version and
    // epoch, no headers.
    let records = [&[32, 0, 0, 0, 8, 0, 0, 0, kind, 12][..], &[0; 7]].concat();
    let attributes = TRANSACTIONAL | CONTROL;
    SampleBatch { attributes, records, ..of_transaction(base_offset, producer_id, 1) }
}

impl SampleBatch {
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = self.base_offset.to_be_bytes().to_vec();
        bytes.extend((49 + self.records.len() as i32).to_be_bytes());
        bytes.extend([0; 4]); // leader epoch
        bytes.extend(self.magic.to_be_bytes());
        bytes.extend([0; 4]); // checksum
        bytes.extend(self.attributes.to_be_bytes());
        bytes.extend(self.last_offset_delta.to_be_bytes());
        bytes.extend(self.times_ms.0.to_be_bytes());
        bytes.extend(self.times_ms.1.to_be_bytes());
        bytes.extend(self.producer_id.to_be_bytes());
        bytes.extend([0; 6]); // epoch and sequence
        bytes.extend(self.record_count.to_be_bytes());
        bytes.extend(&self.records);
        bytes
    }
}

pub fn bytes_of(batches: &[SampleBatch]) -> Vec<u8> {
    batches.iter().flat_map(SampleBatch::bytes).collect()
}

/// Topic, partition, error code, last stable offset, batches.
pub type SampleFetch<'a> = (&'a str, i32, i16, i64, &'a [SampleBatch]);

/// An answer to Fetch. The high watermark is one more than the last stable offset, the log starts at 2.
pub fn fetch(rows: &[SampleFetch<'_>], aborted: &[(i64, i64)]) -> FetchResponse {
    let mut response = FetchResponse::default();
    for of_topic in rows.chunk_by(|a, b| a.0 == b.0) {
        let mut topic = FetchableTopicResponse::default();
        topic.topic = of_topic[0].0.into();
        topic.partitions = of_topic.iter().map(|row| partition(row, aborted)).collect();
        response.responses.push(topic);
    }
    response
}

fn partition(
    (_, index, error_code, stable, batches): &SampleFetch<'_>,
    aborted: &[(i64, i64)],
) -> PartitionData {
    let transaction = |(producer_id, first_offset): &(i64, i64)| {
        let mut transaction = fr::AbortedTransaction::default();
        (transaction.producer_id, transaction.first_offset) = (*producer_id, *first_offset);
        transaction
    };
    let mut row = PartitionData::default();
    (row.partition_index, row.error_code) = (*index, *error_code);
    (row.high_watermark, row.last_stable_offset, row.log_start_offset) = match error_code {
        0 => (stable + 1, *stable, 2),
        _ => (-1, -1, -1),
    };
    row.aborted_transactions = (!aborted.is_empty()).then(|| aborted.iter().map(transaction).collect());
    row.records = (!batches.is_empty()).then(|| bytes_of(batches).into());
    row
}

/// What a request to Fetch of version 10 asks, from its key on.
pub fn fetch_request(frame: &Bytes) -> FetchRequest {
    let client_id = usize::from(u16::from_be_bytes([frame[8], frame[9]]));
    decode(10, frame.slice(10 + client_id..)).unwrap()
}

/// The partitions of such a request, with their offsets.
pub fn fetched(frame: &Bytes) -> Vec<(String, i32, i64)> {
    let of_topic = |topic: &kafka_wire::fetch_request::FetchTopic| {
        let name = topic.topic.to_string();
        topic
            .partitions
            .iter()
            .map(move |row| (name.clone(), row.partition, row.fetch_offset))
            .collect::<Vec<_>>()
    };
    fetch_request(frame).topics.iter().flat_map(of_topic).collect()
}
