//! How far to the right every column stands: the tracks of its detours on both sides, and between two columns a
//! channel where lines swing from one level to another, with a place for labels near either column where any stand.

use super::cells::{at, put, size};
use super::detours::Detours;
use super::graph::{Course, Graph};
use super::labels::{Beside, place, sides};
use super::ports::Ports;
use super::{Column, Spacing};

/// Between a label and what is beside it.
pub(super) const PAD: i64 = 6;
/// Room for the head of an arrow before a column.
pub(super) const ARROW: i64 = 8;

/// A column with what belongs to it on both sides.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Strip {
    pub x: i64,
    pub width: i64,
    /// Where its tracks end on the left and on the right; equal to its sides when it has none.
    pub left: i64,
    pub right: i64,
}

#[derive(Debug, Default)]
pub(super) struct Strips {
    pub strips: Vec<Strip>,
    /// At which end of the channel to the right of each column labels stand.
    pub sides: Vec<Beside>,
    /// From the middle of one track to that of the next.
    pub pitch: i64,
    pub width: i64,
}

impl Strips {
    pub fn new(graph: &Graph, detours: &Detours, ports: &Ports, tops: &[i64], spacing: &Spacing) -> Self {
        let detour = graph.wires.iter().filter(|wire| wire.course != Course::Forward);
        let pitch = detour.map(|wire| wire.thickness).max().unwrap_or_default() + size(spacing.lane_gap);
        let label = size(spacing.label_width);
        let gap = size(spacing.column_gap);
        let sides = sides(graph, ports);
        let rooms = Rooms::new(graph, &sides);
        let mut swings = swings(graph, tops).into_iter();
        let mut strips = Vec::with_capacity(graph.layers());
        let mut left = size(spacing.margin);
        for (layer, column) in graph.columns.iter().enumerate() {
            let x = left + tracks(at(&detours.left_tracks, layer), pitch);
            let least = if rooms.below { label } else { 1 };
            let width = width(spacing, *column).max(least);
            let right = x + width + tracks(at(&detours.right_tracks, layer), pitch);
            strips.push(Strip { x, width, left, right });
            let places = i64::from(at(&rooms.right, layer)) + i64::from(at(&rooms.left, layer + 1));
            let channel = gap.max(places * label + 3 * PAD + ARROW);
            left = right + channel + swings.next().map_or(0, |swing| (swing / 3).min(gap));
        }
        let has_labels = rooms.right.last().copied().unwrap_or_default();
        let beyond = if has_labels { label + 2 * PAD } else { 0 };
        let end = strips.last().map_or(left, |last: &Strip| last.right + beyond);
        Self { strips, sides, pitch, width: end + size(spacing.margin) }
    }

    pub fn of(&self, layer: usize) -> Strip {
        at(&self.strips, layer)
    }

    /// The columns as they are told to others.
    pub fn columns(&self, graph: &Graph) -> Vec<Column> {
        let strips = graph.columns.iter().zip(&self.strips);
        strips.map(|(column, strip)| Column { column: *column, x: strip.x, width: strip.width }).collect()
    }

    /// The x of a track to the right of a column.
    pub fn right_track(&self, layer: usize, track: i64) -> i64 {
        let strip = self.of(layer);
        strip.x + strip.width + (track + 1) * self.pitch
    }

    /// The x of a track to the left of a column.
    pub fn left_track(&self, layer: usize, track: i64) -> i64 {
        self.of(layer).x - (track + 1) * self.pitch
    }
}

/// Where labels stand.
struct Rooms {
    /// To the left of each column.
    left: Vec<bool>,
    /// To the right of each column.
    right: Vec<bool>,
    /// Below some column.
    below: bool,
}

impl Rooms {
    fn new(graph: &Graph, sides: &[Beside]) -> Self {
        let none = vec![false; graph.layers()];
        let mut rooms = Self { left: none.clone(), right: none, below: false };
        for (index, _) in graph.wires.iter().enumerate().filter(|(_, wire)| wire.is_labelled) {
            match place(graph, sides, index) {
                Some((layer, Beside::Left)) => put(&mut rooms.left, layer, true),
                Some((layer, Beside::Right)) => put(&mut rooms.right, layer, true),
                None => rooms.below = true,
            }
        }
        rooms
    }
}

fn tracks(count: i64, pitch: i64) -> i64 {
    if count == 0 { 0 } else { (count + 1) * pitch }
}

/// How far up or down the lines to the right of each column go on average: the further, the wider their channel.
fn swings(graph: &Graph, tops: &[i64]) -> Vec<i64> {
    let mut sums = vec![(0, 0); graph.layers()];
    for segment in &graph.segments {
        let layer = graph.item(segment.left).layer;
        let (sum, count) = at(&sums, layer);
        put(&mut sums, layer, (sum + (at(tops, segment.left) - at(tops, segment.right)).abs(), count + 1));
    }
    sums.into_iter().map(|(sum, count)| sum / count.max(1)).collect()
}

fn width(spacing: &Spacing, column: u32) -> i64 {
    let widths = &spacing.column_widths;
    let index = usize::try_from(column).unwrap_or(usize::MAX);
    size(widths.get(index).or(widths.last()).copied().unwrap_or_default())
}
