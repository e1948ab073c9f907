//! What a peer sends, cut at every byte: on the wire, through the frames, into the readers.

use super::*;
use crate::kafka::fake::good_for;

/// A good answer to Metadata, cut after so many bytes, then the end.
#[tokio::test]
async fn a_connection_cut_at_any_byte_is_an_error_and_is_freed() {
    let whole = framed(0, &samples::answer(&samples::metadata(13, &[1]), 13)).len();
    let cut = Arc::new(AtomicU16::new(0));
    let at = Arc::clone(&cut);
    let fake = one(move |asked, port| match asked.key {
        3 => {
            let answer = samples::answer(&samples::metadata(asked.version, &[port]), asked.version);
            let mut bytes = framed(asked.correlation_id, &answer);
            bytes.truncate(usize::from(at.load(Ordering::SeqCst)));
            Deed::Close(bytes)
        }
        _ => good_for(&asked, &[port]),
    })
    .await;
    for length in 0..u16::try_from(whole).unwrap() {
        cut.store(length, Ordering::SeqCst);
        let error = read::metadata(&gateway(&[&fake], |_| {})).await.unwrap_err().to_string();
        assert!(error.contains("the connection to 127.0.0.1:"), "cut at {length}: {error}");
    }
    until("every connection is freed", || fake.open.load(Ordering::SeqCst) == 0).await;
}

#[tokio::test]
async fn frames_that_claim_the_most_and_bring_a_little_take_a_little() {
    // The claim is within the limit: it must be paid for byte by byte, and ends at the deadline.
    let fake = one(|asked, port| match asked.key {
        3 => Deed::Raw([&(60u32 << 20).to_be_bytes()[..], &asked.correlation_id.to_be_bytes()].concat()),
        _ => good_for(&asked, &[port]),
    })
    .await;
    let before = memory_stats::memory_stats().unwrap().physical_mem;
    let gateways: Vec<_> = (0..20).map(|_| gateway(&[&fake], |_| {})).collect();
    let all = futures::future::join_all(gateways.iter().map(read::metadata)).await;
    assert!(
        all.iter().all(|outcome| outcome.as_ref().is_err_and(|e| e.to_string().contains("did not answer")))
    );
    let grown = memory_stats::memory_stats().unwrap().physical_mem.saturating_sub(before);
    assert!(grown < 64 << 20, "20 claims of 60 MiB took {} MiB", grown >> 20);
    until("every connection is freed", || fake.open.load(Ordering::SeqCst) == 0).await;
}
