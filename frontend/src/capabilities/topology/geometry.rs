//! The lines of the drawing: pure.

use shared::topology::{Drawing, DrawnFlow, DrawnNode, Point};

/// Labels are no wider than this, whatever room there is.
const WIDEST: u32 = 232;

/// And no narrower: less says nothing.
const NARROWEST: u32 = 120;

/// A label may lie over the boxes at both ends by so much.
const OVER: u32 = 20;

/// A band that leads back swings out by so much.
const SWING: f64 = 84.0;

/// A band through its points: level where it leaves and where it arrives.
pub(crate) fn band_path(points: &[Point]) -> String {
    let Some((first, rest)) = points.split_first() else { return String::new() };
    let mut path = format!("M{} {}", first.0, first.1);
    let mut from = *first;
    for to in rest {
        let reach = f64::from(to.0) - f64::from(from.0);
        let reach = if reach > 0.0 { reach / 2.0 } else { SWING };
        let (out, back) = (f64::from(from.0) + reach, f64::from(to.0) - reach);
        path.push_str(&format!("C{out} {} {back} {} {} {}", from.1, to.1, to.0, to.1));
        from = *to;
    }
    path
}

/// How wide the label of a band may be: what lies between its boxes.
pub(crate) fn room(drawing: &Drawing, band: &DrawnFlow) -> u32 {
    let node = |id: &str| drawing.nodes.iter().find(|node| node.id == id);
    let between = |from: &DrawnNode, to: &DrawnNode| to.x.checked_sub(from.x + from.width);
    let free = node(&band.from).zip(node(&band.to)).and_then(|(from, to)| between(from, to));
    free.map_or(WIDEST, |free| (free + 2 * OVER).clamp(NARROWEST, WIDEST))
}

/// By how much all of it is made smaller to fit a width; never larger than it is.
pub(crate) fn fitting(drawn: u32, width: f64) -> f64 {
    if drawn == 0 || width <= 0.0 { 1.0 } else { (width / f64::from(drawn)).clamp(0.2, 1.0) }
}

/// The next step in or out.
pub(crate) fn zoomed(zoom: f64, is_in: bool) -> f64 {
    const STEP: f64 = 1.25;
    (if is_in { zoom * STEP } else { zoom / STEP }).clamp(0.2, 2.5)
}

#[cfg(test)]
mod tests {
    use shared::topology::samples;

    use super::*;

    #[test]
    fn a_band_leaves_and_arrives_level() {
        assert_eq!(band_path(&[Point(100, 10), Point(200, 60)]), "M100 10C150 10 150 60 200 60");
        assert_eq!(band_path(&[Point(200, 10), Point(100, 60)]), "M200 10C284 10 16 60 100 60");
        assert_eq!(band_path(&[]), "");
    }

    #[test]
    fn a_label_has_the_room_between_its_boxes() {
        let drawing = samples::topology().drawing;
        let mirror = drawing.flows.iter().find(|band| !band.flows.is_empty()).unwrap();
        assert_eq!(room(&drawing, mirror), WIDEST);
        let cycle = samples::topology_cycle().drawing;
        let back = cycle.flows.iter().find(|band| !band.flows.is_empty()).unwrap();
        assert_eq!(room(&cycle, back), WIDEST);
    }

    #[test]
    fn what_is_small_is_not_blown_up() {
        assert_eq!(fitting(600, 1_200.0), 1.0);
        assert_eq!(fitting(2_400, 1_200.0), 0.5);
        assert_eq!(fitting(0, 1_200.0), 1.0);
        assert!(zoomed(1.0, true) > 1.0 && zoomed(0.2, false) == 0.2);
    }
}
