//! All topics of a cluster, however many there are.

use std::sync::Arc;

use leptos::prelude::*;
use shared::{
    catalog::Owners,
    headline::Headline,
    inventory::{Topics, part, why_at_least},
    route::page,
    units,
};

use super::{
    asks::{self, TopicFilter},
    owner::owner_cell,
    topic_rows::{COLUMNS, COLUMNS_WITH_OWNER, OWNER_AT, cells},
};
use crate::{
    app::set_way,
    components::{Head, NameSearch, OwnerChoice, Slice, VirtualRows},
    live::{Empty, Query, Shown, query},
    place::use_place,
};

/// The page of all topics of a cluster.
#[component]
pub(crate) fn TopicsPage(cluster: String) -> impl IntoView {
    set_way(vec![
        ("Fleet".into(), Some(String::new())),
        (cluster.clone(), Some(page::cluster(&cluster))),
        ("Topics".into(), None),
    ]);
    let place = use_place();
    let name = StoredValue::new(cluster);
    let filter = Memo::new(move |_| TopicFilter {
        q: place.param("q").unwrap_or_default(),
        sort: place.param("sort").unwrap_or_else(|| "-trouble".into()),
        internal: place.param("internal").as_deref() != Some("false"),
        owner: place.param("owner").unwrap_or_default(),
    });
    let owners = query::<Owners>(|| Some(asks::owners()));
    let has_owners = Memo::new(move |_| owners.rows().flatten().is_some_and(|rows| rows > 0));
    let slice = Slice::new();
    let ask = move |offset: usize| {
        name.with_value(|name| filter.with(|filter| asks::topics(name, filter, offset, Slice::page())))
    };
    let top = query::<Topics>(move || Some(ask(slice.first())));
    let next = query::<Topics>(move || slice.second().map(ask));
    let total = move || top.view.with(|page| page.as_ref().and_then(|page| page.meta.total));
    Effect::new(move || slice.set_total(total().unwrap_or_default() as usize));
    let cells = Callback::new(move |index: usize| {
        let (page, index) = slice.held((top, next), index)?;
        row(page, index, name, has_owners.get())
    });
    let body = move |_: Arc<Topics>| {
        let columns = if has_owners.get() { &COLUMNS_WITH_OWNER[..] } else { &COLUMNS[..] };
        view! { <VirtualRows caption="Topics" columns=columns names=1 slice=slice cells=cells /> }.into_any()
    };
    let headline = Signal::derive(move || {
        let page = top.view.get()?;
        Some(said(&page, page.meta.total?, &filter.get(), &name.get_value()))
    });
    let empty = Empty {
        title: "No topic fits",
        text: "Change the search or the owner, or show Kafka's own topics too.",
    };
    view! {
        <Head headline=headline meanwhile=Signal::derive(move || format!("Topics of {}", name.get_value())) />
        <Filters filter=filter owners=owners />
        <Shown query=top part=part::METADATA title="Topics" source="Metadata, DescribeConfigs, DescribeLogDirs and the brokers' metrics" empty=empty body=body />
    }
    .into_any()
}

/// A row of a page that is held; nothing while it is the page of another offset or question.
fn row(
    page: Query<Topics>,
    index: usize,
    cluster: StoredValue<String>,
    has_owners: bool,
) -> Option<Vec<AnyView>> {
    if page.is_behind() {
        return None;
    }
    page.view.with(|page| {
        let topic = page.as_ref()?.topics.get(index)?;
        let mut cells = cluster.with_value(|cluster| cells(cluster, topic));
        if has_owners {
            let owner = cluster.with_value(|cluster| owner_cell(cluster, topic.owner.as_deref()));
            cells.insert(OWNER_AT, owner);
        }
        Some(cells)
    })
}

fn said(page: &Topics, total: u64, filter: &TopicFilter, cluster: &str) -> Headline {
    let least = if page.at_least { "At least " } else { "" };
    let topics = format!("{least}{}", units::counted(total, "topic", "topics"));
    let of = match filter.owner.as_str() {
        "" => String::new(),
        owner => format!(" of {owner}"),
    };
    let title = match filter.q.as_str() {
        "" => format!("{topics}{of} on {cluster}"),
        q => format!("{topics}{of} on {cluster} with “{q}” in the name"),
    };
    let lede =
        if page.at_least { format!("{}.", why_at_least(page.hidden_topic_count)) } else { String::new() };
    Headline { title, lede }
}

#[component]
fn Filters(filter: Memo<TopicFilter>, owners: Query<Owners>) -> impl IntoView {
    let place = use_place();
    let internal = move |event| {
        let shown = event_target_checked(&event);
        place.change(&[("internal", (!shown).then_some("false"))]);
    };
    view! {
        <div class="filters" role="search">
            <NameSearch label="Part of the name" />
            <OwnerChoice owners=owners />
            <label class="check">
                <input type="checkbox" prop:checked=move || filter.with(|filter| filter.internal) on:change=internal />
                "Kafka's own topics too"
            </label>
        </div>
    }
    .into_any()
}
