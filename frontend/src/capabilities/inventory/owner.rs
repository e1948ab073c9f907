//! Owners: as a cell that leads to what else they have, as a line with its links.

use leptos::prelude::*;
use shared::{
    catalog::{Link, OwnerDetail},
    inventory::TopicDetail,
    route::{page, segment},
};

use crate::{components::nobody, place::use_place};

/// The topics of a cluster that an owner has, as a page.
fn page_of(cluster: &str, owner: &str) -> String {
    format!("{}?owner={}", page::topics(cluster), segment(owner))
}

/// Who owns a row.
pub(crate) fn owner_cell(cluster: &str, owner: Option<&str>) -> AnyView {
    let Some(owner) = owner else { return nobody() };
    let place = use_place();
    let to = page_of(cluster, owner);
    view! { <a href=move || place.to(&to)>{owner.to_owned()}</a> }.into_any()
}

/// Who owns a topic, with where to ask; nothing where nobody does.
pub(crate) fn owner_line(detail: &TopicDetail) -> Option<AnyView> {
    let owner = detail.owner_detail.as_ref()?;
    let links = owner.links.iter().map(link).collect_view();
    Some(view! { <p class="owned"><span>"Owned by "<b>{name(owner)}</b></span>{links}</p> }.into_any())
}

fn name(owner: &OwnerDetail) -> AnyView {
    match &owner.title {
        Some(title) => view! { <span title=owner.name.clone()>{title.clone()}</span> }.into_any(),
        None => owner.name.clone().into_any(),
    }
}

fn link(link: &Link) -> AnyView {
    view! { <a class="link" href=link.url.clone() rel="external noopener noreferrer">{link.title.clone()}</a> }
        .into_any()
}
