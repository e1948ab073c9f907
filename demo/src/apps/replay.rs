//! A group that is reset back once while it is empty, and then started again slowly.

use super::Group;
use super::client::{Commits, Connection, OFTEN, has_committed, partitions};
use super::consume::handle_next;
use anyhow::Result;
use rdkafka::Offset;
use rdkafka::consumer::{CommitMode, Consumer};
use std::time::Duration;

/// How long it reads at full speed from its first record on, before somebody wants everything again.
const FIRST_LIFE: Duration = Duration::from_secs(20);
/// How long the group is empty before and after the reset.
const EMPTY: Duration = Duration::from_secs(20);
/// How often a reset that is refused is tried again, and after how long.
const TRIES: u32 = 10;
const PAUSE: Duration = Duration::from_secs(5);
/// A little faster than the topic grows.
const SLOWLY: Duration = Duration::from_millis(100);

/// Reads, is reset, and reads again; after a restart only the last.
pub async fn run(connection: &Connection, group: Group) -> Result<()> {
    if !has_committed(&connection.consumer(group, OFTEN)?, group)? {
        read_all(connection, group).await?;
        tokio::time::sleep(EMPTY).await;
        // Refused while the group is thought to have a member still.
        let mut tries = 0;
        while let Err(refused) = reset(connection, group) {
            tries += 1;
            anyhow::ensure!(tries < TRIES, refused);
            tokio::time::sleep(PAUSE).await;
        }
        tracing::info!("{} was reset to the beginning of {}", group.name, group.topic);
        tokio::time::sleep(EMPTY).await;
    }
    let consumer = connection.member(group, OFTEN)?;
    loop {
        handle_next(&consumer, Some(SLOWLY)).await?;
    }
}

async fn read_all(connection: &Connection, group: Group) -> Result<()> {
    let consumer = connection.member(group, OFTEN)?;
    // On a busy machine it takes a while before the first comes, and a group that never read has nothing to go back from.
    handle_next(&consumer, None).await?;
    let reading = async {
        loop {
            handle_next(&consumer, None).await?;
        }
    };
    tokio::time::timeout(FIRST_LIFE, reading).await.unwrap_or(Ok(()))
}

/// Commits the beginning without being a member, as Kafka's own tool does.
fn reset(connection: &Connection, group: Group) -> Result<()> {
    let consumer = connection.consumer(group, Commits::ByHand)?;
    let mut offsets = partitions(&consumer, group.topic)?;
    offsets.set_all_offsets(Offset::Offset(0))?;
    Ok(tokio::task::block_in_place(|| consumer.commit(&offsets, CommitMode::Sync))?)
}
