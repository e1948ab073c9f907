//! The live stream: server-sent notices, at most one message a second, for as many viewers as are let in.

use std::{convert::Infallible, time::Duration};

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

use super::{events, params::Params, places::Place, problem::Fault, state::Process};
use crate::{
    access::{Asker, Scope},
    runtime::Tally,
};

/// The shortest time between two messages.
const COALESCE: Duration = Duration::from_secs(1);

/// Says what moved: first `hello`, then `notices` as they come. Never carries data.
#[utoipa::path(get, path = "/api/v1/live", tag = "live", responses(
    (status = 200, description = "Server-sent events: `hello` (Hello), then `notices` (Notices)",
     content_type = "text/event-stream", body = Notices),
    (status = 400, body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
pub async fn live(State(process): State<Process>, asker: Asker, params: Params) -> Result<Response, Fault> {
    params.finish()?;
    let place = process.streams.take(&asker).map_err(Fault::Busy)?;
    let stream = messages(Teller { process, asker, told: None }, place);
    Ok(Sse::new(stream).keep_alive(KeepAlive::new().interval(Duration::from_secs(15))).into_response())
}

fn messages(teller: Teller, place: Place) -> impl Stream<Item = Result<Event, Infallible>> {
    let (clock, shutdown) =
        (teller.process.runtime.clock().clone(), teller.process.runtime.shutdown().clone());
    let hello = message("hello", &Hello { build: teller.process.build.to_string(), now: clock.now() });
    let reader = teller.process.runtime.notices().reader();
    let notices =
        stream::unfold((reader, teller, place, true), move |(mut reader, mut teller, place, first)| {
            let clock = clock.clone();
            async move {
                if !first {
                    tokio::time::sleep(COALESCE).await;
                }
                let notices = reader.next(|| teller.notices()).await?;
                let event = message("notices", &Notices { now: clock.now(), notices });
                Some((event, (reader, teller, place, false)))
            }
        });
    stream::once(async { hello }).chain(notices).take_until(async move { shutdown.cancelled().await })
}

fn message(name: &str, body: &impl Serialize) -> Result<Event, Infallible> {
    let empty = Event::default().event(name);
    Ok(Event::default().event(name).json_data(body).unwrap_or(empty))
}

/// What there is to tell one asker.
struct Teller {
    process: Process,
    asker: Asker,
    /// What was told of the timeline, and what that was made from.
    told: Option<([u64; 2], Tally)>,
}

impl Teller {
    /// Everything that the asker may be told now; `None` when the token or the session has ended, and so the stream.
    fn notices(&mut self) -> Option<Vec<Notice>> {
        self.asker = self.process.door.again(&self.asker, self.process.runtime.clock().now())?;
        let timeline = self.timeline();
        let scope = &self.asker.scope;
        let parts = self.process.runtime.notices().parts();
        Some(parts.iter().filter_map(|part| scope.notice(part.notice())).chain(timeline).collect())
    }

    fn timeline(&mut self) -> Option<Notice> {
        let (scope, timeline) = (&self.asker.scope, self.process.runtime.timeline());
        let revision = timeline.tally(|cluster| sees(scope, cluster)).revision;
        let made_from = [revision, scope.owners().revision()];
        // Looking at every event is for when there is a new one.
        let tally = match self.told {
            Some((before, tally)) if before == made_from => tally,
            _ => events::tally(timeline, scope),
        };
        self.told = Some((made_from, tally));
        Some(Notice {
            noun: "events".into(),
            cluster: None,
            part: "timeline".into(),
            revision: tally.revision,
            as_of: Some(tally.newest?),
            period_seconds: 0.0,
            failure: None,
        })
    }
}

fn sees(scope: &Scope, cluster: Option<&str>) -> bool {
    cluster.map_or(scope.sees_fleet(), |cluster| scope.sees_cluster(cluster))
}
