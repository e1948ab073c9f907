//! A table of any length: only the rows on the screen are drawn, and only their pages are asked for.

use std::{ops::Range, time::Duration};

use leptos::{html::Div, prelude::*};

use super::{
    Column,
    window::{PAGE, ROW, TALL_ROW, drawn, pages},
};

/// While it scrolls, a table asks for other pages no more often.
const PAUSE: Duration = Duration::from_millis(150);

/// Which rows a table wants: two neighbouring pages at most.
#[derive(Clone, Copy)]
pub(crate) struct Slice {
    rows: Memo<Range<usize>>,
    asked: Asked,
    total: RwSignal<usize>,
    scrolled: RwSignal<(f64, f64)>,
    /// Height of a row, in pixels.
    row: f64,
}

/// The pages that are asked for: those of the rows on the screen, or, while it scrolls, of a moment before.
#[derive(Clone, Copy)]
struct Asked {
    wanted: Memo<(usize, Option<usize>)>,
    pages: RwSignal<(usize, Option<usize>)>,
    is_pausing: StoredValue<bool>,
}

impl Asked {
    fn new(rows: Memo<Range<usize>>) -> Self {
        let wanted = Memo::new(move |_| rows.with(pages));
        let asked = Self { wanted, pages: RwSignal::new((0, None)), is_pausing: StoredValue::new(false) };
        Effect::new(move || {
            wanted.track();
            if !asked.is_pausing.get_value() {
                asked.ask();
            }
        });
        asked
    }

    /// Asks for what is wanted now, and looks again in a moment. Whoever scrolled may have left the page by then.
    fn ask(self) {
        let Some(wanted) = self.wanted.try_get_untracked() else { return };
        if self.pages.try_get_untracked() == Some(wanted) {
            self.is_pausing.try_set_value(false);
            return;
        }
        self.pages.try_set(wanted);
        self.is_pausing.try_set_value(true);
        set_timeout(move || self.ask(), PAUSE);
    }
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
        Self { rows, asked: Asked::new(rows), total, scrolled, row }
    }

    /// Offset of the first page to ask for.
    pub(crate) fn first(self) -> usize {
        self.asked.pages.get().0 * PAGE
    }

    /// Offset of the page behind it; `None` when one holds all rows on the screen.
    pub(crate) fn second(self) -> Option<usize> {
        self.asked.pages.get().1.map(|page| page * PAGE)
    }

    /// Which of both pages holds a row, and as the how manieth; `None` where its page is not asked for yet.
    pub(crate) fn held<T>(self, (first, second): (T, T), index: usize) -> Option<(T, usize)> {
        let (at, next) = self.asked.pages.get();
        match index / PAGE {
            page if page == at => Some((first, index % PAGE)),
            page if Some(page) == next => Some((second, index % PAGE)),
            _ => None,
        }
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
    // A row that stays on the screen is not made again.
    let row = move |index: usize| move || row(columns, names, index, cells.run(index));
    view! {
        <div class="scroll is-long" class:is-tall-rows=is_tall tabindex="0" role="group" aria-label=format!("{caption}, as a table") node_ref=frame on:scroll=move |_| measure()>
            <table aria-rowcount=move || slice.total.get() + 1>
                <caption class="hidden">{caption}</caption>
                <thead><tr aria-rowindex="1">{columns.iter().map(|column| column.heading("sort")).collect_view()}</tr></thead>
                <tbody>
                    {move || gap(slice.rows.get().start)}
                    <For each=move || slice.rows.get() key=|index| *index children=row />
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
