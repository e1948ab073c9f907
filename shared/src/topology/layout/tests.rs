//! The laws of the layout over random graphs.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::{Edge, Layout, Node, Place, Point, Route, Spacing, layout};

type Graph = (Vec<Node>, Vec<Edge>);

fn node(key: impl Into<String>, column: u32, height: u32) -> Node {
    Node { key: key.into(), column, height }
}

fn graphs() -> impl Strategy<Value = Graph> {
    (1_usize..28, 1_u32..6).prop_flat_map(|(count, columns)| {
        let nodes = prop::collection::vec((0..columns, 1_u32..60), count);
        let edges = prop::collection::vec((0..count, 0..count, 1_u32..9), 0..2 * count);
        (nodes, edges).prop_map(|(nodes, edges)| {
            let named = |(index, (column, height))| node(format!("n{index:02}"), column, height);
            let edge = |(from, to, thickness)| Edge { from, to, thickness, is_labelled: true };
            (nodes.into_iter().enumerate().map(named).collect(), edges.into_iter().map(edge).collect())
        })
    })
}

fn drawn(graph: &Graph) -> Layout {
    layout(&graph.0, &graph.1, &Spacing::default())
}

/// Left, top, right, bottom.
type Rect = [i64; 4];

fn rect(place: &Place) -> Rect {
    [place.x, place.y, place.x + place.width, place.y + place.height]
}

fn pill(middle: Point) -> Rect {
    let spacing = Spacing::default();
    let (width, height) = (i64::from(spacing.label_width), i64::from(spacing.label_height));
    let (x, y) = (middle.x - width / 2, middle.y - height / 2);
    [x, y, x + width, y + height]
}

fn overlap(one: &Rect, other: &Rect) -> bool {
    one[0] < other[2] && other[0] < one[2] && one[1] < other[3] && other[1] < one[3]
}

fn column_of(graph: &Graph, node: usize) -> u32 {
    graph.0[node].column
}

/// The keys of each column from top to bottom, without one.
fn orders(graph: &Graph, drawn: &Layout, without: &str) -> BTreeMap<u32, Vec<String>> {
    let mut nodes: Vec<_> = graph.0.iter().zip(&drawn.nodes).collect();
    nodes.sort_by_key(|(_, place)| place.y);
    let mut orders = BTreeMap::<u32, Vec<String>>::new();
    for (node, _) in nodes.into_iter().filter(|(node, _)| node.key != without) {
        orders.entry(node.column).or_default().push(node.key.clone());
    }
    orders
}

fn drawn_routes(drawn: &Layout) -> impl Iterator<Item = &Route> {
    drawn.edges.iter().filter(|route| !route.points.is_empty())
}

proptest! {
    #[test]
    fn nodes_stand_in_their_columns_and_keep_their_gaps(graph in graphs()) {
        let drawn = drawn(&graph);
        let gap = i64::from(Spacing::default().node_gap);
        for (node, place) in graph.0.iter().zip(&drawn.nodes) {
            let column = drawn.columns.iter().find(|column| column.column == node.column).unwrap();
            prop_assert_eq!((column.x, column.width), (place.x, place.width));
            prop_assert!(place.height >= i64::from(node.height));
        }
        let apart = |a: &Place, b: &Place| a.y + a.height + gap <= b.y || b.y + b.height + gap <= a.y;
        for (index, one) in drawn.nodes.iter().enumerate() {
            for other in drawn.nodes.iter().skip(index + 1).filter(|other| other.x == one.x) {
                prop_assert!(apart(one, other), "{:?} {:?}", one, other);
            }
        }
        prop_assert!(drawn.columns.is_sorted_by(|one, next| one.x + one.width < next.x));
    }

    #[test]
    fn an_edge_has_a_route_from_side_to_side_unless_it_is_a_self_loop(graph in graphs()) {
        let drawn = drawn(&graph);
        for (edge, route) in graph.1.iter().zip(&drawn.edges) {
            prop_assert_eq!(route.points.is_empty(), edge.from == edge.to);
            let Some((first, last)) = route.points.first().zip(route.points.last()) else { continue };
            let (from, to) = (drawn.nodes[edge.from], drawn.nodes[edge.to]);
            let bracket = column_of(&graph, edge.from) == column_of(&graph, edge.to);
            prop_assert_eq!(first.x, from.x + from.width);
            prop_assert_eq!(last.x, if bracket { to.x + to.width } else { to.x });
            prop_assert!(from.y <= first.y && first.y <= from.y + from.height);
            prop_assert!(to.y <= last.y && last.y <= to.y + to.height);
        }
    }

    #[test]
    fn an_edge_to_the_right_never_turns_back(graph in graphs()) {
        let drawn = drawn(&graph);
        for (edge, route) in graph.1.iter().zip(&drawn.edges) {
            if column_of(&graph, edge.from) < column_of(&graph, edge.to) {
                prop_assert!(route.points.is_sorted_by_key(|point| point.x));
            }
        }
    }

    #[test]
    fn no_line_runs_through_a_node(graph in graphs()) {
        let drawn = drawn(&graph);
        let nodes: Vec<Rect> = drawn.nodes.iter().map(rect).collect();
        for (edge, route) in graph.1.iter().zip(&drawn.edges) {
            for piece in route.points.windows(2) {
                let (a, b, half) = (piece[0], piece[1], i64::from(edge.thickness) / 2);
                let level = if a.y == b.y { half } else { 0 };
                let ([left, right], [top, bottom]) = ([a.x.min(b.x), a.x.max(b.x)], [a.y.min(b.y), a.y.max(b.y)]);
                let line = [left, top - level, right.max(left + 1), bottom + level.max(1)];
                prop_assert!(!nodes.iter().any(|node| overlap(node, &line)), "{:?} {:?}", nodes, route);
            }
        }
    }

    #[test]
    fn ports_of_one_side_keep_room_for_their_lines(graph in graphs()) {
        let drawn = drawn(&graph);
        let mut ports = Vec::new();
        for (edge, route) in graph.1.iter().zip(&drawn.edges) {
            let ends = route.points.first().into_iter().chain(route.points.last());
            ports.extend(ends.zip([edge.from, edge.to]).map(|(at, node)| (node, at.x, at.y, edge.thickness)));
        }
        ports.sort_unstable();
        for pair in ports.windows(2).filter(|pair| (pair[0].0, pair[0].1) == (pair[1].0, pair[1].1)) {
            let apart = i64::from(pair[0].3 / 2 + pair[1].3 / 2 + Spacing::default().port_gap);
            prop_assert!(pair[1].2 - pair[0].2 >= apart, "{:?}", pair);
        }
    }

    #[test]
    fn labels_cover_neither_nodes_nor_each_other(graph in graphs()) {
        let drawn = drawn(&graph);
        let labels: Vec<Rect> = drawn_routes(&drawn).map(|route| pill(route.label)).collect();
        for (index, label) in labels.iter().enumerate() {
            prop_assert!(!drawn.nodes.iter().any(|node| overlap(&rect(node), label)));
            prop_assert!(!labels.iter().skip(index + 1).any(|other| overlap(other, label)));
        }
    }

    #[test]
    fn everything_lies_within_the_picture(graph in graphs()) {
        let drawn = drawn(&graph);
        let labels = drawn_routes(&drawn).map(|route| pill(route.label));
        let points = drawn_routes(&drawn).flat_map(|route| &route.points).map(|point| [point.x, point.y, point.x, point.y]);
        for [left, top, right, bottom] in drawn.nodes.iter().map(rect).chain(labels).chain(points) {
            prop_assert!(0 <= left && 0 <= top && right <= drawn.width && bottom <= drawn.height);
        }
    }

    #[test]
    fn the_order_of_the_input_does_not_matter(
        (graph, nodes, edges) in graphs().prop_flat_map(|graph| {
            let nodes = Just((0..graph.0.len()).collect::<Vec<_>>()).prop_shuffle();
            let edges = Just(graph.1.clone()).prop_shuffle();
            (Just(graph), nodes, edges)
        })
    ) {
        let moved = |old: usize| nodes.iter().position(|index| *index == old).unwrap();
        let mixed: Graph = (
            nodes.iter().map(|index| graph.0[*index].clone()).collect(),
            edges.iter().map(|e| Edge { from: moved(e.from), to: moved(e.to), ..*e }).collect(),
        );
        let sorted = |graph: &Graph, drawn: Layout| {
            let mut places: Vec<_> = graph.0.iter().map(|node| node.key.clone()).zip(drawn.nodes).collect();
            let name = |e: &Edge| (graph.0[e.from].key.clone(), graph.0[e.to].key.clone(), e.thickness);
            let mut routes: Vec<_> = graph.1.iter().map(name).zip(drawn.edges).collect();
            places.sort();
            routes.sort();
            (places, routes, drawn.width, drawn.height, drawn.columns)
        };
        prop_assert_eq!(sorted(&graph, drawn(&graph)), sorted(&mixed, drawn(&mixed)));
    }

    #[test]
    fn a_node_without_edges_moves_no_node_that_has_edges(graph in graphs(), key in "[a-z]{1,3}", at in any::<prop::sample::Index>()) {
        let before = drawn(&graph);
        let column = at.get(&graph.0).column;
        let mut more = graph.clone();
        more.0.push(node(key.clone(), column, 30));
        let after = drawn(&more);
        let tied = |index: &usize| graph.1.iter().any(|edge| edge.from != edge.to && (edge.from == *index || edge.to == *index));
        for index in (0..graph.0.len()).filter(tied) {
            prop_assert_eq!(before.nodes[index], after.nodes[index]);
        }
        prop_assert_eq!(orders(&graph, &before, &key), orders(&more, &after, &key));
    }

    #[test]
    fn a_new_leaf_at_an_inner_node_makes_no_two_others_change_places(
        graph in graphs(), key in "[a-z0-9]{1,3}", column in any::<prop::sample::Index>()
    ) {
        let before = orders(&graph, &drawn(&graph), &key);
        let column = column.get(&graph.0).column;
        for inner in (0..graph.0.len()).filter(|node| forward_neighbours(&graph, *node).len() >= 2) {
            let here = column_of(&graph, inner);
            let leaf = graph.0.len();
            let mut more = graph.clone();
            more.0.push(node(key.clone(), column, 30));
            let (from, to) = if column < here { (leaf, inner) } else { (inner, leaf) };
            more.1.push(Edge { from, to, thickness: 2, is_labelled: true });
            let after = orders(&more, &drawn(&more), &key);
            prop_assert!(column == here || before == after, "{:?} {:?}", before, after);
        }
    }
}

/// The nodes a node is joined to by edges that go to the right.
fn forward_neighbours(graph: &Graph, node: usize) -> BTreeSet<usize> {
    let forward = |edge: &&Edge| column_of(graph, edge.from) < column_of(graph, edge.to);
    let ends = graph.1.iter().filter(forward).map(|edge| (edge.from, edge.to));
    ends.filter_map(|(from, to)| if from == node { Some(to) } else { (to == node).then_some(from) }).collect()
}

fn many(columns: u32, edge: impl Fn(usize) -> (usize, usize)) -> Graph {
    let nodes = (0..2_000_u32).map(|index| node(format!("{index:04}"), index % columns, 30)).collect();
    let edges = (0..5_000).map(edge).map(|(from, to)| Edge {
        from: from % 2_000,
        to: to % 2_000,
        thickness: 2,
        is_labelled: true,
    });
    (nodes, edges.collect())
}

#[test]
fn nothing_is_drawn_of_nothing() {
    let margins = Layout { width: 32, height: 32, ..Layout::default() };
    assert_eq!(layout(&[], &[], &Spacing::default()), margins);
}

#[test]
fn an_edge_to_a_node_that_does_not_exist_has_no_points() {
    let drawn =
        drawn(&(vec![node("a", 0, 10)], vec![Edge { from: 0, to: 7, thickness: 1, is_labelled: true }]));
    assert_eq!(drawn.edges, [Route::default()]);
}

#[test]
fn thousands_of_nodes_in_six_columns_are_drawn() {
    let drawn = drawn(&many(6, |index| (index * 7, index * index + 3)));
    assert!(drawn_routes(&drawn).count() > 4_900);
}

#[test]
fn thousands_of_nodes_in_one_column_are_drawn() {
    let drawn = drawn(&many(1, |index| (index * 7, index * 13 + 1)));
    assert_eq!(drawn.columns.len(), 1);
}

#[test]
fn thousands_of_backward_edges_are_drawn() {
    let drawn = drawn(&many(4, |index| (4 * index + 3, 8 * index)));
    assert_eq!(drawn_routes(&drawn).count(), 5_000);
}

#[test]
fn the_largest_sizes_do_not_overflow() {
    let most = u32::MAX;
    let nodes: Vec<Node> = (0..200_u32).map(|i| node(i.to_string(), i % 5 * (most / 5), most)).collect();
    let edges: Vec<Edge> = (0..900)
        .map(|i| Edge { from: i * 7 % 200, to: i * i % 200, thickness: most, is_labelled: true })
        .collect();
    let spacing = Spacing {
        column_widths: vec![most],
        column_gap: most,
        node_gap: most,
        lane_gap: most,
        port_gap: most,
        label_width: most,
        label_height: most,
        margin: most,
    };
    let drawn = layout(&nodes, &edges, &spacing);
    assert!(drawn.width > 0 && drawn.height > 0);
}

#[test]
fn a_long_edge_between_two_straight_ones_crosses_nothing() {
    let nodes = [node("a", 0, 30), node("b", 0, 30), node("c", 1, 30), node("d", 2, 30), node("e", 2, 30)];
    let edges = [(0, 2), (2, 3), (1, 4)].map(|(from, to)| Edge { from, to, thickness: 2, is_labelled: true });
    let drawn = layout(&nodes, &edges, &Spacing::default());
    let levels: Vec<i64> = drawn.edges[2].points.iter().map(|point| point.y).collect();
    let y = |node: usize| drawn.nodes[node].y;
    let above = [y(1) < y(0), y(4) < y(3), levels.iter().all(|level| *level < y(2))];
    let below = [y(1) > y(0), y(4) > y(3), levels.iter().all(|level| *level > y(2) + 30)];
    assert!(above == [true; 3] || below == [true; 3]);
}
