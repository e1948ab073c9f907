//! Where history is kept, and how that fares.

use leptos::prelude::*;
use shared::status::{DatabaseStatus, Engine};

use crate::components::{Age, Clocked, Fact, Facts, Mark, Tone, count, size, state, unknown};

/// Mark and word of the database.
pub(crate) fn database_mark(database: &DatabaseStatus) -> (Mark, &'static str) {
    match (database.engine, &database.failure) {
        (Engine::None, _) => (Mark::Unknown, "Nothing is kept"),
        (_, Some(_)) => (Mark::Critical, "Not kept"),
        (_, None) if database.lost_event_count > 0 => (Mark::Warning, "Kept, with a gap"),
        (_, None) => (Mark::Well, "Kept"),
    }
}

/// The panel.
pub(crate) fn database(database: &DatabaseStatus) -> AnyView {
    let (mark, word) = database_mark(database);
    if database.engine == Engine::None {
        return view! {
            <div class="state-box">
                {state(mark, word)}
                <p>"History is in memory and ends with the process. Set "<code>"database.url"</code>" to keep it."</p>
            </div>
        }
        .into_any();
    }
    let failing = database.failure.as_ref().map(|failure| {
        view! { <p class="bar-note"><b>{failure.what.clone()}" Nothing is kept since "<Clocked at=failure.since />". "</b>"The present is shown all the same, and it is tried again by itself."</p> }
    });
    let engine = match database.engine {
        Engine::Sqlite => "SQLite",
        Engine::Postgresql => "PostgreSQL",
        Engine::None => "",
    };
    let others = (!database.written_by_others.is_empty()).then(|| {
        let names = database.written_by_others.join(", ");
        view! { <p class="said">{format!("Another Riverkeeper writes the history of {names} at present.")}</p> }
    });
    let alarm = |value: u64, tone| if value > 0 { tone } else { Tone::Plain };
    let ago = |at: shared::DateTime| view! { <Age at=at suffix="ago" /> }.into_any();
    let facts = vec![
        Fact::new("State", word.into_any()).tone(match mark {
            Mark::Critical => Tone::Bad,
            Mark::Warning => Tone::Warn,
            _ => Tone::Plain,
        }),
        Fact::new("Engine", engine.into_any()),
        Fact::new("Last written", database.written_at.map_or_else(unknown, ago)),
        Fact::new("Size", size(database.size_bytes)),
        Fact::new("Oldest event", database.events_since.map_or_else(unknown, ago)),
        Fact::new("Events waiting", count(database.waiting_event_count)).tone(alarm(
            database.waiting_event_count,
            if mark == Mark::Well { Tone::Plain } else { Tone::Warn },
        )),
        Fact::new("Events lost", count(database.lost_event_count))
            .tone(alarm(database.lost_event_count, Tone::Bad)),
    ];
    let location = database.location.clone().map(|at| view! { <p class="said"><code>{at}</code></p> });
    view! { {failing}<div class="inset">{location}<Facts facts=facts /></div>{others} }.into_any()
}

#[cfg(test)]
mod tests {
    use shared::{inventory::samples::silence, status::sample};

    use super::*;

    #[test]
    fn what_is_not_kept_is_said_and_an_engine_of_none_is_no_failure() {
        let mut database = sample().database;
        assert_eq!(database_mark(&database), (Mark::Well, "Kept"));
        database.lost_event_count = 3;
        assert_eq!(database_mark(&database), (Mark::Warning, "Kept, with a gap"));
        database.failure = Some(silence());
        assert_eq!(database_mark(&database), (Mark::Critical, "Not kept"));
        database.engine = Engine::None;
        assert_eq!(database_mark(&database), (Mark::Unknown, "Nothing is kept"));
    }
}
