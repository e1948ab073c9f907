//! A topic: where its partitions live, which of them suffer, how it is set.

use std::sync::Arc;

use leptos::prelude::*;
use shared::{
    inventory::{Brokers, Partitions, TopicDetail, part, topic_headline},
    route::page,
};

use super::{
    asks::{self, About},
    commands::Commands,
    facts::topic_facts,
    partitions::PartitionsPanel,
    placement::{self, placement},
    settings::settings,
    timeline::Timeline,
};
use crate::{
    access::use_who,
    app::set_way,
    capabilities::{Spot, fill},
    components::Head,
    live::{Empty, Query, Shown, ShownFacts, query, use_store},
    place::use_place,
    shell::missing,
};

/// Which topic of which cluster.
#[derive(Clone)]
pub(crate) struct Name {
    /// The cluster.
    pub cluster: String,
    /// The topic.
    pub topic: String,
}

/// The page of a topic.
#[component]
pub(crate) fn TopicPage(cluster: String, topic: String) -> impl IntoView {
    set_way(vec![
        ("Fleet".into(), Some(String::new())),
        (cluster.clone(), Some(page::cluster(&cluster))),
        ("Topics".into(), Some(page::topics(&cluster))),
        (topic.clone(), None),
    ]);
    let name = StoredValue::new(Name { cluster, topic });
    let detail =
        query::<TopicDetail>(move || name.with_value(|name| Some(asks::topic(&name.cluster, &name.topic))));
    let is_missing = Memo::new(move |_| {
        detail.view.with(Option::is_none) && detail.fault().is_some_and(|fault| fault.is_not_found())
    });
    move || {
        if is_missing.get() {
            let text = detail.fault().map(|fault| fault.sentence()).unwrap_or_default();
            return missing("There is no topic of this name", text);
        }
        view! { <Whole name=name detail=detail /> }.into_any()
    }
}

#[component]
fn Whole(name: StoredValue<Name>, detail: Query<TopicDetail>) -> impl IntoView {
    let store = use_store();
    let place = use_place();
    let who = use_who();
    let brokers = query::<Brokers>(move || {
        (!who.is_of_owners()).then(|| name.with_value(|name| asks::brokers(&name.cluster)))
    });
    let headline = Signal::derive(move || {
        let now = store.said_at();
        let detail = detail.view.get()?;
        Some(store.dated(topic_headline(&detail, now, place.zone())))
    });
    let about = name.with_value(|name| About::Topic(name.cluster.clone(), name.topic.clone()));
    let readers = name.with_value(|name| fill(&Spot::TopicReaders(&name.cluster, &name.topic)));
    let way = name.with_value(|name| fill(&Spot::TopicWay(&name.cluster, &name.topic)));
    let body = |detail: Arc<TopicDetail>| settings(&detail);
    let empty = Empty { title: "Not known", text: "" };
    view! {
        <Head headline=headline meanwhile=Signal::derive(move || name.with_value(|name| name.topic.clone())) />
        <ShownFacts query=detail part=part::METADATA source="Metadata, DescribeConfigs, DescribeLogDirs and the brokers' metrics" facts=topic_facts />
        {way}
        {readers}
        <Placement name=name brokers=brokers />
        <PartitionsPanel name=name />
        <div class="cols even">
            <Shown query=detail part=part::CONFIGS title="Settings" note=|| "that differ from Kafka's default" source="DescribeConfigs" empty=empty body=body />
            <Timeline about=about />
        </div>
        <Commands name=name brokers=brokers />
    }
    .into_any()
}

#[component]
fn Placement(name: StoredValue<Name>, brokers: Query<Brokers>) -> impl IntoView {
    let partitions = query::<Partitions>(move || {
        name.with_value(|name| {
            Some(asks::partitions(&name.cluster, &name.topic, "-trouble", 0, placement::SHOWN))
        })
    });
    let body = move |page: Arc<Partitions>| {
        let brokers = brokers.view.get();
        placement(&page.partitions, brokers.as_ref().map(|page| page.brokers.as_slice()).unwrap_or_default())
    };
    let note = move || {
        let total =
            partitions.view.with(|page| page.as_ref().and_then(|page| page.meta.total)).unwrap_or_default();
        if total as usize > placement::SHOWN {
            format!("which broker holds which partition; the worst {} of {total}", placement::SHOWN)
        } else {
            "which broker holds which partition".into()
        }
    };
    let empty = Empty { title: "No partition", text: "" };
    view! { <Shown query=partitions part=part::METADATA title="Placement" note=note source="Metadata" empty=empty body=body /> }
        .into_any()
}
