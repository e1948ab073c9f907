//! The laws of windows and blocks, against the plainest way to keep the same.

use std::time::Duration;

use proptest::prelude::*;
use shared::DateTime;

use super::*;

/// A moment so many milliseconds into a day.
fn at(ms: i64) -> DateTime {
    DateTime::from_timestamp_millis(1_795_000_000_000 / 86_400_000 * 86_400_000 + ms).unwrap()
}

fn rows() -> impl Strategy<Value = Vec<(i64, Vec<Option<f32>>)>> {
    let value = proptest::option::weighted(0.9, prop_oneof![Just(0.0_f32), 1.0_f32..2.0, -1e6_f32..1e9]);
    let row = (1_i64..25_000, proptest::collection::vec(value, 3));
    proptest::collection::vec(row, 0..260).prop_map(|rows| {
        let mut time = 0;
        let place = |(gap, values): (i64, Vec<Option<f32>>)| {
            time += gap;
            (time, values)
        };
        rows.into_iter().map(place).collect()
    })
}

fn window(rows: &[(i64, Vec<Option<f32>>)], held: Duration) -> Window {
    rows.iter().fold(Window::new(3, held), |window, (ms, values)| window.push(at(*ms), values))
}

/// The mean of what is known, as the plainest code computes it.
fn mean(rows: &[(i64, Vec<Option<f32>>)], column: usize, from: i64, to: i64) -> Option<f64> {
    let known =
        rows.iter().filter(|(ms, _)| (from..to).contains(ms)).filter_map(|(_, values)| values[column]);
    let known: Vec<f64> = known.map(f64::from).collect();
    (!known.is_empty()).then(|| known.iter().sum::<f64>() / known.len() as f64)
}

fn close(one: Option<f64>, other: Option<f64>, largest: f64) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => (one - other).abs() <= largest / 1_000.0 + 1e-9,
        (None, None) => true,
        _ => false,
    }
}

fn largest(rows: &[(i64, Vec<Option<f32>>)]) -> f64 {
    let values = rows.iter().flat_map(|(_, values)| values.iter().flatten());
    values.fold(0.0, |largest, value| f64::from(value.abs()).max(largest))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_window_tells_the_mean_of_each_step_as_all_rows_would(
        rows in rows(), from in 0_i64..500_000, length in 1_i64..3_000_000, step in 1_000_u64..100_000,
    ) {
        let window = window(&rows, Duration::from_secs(86_400));
        let told = window.steps(1, at(from), at(from + length), Duration::from_millis(step));
        let step = step as i64;
        let largest = largest(&rows);
        for (begins, told) in told {
            let begins = begins.timestamp_millis() - at(0).timestamp_millis();
            let expected = mean(&rows, 1, begins.max(from), (begins + step).min(from + length));
            prop_assert!(close(told, expected, largest), "step {begins}: {told:?}, not {expected:?}");
        }
    }

    #[test]
    fn a_minute_is_the_mean_of_its_samples(rows in rows(), minute in 0_i64..40) {
        let window = window(&rows, Duration::from_secs(86_400));
        let (from, to) = (minute * 60_000, (minute + 1) * 60_000);
        let told = window.minute(at(from));
        prop_assert_eq!(told.is_some(), rows.iter().any(|(ms, _)| (from..to).contains(ms)));
        for (column, told) in told.unwrap_or_default().into_iter().enumerate() {
            let expected = mean(&rows, column, from, to);
            prop_assert!(close(told.map(f64::from), expected, largest(&rows)));
        }
    }

    #[test]
    fn a_window_holds_what_is_not_too_old_and_little_more(rows in rows(), held in 1_u64..2_000) {
        let window = window(&rows, Duration::from_secs(held));
        let Some((newest, _)) = rows.last() else { return Ok(()) };
        prop_assert_eq!(window.newest(), Some(at(*newest)));
        let first_kept = rows.iter().find(|(ms, _)| *ms >= newest - held as i64 * 1_000).unwrap().0;
        let place = rows.iter().position(|(ms, _)| *ms == first_kept).unwrap();
        let since = window.since().unwrap();
        prop_assert!(since <= at(first_kept), "what it should hold is there");
        prop_assert!(since >= at(rows[place.saturating_sub(60)].0), "it is not more than a chunk older");
    }

    #[test]
    fn pushing_leaves_the_window_before_as_it_was(rows in rows()) {
        let Some((last, before)) = rows.split_last() else { return Ok(()) };
        let old = window(before, Duration::from_secs(86_400));
        let told = old.steps(0, at(0), at(9_000_000), Duration::from_secs(60));
        let new = old.push(at(last.0), &last.1);
        prop_assert_eq!(old.steps(0, at(0), at(9_000_000), Duration::from_secs(60)), told);
        let again = new.push(at(last.0), &[Some(1.0), Some(1.0), Some(1.0)]);
        prop_assert_eq!(again.last(0, Duration::from_secs(60)), new.last(0, Duration::from_secs(60)));
    }

    #[test]
    fn a_block_comes_back_as_it_was_and_its_columns_alone_too(
        slots in 1_usize..200,
        said in proptest::collection::vec((0_usize..200, proptest::collection::vec(proptest::option::of(-1e9_f32..1e9), 0..6)), 0..200),
    ) {
        let mut block = Block::new(slots);
        for (slot, values) in &said {
            block.set(*slot, values);
            let once = block.clone();
            block.set(*slot, values);
            prop_assert_eq!(&block, &once, "saying it again changes nothing");
        }
        let bytes = block.encode();
        prop_assert_eq!(Block::decode(&bytes), Ok(block.clone()));
        for column in 0..8 {
            let alone = Block::column(&bytes, column).unwrap();
            prop_assert_eq!(alone, (0..slots).map(|slot| block.get(slot, column)).collect::<Vec<_>>());
        }
        for cut in 0..bytes.len() {
            prop_assert!(Block::decode(&bytes[..cut]).is_err(), "cut at {cut} of {}", bytes.len());
        }
    }
}

#[test]
fn a_sample_far_behind_the_others_is_held_apart() {
    let year = 365 * 86_400_000;
    let far =
        [(0, vec![Some(1.0)]), (1, vec![Some(2.0)]), (year, vec![Some(3.0)]), (year + 5, vec![Some(5.0)])];
    let window = window(&far, Duration::from_secs(2 * 365 * 86_400));
    assert_eq!(window.mean(0, at(0), at(10)), Some(1.5));
    assert_eq!(window.mean(0, at(year), at(year + 10)), Some(4.0));
    assert_eq!(window.last(0, Duration::from_secs(1)), Some(5.0));
    assert_eq!(window.last(1, Duration::from_secs(1)), None);
}

#[test]
fn noisy_samples_take_less_than_two_bytes_each() {
    let noise =
        |sample: i64, column: usize| ((sample * 7_919 + column as i64 * 104_729) % 997) as f32 / 997.0;
    let row = |sample: i64| -> Vec<Option<f32>> {
        (0..25).map(|column| Some(1e6 * (1.0 + 0.1 * noise(sample, column)))).collect()
    };
    let held = Duration::from_secs(6 * 3_600);
    let window = (0..2_160)
        .fold(Window::new(25, held), |window, sample| window.push(at(sample * 10_000), &row(sample)));
    let a_sample = window.held_bytes() as f64 / (2_160.0 * 25.0);
    assert!(a_sample < 2.0, "{a_sample} bytes a sample");
}

#[test]
fn slots_and_blocks_begin_at_whole_multiples() {
    let time = at(13 * 3_600_000 + 27 * 60_000 + 12_345);
    assert_eq!(Resolution::Minute.place(time), (at(13 * 3_600_000), 27));
    assert_eq!(Resolution::TenMinutes.place(time), (at(0), 80));
    for resolution in Resolution::ALL {
        let (block, slot) = resolution.place(time);
        let begins = resolution.begins(block, slot);
        assert!(begins <= time && time < begins + resolution.slot() && slot < resolution.slots());
        assert_eq!(resolution.place(begins), (block, slot));
    }
    let before_1970 = DateTime::from_timestamp_millis(-1).unwrap();
    assert_eq!(Resolution::Minute.place(before_1970).1, 59);
}
