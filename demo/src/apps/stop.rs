//! A consumer that reads for a while and then never comes back: its group stays, and its lag grows.

use super::Group;
use super::client::{Connection, OFTEN, has_committed};
use super::consume::handle_next;
use anyhow::Result;
use std::time::Duration;

/// How long it reads, in its only life.
const LIFE: Duration = Duration::from_secs(20);

/// Reads once in the life of the fleet: a group with commits was stopped before.
pub async fn run(connection: &Connection, group: Group) -> Result<()> {
    if has_committed(&connection.consumer(group, OFTEN)?, group)? {
        return Ok(());
    }
    // Leaving the group commits what was handled.
    let consumer = connection.member(group, OFTEN)?;
    // On a busy machine it takes a while before the first comes, and a group that never read was never stopped.
    handle_next(&consumer, None).await?;
    let reading = async {
        loop {
            handle_next(&consumer, None).await?;
        }
    };
    tokio::time::timeout(LIFE, reading).await.unwrap_or(Ok(()))
}
