//! The vertical scale: from zero to a little above the worst value, with three to five round ticks.
//!
//! Only the four basic operations are used, for they give the same bits on every platform; logarithms do not.

use crate::units;

/// At most this many steps between ticks.
const MOST_STEPS: i64 = 4;

/// Beyond this a value is drawn at the edge: nothing we count comes near, and sums stay finite.
pub const LARGEST: f64 = 1e100;

/// The counts of a chart without trouble are still shown against this many.
const LEAST_COUNT: f64 = 4.0;

/// A range of values and the ticks to read it by.
#[derive(Clone, Debug, PartialEq)]
pub struct Scale {
    /// Zero, or the lowest value if that is below.
    pub low: f64,
    /// At or above the highest value; always above `low`.
    pub high: f64,
    /// Values worth a grid line, with their labels, lowest first.
    pub ticks: Vec<(f64, String)>,
}

impl Scale {
    /// The scale that shows values between `lowest` and `highest`, both finite.
    pub fn of(lowest: f64, highest: f64, whole_numbers: bool) -> Self {
        let low = lowest.clamp(-LARGEST, 0.0);
        let mut high = highest.clamp(0.0, LARGEST);
        if whole_numbers {
            high = high.max(LEAST_COUNT);
        } else if high - low < 1e-9 {
            high = low + 1.0;
        }
        let step = Step::for_range(low, high, whole_numbers);
        let first = (low / step.size).ceil() as i64;
        let mut last = (high / step.size).floor() as i64;
        let next = (last + 1) as f64 * step.size;
        if last - first < MOST_STEPS && next - high <= 0.15 * (high - low) {
            high = next;
            last += 1;
        }
        let largest = first.abs().max(last.abs()) as f64 * step.size;
        let tick = |index: i64| {
            let value = index as f64 * step.size;
            (value, label(value, largest, step.exponent))
        };
        Self { low, high, ticks: (first..=last).map(tick).collect() }
    }
}

/// The distance of ticks: 1, 2 or 5 times a power of ten.
struct Step {
    size: f64,
    exponent: i32,
}

impl Step {
    fn for_range(low: f64, high: f64, whole_numbers: bool) -> Self {
        let least = if whole_numbers { 0 } else { -10 };
        let steps = (least..=101).flat_map(|exponent| [1.0, 2.0, 5.0].map(|first| (first, exponent)));
        steps
            .map(|(first, exponent)| Self { size: scaled(first, exponent), exponent })
            .find(|step| (high / step.size).floor() - (low / step.size).ceil() <= MOST_STEPS as f64)
            .unwrap_or(Self { size: LARGEST, exponent: 100 })
    }
}

fn scaled(first: f64, exponent: i32) -> f64 {
    let power = (0..exponent.unsigned_abs()).fold(1.0, |power, _| power * 10.0);
    if exponent < 0 { first / power } else { first * power }
}

/// A tick in few characters: `0.5`, `2,500`, `20k`, `1.5M`; all ticks of a scale in the same magnitude.
fn label(value: f64, largest: f64, exponent: i32) -> String {
    const MAGNITUDES: [(f64, i32, &str); 6] =
        [(1e18, 18, "E"), (1e15, 15, "P"), (1e12, 12, "T"), (1e9, 9, "G"), (1e6, 6, "M"), (1e4, 3, "k")];
    if value == 0.0 {
        return "0".into();
    }
    if largest >= 1e21 {
        return format!("{value:.1e}");
    }
    let sign = if value < 0.0 { "−" } else { "" };
    let (_, thousands, suffix) =
        MAGNITUDES.into_iter().find(|(from, ..)| largest >= *from).unwrap_or((1.0, 0, ""));
    let shown = value.abs() / scaled(1.0, thousands);
    let decimals = usize::try_from(thousands - exponent).unwrap_or(0);
    if decimals == 0 {
        return format!("{sign}{}{suffix}", units::count(shown.round() as u64));
    }
    let digits = format!("{shown:.decimals$}");
    format!("{sign}{}{suffix}", digits.trim_end_matches('0').trim_end_matches('.'))
}

/// A value in a sentence: a count with its thousands, or three figures and a decimal where it matters.
pub fn spoken(value: f64) -> String {
    let size = value.abs();
    let sign = if value < 0.0 { "−" } else { "" };
    if size >= 1e18 {
        format!("{value:.1e}")
    } else if size >= 99.95 || size.fract() == 0.0 {
        format!("{sign}{}", units::count(size.round() as u64))
    } else if size >= 1.0 {
        format!("{sign}{size:.1}")
    } else {
        format!("{sign}{size:.3}")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn labels(low: f64, high: f64, whole: bool) -> Vec<String> {
        Scale::of(low, high, whole).ticks.into_iter().map(|(_, label)| label).collect()
    }

    #[test]
    fn ticks_are_round() {
        assert_eq!(labels(0.0, 23_118.0, true), ["0", "5k", "10k", "15k", "20k"]);
        assert_eq!(labels(0.0, 36.0, true), ["0", "10", "20", "30", "40"]);
        assert_eq!(labels(0.0, 0.0, true), ["0", "1", "2", "3", "4"]);
        assert_eq!(labels(0.0, 5.0, true), ["0", "2", "4"]);
        assert_eq!(labels(0.0, 0.0, false), ["0", "0.5", "1"]);
        assert_eq!(labels(0.0, 1_600_000.0, false), ["0", "0.5M", "1M", "1.5M"]);
        assert_eq!(labels(0.0, 8_000.0, true), ["0", "2,000", "4,000", "6,000", "8,000"]);
        assert_eq!(labels(-3.0, 3.0, false), ["−2", "0", "2"]);
    }

    #[test]
    fn values_are_spoken_briefly() {
        assert_eq!([36.0, 23_118.4, 3.917, 0.25, -2.5].map(spoken), ["36", "23,118", "3.9", "0.250", "−2.5"]);
    }

    proptest! {
        #[test]
        fn three_to_five_ticks_within_the_range(low in -1e30..1e30_f64, high in -1e30..1e30_f64, whole: bool) {
            let scale = Scale::of(low, high, whole);
            prop_assert!(scale.low < scale.high && scale.high >= high);
            prop_assert!((2..=5).contains(&scale.ticks.len()), "{:?}", scale);
            prop_assert!(scale.ticks.iter().all(|(tick, _)| (scale.low..=scale.high).contains(tick)));
        }
    }
}
