//! Where words go so that none covers another: the ends of lines, pushed apart, and the bands, wherever there is room.

use super::advance::{Weight, width};

/// Between the baselines of two end labels, at least.
pub const LINE_HEIGHT: f64 = 12.0;

/// Between a band's edge and its label.
const PADDING: f64 = 5.0;

/// Moves positions apart by at least a line within `[top, bottom]`, keeping their order from top to bottom.
///
/// The answer has a position for each wish; `None` where too many wishes leave no room, the last ones first.
pub fn apart(wishes: &[f64], top: f64, bottom: f64) -> Vec<Option<f64>> {
    let room = ((bottom - top).max(0.0) / LINE_HEIGHT) as usize + 1;
    let mut order: Vec<(usize, f64)> = wishes.iter().copied().enumerate().take(room).collect();
    order.sort_by(|a, b| a.1.total_cmp(&b.1));
    let mut floor = top;
    for (_, at) in &mut order {
        *at = at.max(floor);
        floor = *at + LINE_HEIGHT;
    }
    let mut ceiling = bottom;
    for (_, at) in order.iter_mut().rev() {
        *at = at.min(ceiling);
        ceiling = *at - LINE_HEIGHT;
    }
    let mut places = vec![None; wishes.len()];
    for (index, at) in order {
        if let Some(place) = places.get_mut(index) {
            *place = Some(at);
        }
    }
    places
}

/// The left end of each band's label, between the edges of the chart: inside the band, else beside it, else nowhere.
pub fn beside(bands: &[(f64, f64, &str)], left: f64, right: f64) -> Vec<Option<f64>> {
    let mut taken: Vec<(f64, f64)> = Vec::new();
    let mut place = |(index, (x0, x1, label)): (usize, &(f64, f64, &str))| {
        let wide = width(label, Weight::Regular);
        let others = bands.iter().enumerate().filter(|(other, _)| *other != index).map(|(_, b)| (b.0, b.1));
        let others: Vec<(f64, f64)> = others.collect();
        let is_free = |from: f64, spans: &[(f64, f64)]| {
            from >= left && from + wide <= right && spans.iter().all(|(a, b)| from + wide < *a || from > *b)
        };
        let inside = Some(x0 + PADDING).filter(|from| from + wide + PADDING <= *x1 && is_free(*from, &taken));
        let outside = [x1 + PADDING, x0 - PADDING - wide];
        let outside = || outside.into_iter().find(|from| is_free(*from, &others) && is_free(*from, &taken));
        let from = inside.or_else(outside).filter(|_| !label.is_empty())?;
        taken.push((from, from + wide));
        Some(from)
    };
    bands.iter().enumerate().map(&mut place).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_lone_label_stays_at_its_line() {
        assert_eq!(apart(&[50.0], 0.0, 100.0), [Some(50.0)]);
    }

    #[test]
    fn lines_at_zero_stack_upwards_in_order() {
        assert_eq!(apart(&[100.0, 100.0, 20.0], 0.0, 100.0), [Some(88.0), Some(100.0), Some(20.0)]);
    }

    #[test]
    fn labels_without_room_are_left_out() {
        assert_eq!(apart(&[5.0, 5.0, 5.0], 0.0, 15.0), [Some(3.0), Some(15.0), None]);
    }

    #[test]
    fn a_narrow_band_at_the_end_is_named_before_it() {
        let bands = [(500.0, 540.0, "under-replicated")];
        let wide = width("under-replicated", Weight::Regular);
        assert_eq!(beside(&bands, 40.0, 540.0), [Some(500.0 - PADDING - wide)]);
        assert_eq!(beside(&[(100.0, 400.0, "offline")], 40.0, 540.0), [Some(105.0)]);
    }

    #[test]
    fn no_name_covers_another() {
        let placed =
            beside(&[(100.0, 110.0, "offline"), (112.0, 114.0, "offline"), (116.0, 118.0, "x")], 90.0, 130.0);
        assert!(placed.iter().flatten().count() <= 1);
    }

    proptest! {
        #[test]
        fn labels_are_apart_and_inside(wishes in prop::collection::vec(0.0..300.0_f64, 0..30), bottom in 0.0..300.0_f64) {
            let mut placed: Vec<f64> = apart(&wishes, 0.0, bottom).into_iter().flatten().collect();
            placed.sort_by(f64::total_cmp);
            prop_assert!(placed.iter().all(|at| (-1e-6..=bottom + 1e-6).contains(at)), "{:?}", placed);
            prop_assert!(placed.windows(2).all(|pair| pair[1] - pair[0] > LINE_HEIGHT - 1e-6));
            prop_assert!(placed.len() == wishes.len() || placed.len() as f64 * LINE_HEIGHT > bottom);
        }
    }
}
