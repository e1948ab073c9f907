//! From the points of a route to the line on the screen.
//!
//! Where two points share a level or an upright the line is straight, with rounded corners; between all others it
//! swings in a cubic Bézier curve that leaves and arrives level.

use std::fmt::Write;

use super::Point;

/// The largest radius of a corner.
const RADIUS: i64 = 8;

/// The `d` of an SVG path through the points of a route.
#[must_use]
pub fn path(points: &[Point]) -> String {
    let mut path = String::new();
    let mut from = points.first().copied().unwrap_or_default();
    if !points.is_empty() {
        let _ = write!(path, "M{} {}", from.x, from.y);
    }
    for (index, to) in points.iter().enumerate().skip(1) {
        match points.get(index + 1).filter(|next| is_corner(from, *to, **next)) {
            Some(next) => from = corner(&mut path, from, *to, *next),
            None => from = piece(&mut path, from, *to),
        }
    }
    path
}

/// The level of the curve between two points at an x between theirs.
pub(super) fn level(from: Point, to: Point, x: i64) -> i64 {
    if from.y == to.y || from.x >= to.x {
        return from.y;
    }
    let part = ((x - from.x) as f64 / (to.x - from.x) as f64).clamp(0.0, 1.0);
    let (mut low, mut high) = (0.0_f64, 1.0_f64);
    for _ in 0..12 {
        let t = f64::midpoint(low, high);
        if t * (1.5 - 1.5 * t + t * t) < part { low = t } else { high = t }
    }
    let t = f64::midpoint(low, high);
    from.y + ((to.y - from.y) as f64 * t * t * (3.0 - 2.0 * t)).round() as i64
}

fn is_corner(from: Point, corner: Point, to: Point) -> bool {
    let level_then_upright = from.y == corner.y && corner.x == to.x && corner.y != to.y;
    let upright_then_level = from.x == corner.x && corner.y == to.y && corner.x != to.x;
    level_then_upright || upright_then_level
}

/// A straight line towards a corner and round it; answers where the next piece starts.
fn corner(path: &mut String, from: Point, corner: Point, to: Point) -> Point {
    let reach = |other: Point| (other.x - corner.x).abs().max((other.y - corner.y).abs()) / 2;
    let radius = RADIUS.min(reach(from)).min(reach(to));
    let towards = |other: Point| Point {
        x: corner.x + (other.x - corner.x).signum() * radius,
        y: corner.y + (other.y - corner.y).signum() * radius,
    };
    let (start, end) = (towards(from), towards(to));
    let _ = write!(path, "L{} {}Q{} {} {} {}", start.x, start.y, corner.x, corner.y, end.x, end.y);
    end
}

fn piece(path: &mut String, from: Point, to: Point) -> Point {
    let middle = i64::midpoint(from.x, to.x);
    let _ = if from.x == to.x || from.y == to.y {
        write!(path, "L{} {}", to.x, to.y)
    } else {
        write!(path, "C{middle} {} {middle} {} {} {}", from.y, to.y, to.x, to.y)
    };
    to
}

#[cfg(test)]
mod tests {
    use super::{Point, level, path};

    #[test]
    fn a_step_is_a_curve_and_a_bracket_has_round_corners() {
        let points =
            |list: &[(i64, i64)]| list.iter().map(|(x, y)| Point { x: *x, y: *y }).collect::<Vec<_>>();
        assert_eq!(path(&points(&[(0, 0), (10, 0), (30, 40)])), "M0 0L10 0C20 0 20 40 30 40");
        assert_eq!(path(&points(&[(0, 0), (20, 0), (20, 40)])), "M0 0L12 0Q20 0 20 8L20 40");
        assert_eq!(path(&[]), "");
    }

    #[test]
    fn a_curve_is_halfway_down_in_its_middle() {
        assert_eq!(level(Point { x: 0, y: 0 }, Point { x: 100, y: 60 }, 50), 30);
    }
}
