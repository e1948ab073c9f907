//! Metrics over time as lines: which of them speak, which stand behind, and in what unit.

use super::{LoadPoint, LoadSeries};
use crate::{
    DateTime,
    chart::{Band, Ink, Line, LineChart},
};

/// Lines with a colour and a name of their own; where there are more, the others stand behind them in grey.
pub const LOUD: usize = 5;

/// Lines that stand behind at most. More would be a grey surface.
pub const QUIET: usize = 60;

/// Series as lines, each with its label. Where they are more than have colours, those that were highest last speak.
pub fn load_chart(
    title: &str,
    series: &[(String, &LoadSeries)],
    from: DateTime,
    to: DateTime,
    bands: Vec<Band>,
) -> LineChart {
    let largest = series.iter().flat_map(|(_, one)| known(one)).fold(0.0, f64::max);
    let (divisor, unit) = series.first().map_or((1.0, ""), |(_, one)| one.unit.scale(largest));
    let lines = ranked(series).into_iter().enumerate().take(LOUD + QUIET).map(|(at, (label, one))| {
        let is_loud = at < LOUD;
        Line {
            label: if is_loud { label.clone() } else { String::new() },
            ink: if is_loud { Ink::series(at) } else { Ink::Quiet },
            points: one
                .points
                .iter()
                .map(|LoadPoint(time, value)| (*time, value.map(|value| value / divisor)))
                .collect(),
        }
    });
    LineChart {
        title: title.into(),
        unit: unit.into(),
        from,
        to,
        lines: lines.collect(),
        bands,
        marks: vec![],
        whole_numbers: false,
    }
}

/// In their own order while each has a colour; else the highest first.
fn ranked<'a, 'b>(series: &'a [(String, &'b LoadSeries)]) -> Vec<&'a (String, &'b LoadSeries)> {
    let mut ranked: Vec<&(String, &LoadSeries)> = series.iter().collect();
    if series.len() > LOUD {
        let last = |one: &LoadSeries| known(one).last().unwrap_or(f64::MIN);
        ranked.sort_by(|(_, one), (_, other)| last(other).total_cmp(&last(one)));
    }
    ranked
}

fn known(series: &LoadSeries) -> impl Iterator<Item = f64> + '_ {
    series.points.iter().filter_map(|LoadPoint(_, value)| *value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::{Metric, samples};

    fn chart(brokers: usize) -> LineChart {
        let page = samples::load(Metric::BytesIn);
        let mut many = Vec::new();
        for at in 0..brokers {
            let mut one = page.load[0].clone();
            for LoadPoint(_, value) in &mut one.points {
                *value = value.map(|value| value * (at + 1) as f64);
            }
            many.push(one);
        }
        let named: Vec<(String, &LoadSeries)> =
            (1..).zip(&many).map(|(id, one)| (format!("broker {id}"), one)).collect();
        load_chart("Bytes in", &named, page.from, page.to, vec![])
    }

    #[test]
    fn a_few_lines_keep_their_order_and_each_has_a_name() {
        let chart = chart(3);
        let labels: Vec<&str> = chart.lines.iter().map(|line| line.label.as_str()).collect();
        assert_eq!((labels, chart.unit.as_str()), (vec!["broker 1", "broker 2", "broker 3"], "MB/s"));
    }

    #[test]
    fn of_many_lines_the_highest_speak_and_the_others_are_grey() {
        let chart = chart(100);
        assert_eq!(chart.lines.len(), LOUD + QUIET);
        assert_eq!(chart.lines[0].label, "broker 100");
        assert!(chart.lines[LOUD..].iter().all(|line| line.label.is_empty() && line.ink == Ink::Quiet));
    }
}
