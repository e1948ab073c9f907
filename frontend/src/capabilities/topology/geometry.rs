//! How large the drawing is shown: pure.

/// By how much all of it is made smaller to fit a width; never larger than it is, nor so small that it cannot be read.
pub(crate) fn fitting(drawn: u32, width: f64) -> f64 {
    if drawn == 0 || width <= 0.0 { 1.0 } else { (width / f64::from(drawn)).clamp(0.6, 1.0) }
}

/// The next step in or out.
pub(crate) fn zoomed(zoom: f64, is_in: bool) -> f64 {
    const STEP: f64 = 1.25;
    (if is_in { zoom * STEP } else { zoom / STEP }).clamp(0.2, 2.5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_small_is_not_blown_up() {
        assert_eq!(fitting(600, 1_200.0), 1.0);
        assert_eq!(fitting(1_600, 1_200.0), 0.75);
        assert_eq!(fitting(9_600, 1_200.0), 0.6);
        assert_eq!(fitting(0, 1_200.0), 1.0);
        assert!(zoomed(1.0, true) > 1.0 && zoomed(0.2, false) == 0.2);
    }
}
