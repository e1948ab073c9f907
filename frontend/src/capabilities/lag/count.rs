//! How many groups need a person: a small number in the menu.

use leptos::prelude::*;
use shared::lag::LagCounts;

use super::asks;
use crate::{components::Mark, live::query};

/// The number, coloured by the worst of them. Nothing where all are well, or where nobody knows.
pub(crate) fn count() -> AnyView {
    let counts = query::<LagCounts>(|| Some(asks::counts()));
    let needing = Memo::new(move |_| counts.view.with(|counts| counts.as_ref()?.meta.needing_a_person()));
    let shown = move || {
        let (count, worst) = needing.get()?;
        let class = format!("count {}", Mark::of_severity(worst).class());
        let said = if count == 1 { " group needs a person" } else { " groups need a person" };
        // More digits than that have no room, and say no more.
        let short = if count > 999 { "999+".to_owned() } else { count.to_string() };
        Some(
            view! { <b class=class title=format!("{}{said}", shared::units::count(count))>{short}<span class="hidden">{said}</span></b> },
        )
    };
    shown.into_any()
}
