//! The same facts by Kafka's own tools.

use leptos::prelude::*;
use shared::inventory::{BrokerState, Brokers};

use super::topic::Name;
use crate::{
    components::{Command, Panel},
    live::Query,
};

/// What to run, and what it is for.
const COMMANDS: [(&str, &str); 3] = [
    ("Describe the topic", "kafka-topics.sh --bootstrap-server {at} --describe --topic {topic}"),
    (
        "Its settings",
        "kafka-configs.sh --bootstrap-server {at} --describe --entity-type topics --entity-name {topic}",
    ),
    ("Its end offsets", "kafka-get-offsets.sh --bootstrap-server {at} --topic {topic}"),
];

/// Commands to copy into a terminal.
#[component]
pub(crate) fn Commands(name: StoredValue<Name>, brokers: Query<Brokers>) -> impl IntoView {
    let at = Memo::new(move |_| {
        brokers.view.with(|page| {
            let up = page.as_ref()?.brokers.iter().find(|broker| broker.state == BrokerState::Up)?;
            Some(format!("{}:{}", up.host, up.port))
        })
    });
    let command = move |(label, template): (&'static str, &'static str)| {
        let text = Signal::derive(move || {
            let at = at.get().unwrap_or_else(|| "HOST:PORT".into());
            name.with_value(|name| template.replace("{at}", &at).replace("{topic}", &name.topic))
        });
        view! { <Command label=label text=text /> }
    };
    view! {
        <Panel title="By Kafka's own tools" note=|| "they only read">
            <div class="commands">{COMMANDS.map(command).into_iter().collect_view()}</div>
        </Panel>
    }
    .into_any()
}
