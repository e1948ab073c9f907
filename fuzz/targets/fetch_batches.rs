//! Whatever record batches a broker sends, looking at their headers neither panics nor tells what cannot be.
//!
//! Input: the offset to look from and the last stable one, 64 bits each; a count of aborted transactions in 8 bits,
//! and of each the producer's id and the first offset; the batches.
#![no_main]

use std::hint::black_box;

use backend::kafka::answers::Waiting;
use backend::kafka::wire::{AbortedTransaction, waiting};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    black_box(see(input));
});

/// Looks at the batches; nothing where the input is too short.
fn see(mut input: &[u8]) -> Option<Waiting> {
    let (from, until) = (number(&mut input)?, number(&mut input)?);
    let count = input.split_off_first()?;
    let aborted =
        |_| Some(AbortedTransaction { producer_id: number(&mut input)?, first_offset: number(&mut input)? });
    let aborted: Vec<_> = (0..*count).map_while(aborted).collect();
    let told = waiting(input, aborted, from, until);
    match told {
        Waiting::Nothing => {}
        Waiting::Something { first_time_ms } => {
            assert!(from < until && input.len() >= 61 && first_time_ms.is_none_or(|time| time >= 0));
        }
        Waiting::NotKnown => assert!(from < until),
    }
    Some(told)
}

fn number(input: &mut &[u8]) -> Option<i64> {
    let (number, rest) = input.split_first_chunk()?;
    *input = rest;
    Some(i64::from_be_bytes(*number))
}
