//! The lines of the drawing: pure.

use shared::topology::{Drawing, DrawnFlow, DrawnNode, Point};

/// Labels are no wider than this, whatever room there is.
const WIDEST: u32 = 232;

/// And no narrower: less says nothing.
const NARROWEST: u32 = 120;

/// A label may lie over the boxes at both ends by so much.
const OVER: u32 = 20;

/// Where a band turns back it swings out by so much at least.
const SWING: f64 = 56.0;

/// A band through its points: level at each of them. It leaves and arrives to the right; between, it goes where its points
/// lead, so that one that leads back is drawn as a loop.
pub(crate) fn band_path(points: &[Point]) -> String {
    let x = |at: usize| points.get(at).map(|point| f64::from(point.0));
    // To which side it goes at a point: by what lies before and behind.
    let side = |at: usize| match (at.checked_sub(1).and_then(x), x(at + 1)) {
        (Some(before), Some(behind)) if behind < before => -1.0,
        _ => 1.0,
    };
    let Some(first) = points.first() else { return String::new() };
    let mut path = format!("M{} {}", first.0, first.1);
    for (at, (from, to)) in points.iter().zip(points.iter().skip(1)).enumerate() {
        let (left, right) = (f64::from(from.0), f64::from(to.0));
        let (leaves, arrives) = (side(at), side(at + 1));
        let half = (right - left).abs() / 2.0;
        let is_plain = leaves == arrives && (right - left) * leaves > 0.0;
        let reach = if is_plain { half } else { half.clamp(SWING, 2.0 * SWING) };
        let (out, back) = (left + leaves * reach, right - arrives * reach);
        path.push_str(&format!("C{out} {} {back} {} {} {}", from.1, to.1, to.0, to.1));
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
        let over_a_tier = band_path(&[Point(0, 0), Point(100, 50), Point(200, 50)]);
        assert_eq!(over_a_tier, "M0 0C50 0 50 50 100 50C150 50 150 50 200 50");
        assert_eq!(band_path(&[]), "");
    }

    #[test]
    fn a_band_that_leads_back_is_a_loop() {
        let back = band_path(&[Point(200, 10), Point(150, 60), Point(100, 110)]);
        assert_eq!(back, "M200 10C256 10 206 60 150 60C94 60 44 110 100 110");
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
