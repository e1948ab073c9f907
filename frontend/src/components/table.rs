//! A table: real headings, numbers on the right, scrolling inside of its panel.

use leptos::prelude::*;

use super::Sort;
use crate::place::use_place;

/// One column.
#[derive(Clone, Copy)]
pub(crate) struct Column {
    /// Its heading.
    pub label: &'static str,
    /// How the address names it; empty when rows cannot be ordered by it.
    pub key: &'static str,
    /// `num` for numbers on the right, `grow` for the column that takes the room, or nothing.
    pub class: &'static str,
}

impl Column {
    /// A column of words.
    pub(crate) const fn text(label: &'static str, key: &'static str) -> Self {
        Self { label, key, class: "" }
    }

    /// A column of numbers.
    pub(crate) const fn number(label: &'static str, key: &'static str) -> Self {
        Self { label, key, class: "num" }
    }

    /// Its heading, which orders the rows where that can be done.
    pub(crate) fn heading(self, param: &'static str) -> AnyView {
        let Self { label, key, class } = self;
        if key.is_empty() {
            return view! { <th scope="col" class=class>{label}</th> }.into_any();
        }
        let place = use_place();
        let sort = Memo::new(move |_| place.param(param).as_deref().and_then(Sort::parse));
        let aria = move || sort.with(|sort| Sort::aria(sort.as_ref(), key));
        let next = move || sort.with(|sort| Sort::next(sort.as_ref(), key, class == "num"));
        view! {
            <th scope="col" class=class aria-sort=aria>
                <a class="sort" href=move || place.here(&[(param, Some(&next()))]) data-noscroll>{label}</a>
            </th>
        }
        .into_any()
    }
}

/// A table of a few dozen rows. The second cell names the row.
#[component]
pub(crate) fn Table(
    /// What it shows.
    caption: &'static str,
    /// Its columns.
    columns: &'static [Column],
    /// Which column names the row.
    #[prop(default = 0)]
    names: usize,
    /// The parameter of the address that orders it.
    #[prop(default = "sort")]
    param: &'static str,
    /// Its cells.
    rows: Vec<Vec<AnyView>>,
) -> impl IntoView {
    let headings = columns.iter().map(|column| column.heading(param)).collect_view();
    let cell = move |(index, cell): (usize, AnyView)| {
        let class = columns.get(index).map_or("", |column| column.class);
        if index == names {
            view! { <th scope="row" class=class>{cell}</th> }.into_any()
        } else {
            view! { <td class=class>{cell}</td> }.into_any()
        }
    };
    let row = move |cells: Vec<AnyView>| {
        view! { <tr>{cells.into_iter().enumerate().map(cell).collect_view()}</tr> }
    };
    view! {
        <div class="scroll" tabindex="0" role="group" aria-label=format!("{caption}, as a table")>
            <table>
                <caption class="hidden">{caption}</caption>
                <thead><tr>{headings}</tr></thead>
                <tbody>{rows.into_iter().map(row).collect_view()}</tbody>
            </table>
        </div>
    }
    .into_any()
}
