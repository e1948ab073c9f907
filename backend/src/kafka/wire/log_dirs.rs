//! DescribeLogDirs: one row for every replica of a broker, read by hand.

use kafka_wire::{DescribeLogDirsRequest, DescribeLogDirsResponse};
use kafka_wire_core::Bytes;

use super::{Answer, Api, ErrorCode, Fault, Reader, Request, body, frame, is_flexible, refused};
use crate::kafka::answers::{LogDir, LogDirReplica, LogDirs};

/// DescribeLogDirs of everything that the asked broker holds.
pub(in crate::kafka) struct DescribeLogDirs;

impl Request for DescribeLogDirs {
    const API: Api = Api::DescribeLogDirs;
    type Answer = LogDirs;

    fn encode(&self, version: i16, correlation_id: i32, client_id: &str) -> Result<Bytes, Fault> {
        let mut request = DescribeLogDirsRequest::default();
        request.topics = None;
        frame(&request, version, correlation_id, client_id)
    }

    fn decode(&self, version: i16, bytes: Bytes) -> Answer<LogDirs> {
        let (log_dirs, error_code) = read(version, &body::<DescribeLogDirsResponse>(version, &bytes)?)?;
        // Before version 3 there is no code: who may not describe the cluster is told of no directory at all.
        let is_silent = version < 3 && log_dirs.dirs.is_empty();
        let error_code = if is_silent { ErrorCode::CLUSTER_AUTHORIZATION_FAILED.0 } else { error_code };
        Ok(refused(error_code, None).map(|()| log_dirs))
    }
}

/// Reads versions 1 to 5; the code is 0 before version 3.
pub(super) fn read(version: i16, body: &[u8]) -> Result<(LogDirs, i16), Fault> {
    let r = &mut Reader::new(body, is_flexible::<DescribeLogDirsResponse>(version));
    let mut log_dirs = LogDirs::default();
    r.i32()?; // throttle time
    let error_code = if version >= 3 { r.i16()? } else { 0 };
    for _ in 0..r.count(5)? {
        dir(r, version, &mut log_dirs)?;
    }
    r.tags()?;
    r.end()?;
    Ok((log_dirs, error_code))
}

fn dir(r: &mut Reader, version: i16, log_dirs: &mut LogDirs) -> Result<(), Fault> {
    let error_code = r.i16()?;
    let path = r.str()?.to_owned();
    let dir = r.index(log_dirs.dirs.len())?;
    for _ in 0..r.count(3)? {
        topic(r, dir, log_dirs)?;
    }
    let (mut total_bytes, mut usable_bytes) = (None, None);
    if version >= 4 {
        total_bytes = Some(r.i64()?).filter(|bytes| *bytes >= 0);
        usable_bytes = Some(r.i64()?).filter(|bytes| *bytes >= 0);
    }
    let is_cordoned = version >= 5 && r.bool()?;
    r.tags()?;
    log_dirs.dirs.push(LogDir { error_code, path, total_bytes, usable_bytes, is_cordoned });
    Ok(())
}

fn topic(r: &mut Reader, dir: u32, log_dirs: &mut LogDirs) -> Result<(), Fault> {
    let topic = r.name(&mut log_dirs.names)?;
    let count = r.count(21)?;
    log_dirs.replicas.reserve(count);
    for _ in 0..count {
        let partition = r.i32()?;
        let size_bytes = r.i64()?;
        r.i64()?; // how far a future replica is behind
        let is_future = r.bool()?;
        r.tags()?;
        log_dirs.replicas.push(LogDirReplica { dir, partition, size_bytes, is_future, topic: topic.clone() });
    }
    r.tags()
}
