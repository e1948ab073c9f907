//! Log directories: asked of every broker, because each knows its own alone.

use futures::FutureExt;

use super::cluster::{known_brokers, nobody_known};
use crate::kafka::Gateway;
use crate::kafka::answers::{LogDirs, Partial};
use crate::kafka::wire::DescribeLogDirs;

/// The log directories of every live broker and the replicas in them. When not even the brokers' addresses are
/// known, the one missing part has broker id -1.
pub async fn describe_log_dirs(gateway: &Gateway) -> Partial<LogDirs> {
    match known_brokers(gateway).await {
        Ok(ids) => gateway.brokers(ids, |id| gateway.broker(id, &DescribeLogDirs).boxed()).await,
        Err(error) => nobody_known(error),
    }
}
