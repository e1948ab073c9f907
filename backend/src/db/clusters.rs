//! Clusters under an id of ours, so that a rename keeps the history and another cluster of the same name begins anew.

use shared::DateTime;
use sqlx::{AnyConnection, Row};

use super::fault::HistoryError;

/// A cluster, as whoever writes its history knows it.
#[derive(Clone, Copy, Debug)]
pub struct Of<'a> {
    /// Its configured name.
    pub name: &'a str,
    /// Kafka's id of it, once it is known.
    pub cluster_id: Option<&'a str>,
}

/// The id of a cluster for writing; made where there is none. A cluster of the same id that is `configured` under
/// another name is refused: the history of one would be written twice.
pub async fn for_writing(
    connection: &mut AnyConnection,
    of: Of<'_>,
    configured: &[String],
    now: DateTime,
) -> Result<i64, HistoryError> {
    let now = now.timestamp_millis();
    let found = match of.cluster_id {
        None => by_name(connection, of.name).await?,
        Some(cluster_id) => match by_cluster_id(connection, cluster_id).await? {
            Some((_, name)) if name != of.name && configured.contains(&name) => {
                return Err(HistoryError::NotTaken(format!(
                    "{} is the same cluster as {name}: it is kept under that name.",
                    of.name
                )));
            }
            Some((id, _)) => Some(id),
            None => without_cluster_id(connection, of.name).await?,
        },
    };
    let cluster_id = of.cluster_id.unwrap_or_default();
    let Some(id) = found else { return insert(connection, of.name, cluster_id, now).await };
    sqlx::query(
        "UPDATE clusters SET name = $1, used = $2, cluster_id = CASE WHEN $3 = '' THEN cluster_id ELSE $3 END \
         WHERE id = $4",
    )
    .bind(of.name.to_owned())
    .bind(now)
    .bind(cluster_id.to_owned())
    .bind(id)
    .execute(connection)
    .await?;
    Ok(id)
}

async fn insert(
    connection: &mut AnyConnection,
    name: &str,
    cluster_id: &str,
    now: i64,
) -> Result<i64, HistoryError> {
    let inserted = "INSERT INTO clusters (name, cluster_id, used) VALUES ($1, $2, $3) RETURNING id";
    let row = sqlx::query(inserted)
        .bind(name.to_owned())
        .bind(cluster_id.to_owned())
        .bind(now)
        .fetch_one(connection)
        .await?;
    Ok(row.try_get(0)?)
}

/// The id of the cluster that has a name now: of several that had it, the one that was written last.
pub async fn by_name(connection: &mut AnyConnection, name: &str) -> Result<Option<i64>, HistoryError> {
    let newest = "SELECT id FROM clusters WHERE name = $1 ORDER BY used DESC LIMIT 1";
    let row = sqlx::query(newest).bind(name.to_owned()).fetch_optional(connection).await?;
    Ok(row.map(|row| row.try_get(0)).transpose()?)
}

async fn by_cluster_id(
    connection: &mut AnyConnection,
    cluster_id: &str,
) -> Result<Option<(i64, String)>, HistoryError> {
    let row = sqlx::query("SELECT id, name FROM clusters WHERE cluster_id = $1")
        .bind(cluster_id.to_owned())
        .fetch_optional(connection)
        .await?;
    Ok(row.map(|row| Ok::<_, sqlx::Error>((row.try_get(0)?, row.try_get(1)?))).transpose()?)
}

/// A cluster that was never reached before has no id of Kafka's yet.
async fn without_cluster_id(connection: &mut AnyConnection, name: &str) -> Result<Option<i64>, HistoryError> {
    let row = sqlx::query("SELECT id FROM clusters WHERE name = $1 AND cluster_id = ''")
        .bind(name.to_owned())
        .fetch_optional(connection)
        .await?;
    Ok(row.map(|row| row.try_get(0)).transpose()?)
}
