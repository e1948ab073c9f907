//! Opening the database: its file, its connections, its tables.

use std::{io, path::Path, time::Duration};

use shared::status::Engine;
use sqlx::{AnyConnection, AnyPool, AssertSqlSafe, Connection, Executor, any::AnyPoolOptions};

use super::{fault::HistoryError, migrations, place::Place};

/// How long a reading of the past may take.
pub const READ_LIMIT: Duration = Duration::from_secs(2);

/// How long writing may take.
pub const WRITE_LIMIT: Duration = Duration::from_secs(15);

/// How long opening may take, its tables included.
const OPEN_LIMIT: Duration = Duration::from_secs(30);

/// Readers at a time; further ones wait within their deadline.
const READERS: u32 = 4;

/// A database that is open. Who reads the past never takes a connection from who writes.
#[derive(Clone, Debug)]
pub struct Open {
    pub write: AnyPool,
    pub read: AnyPool,
}

/// Opens it and brings its tables up to date.
pub async fn open(place: &Place) -> Result<Open, HistoryError> {
    sqlx::any::install_default_drivers();
    let opening = async {
        if let Some(file) = place.path() {
            make_file(file).map_err(|error| {
                HistoryError::Refused(format!("{} cannot be made or read: {error}.", file.display()))
            })?;
        }
        // Not by a pool: that tries again and again, and then only says that it took too long.
        let mut connection = AnyConnection::connect(place.url()).await?;
        connection.execute(AssertSqlSafe(setting(place.engine(), OPEN_LIMIT))).await?;
        bring_up_to_date(place.engine(), &mut connection).await?;
        connection.close().await?;
        let (write, read) = (pool(place, 1, WRITE_LIMIT)?, pool(place, READERS, READ_LIMIT)?);
        Ok(Open { write, read })
    };
    tokio::time::timeout(OPEN_LIMIT, opening).await.map_err(|_| HistoryError::Slow(OPEN_LIMIT))?
}

/// The file, for us alone: it tells what a fleet is like.
fn make_file(file: &Path) -> io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    match std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(file) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

/// What every connection begins with.
fn setting(engine: Engine, limit: Duration) -> String {
    match engine {
        // FULL: a commit is on the disk when it returns. There are few of them a minute.
        Engine::Sqlite | Engine::None => {
            "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
             PRAGMA foreign_keys = ON"
                .to_owned()
        }
        // The server gives up what we no longer wait for.
        Engine::Postgresql => {
            format!("SET statement_timeout = {}; SET application_name = 'riverkeeper'", limit.as_millis())
        }
    }
}

fn pool(place: &Place, connections: u32, limit: Duration) -> Result<AnyPool, sqlx::Error> {
    let setting = setting(place.engine(), limit);
    AnyPoolOptions::new()
        .max_connections(connections)
        .min_connections(0)
        .acquire_timeout(limit)
        .after_connect(move |connection: &mut AnyConnection, _| {
            let setting = setting.clone();
            Box::pin(async move {
                connection.execute(AssertSqlSafe(setting)).await?;
                Ok(())
            })
        })
        .connect_lazy(place.url())
}

/// How a transaction that writes begins: SQLite takes its lock at once, because it cannot wait for it later.
pub fn begin(engine: Engine) -> &'static str {
    match engine {
        Engine::Postgresql => "BEGIN",
        Engine::Sqlite | Engine::None => "BEGIN IMMEDIATE",
    }
}

async fn bring_up_to_date(engine: Engine, connection: &mut AnyConnection) -> Result<(), HistoryError> {
    let taken = if engine == Engine::Postgresql {
        migrations::run(engine, connection).await
    } else {
        let mut locked = connection.begin_with(begin(engine)).await?;
        let taken = migrations::run(engine, &mut locked).await;
        if taken.is_ok() {
            locked.commit().await?;
        }
        taken
    };
    taken.map_err(|error| match error {
        sqlx::migrate::MigrateError::Execute(error) => error.into(),
        sqlx::migrate::MigrateError::VersionMissing(_) => HistoryError::Refused(
            "The tables were made by a newer Riverkeeper: run that one, or name another database.".into(),
        ),
        other => HistoryError::Refused(format!("The tables cannot be brought up to date: {other}.")),
    })
}
