//! Where tiers, clusters, flows and applications are drawn.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{
    Application, ApplicationRole, Drawing, DrawnColumn, DrawnFlow, DrawnNode, Flow, FlowVerdict, NodeKind,
    Point, Tier, TierCluster, TierRole,
    layout::{self, Column, Edge, Layout, Node, Spacing, path},
};
use crate::verdict::Severity;

/// Sizes of boxes in pixels.
const CLUSTER: (u32, u32) = (196, 72);
const APPLICATION: (u32, u32) = (164, 40);
/// Of the label on a flow.
const LABEL: (u32, u32) = (232, 26);
/// Room for what stands above the columns.
const ABOVE: u32 = 56;
/// The thinnest and the thickest band.
const THICKNESS: (f64, f64) = (2.0, 16.0);
/// Bands that go around corners are no thicker.
const AROUND: u32 = 6;

/// What is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Drawn<'a> {
    /// The tiers.
    pub tiers: &'a [Tier],
    /// The flows.
    pub flows: &'a [Flow],
    /// Who writes and reads.
    pub applications: &'a [Application],
    /// Whether clusters that are well are drawn as one.
    pub collapse: bool,
}

/// A box before it has a place.
struct Box {
    id: String,
    kind: NodeKind,
    column: u32,
}

/// A band before it has a place.
struct Band {
    from: usize,
    to: usize,
    flows: Vec<String>,
    bytes: Option<f64>,
}

/// Draws them.
pub fn draw(drawn: &Drawn<'_>) -> Drawing {
    let boxes = boxes(drawn);
    let by_cluster = by_cluster(&boxes);
    let bands = bands(drawn, &boxes, &by_cluster);
    let most = bands.iter().filter_map(|band| band.bytes).fold(1.0, f64::max);
    let nodes: Vec<Node> = boxes
        .iter()
        .map(|it| Node { key: it.id.clone(), column: it.column, height: size(&it.kind).1 })
        .collect();
    let edges: Vec<Edge> = bands
        .iter()
        .map(|band| Edge {
            from: band.from,
            to: band.to,
            thickness: match boxes.get(band.from).zip(boxes.get(band.to)) {
                Some((from, to)) if from.column >= to.column => thickness(band.bytes, most).min(AROUND),
                _ => thickness(band.bytes, most),
            },
            is_labelled: !band.flows.is_empty(),
        })
        .collect();
    let last = u32::try_from(drawn.tiers.len()).unwrap_or(u32::MAX);
    let mut widths = vec![APPLICATION.0];
    widths.extend(std::iter::repeat_n(CLUSTER.0, drawn.tiers.len()));
    widths.push(APPLICATION.0);
    let spacing = Spacing {
        column_widths: widths,
        column_gap: 96,
        label_width: LABEL.0,
        label_height: LABEL.1,
        ..Spacing::default()
    };
    let placed = layout::layout(&nodes, &edges, &spacing);
    Drawing {
        width: whole(placed.width),
        height: whole(placed.height) + ABOVE,
        label_width: LABEL.0,
        columns: columns(drawn, &placed, last),
        nodes: drawn_nodes(boxes.iter(), &placed),
        flows: drawn_flows(&boxes, bands, &edges, &placed),
        is_collapsed: drawn.collapse,
    }
}

fn size(kind: &NodeKind) -> (u32, u32) {
    match kind {
        NodeKind::Cluster { .. } | NodeKind::Clusters { .. } => CLUSTER,
        NodeKind::Application { .. } => APPLICATION,
    }
}

fn thickness(bytes: Option<f64>, most: f64) -> u32 {
    let share = (bytes.unwrap_or(0.0) / most).clamp(0.0, 1.0).sqrt();
    (THICKNESS.0 + share * (THICKNESS.1 - THICKNESS.0)).round() as u32
}

fn whole(value: i64) -> u32 {
    u32::try_from(value.max(0)).unwrap_or(u32::MAX)
}

/// Clusters in the columns of their tiers, applications beside them. When they are collapsed, those that are well stand
/// together by tier and data centre.
fn boxes(drawn: &Drawn<'_>) -> Vec<Box> {
    let mut boxes = Vec::new();
    let troubled: BTreeSet<&str> = drawn
        .flows
        .iter()
        .filter(|flow| flow.verdict != FlowVerdict::Ok)
        .flat_map(|flow| [flow.source.as_str(), flow.target.as_str()])
        .collect();
    for (column, tier) in (1u32..).zip(drawn.tiers) {
        let mut together: BTreeMap<&str, Vec<&TierCluster>> = BTreeMap::new();
        for cluster in &tier.clusters {
            let is_well = cluster.health == Some(Severity::Ok) && !troubled.contains(cluster.name.as_str());
            if drawn.collapse && is_well {
                together.entry(cluster.datacenter.as_deref().unwrap_or_default()).or_default().push(cluster);
            } else {
                boxes.push(single(cluster, column));
            }
        }
        for (datacenter, clusters) in together {
            match clusters.as_slice() {
                [only] => boxes.push(single(only, column)),
                many => boxes.push(Box {
                    id: format!("clusters:{column}:{datacenter}"),
                    kind: NodeKind::Clusters {
                        clusters: many.iter().map(|cluster| cluster.name.clone()).collect(),
                        name: if datacenter.is_empty() { tier.name.clone() } else { datacenter.to_owned() },
                    },
                    column,
                }),
            }
        }
    }
    let last = u32::try_from(drawn.tiers.len()).unwrap_or(u32::MAX).saturating_add(1);
    let apart = by_cluster(&boxes);
    // Of clusters that are drawn as one the applications are not.
    let is_apart = |it: &&Application| {
        let at = apart.get(it.cluster.as_str()).and_then(|at| boxes.get(*at));
        at.is_some_and(|at| matches!(at.kind, NodeKind::Cluster { .. }))
    };
    let column = |role| if role == ApplicationRole::Producers { 0 } else { last };
    let applications: Vec<Box> = drawn
        .applications
        .iter()
        .filter(is_apart)
        .map(|it| Box {
            id: it.id.clone(),
            kind: NodeKind::Application { application: it.id.clone() },
            column: column(it.role),
        })
        .collect();
    boxes.extend(applications);
    boxes
}

fn single(cluster: &TierCluster, column: u32) -> Box {
    Box {
        id: format!("cluster:{}", cluster.name),
        kind: NodeKind::Cluster { cluster: cluster.name.clone() },
        column,
    }
}

/// In which box each cluster is.
fn by_cluster(boxes: &[Box]) -> HashMap<&str, usize> {
    let mut places = HashMap::new();
    for (at, it) in boxes.iter().enumerate() {
        match &it.kind {
            NodeKind::Cluster { cluster } => drop(places.insert(cluster.as_str(), at)),
            NodeKind::Clusters { clusters, .. } => {
                places.extend(clusters.iter().map(|cluster| (cluster.as_str(), at)));
            }
            NodeKind::Application { .. } => {}
        }
    }
    places
}

fn bands(drawn: &Drawn<'_>, boxes: &[Box], by_cluster: &HashMap<&str, usize>) -> Vec<Band> {
    let mut bands: BTreeMap<(usize, usize), Band> = BTreeMap::new();
    for flow in drawn.flows {
        let ends = by_cluster.get(flow.source.as_str()).zip(by_cluster.get(flow.target.as_str()));
        let Some((from, to)) = ends.filter(|(from, to)| from != to) else { continue };
        let band = bands.entry((*from, *to)).or_insert_with(|| Band {
            from: *from,
            to: *to,
            flows: vec![],
            bytes: None,
        });
        band.flows.push(flow.id.clone());
        band.bytes = add(band.bytes, flow.bytes_per_second);
    }
    let mut bands: Vec<Band> = bands.into_values().collect();
    let places: HashMap<&str, usize> =
        boxes.iter().enumerate().map(|(at, it)| (it.id.as_str(), at)).collect();
    for it in drawn.applications {
        let ends = places.get(it.id.as_str()).zip(by_cluster.get(it.cluster.as_str()));
        let Some((application, cluster)) = ends else { continue };
        let (from, to) = match it.role {
            ApplicationRole::Producers => (*application, *cluster),
            ApplicationRole::Consumers => (*cluster, *application),
        };
        bands.push(Band { from, to, flows: vec![], bytes: it.bytes_per_second });
    }
    bands
}

fn add(one: Option<f64>, other: Option<f64>) -> Option<f64> {
    match (one, other) {
        (None, None) => None,
        (one, other) => Some(one.unwrap_or(0.0) + other.unwrap_or(0.0)),
    }
}

fn columns(drawn: &Drawn<'_>, placed: &Layout, last: u32) -> Vec<DrawnColumn> {
    let named = |column: u32| -> (String, String) {
        if column == 0 {
            return ("Producers".into(), "who writes".into());
        }
        if column > last {
            return ("Consumers".into(), "who reads".into());
        }
        let tier = usize::try_from(column - 1).ok().and_then(|at| drawn.tiers.get(at));
        tier.map_or_else(Default::default, |tier| (tier.name.clone(), note(tier)))
    };
    let column = |it: &Column| {
        let (name, note) = named(it.column);
        DrawnColumn { name, note, x: whole(it.x), width: whole(it.width) }
    };
    placed.columns.iter().map(column).collect()
}

fn note(tier: &Tier) -> String {
    let datacenters: BTreeSet<&str> =
        tier.clusters.iter().filter_map(|it| it.datacenter.as_deref()).collect();
    let does = match tier.role {
        TierRole::Local => "producers write here",
        TierRole::Aggregate => "mirrors write here",
    };
    match datacenters.len() {
        0 => does.into(),
        1 => datacenters.into_iter().collect(),
        many => format!("{many} data centres"),
    }
}

fn drawn_nodes<'a>(boxes: impl Iterator<Item = &'a Box>, placed: &Layout) -> Vec<DrawnNode> {
    let mut nodes: Vec<(u32, DrawnNode)> = boxes
        .zip(&placed.nodes)
        .map(|(it, place)| {
            let node = DrawnNode {
                id: it.id.clone(),
                kind: it.kind.clone(),
                x: whole(place.x),
                y: whole(place.y) + ABOVE,
                width: whole(place.width),
                height: whole(place.height),
            };
            (it.column, node)
        })
        .collect();
    nodes.sort_by(|(one_column, one), (other_column, other)| {
        (one_column, one.y, &one.id).cmp(&(other_column, other.y, &other.id))
    });
    nodes.into_iter().map(|(_, node)| node).collect()
}

/// A place below what stands above the columns.
fn below(point: layout::Point) -> layout::Point {
    layout::Point { y: point.y + i64::from(ABOVE), ..point }
}

fn pixel(point: layout::Point) -> Point {
    let point = below(point);
    Point(whole(point.x), whole(point.y))
}

fn drawn_flows(boxes: &[Box], bands: Vec<Band>, edges: &[Edge], placed: &Layout) -> Vec<DrawnFlow> {
    let id = |at: usize| boxes.get(at).map(|it| it.id.clone()).unwrap_or_default();
    let drawn = bands.into_iter().zip(edges).zip(&placed.edges).map(|((band, edge), route)| {
        let (from, to) = (id(band.from), id(band.to));
        DrawnFlow {
            id: format!("{from}>{to}"),
            from,
            to,
            flows: band.flows,
            path: path(&route.points.iter().map(|point| below(*point)).collect::<Vec<_>>()),
            label: pixel(route.label),
            anchor: pixel(route.anchor),
            thickness: edge.thickness,
        }
    });
    drawn.filter(|flow| !flow.path.is_empty()).collect()
}
