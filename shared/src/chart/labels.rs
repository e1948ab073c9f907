//! Where words go so that none covers another: the ends of lines, pushed apart, and the bands, wherever there is room.

use super::advance::{Weight, width};

/// Between the baselines of two end labels, at least.
pub const LINE_HEIGHT: f64 = 12.0;

/// Between a band's edge and its label.
const PADDING: f64 = 5.0;

/// Room that words have on a line: from their left end to their right one.
pub type Words = (f64, f64);

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

/// The left end of each band's label within `[left, right]`: from the band's beginning on, else before it, else as far
/// right as it can be, else nowhere. The `worst` bands choose first, and no lesser label covers them.
pub fn beside(
    bands: &[(f64, f64, &str)],
    left: f64,
    right: f64,
    worst: impl Fn(usize) -> bool,
) -> Vec<Option<f64>> {
    let mut order: Vec<usize> = (0..bands.len()).collect();
    order.sort_by_key(|index| !worst(*index));
    let mut places = vec![None; bands.len()];
    let mut taken: Vec<(f64, f64)> = Vec::new();
    for index in order {
        let Some((x0, _, label)) = bands.get(index).filter(|(.., label)| !label.is_empty()) else { continue };
        let wide = width(label, Weight::Regular);
        let covers = |from: f64, a: f64, b: f64| from < b && from + wide > a;
        let is_free = |from: &f64| {
            let is_worse = |other: usize| other != index && worst(other);
            *from >= left
                && from + wide <= right
                && !taken.iter().any(|(a, b)| covers(*from, *a, *b))
                && !bands
                    .iter()
                    .enumerate()
                    .any(|(other, (a, b, _))| is_worse(other) && covers(*from, *a, *b))
        };
        // Before the band, a word in another band would seem to speak of that one.
        let is_clear = |from: &f64| !bands.iter().any(|(a, b, _)| covers(*from, *a, *b));
        let place = Some(x0 + PADDING)
            .filter(is_free)
            .or_else(|| Some(x0 - PADDING - wide).filter(is_free).filter(is_clear))
            .or_else(|| Some(right - wide).filter(|from| *from <= *x0).filter(is_free));
        taken.extend(place.map(|from| (from - PADDING, from + wide + PADDING)));
        if let Some(slot) = places.get_mut(index) {
            *slot = place;
        }
    }
    places
}

/// The left end of the label of each moment, beside its line within `[left, right]`, where it covers no word that is
/// `taken`; else nowhere.
pub fn at_moments(
    moments: &[(f64, &str)],
    mut taken: Vec<Words>,
    (left, right): (f64, f64),
) -> Vec<Option<f64>> {
    let mut place = |(x, label): &(f64, &str)| {
        let wide = width(label, Weight::Regular);
        let is_free = |from: &f64| {
            *from >= left
                && from + wide <= right
                && !taken.iter().any(|(a, b)| *from < *b && from + wide > *a)
        };
        let sides = [x + PADDING, x - PADDING - wide];
        let from = sides.into_iter().find(is_free).filter(|_| !label.is_empty())?;
        taken.push((from - PADDING, from + wide + PADDING));
        Some(from)
    };
    moments.iter().map(&mut place).collect()
}

/// The room that a label takes with what keeps it apart from others.
pub fn room(label: &str, from: f64) -> Words {
    (from - PADDING, from + width(label, Weight::Regular) + PADDING)
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

    fn placed(bands: &[(f64, f64, &str)]) -> Vec<Option<f64>> {
        beside(bands, 40.0, 540.0, |_| false)
    }

    #[test]
    fn a_name_begins_with_its_band() {
        assert_eq!(placed(&[(100.0, 400.0, "offline")]), [Some(105.0)]);
        assert_eq!(placed(&[(100.0, 102.0, "offline")]), [Some(105.0)]);
        assert_eq!(placed(&[(100.0, 102.0, "")]), [None]);
    }

    #[test]
    fn a_narrow_band_at_the_end_is_named_before_it() {
        let wide = width("under-replicated", Weight::Regular);
        assert_eq!(placed(&[(500.0, 540.0, "under-replicated")]), [Some(500.0 - PADDING - wide)]);
    }

    #[test]
    fn no_name_covers_another_and_the_worst_goes_first() {
        let bands = [
            (100.0, 110.0, "under-replicated"),
            (110.0, 130.0, "offline"),
            (130.0, 140.0, "under-replicated"),
        ];
        assert_eq!(beside(&bands, 90.0, 540.0, |index| index == 1), [None, Some(115.0), None]);
        let crowded = beside(&bands, 90.0, 150.0, |index| index == 1);
        assert!(crowded[1].is_some() && crowded[0].is_none() && crowded[2].is_none());
    }

    #[test]
    fn a_moment_is_named_after_its_line_else_before_it_else_not() {
        let wide = width("restart", Weight::Regular);
        let named = |taken| at_moments(&[(100.0, "restart")], taken, (40.0, 540.0));
        assert_eq!(named(vec![]), [Some(105.0)]);
        assert_eq!(named(vec![room("stuck", 110.0)]), [Some(100.0 - PADDING - wide)]);
        assert_eq!(named(vec![(40.0, 540.0)]), [None]);
        let two = [(100.0, "restart"), (102.0, "rebalance")];
        let places = at_moments(&two, vec![], (90.0, 540.0));
        assert_eq!(places, [Some(105.0), None]);
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
