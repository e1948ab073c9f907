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
            let said = told.message();
            match told.code().as_deref() {
                Some("13") => "The disk of the database is full: free some room.".into(),
                Some("53100") => format!("The disk of the database is full: free some room ({said})."),
                Some("8" | "25006") => {
                    format!("The database is read-only: make its file and folder writable ({said}).")
                }
                _ if said.contains("readonly") => {
                    format!("The database is read-only: make its file and folder writable ({said}).")
                }
                Some("5") => "The database is locked by another program.".into(),
                Some("11" | "26") => format!("The file is no sound SQLite database: {said}."),
                _ => format!("The database refused: {said}."),
            }
        }
        sqlx::Error::Io(error) => format!("The database cannot be reached: {error}."),
        sqlx::Error::PoolTimedOut => "The database cannot be reached: it does not answer.".into(),
        sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => "The database was closed.".into(),
        other => format!("The database cannot be used: {other}."),
    }
}
