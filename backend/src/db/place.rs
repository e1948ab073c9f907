//! Where the database is: a file of SQLite's, or a server of PostgreSQL's.

use std::{
    fmt,
    path::{Path, PathBuf},
    str::FromStr,
};

use secrecy::{ExposeSecret, SecretString};
use shared::status::Engine;
use sqlx::postgres::PgConnectOptions;

/// What a URL may be, as the end of "takes …".
pub const TAKES: &str = "sqlite:PATH, or postgres://USER:PASSWORD@HOST:PORT/NAME";

/// A database by its place. It shows itself without user and password.
#[derive(Clone)]
pub struct Place {
    engine: Engine,
    url: SecretString,
    shown: String,
    file: Option<PathBuf>,
}

impl fmt::Debug for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Place").field(&self.shown).finish()
    }
}

impl Place {
    /// Reads a URL; relative paths of files begin at `folder`. The error holds nothing of the URL.
    pub fn parse(url: &str, folder: &Path) -> Result<Self, String> {
        if let Some(path) = url.strip_prefix("sqlite://").or_else(|| url.strip_prefix("sqlite:")) {
            return sqlite_path(path).map(|path| Self::file(&folder.join(path)));
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Self::server(url);
        }
        Err(format!("takes {TAKES}"))
    }

    /// A file of SQLite's, which need not be there.
    pub fn file(path: &Path) -> Self {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let shown = path.to_string_lossy().into_owned();
        let url = format!("sqlite://{}?mode=rw", percent_encoded(&shown));
        Self { engine: Engine::Sqlite, url: url.into(), shown, file: Some(path) }
    }

    fn server(url: &str) -> Result<Self, String> {
        let options = PgConnectOptions::from_str(url).map_err(|_| {
            "cannot be read; PostgreSQL is postgres://USER:PASSWORD@HOST:PORT/NAME".to_owned()
        })?;
        let name = options.get_database().unwrap_or(options.get_username());
        let place = match options.get_socket() {
            Some(socket) => socket.display().to_string(),
            None => format!("{}:{}", options.get_host(), options.get_port()),
        };
        let shown = format!("{place}/{name}");
        Ok(Self { engine: Engine::Postgresql, url: url.to_owned().into(), shown, file: None })
    }

    /// Which database it is.
    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// Where it is, without user and password.
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// The file, where it is one.
    pub fn path(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    pub(super) fn url(&self) -> &str {
        self.url.expose_secret()
    }
}

fn sqlite_path(path: &str) -> Result<&str, String> {
    match path {
        "" => Err("names no file; write sqlite:PATH".to_owned()),
        ":memory:" => Err("keeps nothing; leave the URL out, or name a file".to_owned()),
        path if path.contains('?') => Err("takes a path without parameters, like sqlite:PATH".to_owned()),
        path => Ok(path),
    }
}

/// A path as it stands in a URL.
fn percent_encoded(path: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'.' | b'_' | b'-');
    path.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(url: &str) -> Result<String, String> {
        Place::parse(url, Path::new("/etc/riverkeeper")).map(|place| format!("{place:?}"))
    }

    #[test]
    fn a_place_shows_itself_without_user_and_password() {
        let cases = [
            ("sqlite:history.db", "Place(\"/etc/riverkeeper/history.db\")"),
            ("sqlite:///var/lib/a b.db", "Place(\"/var/lib/a b.db\")"),
            ("postgres://ann:secret@db.example.com/history", "Place(\"db.example.com:5432/history\")"),
        ];
        for (url, expected) in cases {
            assert_eq!(shown(url).as_deref(), Ok(expected));
        }
    }

    #[test]
    fn what_is_no_place_is_told_without_repeating_it() {
        let wrong = [
            "",
            "history.db",
            "mysql://a:secret@b/c",
            "sqlite:",
            "sqlite::memory:",
            "postgres://a:secret@b:port/c",
        ];
        for url in wrong {
            let said = shown(url).unwrap_err();
            assert!(!said.contains("secret"), "{url}: {said}");
        }
    }
}
