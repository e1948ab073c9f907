//! Checkpoints: what a capability knew last, so that it can go on after a restart.

use shared::DateTime;
use sqlx::{AnyConnection, Row};

use super::fault::HistoryError;

/// The largest checkpoint.
pub const MOST_BYTES: usize = 32 << 20;

/// Which checkpoint, in which version of its bytes.
#[derive(Clone, Copy, Debug)]
pub struct Which<'a> {
    /// The capability.
    pub noun: &'a str,
    /// What of it.
    pub part: &'a str,
    /// The version of its bytes. One of another version is none.
    pub version: i64,
}

/// What was known, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// When it was saved.
    pub time: DateTime,
    /// What was saved.
    pub bytes: Vec<u8>,
}

pub async fn save(
    connection: &mut AnyConnection,
    cluster: i64,
    which: Which<'_>,
    bytes: Vec<u8>,
    now: DateTime,
) -> Result<(), HistoryError> {
    if bytes.len() > MOST_BYTES {
        return Err(HistoryError::NotTaken(format!("A checkpoint takes at most {MOST_BYTES} bytes.")));
    }
    let sql = "INSERT INTO checkpoints (noun, cluster, part, version, time, bytes) VALUES ($1, $2, $3, $4, $5, $6) \
               ON CONFLICT (noun, cluster, part) DO UPDATE SET version = excluded.version, time = excluded.time, \
               bytes = excluded.bytes";
    sqlx::query(sql)
        .bind(which.noun.to_owned())
        .bind(cluster)
        .bind(which.part.to_owned())
        .bind(which.version)
        .bind(now.timestamp_millis())
        .bind(bytes)
        .execute(connection)
        .await?;
    Ok(())
}

pub async fn load(
    connection: &mut AnyConnection,
    cluster: i64,
    which: Which<'_>,
) -> Result<Option<Checkpoint>, HistoryError> {
    let sql =
        "SELECT time, bytes FROM checkpoints WHERE noun = $1 AND cluster = $2 AND part = $3 AND version = $4";
    let row = sqlx::query(sql)
        .bind(which.noun.to_owned())
        .bind(cluster)
        .bind(which.part.to_owned())
        .bind(which.version)
        .fetch_optional(connection)
        .await?;
    let checkpoint = |row: sqlx::any::AnyRow| {
        let time = DateTime::from_timestamp_millis(row.try_get(0)?).unwrap_or_default();
        Ok::<_, sqlx::Error>(Checkpoint { time, bytes: row.try_get(1)? })
    };
    Ok(row.map(checkpoint).transpose()?)
}
