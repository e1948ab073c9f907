//! The members of a group: who they are, where they run, how much each reads.

use leptos::prelude::*;
use shared::{
    lag::{GroupDetail, MemberLag, part},
    units,
};

use crate::{
    components::{Column, Slice, VirtualRows, maybe_count},
    live::{Empty, Query, Standing},
};

const COLUMNS: [Column; 4] = [
    Column::text("Client", ""),
    Column::text("Host", ""),
    Column::number("Partitions", ""),
    Column { label: "Member", key: "", class: "grow" },
];

/// The panel of a group.
#[component]
pub(crate) fn MembersPanel(detail: Query<GroupDetail>) -> impl IntoView {
    let slice = Slice::new();
    let members = Memo::new(move |_| {
        detail.view.with(|detail| detail.as_ref().map(|detail| detail.members.clone()).unwrap_or_default())
    });
    Effect::new(move || slice.set_total(members.with(Vec::len)));
    let cells = Callback::new(move |index: usize| members.with(|all| all.get(index).map(cells)));
    let unread = Memo::new(move |_| {
        let count = |detail: &GroupDetail| detail.group.unassigned_count.filter(|count| *count > 0);
        detail.view.with(|detail| detail.as_deref().and_then(count))
    });
    let note_of_unread = move || {
        unread.get().map(|count| {
            let partitions = units::counted(count.into(), "partition", "partitions");
            let verb = if count == 1 { "has" } else { "have" };
            view! { <p class="bar-note"><b>{format!("{partitions} {verb} no member.")}</b>" Nobody reads what comes in there."</p> }
        })
    };
    let body = move || {
        let table = move || {
            if members.with(Vec::is_empty) {
                return nobody(detail);
            }
            view! { <VirtualRows caption="Members" columns=&COLUMNS names=0 slice=slice cells=cells /> }
                .into_any()
        };
        view! { {note_of_unread}{table} }.into_any()
    };
    let note = move || {
        detail.view.with(|detail| {
            let detail = detail.as_ref()?;
            let (shown, all) = (detail.members.len() as u64, u64::from(detail.group.member_count?));
            Some(if shown < all {
                format!("{} of {}", units::count(shown), units::count(all))
            } else {
                units::count(all)
            })
        })
    };
    let standing = Standing {
        part: part::MEMBERS,
        title: "Members".into(),
        note: note.into(),
        more: ViewFn::default(),
        source: "DescribeGroups and ConsumerGroupDescribe",
        empty: Empty { title: "Not known", text: "" }.into(),
    };
    standing.shown(detail, body.into())
}

fn nobody(detail: Query<GroupDetail>) -> AnyView {
    let count = detail.view.with(|detail| detail.as_ref().and_then(|detail| detail.group.member_count));
    let said = match count {
        Some(0) => "It has no members now. They appear with the next look at members.",
        _ => "Who its members are is not known.",
    };
    view! { <p class="said">{said}</p> }.into_any()
}

fn cells(member: &MemberLag) -> Vec<AnyView> {
    let host = member.host.trim_start_matches('/').to_owned();
    vec![
        view! { <code class="cut" title=member.client_id.clone()>{member.client_id.clone()}</code> }
            .into_any(),
        view! { <code>{host}</code> }.into_any(),
        maybe_count(member.partition_count),
        view! { <code class="cut dim" title=member.member_id.clone()>{member.member_id.clone()}</code> }
            .into_any(),
    ]
}
