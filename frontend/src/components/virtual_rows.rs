//! A table of any length: only the rows on the screen are drawn, and only their pages are asked for.

use std::ops::Range;

use leptos::{html::Div, prelude::*};

use super::{
    Column,
    window::{PAGE, ROW, TALL_ROW, drawn, pages},
};

/// Which rows a table wants: two neighbouring pages at most.
#[derive(Clone, Copy)]
pub(crate) struct Slice {
    rows: Memo<Range<usize>>,
    total: RwSignal<usize>,
    scrolled: RwSignal<(f64, f64)>,
    /// Height of a row, in pixels.
    row: f64,
}

impl Slice {
    /// The top of a table whose length is not known yet.
    pub(crate) fn new() -> Self {
        Self::of_rows(ROW)
    }

    /// The same with rows of two lines.
    pub(crate) fn tall() -> Self {
        Self::of_rows(TALL_ROW)
    }

    fn of_rows(row: f64) -> Self {
        let total = RwSignal::new(0);
        let scrolled = RwSignal::new((0.0, 800.0));
        let rows = Memo::new(move |_| {
            let (top, height) = scrolled.get();
            drawn(top, height, row, total.get())
        });
        Self { rows, total, scrolled, row }
    }

    /// Offsets of the two pages to ask for; the second is `None` when one holds all rows on the screen.
    pub(crate) fn offsets(self) -> (Memo<usize>, Memo<Option<usize>>) {
        let rows = self.rows;
        (
            Memo::new(move |_| rows.with(|rows| pages(rows).0 * PAGE)),
            Memo::new(move |_| rows.with(|rows| pages(rows).1.map(|page| page * PAGE))),
        )
    }

    /// Rows in a page.
    pub(crate) const fn page() -> usize {
        PAGE
    }

    /// How many rows there are.
    pub(crate) fn set_total(self, total: usize) {
        if self.total.get_untracked() != total {
            self.total.set(total);
        }
    }
}

/// A table of any length. It scrolls in itself, by keys too; its rows are as high as its slice says.
#[component]
pub(crate) fn VirtualRows(
    /// What it shows.
    caption: &'static str,
    /// Its columns.
    columns: &'static [Column],
    /// Which column names the row.
    names: usize,
    /// Which rows it wants.
    slice: Slice,
    /// The cells of a row; `None` while its page is on the way. Reads signals: it is run again when they change.
    #[prop(into)]
    cells: Callback<usize, Option<Vec<AnyView>>>,
) -> impl IntoView {
    let frame = NodeRef::<Div>::new();
    let measure = move || {
        if let Some(frame) = frame.try_get_untracked().flatten() {
            slice.scrolled.set((f64::from(frame.scroll_top()), f64::from(frame.client_height())));
        }
    };
    // The frame is as high as its rows need, up to the screen: it is measured once they are laid out.
    Effect::new(move || {
        slice.total.track();
        if frame.get().is_some() {
            request_animation_frame(measure);
        }
    });
    let resized = window_event_listener(leptos::ev::resize, move |_| measure());
    on_cleanup(move || resized.remove());
    let (span, is_tall) = (columns.len(), slice.row > ROW);
    let gap = move |rows: usize| {
        let height = format!("{}px", rows as f64 * slice.row);
        (rows > 0).then(|| {
            view! { <tr class="gap" aria-hidden="true"><td colspan=span style:height=height></td></tr> }
        })
    };
    let row = move |index: usize| row(columns, names, index, cells.run(index));
    view! {
        <div class="scroll is-long" class:is-tall-rows=is_tall tabindex="0" role="group" aria-label=format!("{caption}, as a table") node_ref=frame on:scroll=move |_| measure()>
            <table aria-rowcount=move || slice.total.get() + 1>
                <caption class="hidden">{caption}</caption>
                <thead><tr aria-rowindex="1">{columns.iter().map(|column| column.heading("sort")).collect_view()}</tr></thead>
                <tbody>
                    {move || gap(slice.rows.get().start)}
                    {move || slice.rows.get().map(row).collect_view()}
                    {move || gap(slice.total.get().saturating_sub(slice.rows.get().end))}
                </tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(columns: &'static [Column], names: usize, index: usize, cells: Option<Vec<AnyView>>) -> AnyView {
    let Some(cells) = cells else {
        return view! {
            <tr aria-rowindex=index + 2 class="coming"><td colspan=columns.len()><i></i></td></tr>
        }
        .into_any();
    };
    let cell = move |(at, cell): (usize, AnyView)| {
        let class = columns.get(at).map_or("", |column| column.class);
        if at == names {
            view! { <th scope="row" class=class>{cell}</th> }.into_any()
        } else {
            view! { <td class=class>{cell}</td> }.into_any()
        }
    };
    view! { <tr aria-rowindex=index + 2>{cells.into_iter().enumerate().map(cell).collect_view()}</tr> }
        .into_any()
}
