//! What goes in and what comes out.
//!
//! Everything is in whole pixels, so that the same picture is drawn on every machine. Sizes that come in are
//! cut at [`LARGEST`], so that no sum can overflow.

/// The largest size, gap or thickness that is believed.
pub const LARGEST: u32 = 1 << 20;

/// A box to place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Unique; decides whenever nothing else does.
    pub key: String,
    /// Its column, counted from the left. Columns without nodes take no room.
    pub column: u32,
    /// The least height in pixels; a side with many edges makes a node taller.
    pub height: u32,
}

/// A line between two nodes, by their indexes in the list of nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edge {
    /// Where it leaves.
    pub from: usize,
    /// Where it arrives.
    pub to: usize,
    /// Of the line, in pixels, at least 1.
    pub thickness: u32,
    /// Whether room is kept for its label.
    pub is_labelled: bool,
}

/// The room between things, in pixels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spacing {
    /// The width of each column (by [`Node::column`]); the last one holds for all columns after it. A column is
    /// never narrower than a label.
    pub column_widths: Vec<u32>,
    /// Between two columns, besides the room that detours and labels need.
    pub column_gap: u32,
    /// Between two nodes of one column, and between a node and a line that passes it.
    pub node_gap: u32,
    /// Between two parallel lines.
    pub lane_gap: u32,
    /// Between two lines where they meet a node, at least.
    pub port_gap: u32,
    /// The width of a label; 0 for none.
    pub label_width: u32,
    /// The height of a label; 0 for none.
    pub label_height: u32,
    /// Around everything.
    pub margin: u32,
}

impl Default for Spacing {
    fn default() -> Self {
        Self {
            column_widths: vec![160],
            column_gap: 120,
            node_gap: 16,
            lane_gap: 8,
            port_gap: 3,
            label_width: 56,
            label_height: 16,
            margin: 16,
        }
    }
}

/// A point of the picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Point {
    /// From the left.
    pub x: i64,
    /// From the top.
    pub y: i64,
}

/// Where a node stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Its left side, which is that of its column.
    pub x: i64,
    /// Its top.
    pub y: i64,
    /// That of its column.
    pub width: i64,
    /// As asked for, or more when its edges need it.
    pub height: i64,
}

/// The way of an edge. An edge from a node to itself, or to a node that does not exist, has no points.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Route {
    /// From the right side of its node to the left side of the other (to the right side, when both stand in one
    /// column). Two points that share neither x nor y are to be joined by a curve, see [`super::path`].
    pub points: Vec<Point>,
    /// The middle of its label, whose box covers neither a node nor another label; where it leaves when it has none.
    pub label: Point,
    /// The point of the line the label belongs to: the label itself, unless others crowded it out.
    pub anchor: Point,
}

/// Where a column stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Column {
    /// As nodes name it.
    pub column: u32,
    /// Its left side.
    pub x: i64,
    /// Its width.
    pub width: i64,
}

/// The whole picture.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// Of everything, margins included.
    pub width: i64,
    /// Of everything, margins included.
    pub height: i64,
    /// One for each node, in the order they came.
    pub nodes: Vec<Place>,
    /// One for each edge, in the order they came.
    pub edges: Vec<Route>,
    /// The columns that have nodes, from the left.
    pub columns: Vec<Column>,
}
