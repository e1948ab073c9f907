//! ListOffsets: tens of thousands of rows an answer, read by hand.

use kafka_wire::list_offsets_request::{ListOffsetsPartition, ListOffsetsTopic};
use kafka_wire::{ListOffsetsRequest, ListOffsetsResponse};
use kafka_wire_core::{Bytes, StrBytes};

use super::{Answer, Api, Fault, Reader, Request, body, frame, is_flexible};
use crate::kafka::answers::{OffsetQuery, OffsetRow, OffsetSpec, Offsets};

/// ListOffsets of partitions that one broker leads, each topic's together.
pub(in crate::kafka) struct ListOffsets<'a> {
    pub spec: OffsetSpec,
    pub read_committed: bool,
    pub timeout_ms: i32,
    pub queries: &'a [OffsetQuery<'a>],
}

impl Request for ListOffsets<'_> {
    const API: Api = Api::ListOffsets;
    type Answer = Offsets;

    fn encode(&self, version: i16, correlation_id: i32, client_id: &str) -> Result<Bytes, Fault> {
        let mut request = ListOffsetsRequest::default();
        request.replica_id = -1;
        request.isolation_level = i8::from(self.read_committed);
        request.topics =
            self.queries.chunk_by(|a, b| a.topic == b.topic).map(|rows| self.topic(rows)).collect();
        if version >= 10 {
            request.timeout_ms = self.timeout_ms;
        }
        frame(&request, version, correlation_id, client_id)
    }

    fn decode(&self, version: i16, bytes: Bytes) -> Answer<Offsets> {
        read(version, &body::<ListOffsetsResponse>(version, &bytes)?).map(Ok)
    }
}

impl ListOffsets<'_> {
    fn topic(&self, rows: &[OffsetQuery<'_>]) -> ListOffsetsTopic {
        let mut topic = ListOffsetsTopic::default();
        topic.name = rows.first().map(|row| StrBytes::from(row.topic)).unwrap_or_default();
        topic.partitions = rows.iter().map(|row| self.partition(row.partition)).collect();
        topic
    }

    fn partition(&self, partition: i32) -> ListOffsetsPartition {
        let mut row = ListOffsetsPartition::default();
        row.partition_index = partition;
        row.current_leader_epoch = -1;
        row.timestamp = match self.spec {
            OffsetSpec::Latest => -1,
            OffsetSpec::Earliest => -2,
        };
        row
    }
}

/// Reads versions 5 to 11.
pub(super) fn read(version: i16, body: &[u8]) -> Result<Offsets, Fault> {
    let r = &mut Reader::new(body, is_flexible::<ListOffsetsResponse>(version));
    let mut offsets = Offsets::default();
    r.i32()?; // throttle time
    for _ in 0..r.count(3)? {
        let topic = r.name(&mut offsets.names)?;
        let count = r.count(26)?;
        offsets.rows.reserve(count);
        for _ in 0..count {
            let partition = r.i32()?;
            let error_code = r.i16()?;
            r.i64()?; // timestamp
            let offset = Some(r.i64()?).filter(|offset| *offset >= 0);
            r.i32()?; // leader epoch
            r.tags()?;
            offsets.rows.push(OffsetRow { error_code, partition, offset, topic: topic.clone() });
        }
        r.tags()?;
    }
    r.tags()?;
    r.end()?;
    Ok(offsets)
}
