//! Why the past cannot be told, or kept.

use std::time::Duration;

/// What went wrong with the database. It never holds user or password.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HistoryError {
    /// No database is configured.
    #[error("No history is kept: no database is configured.")]
    NotKept,
    /// It was never opened, or is closed.
    #[error("The database is not open yet.")]
    NotOpen,
    /// It did not answer in time.
    #[error("The database did not answer within {0:.0?}.")]
    Slow(Duration),
    /// Another Riverkeeper writes the history of this cluster.
    #[error("Another Riverkeeper writes the history of this cluster.")]
    NotOurs,
    /// What should be kept cannot be; that is no failure of the database.
    #[error("{0}")]
    NotTaken(String),
    /// It said no.
    #[error("{0}")]
    Refused(String),
}

impl From<sqlx::Error> for HistoryError {
    fn from(error: sqlx::Error) -> Self {
        Self::Refused(sentence(&error))
    }
}

impl From<tokio::task::JoinError> for HistoryError {
    fn from(_: tokio::task::JoinError) -> Self {
        Self::Refused("Riverkeeper has a bug here: packing samples panicked.".into())
    }
}

/// What a database said, as a sentence with what to check.
fn sentence(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Database(told) => {
            let (code, said) = (told.code().unwrap_or_default(), told.message());
            told_by_code(&code, said).unwrap_or_else(|| format!("The database refused: {said}."))
        }
        sqlx::Error::Io(error) => format!("The database cannot be reached: {error}."),
        sqlx::Error::PoolTimedOut => "The database cannot be reached: it does not answer.".into(),
        sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => "The database was closed.".into(),
        other => format!("The database cannot be used: {other}."),
    }
}

/// PostgreSQL's codes have five characters; the last eight bits of SQLite's say what kind of error it is.
fn told_by_code(code: &str, said: &str) -> Option<String> {
    let of_sqlite = code.parse::<u32>().ok().filter(|_| code.len() != 5).map(|code| code & 0xff);
    Some(match (of_sqlite, code) {
        (Some(13), _) | (_, "53100") => format!("The disk of the database is full: free some room ({said})."),
        (Some(8), _) | (_, "25006") => {
            format!("The database is read-only: make its file and folder writable ({said}).")
        }
        (Some(14), _) => format!("The file cannot be opened: make it and its folder writable ({said})."),
        (Some(5 | 6), _) => format!("Another program has locked the file ({said})."),
        (Some(10), _) => format!("The disk of the database fails ({said})."),
        (Some(11 | 26), _) => format!("The file is no sound SQLite database ({said})."),
        (_, "28P01" | "28000") => format!("PostgreSQL lets nobody in with this user and password ({said})."),
        (_, "3D000") => format!("PostgreSQL has no database of this name: make it ({said})."),
        (_, "57014") => format!("PostgreSQL gave up a statement that took too long ({said})."),
        _ => return None,
    })
}
