//! Values of metrics as a person reads them, and the one unit that a chart of them has.

use super::Unit;
use crate::units;

const BYTES: [&str; 6] = ["B", "kB", "MB", "GB", "TB", "PB"];
const BYTES_PER_SECOND: [&str; 6] = ["B/s", "kB/s", "MB/s", "GB/s", "TB/s", "PB/s"];

impl Unit {
    /// The number by which values up to `largest` are divided so that they read well, and the unit that they have then.
    pub fn scale(self, largest: f64) -> (f64, &'static str) {
        match self {
            Self::Bytes => thousands(largest, &BYTES),
            Self::BytesPerSecond => thousands(largest, &BYTES_PER_SECOND),
            Self::PerSecond => (1.0, "/s"),
            Self::Milliseconds if largest >= 10_000.0 => (1_000.0, "s"),
            Self::Milliseconds => (1.0, "ms"),
            Self::Ratio => (0.01, "%"),
            Self::Cores => (1.0, "cores"),
            Self::Count => (1.0, ""),
        }
    }

    /// A value with its unit apart, in two or three figures: `("10.8", "MB/s")`, `("38", "ms")`, `("31", "%")`.
    pub fn spoken(self, value: f64) -> (String, &'static str) {
        let (divisor, unit) = self.scale(value.abs());
        let scaled = value / divisor;
        (figures(scaled, self.whole_from(unit)), unit)
    }

    /// From where on tenths are not read. Of bytes they are read against those of other brokers; things are whole.
    fn whole_from(self, unit: &str) -> f64 {
        match self {
            Self::Bytes | Self::BytesPerSecond if unit.starts_with('B') => 0.0,
            Self::Bytes | Self::BytesPerSecond => 99.5,
            Self::Count => 0.0,
            _ => 9.95,
        }
    }

    /// The same in one piece.
    pub fn said(self, value: f64) -> String {
        let (number, unit) = self.spoken(value);
        if unit.is_empty() { number } else { format!("{number} {unit}") }
    }
}

fn thousands(largest: f64, words: &[&'static str; 6]) -> (f64, &'static str) {
    let mut divisor = 1.0;
    let mut at = 0;
    while largest / divisor >= 999.5 && at + 1 < words.len() {
        divisor *= 1_000.0;
        at += 1;
    }
    (divisor, words.get(at).copied().unwrap_or_default())
}

fn figures(value: f64, whole_from: f64) -> String {
    match value.abs() {
        large if large >= whole_from => {
            let sign = if value < 0.0 { "−" } else { "" };
            format!("{sign}{}", units::count(large.round() as u64))
        }
        0.0 => "0".into(),
        small if small < 0.1 => format!("{value:.2}"),
        _ => format!("{value:.1}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_read_well_in_their_unit() {
        assert_eq!(Unit::BytesPerSecond.said(10_800_000.0), "10.8 MB/s");
        assert_eq!(Unit::BytesPerSecond.said(48_000_000.0), "48.0 MB/s");
        assert_eq!(Unit::BytesPerSecond.said(0.0), "0 B/s");
        assert_eq!(Unit::PerSecond.said(412.4), "412 /s");
        assert_eq!(Unit::Bytes.said(1_950_000_000_000.0), "1.9 TB");
        assert_eq!(Unit::Milliseconds.said(38.0), "38 ms");
        assert_eq!(Unit::Milliseconds.said(4.12), "4.1 ms");
        assert_eq!(Unit::Milliseconds.said(12_000.0), "12 s");
        assert_eq!(Unit::Ratio.said(0.311), "31 %");
        assert_eq!(Unit::Ratio.said(0.011), "1.1 %");
        assert_eq!(Unit::Ratio.said(1.0), "100 %");
        assert_eq!(Unit::Cores.said(1.4), "1.4 cores");
        assert_eq!(Unit::Count.said(1_204.0), "1,204");
        assert_eq!(Unit::PerSecond.said(0.04), "0.04 /s");
    }

    #[test]
    fn a_chart_has_one_unit_for_all_its_values() {
        assert_eq!(Unit::BytesPerSecond.scale(24_100_000.0), (1_000_000.0, "MB/s"));
        assert_eq!(Unit::Milliseconds.scale(501.0), (1.0, "ms"));
        assert_eq!(Unit::Ratio.scale(0.4), (0.01, "%"));
    }
}
