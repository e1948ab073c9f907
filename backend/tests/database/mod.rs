//! What tests of the database stand on: a database of its own for each test, on both engines.
#![allow(dead_code, reason = "each test binary uses a part of it")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends where something is amiss")]

pub mod server;

use std::{path::Path, sync::Arc, time::Duration};

use backend::{
    db::{Database, Holder, Place, Retention, Settings},
    runtime::{Clock, Runtime},
};
use shared::{
    DateTime,
    event::{Event, Subject},
    verdict::Severity,
};
use sqlx::{AnyConnection, Connection, Executor};
use tempfile::TempDir;

/// What opening may take on a busy machine.
pub const SOON: Duration = Duration::from_secs(40);

/// A database that ends with the test.
pub struct Fresh {
    /// Where it is.
    pub place: Place,
    /// As sqlx names it.
    pub url: String,
    folder: Option<TempDir>,
}

impl Fresh {
    /// A file of SQLite's.
    pub fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("some folder/history.db");
        Self { url: format!("sqlite:{}", file.display()), place: Place::file(&file), folder: Some(folder) }
    }

    /// A database on the server that the tests are given.
    pub async fn postgresql() -> Self {
        let server = std::env::var("RIVERKEEPER_POSTGRES")
            .unwrap_or_else(|_| panic!("RIVERKEEPER_POSTGRES is not set: ./run test db starts a server"));
        sqlx::any::install_default_drivers();
        let name = format!("history_{:016x}", rand::random::<u64>());
        let mut connection = AnyConnection::connect(&server).await.unwrap();
        connection.execute(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.unwrap();
        let (before, _) = server.rsplit_once('/').unwrap();
        let url = format!("{before}/{name}");
        Self { place: Place::parse(&url, Path::new("")).unwrap(), url, folder: None }
    }

    /// The folder of its file.
    pub fn folder(&self) -> &Path {
        self.folder.as_ref().unwrap().path()
    }

    /// A connection beside Riverkeeper's.
    pub async fn connection(&self) -> AnyConnection {
        sqlx::any::install_default_drivers();
        AnyConnection::connect(&self.url.replace(' ', "%20")).await.unwrap()
    }

    /// A Riverkeeper on it, of a machine of that name.
    pub fn open_as(&self, machine: &str) -> Kept {
        Kept::start(self.place.clone(), machine, |_| {})
    }
}

/// A runtime with its database.
pub struct Kept {
    /// The runtime.
    pub runtime: Runtime,
    /// The database.
    pub database: Database,
}

impl Kept {
    /// Starts it, with settings as they are changed.
    pub fn start(place: Place, machine: &str, change: impl FnOnce(&mut Settings)) -> Self {
        let runtime = Runtime::new(Clock::system());
        let days = |days: u64| Duration::from_secs(days * 86_400);
        let mut settings = Settings {
            place: Some(place),
            retention: Retention {
                minutes: days(20),
                ten_minutes: days(90),
                hours: days(730),
                events: days(365),
            },
            clusters: Arc::new(["east".to_owned(), "west".to_owned()]),
            holder: Holder::new(machine, 1),
            beat: Duration::from_millis(20),
        };
        change(&mut settings);
        let database = Database::start(&runtime, settings);
        Self { runtime, database }
    }

    /// Waits until it is open and writes the history of east.
    pub async fn writes(self) -> Self {
        self.until("it writes east", async || self.database.writes("east")).await;
        self
    }

    /// Waits until something is so.
    pub async fn until(&self, what: &str, is_so: impl AsyncFn() -> bool) {
        until(what, is_so).await;
    }

    /// Ends it as a signal would.
    pub async fn end(self) {
        self.runtime.stop(Duration::from_secs(5)).await;
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.runtime.shutdown().cancel();
    }
}

/// Waits until something is so.
pub async fn until(what: &str, is_so: impl AsyncFn() -> bool) {
    let waiting = async {
        while !is_so().await {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    assert!(tokio::time::timeout(SOON, waiting).await.is_ok(), "waited in vain until {what}");
}

/// A moment so many minutes into the last whole week: old enough to be over, and young enough to be kept.
pub fn minute(minute: i64) -> DateTime {
    const WEEK: i64 = 7 * 86_400_000;
    let begins = (Clock::system().now().timestamp_millis().div_euclid(WEEK) - 1) * WEEK;
    DateTime::from_timestamp_millis(begins + minute * 60_000).unwrap()
}

/// Something that happened on a cluster.
pub fn event(cluster: Option<&str>, time: DateTime, sentence: &str) -> Event {
    Event {
        time,
        cluster: cluster.map(String::from),
        noun: "inventory".into(),
        kind: "broker_left".into(),
        subject: Subject::Broker { broker_id: 2 },
        severity: Severity::Critical,
        sentence: sentence.into(),
        detail: None,
        topics: vec!["orders".into(), "a_b".into()],
    }
}

/// What the configuration keeps of a token.
pub fn sha256(secret: &str) -> [u8; 32] {
    use sha2::Digest;
    sha2::Sha256::digest(secret).into()
}

/// Each of these tests once on SQLite and once on PostgreSQL.
#[macro_export]
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {
        mod on_sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name($crate::database::Fresh::sqlite()).await;
            })+
        }
        mod on_postgresql {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name($crate::database::Fresh::postgresql().await).await;
            })+
        }
    };
}
