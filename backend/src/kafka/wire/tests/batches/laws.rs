//! What holds for every log and for all bytes; and the seeds of the fuzz target.

use std::collections::BTreeMap;

use super::*;

/// What happens to a log.
#[derive(Clone, Debug)]
enum Deed {
    Plain(i32),
    Write(i64, i32),
    End(i64, u8),
    Compact(i64),
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        (1..4).prop_map(Deed::Plain),
        (0..3i64, 1..4).prop_map(|(producer_id, count)| Deed::Write(producer_id, count)),
        (0..3i64, 0..2u8).prop_map(|(producer_id, kind)| Deed::End(producer_id, kind)),
        (1..5i64).prop_map(Deed::Compact),
    ]
}

/// A log, with what is known of it otherwise.
#[derive(Default)]
struct Log {
    batches: Vec<SampleBatch>,
    end: i64,
    /// The first offset of each producer's open transaction.
    open: BTreeMap<i64, i64>,
    aborted: Vec<(i64, i64)>,
}

impl Log {
    fn of(deeds: &[Deed]) -> Self {
        let mut log = Self::default();
        deeds.iter().for_each(|deed| log.suffer(deed));
        log
    }

    fn suffer(&mut self, deed: &Deed) {
        match *deed {
            Deed::Plain(count) => self.push(plain(self.end, count)),
            Deed::Write(producer_id, count) => {
                self.open.entry(producer_id).or_insert(self.end);
                self.push(of_transaction(self.end, producer_id, count));
            }
            Deed::End(producer_id, kind) => {
                let Some(first_offset) = self.open.remove(&producer_id) else { return };
                self.aborted.extend((kind == ABORT).then_some((producer_id, first_offset)));
                self.push(end(self.end, producer_id, kind));
            }
            Deed::Compact(offsets) => self.end += offsets,
        }
    }

    fn push(&mut self, batch: SampleBatch) {
        self.end += i64::from(batch.record_count);
        self.batches.push(batch);
    }

    fn stable(&self) -> i64 {
        self.open.values().copied().min().unwrap_or(self.end)
    }

    /// The batches that hold what is stable from an offset on, as a broker answers.
    fn from(&self, from: i64) -> Vec<SampleBatch> {
        let is_there = |batch: &&SampleBatch| {
            batch.base_offset + i64::from(batch.last_offset_delta) >= from
                && batch.base_offset < self.stable()
        };
        self.batches.iter().filter(is_there).cloned().collect()
    }

    /// The aborted transactions that are not over before an offset, as a broker answers.
    fn aborted_from(&self, from: i64) -> Vec<(i64, i64)> {
        let is_there = |(producer_id, first): &&(i64, i64)| {
            let is_its = |batch: &&SampleBatch| {
                batch.producer_id == *producer_id
                    && batch.attributes & CONTROL != 0
                    && batch.base_offset > *first
            };
            self.batches.iter().find(is_its).is_some_and(|end| end.base_offset >= from)
        };
        self.aborted.iter().filter(is_there).copied().collect()
    }

    /// What a reader would be given: each transaction's batches as its end says.
    fn truth(&self, from: i64) -> Waiting {
        let ends = |at: usize, batch: &SampleBatch| {
            let behind = self.batches.iter().skip(at);
            let mut its =
                behind.filter(|end| end.producer_id == batch.producer_id && end.attributes & CONTROL != 0);
            its.next().is_some_and(|end| end.records[8] == COMMIT)
        };
        let is_given = |(at, batch): &(usize, &SampleBatch)| {
            let is_of_transaction = batch.producer_id >= 0;
            batch.attributes & CONTROL == 0
                && batch.base_offset < self.stable()
                && batch.base_offset + i64::from(batch.last_offset_delta) >= from
                && (!is_of_transaction || ends(*at, batch))
        };
        let first = self.batches.iter().enumerate().find(is_given);
        first.map_or(Waiting::Nothing, |(_, batch)| since(batch.base_offset))
    }

    /// What is asked of the look, as the fuzz target takes it.
    fn seed(&self, from: i64) -> Vec<u8> {
        let aborted = self.aborted_from(from);
        let mut seed = [from.to_be_bytes(), self.stable().to_be_bytes()].concat();
        seed.push(u8::try_from(aborted.len()).unwrap());
        seed.extend(
            aborted
                .iter()
                .flat_map(|(producer_id, first)| [producer_id.to_be_bytes(), first.to_be_bytes()].concat()),
        );
        seed.extend(bytes_of(&self.from(from)));
        seed
    }
}

proptest! {
    #[test]
    fn what_waits_is_what_a_reader_would_be_given(deeds in prop::collection::vec(deed(), 0..30)) {
        let log = Log::of(&deeds);
        for from in 0..=log.end {
            let told = look(&log.from(from), &log.aborted_from(from), from, log.stable());
            // Behind the last batch a gap and an answer that ended early are the same.
            let last = log.from(from).last().map_or(from, |last| last.base_offset + i64::from(last.last_offset_delta) + 1);
            match log.truth(from) {
                Waiting::Nothing if last < log.stable() => prop_assert_eq!(told, Waiting::NotKnown),
                truth => prop_assert_eq!(told, truth),
            }
        }
    }

    #[test]
    fn a_part_of_an_answer_never_tells_another_thing(deeds in prop::collection::vec(deed(), 1..12), cut: prop::sample::Index) {
        let log = Log::of(&deeds);
        let bytes = bytes_of(&log.from(0));
        let whole = look_at(&bytes, &log.aborted_from(0), 0, log.stable());
        let part = look_at(&bytes[..cut.index(bytes.len() + 1)], &log.aborted_from(0), 0, log.stable());
        prop_assert!(part == whole || part == Waiting::NotKnown, "{:?} of {:?}", part, whole);
    }

    #[test]
    fn no_bytes_make_the_look_panic(
        bytes in prop::collection::vec(any::<u8>(), 0..300),
        aborted in prop::collection::vec(any::<(i64, i64)>(), 0..4),
        (from, until) in any::<(i64, i64)>(),
    ) {
        look_at(&bytes, &aborted, from, until);
    }

    #[test]
    fn no_changed_byte_makes_the_look_panic(
        deeds in prop::collection::vec(deed(), 1..12),
        changes in prop::collection::vec(any::<(prop::sample::Index, u8)>(), 1..4),
        (from, until) in any::<(i64, i64)>(),
    ) {
        let log = Log::of(&deeds);
        let mut bytes = bytes_of(&log.batches);
        prop_assume!(!bytes.is_empty());
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        look_at(&bytes, &log.aborted, 0, log.end);
        look_at(&bytes, &log.aborted, from, until);
    }
}

/// Writes the seeds anew: `RIVERKEEPER_WRITE_SEEDS=1 cargo test -p backend --lib seeds`.
#[test]
fn the_committed_seeds_of_the_fuzz_target_are_such_logs() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/seeds/fetch_batches");
    let writes = std::env::var_os("RIVERKEEPER_WRITE_SEEDS").is_some();
    for (name, deeds) in [
        ("committed", vec![Deed::Write(1, 2), Deed::End(1, COMMIT)]),
        (
            "aborted-then-plain",
            vec![Deed::Write(1, 2), Deed::End(1, ABORT), Deed::Compact(3), Deed::Plain(2)],
        ),
        (
            "open-behind-aborted",
            vec![Deed::Write(1, 2), Deed::End(1, ABORT), Deed::Write(2, 1), Deed::Plain(1)],
        ),
    ] {
        let (file, seed) = (folder.join(name), Log::of(&deeds).seed(1));
        if writes {
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(&file, &seed).unwrap();
        }
        assert_eq!(std::fs::read(&file).ok(), Some(seed), "fuzz/seeds: {name}");
    }
}
