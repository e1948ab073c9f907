//! How a flow is set, as far as that is known.

use std::sync::Arc;

use leptos::prelude::*;
use shared::{
    topology::{FlowDetail, RenamePolicy, words},
    units,
};

use super::page::PART;
use crate::{
    components::{Column, Table, unknown},
    live::{Empty, Query, Shown},
};

const COLUMNS: [Column; 2] =
    [Column::text("Setting", ""), Column { label: "Value", key: "", class: "wraps" }];

/// The panel of a flow.
#[component]
pub(crate) fn SettingsPanel(detail: Query<FlowDetail>) -> impl IntoView {
    let body = |detail: Arc<FlowDetail>| {
        view! { <Table caption="Settings of the flow" columns=&COLUMNS rows=rows(&detail) /> }.into_any()
    };
    let empty = Empty { title: "Not known", text: "" };
    view! { <Shown query=detail part=PART title="Settings" note=|| "as far as they are known" source="mm2-configs and what was observed" empty=empty body=body /> }
        .into_any()
}

fn rows(detail: &FlowDetail) -> Vec<Vec<AnyView>> {
    let settings = &detail.settings;
    let code =
        |text: Option<String>| text.map_or_else(unknown, |text| view! { <code>{text}</code> }.into_any());
    let plain = |text: Option<String>| text.map_or_else(unknown, |text| text.into_any());
    let names = match &detail.flow.policy {
        RenamePolicy::Prefix { alias, separator } => Some(format!("{alias}{separator}topic")),
        RenamePolicy::Identity => Some("as at the source".into()),
        RenamePolicy::Unknown => None,
    };
    let workers = (!settings.workers.is_empty()).then(|| settings.workers.join(", "));
    let groups = detail.checkpointed_group_count.map(|count| units::counted(count.into(), "group", "groups"));
    let row = |name: &'static str, value: AnyView| vec![name.into_any(), value];
    let mut rows = vec![
        row("Topics", code(settings.topics.clone())),
        row("Topics left out", code(settings.topics_exclude.clone())),
        row("Named at the target", code(names)),
        row("Aborted transactions", isolation(settings.isolation_level.as_deref())),
        row("Tasks", plain(settings.task_count.map(|tasks| units::count(tasks.into())))),
        row("Looks for new topics every", plain(settings.refresh_seconds.map(units::seconds))),
        row("Writes its position every", plain(settings.flush_seconds.map(words::short))),
        row("Translates offsets of", plain(groups)),
        row("Runs on", code(workers)),
    ];
    if let Some(class) = &settings.policy_class {
        rows.insert(3, row("Policy", code(Some(class.clone()))));
    }
    if let Some(owner) = &detail.flow.owner {
        rows.push(row("Owner", owner.clone().into_any()));
    }
    rows
}

/// Whether what was aborted is copied, and by which setting.
fn isolation(level: Option<&str>) -> AnyView {
    let said = match level {
        None => return unknown(),
        Some("read_committed") => "are left out ",
        Some(_) => "are copied too ",
    };
    view! { {said}<code class="dim">{level.unwrap_or_default().to_owned()}</code> }.into_any()
}
