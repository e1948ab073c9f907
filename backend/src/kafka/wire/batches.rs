//! Record batches by their headers: whether something waits for a reader of committed records, and since when.
//!
//! Nothing is decompressed and no record is read but the one of a control batch, which is never compressed. What is
//! not understood (formats before magic 2, a batch that is not whole, a number that cannot be) ends the look: what lies
//! behind it is not known. Offsets, attributes and what makes a transaction aborted are those of Kafka's `RecordBatch`
//! and its consumer.

use std::collections::HashSet;

use super::{Fault, Reader};
use crate::kafka::answers::Waiting;

/// The one format whose batches have producers.
const MAGIC: i8 = 2;
/// What of a header its length counts.
const LEAST_LENGTH: usize = 49;

const LOG_APPEND_TIME: i16 = 1 << 3;
const TRANSACTIONAL: i16 = 1 << 4;
const CONTROL: i16 = 1 << 5;
/// Where the time of the first record was is when the batch will be deleted (KIP-534).
const DELETE_HORIZON: i16 = 1 << 6;

/// Control records tell their kind in a key of a version and a type.
const MARKER_KEY_LENGTH: i32 = 4;
const ABORT: i16 = 0;

/// A transaction that was aborted, as a broker tells of it beside the batches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AbortedTransaction {
    /// Whose it was.
    pub producer_id: i64,
    /// Its first offset.
    pub first_offset: i64,
}

/// What these batches tell of the offsets from `from` on and before `until`. Public for the fuzz target.
pub fn waiting(records: &[u8], aborted: Vec<AbortedTransaction>, from: i64, until: i64) -> Waiting {
    walk(records, Aborted::new(aborted), from, until).unwrap_or(Waiting::NotKnown)
}

/// A fault is also that the batches end before `until`.
fn walk(records: &[u8], mut aborted: Aborted, from: i64, until: i64) -> Result<Waiting, Fault> {
    let r = &mut Reader::new(records, false);
    let mut next = from;
    let mut is_certain = true;
    while next < until {
        let batch = Batch::read(r)?;
        if batch.base_offset >= until {
            break; // compaction has left nothing before it
        }
        next = next.max(batch.last_offset.saturating_add(1));
        if !aborted.gives(&batch)? || batch.last_offset < from {
            continue;
        }
        if batch.has_certainly_from(from) {
            return Ok(Waiting::Something { first_time_ms: batch.time_ms() });
        }
        is_certain &= batch.record_count == 0;
    }
    Ok(if is_certain { Waiting::Nothing } else { Waiting::NotKnown })
}

/// The header of a batch, and what has come of its records.
struct Batch<'a> {
    base_offset: i64,
    last_offset: i64,
    attributes: i16,
    base_time_ms: i64,
    max_time_ms: i64,
    producer_id: i64,
    record_count: i64,
    records: &'a [u8],
}

impl<'a> Batch<'a> {
    /// Reads the next one. Of the last one in an answer often not more than a part has come; its header suffices.
    fn read(r: &mut Reader<'a>) -> Result<Self, Fault> {
        let base_offset = r.i64()?;
        let length = usize::try_from(r.i32()?).unwrap_or_default();
        if base_offset < 0 || length < LEAST_LENGTH {
            return Err(r.fault("an offset or a length that no batch has"));
        }
        let r = &mut Reader::new(r.at_most(length), false);
        r.i32()?; // leader epoch
        if r.i8()? != MAGIC {
            return Err(r.fault("a batch of a format that is not known"));
        }
        r.i32()?; // checksum
        let attributes = r.i16()?;
        let last_offset_delta = i64::from(r.i32()?);
        let (base_time_ms, max_time_ms) = (r.i64()?, r.i64()?);
        let producer_id = r.i64()?;
        r.i16()?; // epoch of the producer
        r.i32()?; // its sequence
        let record_count = i64::from(r.i32()?);
        let last_offset = base_offset.checked_add(last_offset_delta);
        let last_offset = last_offset.filter(|_| (0..=last_offset_delta + 1).contains(&record_count));
        let last_offset = last_offset.ok_or_else(|| r.fault("offsets that no batch has"))?;
        let records = r.at_most(r.remaining());
        Ok(Self {
            base_offset,
            last_offset,
            attributes,
            base_time_ms,
            max_time_ms,
            producer_id,
            record_count,
            records,
        })
    }

    fn is(&self, attribute: i16) -> bool {
        self.attributes & attribute != 0
    }

    /// Whether at least one of its records is not before `from`. Compaction may have taken any of a batch and leaves
    /// its offsets as they were.
    fn has_certainly_from(&self, from: i64) -> bool {
        self.record_count > from.saturating_sub(self.base_offset).max(0)
    }

    fn time_ms(&self) -> Option<i64> {
        let is_told_last = self.is(LOG_APPEND_TIME) || self.is(DELETE_HORIZON);
        Some(if is_told_last { self.max_time_ms } else { self.base_time_ms }).filter(|time| *time >= 0)
    }

    /// Whether it is the end of a transaction that was aborted. Compaction leaves control batches without a record.
    fn is_abort(&self) -> Result<bool, Fault> {
        if !self.is(CONTROL) || self.record_count == 0 {
            return Ok(false);
        }
        let r = &mut Reader::new(self.records, false);
        r.signed()?; // length
        r.i8()?; // attributes
        r.skip_long()?; // its time behind the batch's
        r.signed()?; // its offset behind the batch's
        if r.signed()? < MARKER_KEY_LENGTH {
            return Err(r.fault("a control record without a type"));
        }
        r.i16()?; // version
        Ok(r.i16()? == ABORT)
    }
}

/// The aborted transactions, in the order of their beginning.
struct Aborted {
    /// Those that begin behind what was walked, the next one last.
    later: Vec<AbortedTransaction>,
    /// The producers of those that have begun and not ended.
    begun: HashSet<i64>,
}

impl Aborted {
    fn new(mut later: Vec<AbortedTransaction>) -> Self {
        later.sort_unstable_by_key(|transaction| std::cmp::Reverse(transaction.first_offset));
        Self { later, begun: HashSet::new() }
    }

    /// Walks past a batch: whether its records are given to a reader of committed records.
    fn gives(&mut self, batch: &Batch<'_>) -> Result<bool, Fault> {
        while let Some(begun) = self.later.pop_if(|later| later.first_offset <= batch.last_offset) {
            self.begun.insert(begun.producer_id);
        }
        if batch.is_abort()? {
            self.begun.remove(&batch.producer_id);
        }
        let is_aborted = batch.is(TRANSACTIONAL) && self.begun.contains(&batch.producer_id);
        Ok(!batch.is(CONTROL) && !is_aborted)
    }
}
