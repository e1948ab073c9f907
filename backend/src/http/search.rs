//! Search over everything that has a name.

use axum::{Json, extract::State};
use shared::{problem::Problem, search::Hits};

use super::{
    answer::meta,
    params::Params,
    problem::Fault,
    state::{Process, Sought},
};
use crate::access::Scope;

/// Clusters, brokers and topics whose name holds `q`: exact names first, then beginnings, then parts, then the
/// topics of an owner of that name.
#[utoipa::path(get, path = "/api/v1/search", tag = "search",
    params(("q" = Option<String>, Query, description = "What the name holds, without regard to case"),
        ("owner" = Option<String>, Query, description = "Only what this owner has; nothing where nobody is called so"),
        ("limit" = Option<u32>, Query, description = "Rows, 1 to 1,000")),
    responses((status = 200, body = Hits), (status = 400, body = Problem, content_type = "application/problem+json")))]
pub async fn search(
    State(process): State<Process>,
    scope: Scope,
    mut params: Params,
) -> Result<Json<Hits>, Fault> {
    let q = params.text("q").map(|q| q.trim().to_lowercase()).unwrap_or_default();
    let sought = Sought { q, owner: params.text("owner"), limit: params.limit()? };
    params.finish()?;
    let mut found = Vec::new();
    if !sought.q.is_empty() || sought.owner.is_some() {
        found.extend(process.search.iter().flat_map(|search| search.search(&scope, &sought)));
    }
    found.sort_by(|(rank, hit), (other_rank, other)| {
        (rank, hit.kind, &hit.name, &hit.cluster).cmp(&(other_rank, other.kind, &other.name, &other.cluster))
    });
    found.truncate(sought.limit);
    let readings = process.search.iter().flat_map(|search| search.readings(&scope)).collect();
    let meta = meta(None, None, 0, process.runtime.clock().now(), readings);
    Ok(Json(Hits { hits: found.into_iter().map(|(_, hit)| hit).collect(), meta }))
}
