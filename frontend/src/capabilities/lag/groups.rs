//! All consumer groups, worst first, however many there are.

use leptos::prelude::*;
use shared::{
    catalog::Owners,
    lag::{Among, GroupLags, groups_headline, part},
    meta::{Freshness, Reading},
    units,
};

use super::{
    asks::{self, GroupFilter},
    cells::{
        age_cell, catch_up_cell, loss_cell, members_cell, name_cell, owner_cell, rate_cell, verdict_cell,
        waiting_cell,
    },
    filters::{Filters, Verdicts},
};
use crate::{
    app::set_way,
    components::{Column, Head, Slice, VirtualRows},
    live::{Empty, Query, Standing, query, use_store},
    place::use_place,
};

const COLUMNS: [Column; 9] = [
    Column::text("Verdict", "verdict"),
    Column { label: "Group", key: "group", class: "grow" },
    Column::number("Waiting", "lag_records"),
    Column::number("Oldest waits", "age_seconds"),
    Column::number("Comes in, /s", ""),
    Column::number("Is read, /s", ""),
    Column::number("Caught up in", ""),
    Column::number("Lost in", ""),
    Column::number("Members", ""),
];

/// The same where there is a catalog of owners.
const COLUMNS_WITH_OWNER: [Column; 10] = {
    let [verdict, group, waiting, age, comes_in, is_read, catch_up, loss, members] = COLUMNS;
    let owner = Column::text("Owner", "");
    [verdict, group, waiting, age, comes_in, is_read, catch_up, loss, members, owner]
};

const NONE: Empty = Empty {
    title: "No consumer groups",
    text: "A group appears with the look after its first member or its first commit on a cluster that Riverkeeper may read.",
};

const NONE_FITS: Empty =
    Empty { title: "No group fits", text: "Change what is chosen above, or show all groups." };

/// The page of all groups.
#[component]
pub(crate) fn GroupsPage() -> impl IntoView {
    set_way(vec![("Consumer lag".into(), None)]);
    let place = use_place();
    let filter = Memo::new(move |_| {
        let [cluster, owner, q, verdict, sort] =
            ["cluster", "owner", "q", "verdict", "sort"].map(|name| place.param(name).unwrap_or_default());
        GroupFilter { among: Among { cluster, owner, q }, verdict, sort }
    });
    let owners = query::<Owners>(|| Some(asks::owners()));
    let slice = Slice::tall();
    let ask = move |offset: usize| filter.with(|filter| asks::groups(filter, offset, Slice::page()));
    let top = query::<GroupLags>(move || Some(ask(slice.first())));
    let next = query::<GroupLags>(move || slice.second().map(ask));
    let total = Memo::new(move |_| top.view.with(|page| page.as_ref().and_then(|page| page.meta.meta.total)));
    Effect::new(move || slice.set_total(total.get().unwrap_or_default() as usize));
    view! {
        <GroupsHead filter=filter groups=top />
        <Verdicts filter=filter groups=top />
        <Filters filter=filter owners=owners />
        {table(filter, owners, slice, (top, next))}
    }
    .into_any()
}

#[component]
fn GroupsHead(filter: Memo<GroupFilter>, groups: Query<GroupLags>) -> impl IntoView {
    let store = use_store();
    let headline = Signal::derive(move || {
        let now = store.said_at();
        let readings = groups.readings();
        let page = groups.view.get()?;
        let mut said = filter.with(|filter| groups_headline(&page.meta, &readings, &filter.among, now));
        if is_all_stale(&readings, now) {
            said.title = format!("When last read: {}", said.title);
        }
        Some(store.dated(said))
    });
    view! { <Head headline=headline meanwhile="Consumer groups" /> }.into_any()
}

/// Whether nothing of the list was read lately.
fn is_all_stale(readings: &[Reading], now: shared::DateTime) -> bool {
    let mut groups = readings.iter().filter(|reading| reading.part == part::GROUPS).peekable();
    groups.peek().is_some() && groups.all(|reading| reading.freshness(now) == Freshness::Stale)
}

fn table(
    filter: Memo<GroupFilter>,
    owners: Query<Owners>,
    slice: Slice,
    (top, next): (Query<GroupLags>, Query<GroupLags>),
) -> AnyView {
    let has_owners = Memo::new(move |_| owners.rows().flatten().is_some_and(|rows| rows > 0));
    let cells = Callback::new(move |index: usize| {
        let (page, index) = slice.held((top, next), index)?;
        row(page, index, has_owners.get())
    });
    let body = move || {
        let columns = if has_owners.get() { &COLUMNS_WITH_OWNER[..] } else { &COLUMNS[..] };
        view! { <VirtualRows caption="Consumer groups" columns=columns names=1 slice=slice cells=cells /> }
            .into_any()
    };
    let note = move || {
        let total = top.view.with(|page| page.as_ref().and_then(|page| page.meta.meta.total));
        let order = if filter.with(|filter| filter.sort.is_empty()) { ", worst first" } else { "" };
        total.filter(|total| *total > 0).map(|total| format!("{}{order}", units::count(total)))
    };
    let leaves_out = Memo::new(move |_| filter.with(GroupFilter::leaves_out));
    let standing = Standing {
        part: part::GROUPS,
        title: "Groups".into(),
        note: note.into(),
        more: ViewFn::default(),
        source: "__consumer_offsets, ListGroups, OffsetFetch and ListOffsets",
        empty: Signal::derive(move || if leaves_out.get() { NONE_FITS } else { NONE }),
    };
    standing.shown(top, body.into())
}

/// A row of a page that is held; nothing while it is the page of another offset or question.
fn row(page: Query<GroupLags>, index: usize, has_owners: bool) -> Option<Vec<AnyView>> {
    if page.is_behind() {
        return None;
    }
    let readings = Signal::derive(move || page.readings());
    page.view.with(|view| {
        let group = view.as_ref()?.groups.get(index)?;
        let owner = has_owners.then(|| owner_cell(group.owner.as_deref()));
        let cells = vec![
            verdict_cell(group, readings),
            name_cell(group, true),
            waiting_cell(group.lag_records, group.verdict),
            age_cell(group.age_seconds, group.age_method),
            rate_cell(group.produce_rate_per_second),
            rate_cell(group.consume_rate_per_second),
            catch_up_cell(group),
            loss_cell(group),
            members_cell(group),
        ];
        Some(cells.into_iter().chain(owner).collect())
    })
}
