//! The laws of charts: the golden picture, nothing outside, nothing that is no number, nothing unescaped.

use chrono::Duration;
use proptest::prelude::*;

use super::*;
use crate::inventory::samples::now;

fn line(label: &str, points: Vec<(i64, Option<f64>)>) -> Line {
    let points =
        points.into_iter().map(|(seconds, value)| (now() + Duration::seconds(seconds), value)).collect();
    Line { label: label.into(), ink: Ink::Series(1), points }
}

fn chart(lines: Vec<Line>) -> LineChart {
    LineChart {
        title: "Lag".into(),
        unit: "records".into(),
        from: now(),
        to: now() + Duration::hours(1),
        lines,
        bands: vec![],
        marks: vec![],
        whole_numbers: false,
    }
}

/// The values of an attribute, wherever it is.
fn attributes<'a>(svg: &'a str, name: &str) -> Vec<&'a str> {
    let opening = format!(" {name}=\"");
    svg.split(opening.as_str()).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

fn numbers(svg: &str, name: &str) -> Vec<f64> {
    attributes(svg, name).iter().map(|value| value.parse().unwrap()).collect()
}

fn corners(svg: &str) -> Vec<(f64, f64)> {
    let pair = |pair: &str| {
        let (x, y) = pair.split_once(',').unwrap();
        (x.parse().unwrap(), y.parse().unwrap())
    };
    attributes(svg, "points").iter().flat_map(|points| points.split(' ')).map(pair).collect()
}

fn assert_inside(svg: &str) {
    let (w, h) = (numbers(svg, "width")[0], numbers(svg, "height")[0]);
    assert_eq!(attributes(svg, "viewBox"), [format!("0 0 {w} {h}")]);
    let mut points = corners(svg);
    points.extend(numbers(svg, "x").into_iter().zip(numbers(svg, "y")));
    points.extend(numbers(svg, "cx").into_iter().zip(numbers(svg, "cy")));
    for (x, y) in points {
        assert!((0.0..=w).contains(&x) && (0.0..=h).contains(&y), "{x},{y} of {w}×{h}: {svg}");
    }
    for rect in svg.split("<rect").skip(1) {
        let of = |name| numbers(rect, name)[0];
        assert!(of("x") + of("width") <= w && of("y") + of("height") <= h, "{svg}");
    }
}

#[test]
fn the_golden_picture_is_drawn_byte_for_byte() {
    let golden = include_str!("golden/replication.svg");
    assert_eq!(sample_svg(), golden.trim_end(), "if this is meant, write the new picture to the golden file");
}

#[test]
fn only_classes_colour_it() {
    let svg = sample_svg();
    assert!(!svg.contains("style=") && !svg.contains("rgb") && !svg.contains('#'), "{svg}");
    assert!(!svg.contains(" fill=") && !svg.contains(" stroke="), "{svg}");
}

#[test]
fn a_line_ends_where_its_data_ends_and_gaps_stay_open() {
    let svg = chart(vec![line(
        "west",
        vec![(0, Some(1.0)), (60, Some(1.5)), (90, None), (120, Some(1.0)), (180, Some(2.0))],
    )])
    .svg(720, 240, Zone::utc());
    let paths = svg.split("<polyline class=\"stroke-series-1\"").skip(1).count();
    assert_eq!(paths, 2);
    let frame = chart(vec![line("west", vec![(0, Some(1.0))])]).frame(720, 240);
    let last = corners(&svg).into_iter().next_back().unwrap().0;
    assert!(last < frame.left + (frame.right - frame.left) * 0.06, "{last}");
}

#[test]
fn a_count_holds_until_the_next() {
    let mut steps = chart(vec![line("offline", vec![(0, Some(0.0)), (1800, Some(4.0)), (3600, Some(4.0))])]);
    steps.whole_numbers = true;
    let svg = steps.svg(720, 240, Zone::utc());
    let points = attributes(&svg, "points").pop().unwrap();
    assert_eq!(points.split(' ').count(), 4, "{points}");
}

#[test]
fn an_empty_chart_says_so() {
    for lines in [vec![], vec![line("east", vec![])], vec![line("east", vec![(5, Some(f64::NAN))])]] {
        let svg = chart(lines).svg(720, 240, Zone::utc());
        assert!(svg.contains(">no values</text>") && svg.contains("Lag: no values"), "{svg}");
    }
}

#[test]
fn a_moment_is_a_line_from_top_to_bottom_and_one_beside_the_range_is_none() {
    let at =
        |seconds: i64, label: &str| Mark { time: now() + Duration::seconds(seconds), label: label.into() };
    let mut marked = chart(vec![line("east", vec![(0, Some(1.0)), (3600, Some(1.0))])]);
    marked.marks = vec![at(-1, "before"), at(1_800, "rebalance"), at(3_601, "after")];
    let svg = marked.svg(720, 240, Zone::utc());
    assert_eq!(svg.matches(r#"<polyline class="stroke-mark""#).count(), 1, "{svg}");
    assert_eq!(svg.matches("text-mark").count(), 1, "{svg}");
    assert!(svg.contains(">rebalance</text>"), "{svg}");
}

#[test]
fn words_are_escaped() {
    let mut nasty = chart(vec![line("<b>&\"'\u{0}", vec![(0, Some(1.0)), (60, Some(1.0))])]);
    nasty.title = "\"><script>".into();
    nasty.bands = vec![Band {
        from: now(),
        to: now() + Duration::hours(1),
        label: "a < b".into(),
        ink: Ink::Band(Tint::Warning),
    }];
    let svg = nasty.svg(720, 240, Zone::utc());
    assert!(!svg.contains("<script") && !svg.contains("<b>") && !svg.contains('\0'), "{svg}");
    assert!(svg.contains("&lt;b&gt;&amp;&quot;&#39;") && svg.contains("a &lt; b"), "{svg}");
}

#[test]
fn a_phone_gets_words_of_the_same_size_and_fewer() {
    let hour = chart(vec![line("partition 4", vec![(0, Some(1.0)), (3600, Some(23_118.0))])]);
    let times = |width| hour.svg(width, 200, Zone::utc()).matches(":00</text>").count();
    assert!(times(360) >= 2 && hour.svg(360, 200, Zone::utc()).matches("<text").count() < 12);
    assert!(hour.svg(100, 30, Zone::utc()).matches("<text").count() == 0);
}

#[test]
fn pixels_and_times_go_both_ways() {
    let chart = chart(vec![line("east", vec![(0, Some(5.0)), (3600, Some(7.0))])]);
    let time = now() + Duration::minutes(20);
    let back = chart.time_of(720, chart.x_of(720, time));
    assert!((back - time).abs() < Duration::seconds(5));
    assert_eq!(chart.time_of(720, f32::NAN), chart.from);
    assert_eq!(chart.time_of(720, f32::INFINITY), chart.to);
}

#[test]
fn the_crosshair_reads_every_line_that_has_a_value_there() {
    let chart = chart(vec![
        line("east", vec![(0, Some(1.0)), (60, Some(2.0)), (120, Some(3.0))]),
        line("west", vec![(0, Some(4.0)), (60, None), (120, Some(6.0))]),
        line("ended", vec![(0, Some(7.0)), (10, Some(8.0))]),
    ]);
    let at = |seconds| -> Vec<(usize, f64)> {
        chart
            .nearest(now() + Duration::seconds(seconds))
            .into_iter()
            .map(|(line, _, value)| (line, value))
            .collect()
    };
    assert_eq!(at(58), [(0, 2.0)]);
    assert_eq!(at(0), [(0, 1.0), (1, 4.0), (2, 7.0)]);
    assert_eq!(at(160), [(0, 3.0), (1, 6.0)]);
    assert_eq!(at(3000), []);
}

#[test]
fn a_hundred_thousand_points_become_few_and_the_worst_survives() {
    let spike = |step: i64| if step == 61_803 { 9_000.0 } else { (step % 7) as f64 };
    let points =
        (0..100_000).map(|step| (now() + Duration::milliseconds(step * 36), Some(spike(step)))).collect();
    let many = chart(vec![Line { label: "lag".into(), ink: Ink::Series(1), points }]);
    let svg = many.svg(720, 240, Zone::utc());
    let frame = many.frame(720, 240);
    assert!(svg.len() < 40_000, "{}", svg.len());
    let highest = corners(&svg[svg.find("stroke-series-1").unwrap()..])
        .into_iter()
        .map(|(_, y)| y)
        .fold(f64::MAX, f64::min);
    assert!((highest - f64::from(frame.y_of(9_000.0))).abs() <= 0.2);
}

fn anything() -> impl Strategy<Value = Option<f64>> {
    prop_oneof![
        4 => (0.0..1e6_f64).prop_map(Some),
        1 => any::<f64>().prop_map(Some),
        1 => Just(None),
        1 => prop_oneof![Just(f64::NAN), Just(f64::INFINITY), Just(f64::NEG_INFINITY), Just(f64::MAX), Just(f64::MIN)].prop_map(Some),
    ]
}

prop_compose! {
    fn any_line()(label in "[a-z<>&\"']{0,30}", ink in 0..8_u8, points in prop::collection::vec((-600..4200_i64, anything()), 0..60)) -> Line {
        Line { ink: Ink::Series(ink), ..line(&label, points) }
    }
}

proptest! {
    #[test]
    fn nothing_is_outside_and_everything_is_a_number(
        lines in prop::collection::vec(any_line(), 0..7),
        band in (-600..4200_i64, -600..4200_i64),
        length in prop_oneof![4 => Just(3600_i64), 1 => -10..10_i64, 1 => 0..400_000_000_i64],
        size in prop_oneof![(200..4000_u32, 60..600_u32), (0..200_u32, 0..100_u32), (any::<u32>(), any::<u32>())],
        whole: bool,
        minutes in -1500..1500_i32,
    ) {
        let at = |seconds| now() + Duration::seconds(seconds);
        let bands = vec![Band { from: at(band.0), to: at(band.1), label: "stuck".into(), ink: Ink::Band(Tint::Critical) }];
        let marks = [band.0, band.1].map(|seconds| Mark { time: at(seconds), label: "rebalance".into() }).to_vec();
        let chart = LineChart { to: at(length), bands, marks, whole_numbers: whole, ..chart(lines) };
        let svg = chart.svg(size.0, size.1, Zone::east_of_utc(minutes));
        prop_assert!(!svg.contains("NaN"));
        assert_inside(&svg);
        prop_assert_eq!(svg.matches("<text").count(), svg.matches("</text>").count());
        prop_assert!(!svg.contains("style="));
        for seconds in [band.0, band.1] {
            prop_assert!(chart.nearest(at(seconds)).iter().all(|(_, _, value)| value.is_finite()));
            prop_assert!(chart.x_of(size.0, at(seconds)).is_finite());
        }
    }

    #[test]
    fn the_worst_value_survives_at_every_width(values in prop::collection::vec(0.0..1e6_f64, 2..3000), width in 200..1200_u32) {
        let step = 3_600_000 / values.len() as i64;
        let points = values.iter().zip(0..).map(|(value, index)| (now() + Duration::milliseconds(step * index), Some(*value))).collect();
        let chart = chart(vec![Line { label: "lag".into(), ink: Ink::Series(3), points }]);
        let svg = chart.svg(width, 200, Zone::utc());
        let path = &svg[svg.find("stroke-series-3").unwrap()..];
        let highest = corners(path).into_iter().map(|(_, y)| y).fold(f64::MAX, f64::min);
        let worst = values.iter().copied().fold(0.0, f64::max);
        prop_assert!((highest - f64::from(chart.frame(width, 200).y_of(worst))).abs() <= 0.2);
    }
}
