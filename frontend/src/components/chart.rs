//! A frame around a chart: drawn again for the width at hand, with the values at one time under pointer or keys, and
//! a closer look between two times.

use leptos::{html::Div, prelude::*, wasm_split::wasm_split};
use shared::{DateTime, chart::LineChart, units::Zone};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{KeyboardEvent, PointerEvent, ResizeObserver, ResizeObserverEntry};

use crate::{
    later::{Later, fetched},
    live::{Store, use_store},
    place::{Place, use_place},
    time_range::written,
};

/// Narrower than this nothing is drawn, for there would be nothing to read.
const NARROWEST: u32 = 160;

const HEIGHT: u32 = 236;

/// Steps of the arrow keys over the whole chart.
const STEPS: i32 = 60;

/// Values that are told at one time at most.
const TOLD: usize = 8;

/// Dragging over less than this is a click that shook.
const LEAST_DRAG_PX: f32 = 8.0;

/// From this length on a time of day needs its date.
const DATES_FROM_HOURS: i64 = 12;

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
    /// The other end of what is looked at closer.
    held: RwSignal<Option<DateTime>>,
    place: Place,
    store: Store,
}

/// A chart that is drawn at its own width.
#[component]
pub(crate) fn ChartFrame(
    /// What is drawn.
    chart: Signal<LineChart>,
) -> impl IntoView {
    let frame = Frame {
        chart,
        draw: fetched(drawing),
        width: RwSignal::new(0),
        at: RwSignal::new(None),
        held: RwSignal::new(None),
        place: use_place(),
        store: use_store(),
    };
    let node = NodeRef::<Div>::new();
    watch_width(node, frame.width);
    view! {
        <div
            class="chart" node_ref=node tabindex="0" role="group" aria-label="Chart. Arrow keys tell the values at one time, Enter at two times looks closer between them"
            on:pointermove=move |event| frame.point(&event) on:pointerleave=move |_| frame.leave()
            on:pointerdown=move |event| frame.hold(&event) on:pointerup=move |event| frame.release(&event)
            on:keydown=move |event| frame.press(&event) on:blur=move |_| frame.leave()
        >
            <div inner_html=move || frame.svg()></div>
            {move || frame.picked()}
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

    fn time_under(self, event: &PointerEvent) -> DateTime {
        let width = self.width.get_untracked();
        self.chart.with_untracked(|chart| chart.time_of(width, event.offset_x() as f32))
    }

    fn point(self, event: &PointerEvent) {
        self.at.set(Some(self.time_under(event)));
    }

    fn leave(self) {
        self.at.set(None);
        self.held.set(None);
    }

    /// A finger scrolls the page; a mouse and a pen choose two times.
    fn hold(self, event: &PointerEvent) {
        if event.pointer_type() != "touch" && event.button() == 0 {
            event.prevent_default();
            self.held.set(Some(self.time_under(event)));
        }
    }

    fn release(self, event: &PointerEvent) {
        let Some(held) = self.held.get_untracked() else { return };
        let at = self.time_under(event);
        let width = self.width.get_untracked();
        let [one, other] = [held, at].map(|time| self.chart.with_untracked(|chart| chart.x_of(width, time)));
        self.held.set(None);
        if (one - other).abs() >= LEAST_DRAG_PX {
            self.look_closer(held, at);
        }
    }

    /// Every chart and timeline of the page looks at what is between two times. The way back undoes it.
    fn look_closer(self, one: DateTime, other: DateTime) {
        let (from, to) = (written(one.min(other)), written(one.max(other)));
        if from != to {
            self.leave();
            self.place.step(&[("range", None), ("from", Some(&from)), ("to", Some(&to)), ("older", None)]);
        }
    }

    /// What is about to be looked at closer.
    fn picked(self) -> Option<AnyView> {
        let (held, at) = (self.held.get()?, self.at.get()?);
        let width = self.width.get();
        let [one, other] = [held, at].map(|time| self.chart.with(|chart| chart.x_of(width, time)));
        let (left, wide) = (format!("{}px", one.min(other)), format!("{}px", (one - other).abs()));
        Some(view! { <i class="picked" style:left=left style:width=wide></i> }.into_any())
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
            "Escape" => {
                self.held.set(None);
                None
            }
            "Enter" => {
                match self.held.get_untracked() {
                    Some(held) => return self.look_closer(held, at),
                    None => self.held.set(Some(at)),
                }
                Some(at)
            }
            _ => return,
        };
        event.prevent_default();
        self.at.set(next);
    }

    fn said(self, time: DateTime) -> String {
        let zone = self.place.zone();
        let is_long = self.chart.with(|chart| (chart.to - chart.from).num_hours() >= DATES_FROM_HOURS);
        if is_long { zone.since(time, self.store.clock.now_once()) } else { zone.clock_with_seconds(time) }
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
                // One of many lines has no name to be told by.
                .filter(|(label, ..)| !label.is_empty())
                .take(TOLD)
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
                    <time>{self.said(time)}</time>
                    {values.into_iter().map(value).collect_view()}{none}
                    <small>{unit}</small>
                </p>
            }
            .into_any(),
        )
    }
}

/// A value: whole where it is whole.
pub(super) fn spoken(value: f64) -> String {
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
