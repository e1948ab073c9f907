//! Leases: of several Riverkeepers on one database, one writes the history of a cluster.
//!
//! A lease is renewed all the time and ends three minutes after the last renewal. Two that write at once for a moment
//! do no harm: what is written is merged, and is the same. So the clocks of two machines need not agree by much.

use std::{collections::BTreeMap, time::Duration};

use rustix::{process, system};
use shared::DateTime;
use sqlx::{AnyConnection, AssertSqlSafe, Row};

use super::fault::HistoryError;

/// The name of the lease of what belongs to no cluster: events of the fleet, and what is too old.
pub const FLEET: &str = "";

/// After so long without renewal another may take it.
pub const LENGTH: Duration = Duration::from_secs(180);

/// Who holds leases: a machine, a process of it, and a number that no other process has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    machine: String,
    process: i32,
    nonce: u64,
}

impl Holder {
    /// This process.
    pub fn this_process() -> Self {
        let machine = system::uname().nodename().to_string_lossy().into_owned();
        Self::new(&machine, process::getpid().as_raw_nonzero().get())
    }

    /// A process of a machine.
    pub fn new(machine: &str, process: i32) -> Self {
        Self { machine: machine.replace('/', "-"), process, nonce: rand::random() }
    }

    fn written(&self) -> String {
        format!("{}/{}/{:016x}", self.machine, self.process, self.nonce)
    }

    /// Whether a holder was a process of this machine that has ended, so that nobody needs to wait for it.
    fn has_ended(&self, holder: &str) -> bool {
        let mut parts = holder.split('/');
        let (Some(machine), Some(pid)) = (parts.next(), parts.next().and_then(|pid| pid.parse::<i32>().ok()))
        else {
            return true;
        };
        if machine != self.machine || holder == self.written() {
            return false;
        }
        // After a restart in a container we may have the number of our predecessor.
        pid == self.process
            || process::Pid::from_raw(pid).is_none_or(|pid| process::test_kill_process(pid).is_err())
    }
}

/// One lease as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// Whether it is ours.
    pub is_ours: bool,
    /// When its holder last renewed it, in milliseconds.
    pub renewed: i64,
}

/// Takes or renews what can be had of these, and tells how all of them stand.
pub async fn renew(
    connection: &mut AnyConnection,
    holder: &Holder,
    names: &[String],
    now: DateTime,
) -> Result<BTreeMap<String, Lease>, HistoryError> {
    let now = now.timestamp_millis();
    let expired = now - LENGTH.as_millis() as i64;
    forget_ended(connection, holder).await?;
    for names in names.chunks(500) {
        let rows: Vec<String> = (0..names.len()).map(|row| format!("(${}, $1, $2)", row + 4)).collect();
        let sql = format!(
            "INSERT INTO leases (name, holder, renewed) VALUES {} ON CONFLICT (name) DO UPDATE SET \
             holder = excluded.holder, renewed = excluded.renewed \
             WHERE leases.holder = excluded.holder OR leases.renewed < $3",
            rows.join(", ")
        );
        let query = sqlx::query(AssertSqlSafe(sql)).bind(holder.written()).bind(now).bind(expired);
        let query = names.iter().fold(query, |query, name| query.bind(name.clone()));
        query.execute(&mut *connection).await?;
    }
    let rows = sqlx::query("SELECT name, holder, renewed FROM leases").fetch_all(connection).await?;
    let lease = |row: &sqlx::any::AnyRow| {
        let (name, by): (String, String) = (row.try_get(0)?, row.try_get(1)?);
        Ok((name, Lease { is_ours: by == holder.written(), renewed: row.try_get(2)? }))
    };
    Ok(rows.iter().map(lease).collect::<Result<_, sqlx::Error>>()?)
}

/// Gives up all that are ours, so that the next need not wait.
pub async fn give_up(connection: &mut AnyConnection, holder: &Holder) -> Result<(), HistoryError> {
    sqlx::query("DELETE FROM leases WHERE holder = $1").bind(holder.written()).execute(connection).await?;
    Ok(())
}

async fn forget_ended(connection: &mut AnyConnection, holder: &Holder) -> Result<(), HistoryError> {
    let rows = sqlx::query("SELECT DISTINCT holder FROM leases").fetch_all(&mut *connection).await?;
    for row in rows {
        let by: String = row.try_get(0)?;
        if holder.has_ended(&by) {
            sqlx::query("DELETE FROM leases WHERE holder = $1").bind(by).execute(&mut *connection).await?;
        }
    }
    Ok(())
}
