//! How many flows need a person: a small number in the menu.

use leptos::prelude::*;
use shared::{
    topology::{FlowCounts, needing_a_person},
    verdict::Severity,
};

use super::asks;
use crate::{components::Mark, live::query};

/// How many flows need a person and how bad the worst is.
pub(crate) fn needing() -> Memo<Option<(u64, Severity)>> {
    let counts = query::<FlowCounts>(|| Some(asks::counts()));
    Memo::new(move |_| {
        counts.view.with(|page| page.as_deref().and_then(|page| needing_a_person(&page.meta.by_verdict)))
    })
}

/// The number, coloured by the worst of them. Nothing where all are well, or where nobody knows.
pub(crate) fn count() -> AnyView {
    let needing = needing();
    let shown = move || {
        let (count, worst) = needing.get()?;
        let class = format!("count {}", Mark::of_severity(worst).class());
        let said = if count == 1 { " mirror needs a person" } else { " mirrors need a person" };
        let short = if count > 999 { "999+".to_owned() } else { count.to_string() };
        Some(
            view! { <b class=class title=format!("{}{said}", shared::units::count(count))>{short}<span class="hidden">{said}</span></b> },
        )
    };
    shown.into_any()
}
