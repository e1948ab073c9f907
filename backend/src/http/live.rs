//! The live stream: server-sent notices, at most one message a second, for as many viewers as are let in.

use std::{
    convert::Infallible,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use axum::{
    extract::State,
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures::{Stream, StreamExt, stream};
use serde::Serialize;
use shared::{
    live::{Hello, Notice, Notices},
    problem::Problem,
};

use super::{params::Params, problem::Fault, state::Process};
use crate::access::Scope;

/// Streams that are open at a time.
const MOST_STREAMS: u32 = 2_000;
/// The shortest time between two messages.
const COALESCE: Duration = Duration::from_secs(1);

/// Says what moved: first `hello`, then `notices` as they come. Never carries data.
#[utoipa::path(get, path = "/api/v1/live", tag = "live", responses(
    (status = 200, description = "Server-sent events: `hello` (Hello), then `notices` (Notices)",
     content_type = "text/event-stream", body = Notices),
    (status = 400, body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
pub async fn live(State(process): State<Process>, scope: Scope, params: Params) -> Result<Response, Fault> {
    params.finish()?;
    let place = Place::take(&process.streams).ok_or_else(|| {
        Fault::Busy(format!("{MOST_STREAMS} live streams are open, and no more are let in."))
    })?;
    let stream = messages(process, scope, place);
    Ok(Sse::new(stream).keep_alive(KeepAlive::new().interval(Duration::from_secs(15))).into_response())
}

fn messages(process: Process, scope: Scope, place: Place) -> impl Stream<Item = Result<Event, Infallible>> {
    let clock = process.runtime.clock().clone();
    let hello = message("hello", &Hello { build: process.build.to_string(), now: clock.now() });
    let shutdown = process.runtime.shutdown().clone();
    let reader = process.runtime.notices().reader();
    let notices = stream::unfold((reader, place, true), move |(mut reader, place, first)| {
        let (clock, scope) = (clock.clone(), scope.clone());
        async move {
            if !first {
                tokio::time::sleep(COALESCE).await;
            }
            let sees = |notice: &Notice| notice.cluster.as_ref().is_none_or(|name| scope.sees_cluster(name));
            let mut notices = reader.next().await?;
            notices.retain(sees);
            let event = message("notices", &Notices { now: clock.now(), notices });
            Some((event, (reader, place, false)))
        }
    });
    stream::once(async { hello }).chain(notices).take_until(async move { shutdown.cancelled().await })
}

fn message(name: &str, body: &impl Serialize) -> Result<Event, Infallible> {
    let empty = Event::default().event(name);
    Ok(Event::default().event(name).json_data(body).unwrap_or(empty))
}

/// A place among the open streams, given back when the stream ends.
struct Place(Arc<AtomicU32>);

impl Place {
    fn take(streams: &Arc<AtomicU32>) -> Option<Self> {
        let entered = |open: u32| (open < MOST_STREAMS).then_some(open + 1);
        streams.fetch_update(Ordering::Relaxed, Ordering::Relaxed, entered).ok()?;
        Some(Self(streams.clone()))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
