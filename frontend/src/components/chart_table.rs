//! The twin of a chart in numbers.

use leptos::prelude::*;
use shared::{
    DateTime,
    chart::{Line, LineChart},
};

use super::{chart::spoken, unknown};
use crate::place::use_place;

/// Rows at most: the newest steps.
const ROWS: usize = 120;

/// The chart in numbers, newest first.
pub(crate) fn chart_table(chart: &LineChart) -> AnyView {
    let place = use_place();
    let lines: Vec<_> = chart.lines.iter().filter(|line| !line.label.is_empty()).collect();
    let headings = lines
        .iter()
        .map(|line| view! { <th scope="col" class="num">{line.label.clone()}</th> })
        .collect_view();
    let times = lines.first().map(|line| line.points.as_slice()).unwrap_or_default();
    let unit = chart.unit.clone();
    let row = |(at, (time, _)): (usize, &(DateTime, Option<f64>))| {
        let time = *time;
        let value = |line: &&Line| {
            let value = line.points.get(at).and_then(|(_, value)| *value);
            let said = value.map_or_else(unknown, |value| spoken(value).into_any());
            view! { <td class="num">{said}</td> }
        };
        view! {
            <tr>
                <th scope="row"><time datetime=time.to_rfc3339()>{move || place.zone().full(time)}</time></th>
                {lines.iter().map(value).collect_view()}
            </tr>
        }
    };
    let rows = times.iter().enumerate().rev().take(ROWS).map(row).collect_view();
    view! {
        <div class="scroll is-tall" tabindex="0" role="group" aria-label=format!("{}, as a table", chart.title)>
            <table>
                <caption class="hidden">{format!("{}, {unit}", chart.title)}</caption>
                <thead><tr><th scope="col">"Time"</th>{headings}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}
