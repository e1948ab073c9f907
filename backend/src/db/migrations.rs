//! The tables, made and changed step by step. The steps are in the binary, and are the same for both databases; one
//! that has landed is never edited.

use std::borrow::Cow;

use rust_embed::RustEmbed;
use shared::status::Engine;
use sqlx::{
    AnyConnection, AssertSqlSafe, SqlSafeStr,
    migrate::{MigrateError, Migration, MigrationType, Migrator},
};

#[derive(RustEmbed)]
#[folder = "../migrations/sqlite"]
struct Sqlite;

#[derive(RustEmbed)]
#[folder = "../migrations/postgres"]
struct Postgres;

/// Takes all steps that were not taken yet. Of several processes that start at once one does, and the others wait:
/// PostgreSQL by its advisory lock, SQLite because `connection` holds the file's lock for writing.
pub async fn run(engine: Engine, connection: &mut AnyConnection) -> Result<(), MigrateError> {
    let mut migrator = Migrator::with_migrations(all(engine));
    // sqlx has no lock for SQLite.
    migrator.set_locking(engine == Engine::Postgresql);
    migrator.run_direct(None, connection, false).await
}

fn all(engine: Engine) -> Vec<Migration> {
    match engine {
        Engine::Postgresql => embedded::<Postgres>(),
        Engine::Sqlite | Engine::None => embedded::<Sqlite>(),
    }
}

fn embedded<T: RustEmbed>() -> Vec<Migration> {
    T::iter().filter_map(|name| migration(&name, T::get(&name)?.data)).collect()
}

/// A file `<time>_<noun>_<change>.sql`.
fn migration(name: &str, sql: Cow<'static, [u8]>) -> Option<Migration> {
    let (version, description) = name.strip_suffix(".sql")?.split_once('_')?;
    let sql = AssertSqlSafe(String::from_utf8(sql.into_owned()).ok()?).into_sql_str();
    let description = description.replace('_', " ").into();
    Some(Migration::new(version.parse().ok()?, description, MigrationType::Simple, sql, false))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_databases_take_the_same_steps() {
        let names = |all: Vec<Migration>| -> Vec<(i64, String)> {
            all.into_iter().map(|step| (step.version, step.description.into_owned())).collect()
        };
        assert!(!names(all(Engine::Sqlite)).is_empty());
        assert_eq!(names(all(Engine::Sqlite)), names(all(Engine::Postgresql)));
        assert_eq!(Sqlite::iter().count(), all(Engine::Sqlite).len(), "every file is a step");
    }
}
