//! The partitions of a group: as a strip in their order, and as a table with the worst first.

use leptos::prelude::*;
use shared::{
    lag::{GroupDetail, PartitionLag, part},
    route::page,
    units,
};

use super::{
    cells::{age_cell, no_verdict, waiting_cell},
    group::Name,
    state::verdict_mark,
    strip::{Strip, counted, strips},
};
use crate::{
    components::{Column, Slice, VirtualRows, count, state, unknown},
    live::{Empty, Query, Standing},
    place::use_place,
};

const COLUMNS: [Column; 7] = [
    Column::text("Verdict", ""),
    Column::number("Partition", ""),
    Column::number("Lag", ""),
    Column::number("Oldest waits", ""),
    Column::number("Committed", ""),
    Column::number("Log end", ""),
    Column { label: "Member", key: "", class: "grow" },
];

/// The same where the group reads several topics.
const COLUMNS_WITH_TOPIC: [Column; 8] = {
    let [verdict, partition, lag, age, committed, log_end, member] = COLUMNS;
    [verdict, Column::text("Topic", ""), partition, lag, age, committed, log_end, member]
};

/// The panel of a group.
#[component]
pub(crate) fn PartitionsPanel(name: StoredValue<Name>, detail: Query<GroupDetail>) -> impl IntoView {
    let slice = Slice::new();
    let partitions = Memo::new(move |_| {
        detail.view.with(|detail| detail.as_ref().map(|detail| detail.partitions.clone()).unwrap_or_default())
    });
    let unjudged = Memo::new(move |_| {
        detail.view.with(|detail| {
            let group = &detail.as_ref()?.group;
            group.verdict.is_none().then_some(group.group_type)
        })
    });
    Effect::new(move || slice.set_total(partitions.with(Vec::len)));
    let has_topics = Memo::new(move |_| {
        partitions.with(|all| all.iter().zip(all.iter().skip(1)).any(|(one, other)| one.topic != other.topic))
    });
    let cells = Callback::new(move |index: usize| {
        let has_topics = has_topics.get();
        let unjudged = unjudged.get();
        partitions.with(|all| {
            let mut cells =
                name.with_value(|name| Some(cells(&name.cluster, all.get(index)?, has_topics)))?;
            if let (Some(group_type), Some(verdict)) = (unjudged, cells.first_mut()) {
                *verdict = no_verdict(group_type);
            }
            Some(cells)
        })
    });
    let table = move || {
        let columns = if has_topics.get() { &COLUMNS_WITH_TOPIC[..] } else { &COLUMNS[..] };
        view! { <VirtualRows caption="Partitions" columns=columns names=1 slice=slice cells=cells /> }
    };
    // The table stays while its numbers move.
    let is_empty = Memo::new(move |_| partitions.with(Vec::is_empty));
    let body = move || {
        if is_empty.get() {
            let said = if unjudged.get().is_some_and(|group_type| !group_type.is_judged()) {
                "Its members share partitions: which has read how far is not told."
            } else {
                "It has committed for no partition, and none is assigned to it."
            };
            return view! { <p class="said">{said}</p> }.into_any();
        }
        view! { {move || partitions.with(|all| strip(all, has_topics.get(), unjudged.get().is_none()))}{table} }.into_any()
    };
    let note = move || {
        detail.view.with(|detail| {
            detail.as_ref().filter(|detail| !detail.partitions.is_empty()).map(|detail| said(detail))
        })
    };
    let standing = Standing {
        part: part::GROUPS,
        title: "Partitions".into(),
        note: note.into(),
        more: ViewFn::default(),
        source: "__consumer_offsets, OffsetFetch and ListOffsets",
        empty: Empty { title: "Not known", text: "" }.into(),
    };
    standing.shown(detail, body.into())
}

/// How many there are, and in which order.
fn said(detail: &GroupDetail) -> String {
    let (shown, all) = (detail.partitions.len() as u64, detail.meta.total.unwrap_or_default());
    let of = if shown < all {
        format!("{} of {}", units::count(shown), units::count(all))
    } else {
        units::count(shown)
    };
    let topics = match (detail.group.topic_count, detail.partitions.first()) {
        (1, Some(first)) => format!(" of {}", first.topic),
        (0, _) => String::new(),
        (count, _) => format!(" of {}", units::counted(count.into(), "topic", "topics")),
    };
    let unknown = match detail.group.unknown_count {
        0 => String::new(),
        count => format!("; of {} the lag is not known", units::count(count.into())),
    };
    format!("{of}{topics}, worst first{unknown}")
}

/// The strip, which says to those who hear the page only what is counted: the table tells the rest.
fn strip(partitions: &[PartitionLag], has_topics: bool, is_judged: bool) -> AnyView {
    let all = units::counted(partitions.len() as u64, "partition", "partitions");
    let how = if is_judged { format!(": {}", counted(partitions)) } else { String::new() };
    let label = format!("{all} by their number{how}");
    let one = |strip: Strip| {
        let topic = strip.topic.filter(|_| has_topics).map(|topic| view! { <code>{topic}</code> });
        let cells = strip.cells.into_iter().map(|cell| view! { <i class=cell.class title=cell.said></i> });
        view! { {topic}<div class="heat cells">{cells.collect_view()}</div> }
    };
    let strips = strips(partitions, is_judged).into_iter().map(one).collect_view();
    view! { <div class="strips" role="img" aria-label=label>{strips}</div> }.into_any()
}

fn cells(cluster: &str, one: &PartitionLag, has_topics: bool) -> Vec<AnyView> {
    let (mark, word) = verdict_mark(one.verdict, None);
    let why = one.reason.as_ref().map(|reason| reason.sentence.clone());
    let topic = has_topics.then(|| {
        let (place, to) = (use_place(), page::topic(cluster, &one.topic));
        view! { <a class="mono" href=move || place.to(&to)>{one.topic.clone()}</a> }.into_any()
    });
    let first = view! { <span title=why>{state(mark, word)}</span> }.into_any();
    let rest = vec![
        one.partition.to_string().into_any(),
        waiting_cell(one.lag_records, Some(one.verdict)),
        age_cell(one.age_seconds, one.age_method),
        committed(one),
        offset(one.log_end_offset),
        member(one),
    ];
    [Some(first), topic].into_iter().flatten().chain(rest).collect()
}

fn committed(one: &PartitionLag) -> AnyView {
    let Some(offset) = one.committed_offset else {
        return view! { <span class="dim">"none yet"</span> }.into_any();
    };
    let place = use_place();
    let at = one.committed_at;
    let title = move || at.map(|at| format!("Committed at {}", place.zone().full(at)));
    view! { <span class="dim" title=title>{count(offset.unsigned_abs())}</span> }.into_any()
}

fn offset(offset: Option<i64>) -> AnyView {
    let Some(offset) = offset else { return unknown() };
    view! { <span class="dim">{count(offset.unsigned_abs())}</span> }.into_any()
}

/// Who reads it.
fn member(one: &PartitionLag) -> AnyView {
    let Some(client_id) = &one.client_id else {
        return view! { <span class="dim">"no member"</span> }.into_any();
    };
    let host = one.host.as_deref().map(|host| host.trim_start_matches('/').to_owned());
    let host = host.map(|host| view! { <span class="sub mono">{host}</span> });
    view! { <code class="cut" title=one.member_id.clone()>{client_id.clone()}</code>{host} }.into_any()
}
