//! Retention: what is too old goes, a bounded batch at a time.

use shared::DateTime;
use sqlx::{AnyConnection, Row};

use super::{fault::HistoryError, series::number};
use crate::series::Resolution;

/// Rows that one batch deletes.
const BATCH: i64 = 2_000;

/// Events kept of one cluster, whatever their age.
const MOST_EVENTS: i64 = 500_000;

/// How long what is kept.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Retention {
    /// Points of a minute.
    pub minutes: std::time::Duration,
    /// Points of ten minutes.
    pub ten_minutes: std::time::Duration,
    /// Points of an hour.
    pub hours: std::time::Duration,
    /// Events.
    pub events: std::time::Duration,
}

impl Retention {
    /// How long points of a resolution are kept.
    pub fn of(&self, resolution: Resolution) -> std::time::Duration {
        match resolution {
            Resolution::Minute => self.minutes,
            Resolution::TenMinutes => self.ten_minutes,
            Resolution::Hour => self.hours,
        }
    }

    /// What is read of a past that begins so long ago: as fine as the steps are, if so fine a history reaches back that
    /// far.
    pub fn resolution(&self, age: std::time::Duration, step: std::time::Duration) -> Resolution {
        let fits = |resolution: &Resolution| resolution.slot() <= step;
        let by_step = Resolution::ALL.into_iter().rev().find(fits).unwrap_or(Resolution::Minute);
        let reaches = |resolution: &Resolution| age <= self.of(*resolution);
        let by_age = Resolution::ALL.into_iter().find(reaches).unwrap_or(Resolution::Hour);
        by_step.max(by_age)
    }
}

/// Deletes one batch of what is too old; gives whether there may be more.
pub async fn forget(
    connection: &mut AnyConnection,
    retention: Retention,
    now: DateTime,
) -> Result<bool, HistoryError> {
    let mut more = false;
    for resolution in Resolution::ALL {
        // A block goes when its last slot is too old.
        let before = (now - retention.of(resolution) - resolution.block()).timestamp_millis();
        let sql = "SELECT cluster, noun, MIN(start) FROM series WHERE resolution = $1 AND start < $2 \
                   GROUP BY cluster, noun";
        let old = sqlx::query(sql).bind(number(resolution)).bind(before).fetch_all(&mut *connection).await?;
        for row in old {
            let (cluster, noun, start): (i64, String, i64) =
                (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
            let sql =
                "DELETE FROM series WHERE cluster = $1 AND noun = $2 AND resolution = $3 AND start = $4";
            sqlx::query(sql)
                .bind(cluster)
                .bind(noun)
                .bind(number(resolution))
                .bind(start)
                .execute(&mut *connection)
                .await?;
            more = true;
        }
    }
    more |= forget_events(connection, (now - retention.events).timestamp_millis(), None).await?;
    let clusters = sqlx::query("SELECT id FROM clusters").fetch_all(&mut *connection).await?;
    let ids = clusters.iter().map(|row| row.try_get(0)).collect::<Result<Vec<i64>, _>>()?;
    for cluster in ids.into_iter().chain([super::events::FLEET]) {
        let sql = "SELECT time FROM events WHERE cluster = $1 ORDER BY time DESC LIMIT 1 OFFSET $2";
        let last = sqlx::query(sql).bind(cluster).bind(MOST_EVENTS).fetch_optional(&mut *connection).await?;
        if let Some(last) = last {
            more |= forget_events(connection, last.try_get(0)?, Some(cluster)).await?;
        }
    }
    Ok(more)
}

async fn forget_events(
    connection: &mut AnyConnection,
    before: i64,
    cluster: Option<i64>,
) -> Result<bool, HistoryError> {
    let sql = "DELETE FROM events WHERE event_key IN (SELECT event_key FROM events WHERE time < $1 \
               AND (cluster = $2 OR $3 = 1) ORDER BY time LIMIT $4)";
    let deleted = sqlx::query(sql)
        .bind(before)
        .bind(cluster.unwrap_or_default())
        .bind(i64::from(cluster.is_none()))
        .bind(BATCH)
        .execute(connection)
        .await?;
    Ok(deleted.rows_affected() > 0)
}
