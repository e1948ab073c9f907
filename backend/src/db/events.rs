//! Events: what happened, kept longer than memory holds it.

use std::{borrow::Cow, collections::BTreeMap, sync::Arc};

use shared::{
    DateTime,
    event::{Event, Subject},
    verdict::Severity,
};
use sqlx::{AnyConnection, AssertSqlSafe, Row};

use super::fault::HistoryError;
use crate::runtime::{EventFilter, EventPlace};

/// Rows of a statement that writes.
const ROWS: usize = 100;

/// Rows of a statement that reads.
const PAGE: usize = 500;

/// Rows that one question looks through.
const MOST_SCANNED: usize = 20_000;

/// The cluster of what belongs to none.
pub const FLEET: i64 = 0;

/// Which events of the past are asked for.
#[derive(Clone, Debug)]
pub struct AskedEvents<'a> {
    /// Of these clusters.
    pub clusters: &'a [String],
    /// And of the fleet itself.
    pub of_fleet: bool,
    /// What they are like.
    pub filter: &'a EventFilter,
    /// Behind this one, which is left out; none for the newest.
    pub behind: Option<EventPlace>,
    /// So many.
    pub most: usize,
}

/// A page of the past, newest first.
#[derive(Clone, Debug, Default)]
pub struct PastEvents {
    /// The events.
    pub events: Vec<(EventPlace, Arc<Event>)>,
    /// Where to go on; none at the end.
    pub next: Option<EventPlace>,
}

/// Writes events; those that are kept already stay as they are. Gives how many are new.
pub async fn keep(
    connection: &mut AnyConnection,
    cluster: i64,
    events: &[Arc<Event>],
) -> Result<u64, HistoryError> {
    let mut written = 0;
    for events in events.chunks(ROWS) {
        let row = |row: usize| -> String {
            let binds: Vec<String> = (1..=8).map(|bind| format!("${}", 1 + row * 8 + bind)).collect();
            format!("($1, {})", binds.join(", "))
        };
        let rows: Vec<String> = (0..events.len()).map(row).collect();
        let sql = format!(
            "INSERT INTO events (cluster, event_key, time, noun, kind, severity, broker, topics, body) VALUES {} \
             ON CONFLICT (event_key) DO NOTHING",
            rows.join(", ")
        );
        let mut query = sqlx::query(AssertSqlSafe(sql)).bind(cluster);
        for event in events {
            query = query
                .bind(EventPlace::of(event).key().to_owned())
                .bind(event.time.timestamp_millis())
                .bind(event.noun.clone())
                .bind(event.kind.clone())
                .bind(number(event.severity))
                .bind(broker(event))
                .bind(topics(event))
                .bind(serde_json::to_string(&**event).unwrap_or_default());
        }
        written += query.execute(&mut *connection).await?.rows_affected();
    }
    Ok(written)
}

/// Finds events, newest first, of those that `sees` lets through.
pub async fn find(
    connection: &mut AnyConnection,
    asked: &AskedEvents<'_>,
    sees: impl Fn(&Event) -> bool,
) -> Result<PastEvents, HistoryError> {
    let names = names(connection, asked.clusters).await?;
    let mut ids: Vec<i64> = names.keys().copied().collect();
    if asked.of_fleet {
        ids.push(FLEET);
    }
    let (mut found, mut place, mut scanned) = (PastEvents::default(), asked.behind.clone(), 0);
    if ids.is_empty() {
        return Ok(found);
    }
    loop {
        let rows = page(connection, &ids, asked.filter, place.as_ref()).await?;
        let is_last = rows.len() < PAGE;
        scanned += rows.len();
        for row in rows {
            let here = EventPlace::new(row.time, row.key.clone());
            if let Some(event) =
                row.event(&names).filter(|event| asked.filter.lets_through(event) && sees(event))
            {
                if found.events.len() == asked.most {
                    found.next = place;
                    return Ok(found);
                }
                found.events.push((here.clone(), Arc::new(event)));
            }
            place = Some(here);
        }
        if is_last {
            return Ok(found);
        }
        if scanned >= MOST_SCANNED {
            found.next = place;
            return Ok(found);
        }
    }
}

/// A row as it is read.
struct Kept {
    key: String,
    time: DateTime,
    cluster: i64,
    body: String,
}

impl Kept {
    /// The event, under the name that its cluster has now. What an older Riverkeeper wrote otherwise is none.
    fn event(&self, names: &BTreeMap<i64, String>) -> Option<Event> {
        let event: Event = serde_json::from_str(&self.body).ok()?;
        let cluster = if self.cluster == FLEET { None } else { Some(names.get(&self.cluster)?.clone()) };
        Some(Event { cluster, ..event })
    }
}

async fn page(
    connection: &mut AnyConnection,
    ids: &[i64],
    filter: &EventFilter,
    behind: Option<&EventPlace>,
) -> Result<Vec<Kept>, HistoryError> {
    let mut sql = Conditions::default();
    let ids: Vec<String> = ids.iter().map(i64::to_string).collect();
    sql.text(&format!("cluster IN ({})", ids.join(", ")));
    if let Some(from) = filter.from {
        // Rows tell milliseconds; what is finer is left to the filter itself.
        sql.with("time >= ", Bound::Number(from.timestamp_millis()));
    }
    if let Some(to) = filter.to {
        sql.with("time <= ", Bound::Number(to.timestamp_millis()));
    }
    if let Some(noun) = &filter.noun {
        sql.with("noun = ", Bound::Text(noun.clone()));
    }
    if let Some(kind) = &filter.kind {
        sql.with("kind = ", Bound::Text(kind.clone()));
    }
    if let Some(severity) = filter.severity {
        sql.with("severity >= ", Bound::Number(number(severity)));
    }
    if let Some(broker_id) = filter.broker_id {
        sql.with("broker = ", Bound::Number(i64::from(broker_id)));
    }
    if let Some(topic) = &filter.topic {
        sql.with("topics LIKE ", Bound::Text(format!("%\n{}\n%", literally(topic))));
        sql.last(" ESCAPE '!'");
    }
    if let Some(place) = behind {
        let ms = place.time().timestamp_millis();
        sql.with("time <= ", Bound::Number(ms));
        sql.with("(time < ", Bound::Number(ms));
        sql.or(" OR event_key < ", Bound::Text(place.key().to_owned()));
        sql.last(")");
    }
    let text = format!(
        "SELECT event_key, time, cluster, body FROM events WHERE {} ORDER BY time DESC, event_key DESC LIMIT {PAGE}",
        sql.text
    );
    let query = sqlx::query(AssertSqlSafe(text));
    let query = sql.bounds.into_iter().fold(query, |query, bound| match bound {
        Bound::Number(number) => query.bind(number),
        Bound::Text(text) => query.bind(text),
    });
    let kept = |row: &sqlx::any::AnyRow| {
        let time = DateTime::from_timestamp_millis(row.try_get(1)?).unwrap_or_default();
        Ok(Kept { key: row.try_get(0)?, time, cluster: row.try_get(2)?, body: row.try_get(3)? })
    };
    let rows = query.fetch_all(connection).await?;
    Ok(rows.iter().map(kept).collect::<Result<_, sqlx::Error>>()?)
}

/// Conditions that all hold, with what is bound to them.
#[derive(Default)]
struct Conditions {
    text: String,
    bounds: Vec<Bound>,
}

enum Bound {
    Number(i64),
    Text(String),
}

impl Conditions {
    fn text(&mut self, condition: &str) {
        if !self.text.is_empty() {
            self.text += " AND ";
        }
        self.text += condition;
    }

    fn with(&mut self, condition: &str, bound: Bound) {
        self.text(condition);
        self.or("", bound);
    }

    fn or(&mut self, condition: &str, bound: Bound) {
        self.bounds.push(bound);
        self.text += &format!("{condition}${}", self.bounds.len());
    }

    fn last(&mut self, text: &str) {
        self.text += text;
    }
}

/// The ids of clusters that have, or had, one of these names.
async fn names(
    connection: &mut AnyConnection,
    names: &[String],
) -> Result<BTreeMap<i64, String>, HistoryError> {
    let rows = sqlx::query("SELECT id, name FROM clusters").fetch_all(connection).await?;
    let row = |row: &sqlx::any::AnyRow| Ok((row.try_get(0)?, row.try_get::<String, _>(1)?));
    let all: Vec<(i64, String)> = rows.iter().map(row).collect::<Result<_, sqlx::Error>>()?;
    Ok(all.into_iter().filter(|(_, name)| names.contains(name)).collect())
}

/// When the oldest event happened.
pub async fn oldest(connection: &mut AnyConnection) -> Result<Option<DateTime>, HistoryError> {
    let row = sqlx::query("SELECT MIN(time) FROM events").fetch_one(connection).await?;
    let ms: Option<i64> = row.try_get(0)?;
    Ok(ms.and_then(DateTime::from_timestamp_millis))
}

fn number(severity: Severity) -> i64 {
    match severity {
        Severity::Ok => 0,
        Severity::Unknown => 1,
        Severity::Warning => 2,
        Severity::Critical => 3,
    }
}

fn broker(event: &Event) -> i64 {
    if let Subject::Broker { broker_id } = event.subject { i64::from(broker_id) } else { -1 }
}

fn topics(event: &Event) -> String {
    let subject = if let Subject::Topic { name } = &event.subject { Some(name) } else { None };
    let all: Vec<&str> = subject.into_iter().chain(&event.topics).map(String::as_str).collect();
    format!("\n{}\n", all.join("\n"))
}

/// A text in which nothing stands for anything else in a LIKE.
fn literally(text: &str) -> Cow<'_, str> {
    if text.contains(['%', '_', '!']) {
        return text.replace('!', "!!").replace('%', "!%").replace('_', "!_").into();
    }
    text.into()
}
