//! The settings of a topic that differ from Kafka's default.

use leptos::prelude::*;
use shared::{
    inventory::{Config, TopicDetail},
    units,
};

use crate::components::{Column, Table, unknown};

const COLUMNS: [Column; 3] =
    [Column::text("Setting", ""), Column::number("Value", ""), Column::text("Set on", "")];

/// The table of settings.
pub(crate) fn settings(detail: &TopicDetail) -> AnyView {
    if detail.configs_refused {
        return view! { <p class="said">"Riverkeeper may not describe configs of this topic: its settings are unknown."</p> }
            .into_any();
    }
    match &detail.configs {
        None => view! { <p class="said">"The settings were not read yet."</p> }.into_any(),
        Some(configs) if configs.is_empty() => {
            view! { <p class="said">"Every setting that is read has Kafka's default."</p> }.into_any()
        }
        Some(configs) => {
            let rows = configs.iter().map(row).collect();
            view! { <Table caption="Settings" columns=&COLUMNS rows=rows /> }.into_any()
        }
    }
}

fn row(config: &Config) -> Vec<AnyView> {
    let value = match &config.value {
        Some(value) => view! { <code>{value.clone()}</code>{meaning(&config.name, value)} }.into_any(),
        None => view! { <span title="Kafka keeps it secret">{unknown()}</span> }.into_any(),
    };
    vec![view! { <code>{config.name.clone()}</code> }.into_any(), value, config.source.clone().into_any()]
}

/// What a number of milliseconds or bytes means.
fn meaning(name: &str, value: &str) -> Option<AnyView> {
    let number: i64 = value.parse().ok()?;
    let said = if name.ends_with(".ms") {
        units::milliseconds(number)
    } else if name.ends_with(".bytes") && number >= 0 {
        let (number, unit) = units::bytes(number.unsigned_abs());
        format!("{number} {unit}")
    } else {
        return None;
    };
    Some(view! { <span class="sub">{said}</span> }.into_any())
}
