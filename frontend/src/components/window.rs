//! Which rows of a long table are on the screen: pure.

use std::ops::Range;

/// Height of a row, in pixels; the style sheet draws them so.
pub(crate) const ROW: f64 = 32.0;

/// Height of a row of two lines.
pub(crate) const TALL_ROW: f64 = 48.0;

/// Rows asked for at once.
pub(crate) const PAGE: usize = 100;

/// Rows drawn beyond the edges, so that scrolling does not show bare ground.
const BEYOND: usize = 8;

/// The rows to draw, each `row` pixels high, for a table scrolled down by `top` pixels whose window is `height` pixels
/// high.
pub(crate) fn drawn(top: f64, height: f64, row: f64, total: usize) -> Range<usize> {
    let visible = (height.max(0.0) / row).ceil() as usize + 1;
    // A list that became shorter is shown to its end, before the browser has scrolled back.
    let first = ((top.max(0.0) / row) as usize).min(total.saturating_sub(visible - 1));
    let end = first.saturating_add(visible).saturating_add(BEYOND).min(total);
    first.saturating_sub(BEYOND).min(end)..end
}

/// The pages that hold these rows: at most two while a window is lower than a page.
pub(crate) fn pages(rows: &Range<usize>) -> (usize, Option<usize>) {
    let first = rows.start / PAGE;
    let last = rows.end.saturating_sub(1) / PAGE;
    (first, (last > first).then_some(last))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_top_the_middle_and_the_end() {
        assert_eq!(drawn(0.0, 640.0, ROW, 100_000), 0..29);
        assert_eq!(drawn(4_800.0, 640.0, TALL_ROW, 100_000), 92..123);
        assert_eq!(drawn(3_200.0, 640.0, ROW, 100_000), 92..129);
        assert_eq!(drawn(3_199_360.0, 640.0, ROW, 100_000), 99_972..100_000);
        assert_eq!(drawn(0.0, 640.0, ROW, 3), 0..3);
        assert_eq!(drawn(9_999.0, 640.0, ROW, 0), 0..0);
    }

    #[test]
    fn a_window_over_an_edge_asks_for_two_pages() {
        assert_eq!(pages(&(0..29)), (0, None));
        assert_eq!(pages(&(92..129)), (0, Some(1)));
        assert_eq!(pages(&(100..129)), (1, None));
        assert_eq!(pages(&(0..0)), (0, None));
    }

    proptest! {
        #[test]
        fn what_is_seen_is_always_drawn(top in 0.0..4e6_f64, height in 0.0..2_000.0_f64, total in 0..120_000_usize) {
            let rows = drawn(top, height, ROW, total);
            prop_assert!(rows.end <= total);
            let seen = (top / ROW) as usize..((top + height) / ROW) as usize;
            for row in seen.clone().filter(|row| *row < total) {
                prop_assert!(rows.contains(&row));
            }
            prop_assert!(rows.len() <= seen.len() + 2 * BEYOND + 3);
            prop_assert_eq!(rows.is_empty(), total == 0);
        }
    }
}
