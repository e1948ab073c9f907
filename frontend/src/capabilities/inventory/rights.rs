//! What Riverkeeper may not read of a cluster, what is unknown for it, and how it is granted.

use leptos::prelude::*;
use shared::{inventory::ClusterDetail, rights::MissingRight};

use crate::{
    components::{Command, Panel},
    live::Query,
};

/// The notice of a cluster that is not wholly described; nothing where it is.
#[component]
pub(crate) fn MissingRights(detail: Query<ClusterDetail>) -> impl IntoView {
    let missing = Memo::new(move |_| {
        detail.view.with(|detail| {
            let detail = detail.as_ref()?;
            (!detail.missing_rights.is_empty())
                .then(|| (detail.cluster.name.clone(), detail.missing_rights.clone()))
        })
    });
    move || missing.get().map(|(cluster, rights)| view! { <Notice cluster=cluster rights=rights /> })
}

#[component]
fn Notice(cluster: String, rights: Vec<MissingRight>) -> impl IntoView {
    let row = |right: MissingRight| {
        let on = format!("{} on {}", right.operation, right.resource.words());
        view! {
            <li title=right.examples.join(", ")>
                <b>{on}</b>" is missing. "{right.sentence}
                <span class="sub">"Needed for "{right.needed_for}"."</span>
            </li>
        }
    };
    let rows = rights.into_iter().map(row).collect_view();
    let command = format!("riverkeeper acls --cluster {cluster} --config FILE");
    view! {
        <Panel title="Hidden from Riverkeeper" note=|| "what is unknown, and why">
            <ul class="rights">{rows}</ul>
            <div class="commands">
                <Command label="Print the commands that grant what is missing" text=command />
            </div>
        </Panel>
    }
    .into_any()
}
