//! The panel of the tiers: drawn, or as tables with the same content. On a phone the tables come first.

use leptos::{html::Div, prelude::*};
use shared::topology::Topology;
use web_sys::KeyboardEvent;

use super::{
    geometry::{fitting, zoomed},
    graph::graph,
    page::{PART, freshness},
    tables::Tables,
};
use crate::{
    live::{Empty, Query, Standing},
    place::use_place,
};

/// Narrower than this a picture of columns is not the first thing to show.
const PHONE: f64 = 720.0;

/// What lies beside the drawing inside of its box, on both sides together.
const ASIDE: f64 = 32.0;

/// How large it is drawn, and the box in which it lies.
#[derive(Clone, Copy)]
struct Frame {
    topology: Query<Topology>,
    node: NodeRef<Div>,
    zoom: RwSignal<f64>,
    /// Whether it is drawn as large as the box lets it be, until somebody chooses another size.
    fits: RwSignal<bool>,
}

/// The panel.
#[component]
pub(crate) fn TiersPanel(topology: Query<Topology>) -> impl IntoView {
    let (zoom, fits) = (RwSignal::new(1.0), RwSignal::new(true));
    let frame = Frame { topology, node: NodeRef::new(), zoom, fits };
    let (is_table, switch) = twin();
    let freshness = freshness(topology);
    let is_empty = Memo::new(move |_| {
        topology.view.with(|page| {
            page.as_ref().is_none_or(|page| page.tiers.iter().all(|tier| tier.clusters.is_empty()))
        })
    });
    let body = move || {
        if is_empty.get() {
            return view! { <p class="said">"No cluster is known yet. Clusters appear with their first answer, and mirrors with what they leave behind there."</p> }.into_any();
        }
        if is_table.get() {
            return view! { <Tables topology=topology freshness=freshness /> }.into_any();
        }
        frame.drawn(freshness)
    };
    let note = move || {
        if is_empty.get() {
            return None;
        }
        let declared = topology.view.with(|page| page.as_ref().map(|page| page.is_declared))?;
        let found = if declared {
            "declared, and found from evidence in Kafka"
        } else {
            "found from evidence in Kafka, nothing declared"
        };
        let width = if is_table.get() { "" } else { "width is bytes per second; " };
        Some(format!("{width}{found}"))
    };
    let more = move || {
        let zoom = move || (!is_table.get() && !is_empty.get()).then(|| frame.buttons());
        let switch = (!is_empty.get()).then(|| switch.run());
        view! { {zoom}{switch} }.into_any()
    };
    let standing = Standing {
        part: PART,
        title: "Tiers".into(),
        note: note.into(),
        more: more.into(),
        source: "mm2-offsets, mm2-offset-syncs, heartbeats, ListOffsets and the brokers' metrics",
        empty: Empty { title: "No cluster is known", text: "" }.into(),
    };
    standing.shown(topology, body.into())
}

impl Frame {
    fn drawn(self, freshness: Memo<Option<shared::meta::Freshness>>) -> AnyView {
        let press = move |event: KeyboardEvent| self.press(&event);
        Effect::new(move || {
            self.node.track();
            self.topology.view.track();
            if self.fits.get() {
                self.fit();
            }
        });
        let picture = move || self.topology.view.get().map(|page| graph(&page, self.zoom, freshness));
        view! {
            <div
                class="graph-box" tabindex="0" role="group" node_ref=self.node on:keydown=press
                aria-label="Tiers and flows, drawn. Plus and minus change the size, 0 fits it"
            >
                {picture}
            </div>
        }
        .into_any()
    }

    fn press(self, event: &KeyboardEvent) {
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        match event.key().as_str() {
            "+" | "=" => self.step(true),
            "-" => self.step(false),
            "0" => self.fits.set(true),
            _ => return,
        }
        event.prevent_default();
    }

    fn step(self, is_in: bool) {
        self.fits.set(false);
        self.zoom.update(|zoom| *zoom = zoomed(*zoom, is_in));
    }

    /// As large as the box lets it be, and no larger than it is.
    fn fit(self) {
        let Some(node) = self.node.get_untracked() else { return };
        let drawn = self.topology.view.with_untracked(|page| page.as_ref().map(|page| page.drawing.width));
        self.zoom.set(fitting(drawn.unwrap_or_default(), f64::from(node.client_width()) - ASIDE));
    }

    fn buttons(self) -> AnyView {
        let is_fitted = move || self.fits.get().to_string();
        let percent = move || format!("{:.0} %", self.zoom.get() * 100.0);
        view! {
            <span class="zoom" role="group" aria-label="Size of the picture">
                <button type="button" class="btn small" aria-label="Smaller" on:click=move |_| self.step(false)>"−"</button>
                <output>{percent}</output>
                <button type="button" class="btn small" aria-label="Larger" on:click=move |_| self.step(true)>"+"</button>
                <button type="button" class="btn small" aria-pressed=is_fitted on:click=move |_| self.fits.set(true)>"Fit"</button>
            </span>
        }
        .into_any()
    }
}

/// Whether the tables are shown, and the button that changes it. Where the address says nothing, a narrow window decides.
fn twin() -> (Memo<bool>, ViewFn) {
    let place = use_place();
    let is_phone = is_phone();
    let is_table = Memo::new(move |_| match place.param("view").as_deref() {
        Some("table") => true,
        Some("graph") => false,
        _ => is_phone.get(),
    });
    let switch = move |_| {
        let next = if is_table.get_untracked() { "graph" } else { "table" };
        let usual = if is_phone.get_untracked() { "table" } else { "graph" };
        place.change(&[("view", (next != usual).then_some(next))]);
    };
    let button = move || {
        view! {
            <button type="button" class="link" aria-pressed=move || is_table.get().to_string() on:click=switch>
                {move || if is_table.get() { "As graph" } else { "As table" }}
            </button>
        }
        .into_any()
    };
    (is_table, button.into())
}

fn is_phone() -> Memo<bool> {
    let width = || window().inner_width().ok().and_then(|width| width.as_f64()).unwrap_or(PHONE);
    let now = RwSignal::new(width());
    let resized = window_event_listener(leptos::ev::resize, move |_| now.set(width()));
    on_cleanup(move || resized.remove());
    Memo::new(move |_| now.get() < PHONE)
}
