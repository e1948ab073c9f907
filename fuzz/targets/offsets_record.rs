//! Whatever lies in `__consumer_offsets`, reading it neither panics nor takes more memory than the record is long.
//!
//! Input: the key's length in 16 bits, the key, the value. A value of no bytes is tried as a tombstone too.
#![no_main]

use std::hint::black_box;

use backend::kafka::offsets_topic::{OffsetsRecord, PartitionIds, decode};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some((length, rest)) = input.split_first_chunk::<2>() else { return };
    let Some((key, value)) = rest.split_at_checked(u16::from_be_bytes(*length).into()) else { return };
    see(key, Some(value));
    if value.is_empty() {
        see(key, None);
    }
});

/// Reads the record, and everything that it tells.
fn see(key: &[u8], value: Option<&[u8]>) {
    match decode(key, value) {
        Ok(OffsetsRecord::ClassicGroup(group)) => {
            let topics = group.members.iter().flat_map(|member| &member.partitions);
            let claimed: usize = topics.map(|at| count(at.partitions)).sum();
            assert!(group.members.len() + claimed <= value.unwrap_or_default().len());
        }
        Ok(OffsetsRecord::CurrentAssignment(has)) => {
            let topics = has.partitions.iter().chain(&has.pending_revocation);
            let claimed: usize = topics.map(|at| count(at.partitions)).sum();
            assert!(claimed <= value.unwrap_or_default().len());
        }
        Ok(OffsetsRecord::OffsetCommit(commit)) => assert!(commit.partition >= 0),
        other => drop(black_box(other)),
    }
}

fn count(partitions: PartitionIds<'_>) -> usize {
    partitions.iter().inspect(|id| assert!(*id >= 0)).count()
}
