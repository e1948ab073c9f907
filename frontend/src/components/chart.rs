//! A frame around a chart: drawn again for the width at hand, with the values at one time under pointer or keys.

use leptos::{html::Div, prelude::*, wasm_split::wasm_split};
use shared::{DateTime, chart::LineChart, units::Zone};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{KeyboardEvent, PointerEvent, ResizeObserver, ResizeObserverEntry};

use crate::{
    later::{Later, fetched},
    place::{Place, use_place},
};

/// Narrower than this nothing is drawn, for there would be nothing to read.
const NARROWEST: u32 = 160;

const HEIGHT: u32 = 236;

/// Steps of the arrow keys over the whole chart.
const STEPS: i32 = 60;

/// Draws a chart for a width and a height.
pub(crate) type Draw = fn(&LineChart, u32, u32, Zone) -> String;

/// What draws charts: plotters is a piece of its own, which only pages with charts wait for.
#[wasm_split(charts, wasm_split_path = ::leptos::wasm_split, fallible)]
pub(crate) fn drawing() -> Later<Draw> {
    Ok(LineChart::svg)
}

#[derive(Clone, Copy)]
struct Frame {
    chart: Signal<LineChart>,
    draw: ReadSignal<Option<Later<Draw>>, LocalStorage>,
    width: RwSignal<u32>,
    /// The time that is looked at.
    at: RwSignal<Option<DateTime>>,
    place: Place,
}

/// A chart that is drawn at its own width.
#[component]
pub(crate) fn ChartFrame(
    /// What is drawn.
    chart: Signal<LineChart>,
) -> impl IntoView {
    let draw = fetched(drawing);
    let frame = Frame { chart, draw, width: RwSignal::new(0), at: RwSignal::new(None), place: use_place() };
    let node = NodeRef::<Div>::new();
    watch_width(node, frame.width);
    view! {
        <div
            class="chart" node_ref=node tabindex="0" role="group" aria-label="Chart. Arrow keys tell the values at one time"
            on:pointermove=move |event| frame.point(&event) on:pointerleave=move |_| frame.at.set(None)
            on:keydown=move |event| frame.press(&event) on:blur=move |_| frame.at.set(None)
        >
            <div inner_html=move || frame.svg()></div>
            {move || frame.told()}
        </div>
    }
    .into_any()
}

impl Frame {
    fn svg(self) -> String {
        let width = self.width.get();
        match self.draw.get() {
            Some(Ok(draw)) if width >= NARROWEST => {
                self.chart.with(|chart| draw(chart, width, HEIGHT, self.place.zone()))
            }
            Some(Err(_)) => "What draws charts could not be loaded.".into(),
            _ => String::new(),
        }
    }

    fn point(self, event: &PointerEvent) {
        let width = self.width.get_untracked();
        self.at.set(Some(self.chart.with_untracked(|chart| chart.time_of(width, event.offset_x() as f32))));
    }

    fn press(self, event: &KeyboardEvent) {
        let (from, to) = self.chart.with_untracked(|chart| (chart.from, chart.to));
        let step = (to - from) / STEPS;
        let at = self.at.get_untracked().unwrap_or(to);
        let next = match event.key().as_str() {
            "ArrowLeft" => Some((at - step).max(from)),
            "ArrowRight" => Some((at + step).min(to)),
            "Home" => Some(from),
            "End" => Some(to),
            "Escape" => None,
            _ => return,
        };
        event.prevent_default();
        self.at.set(next);
    }

    /// The values at the time that is looked at.
    fn told(self) -> Option<AnyView> {
        let at = self.at.get()?;
        let width = self.width.get();
        let (values, unit, x) = self.chart.with(|chart| {
            let label =
                |index: usize| chart.lines.get(index).map(|line| line.label.clone()).unwrap_or_default();
            let near: Vec<(String, DateTime, f64)> = chart
                .nearest(at)
                .into_iter()
                .map(|(index, time, value)| (label(index), time, value))
                .collect();
            let time = near.first().map_or(at, |(_, time, _)| *time);
            (near, chart.unit.clone(), chart.x_of(width, time))
        });
        let time = values.first().map_or(at, |(_, time, _)| *time);
        let value = |(label, _, value): (String, DateTime, f64)| view! { <span>{label}" "<b>{spoken(value)}</b></span> };
        let side = if x > width as f32 / 2.0 { "reading is-left" } else { "reading" };
        let none = values.is_empty().then_some("not known");
        Some(
            view! {
                <i class="crosshair" style:left=format!("{x}px")></i>
                <p class=side style:left=format!("{x}px") role="status">
                    <time>{self.place.zone().clock_with_seconds(time)}</time>
                    {values.into_iter().map(value).collect_view()}{none}
                    <small>{unit}</small>
                </p>
            }
            .into_any(),
        )
    }
}

/// A value: whole where it is whole.
fn spoken(value: f64) -> String {
    if value.fract().abs() < 0.005 && value >= 0.0 {
        shared::units::count(value as u64)
    } else {
        format!("{value:.2}")
    }
}

fn watch_width(frame: NodeRef<Div>, width: RwSignal<u32>) {
    let seen = Closure::<dyn FnMut(js_sys::Array)>::new(move |entries: js_sys::Array| {
        let entry = entries.get(0).dyn_into::<ResizeObserverEntry>();
        let now = entry.map(|entry| entry.content_rect().width() as u32).unwrap_or_default();
        if width.try_get_untracked().is_some_and(|before| before != now) {
            width.set(now);
        }
    });
    let Ok(observer) = ResizeObserver::new(seen.as_ref().unchecked_ref()) else { return };
    let kept = StoredValue::new_local((observer, seen));
    Effect::new(move || {
        if let Some(frame) = frame.get() {
            kept.with_value(|(observer, _)| observer.observe(&frame));
        }
    });
    on_cleanup(move || {
        kept.try_with_value(|(observer, _)| observer.disconnect());
    });
}
