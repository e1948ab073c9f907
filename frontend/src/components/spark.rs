//! A line without axes beside its number: which way it goes, and where it ends.

use std::fmt::Write;

use leptos::prelude::*;

const WIDTH: f64 = 60.0;
const HEIGHT: f64 = 20.0;

/// The strokes of the line and of the surface below it, and where it ends: from zero to the highest value. Pure.
fn strokes(values: &[Option<f64>]) -> (String, String, Option<(f64, f64)>) {
    let highest = values.iter().flatten().copied().fold(0.0, f64::max).max(f64::MIN_POSITIVE);
    let step = (WIDTH - 4.0) / (values.len().max(2) - 1) as f64;
    let place =
        |at: usize, value: f64| (2.0 + step * at as f64, HEIGHT - 1.0 - (HEIGHT - 5.0) * value / highest);
    let (mut line, mut below, mut end) = (String::new(), String::new(), None);
    let known = values.iter().enumerate().map(|(at, value)| value.map(|value| place(at, value)));
    let known: Vec<Option<(f64, f64)>> = known.collect();
    for stretch in known.split(Option::is_none).filter(|stretch| !stretch.is_empty()) {
        let mut path = String::new();
        for (x, y) in stretch.iter().flatten() {
            // Writing to a string cannot fail.
            let _ = write!(path, "{}{x:.1} {y:.1}", if path.is_empty() { "M" } else { "L" });
        }
        if let (Some(Some((first, _))), Some(Some((last, _)))) = (stretch.first(), stretch.last()) {
            let _ = write!(below, "{path}L{last:.1} {HEIGHT}L{first:.1} {HEIGHT}Z");
        }
        end = stretch.last().copied().flatten();
        line.push_str(&path);
    }
    (line, below, end)
}

/// The line of values, oldest first. Its number must stand beside it.
pub(crate) fn spark(values: &[Option<f64>], class: &'static str) -> AnyView {
    let (line, below, end) = strokes(values);
    let end = end.map(|(x, y)| view! { <circle cx=format!("{x:.1}") cy=format!("{y:.1}") r="1.8"></circle> });
    view! {
        <svg class=format!("spark {class}") viewBox="0 0 60 20" aria-hidden="true">
            <path class="below" d=below></path>
            <path d=line></path>
            {end}
        </svg>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_goes_from_zero_to_its_highest_and_ends_where_its_values_end() {
        let (line, _, end) = strokes(&[Some(0.0), Some(5.0), Some(10.0), None]);
        assert_eq!(line, "M2.0 19.0L20.7 11.5L39.3 4.0");
        assert_eq!(end.map(|(x, y)| (x.round(), y)), Some((39.0, 4.0)));
    }

    #[test]
    fn a_gap_stays_open_and_nothing_is_nothing() {
        let (line, below, _) = strokes(&[Some(1.0), None, Some(1.0)]);
        assert_eq!((line.matches('M').count(), below.matches('Z').count()), (2, 2));
        assert_eq!(strokes(&[None, None]), (String::new(), String::new(), None));
        assert!(!strokes(&[Some(0.0), Some(0.0)]).0.contains("NaN"));
    }
}
