//! The sections of the file: one line a setting, and nothing about it anywhere else.

use std::{net::SocketAddr, path::PathBuf};

use http::Uri;

use super::{
    combined::{Empty, ExistingFile, List, OneOf, Optional, Word},
    database::DatabaseUrl,
    settings::settings,
    takes::{Address, Host, Number, Switch, Text, Url, Whole},
};
use crate::{catalog, db::Place};

const DAY: f64 = 86_400.0;

/// Where committed offsets come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OffsetsSource {
    /// The offsets topic where it can be read, else the coordinators.
    Auto,
    /// The offsets topic.
    OffsetsTopic,
    /// The coordinators.
    Admin,
}

impl Word for OffsetsSource {
    const ALL: &'static [(&'static str, Self)] =
        &[("auto", Self::Auto), ("offsets-topic", Self::OffsetsTopic), ("admin", Self::Admin)];
}

settings! {
    /// Where pages and API are served.
    ///
    /// Browsers may call Riverkeeper by a loopback name, by the host of `public_url` and by `hosts`; a request for
    /// any other `Host` is answered with 421. When `public_url` has a path, everything is served under that path:
    /// pages, API, probes and metrics. See [operations.md](operations.md#behind-a-proxy).
    pub struct Http = "http" {
        /// Address and port. Any address but loopback needs a `[[token]]`, or `anyone_may_see_everything`.
        listen: SocketAddr = SocketAddr::from(([127, 0, 0, 1], 8080)) => Address;
        /// Where browsers find Riverkeeper when a proxy stands before it.
        public_url: Option<Uri> = None => Optional(Url), like "\"https://ops.example.com/kafka\"";
        /// More names by which browsers may call it.
        hosts: Vec<String> = vec![] => List { of: Host, empty: Empty::Allowed };
        /// Serves other machines without tokens: whoever reaches the address sees everything.
        anyone_may_see_everything: bool = false => Switch;
        /// Connections of browsers and programs that are open at a time; further ones wait. Half of them may be live
        /// streams. The process needs as many file descriptors, and some for Kafka.
        max_connections: usize = 4_000 => Whole { least: 10, most: 100_000 };
    }
}

settings! {
    /// How every cluster is spoken to.
    pub struct Kafka = "kafka" {
        /// What brokers see in their logs, metrics and quotas.
        client_id: String = "riverkeeper".to_owned() => Text;
        /// Seconds that opening a connection and its first exchange may take, together.
        connect_timeout_seconds: f64 = 3.0 => Number { least: 0.05, most: DAY };
        /// Seconds that a request may take, whichever broker answers it. Keep it below 0.8 of
        /// `metadata_period_seconds`: a turn ends at that time, and then its failure does not name the broker.
        request_timeout_seconds: f64 = 7.0 => Number { least: 0.05, most: DAY };
        /// Requests that are under way to one broker at a time.
        in_flight_per_broker: usize = 4 => Whole { least: 1, most: 100 };
        /// The largest answer that is read: all of it for Metadata, a half for DescribeLogDirs, a quarter for
        /// ListOffsets and OffsetFetch, an eighth for ListPartitionReassignments and what tells of groups, a 16th for
        /// DescribeConfigs, a 64th for the others.
        /// The metadata of a million replicas is 15 MB.
        max_frame_bytes: usize = 128 << 20 => Whole { least: 1 << 20, most: 256 << 20 };
    }
}

settings! {
    /// What is read of every cluster, and how often.
    ///
    /// A view is called stale when it is older than two of its periods. Where a turn takes much CPU, its period
    /// becomes longer by itself, at most 30 s; Status shows the one in force.
    pub struct Inventory = "inventory" {
        /// Seconds between two readings of brokers, topics, partitions, controller and reassignments.
        metadata_period_seconds: f64 = 10.0 => Number { least: 0.05, most: DAY };
        /// Seconds between two readings of sizes, log directories and log start offsets.
        log_dirs_period_seconds: f64 = 60.0 => Number { least: 0.05, most: DAY };
        /// Seconds within which the settings of all topics are read anew, a tenth of them at a time.
        configs_period_seconds: f64 = 300.0 => Number { least: 0.05, most: DAY };
        /// Hours for which a broker that is gone stays listed as down. Set it lower when brokers are removed for good.
        forget_brokers_after_hours: f64 = 24.0 => Number { least: 0.0, most: 8_784.0 };
        /// Hours for which the counts of troubled partitions are held, in memory, one point a turn of metadata.
        history_hours: f64 = 6.0 => Number { least: 0.0, most: 48.0 };
    }
}

settings! {
    /// What each broker carries, read at its metrics endpoint (`metrics.url` of its cluster), and when that is abnormal.
    ///
    /// A broker is abnormal when a value of the last 60 s is worse than what its peers have now, or than its own last
    /// week had at this hour. See [operations.md](operations.md#what-brokers-carry).
    pub struct Load = "load" {
        /// Seconds between two readings of every broker.
        period_seconds: f64 = 10.0 => Number { least: 0.05, most: 60.0 };
        /// Seconds that one endpoint may take. Keep it below a half of `period_seconds`.
        timeout_seconds: f64 = 3.0 => Number { least: 0.05, most: 60.0 };
        /// The longest answer of an endpoint that is read, after decompression. It may hold one series for each 64 bytes
        /// of this.
        max_answer_bytes: usize = 16 << 20 => Whole { least: 64 << 10, most: 256 << 20 };
        /// Hours for which every reading is held in memory.
        held_hours: f64 = 6.0 => Number { least: 0.02, most: 48.0 };
        /// Seconds after its start in which a broker is not judged: caches are cold, and averages not yet filled.
        young_seconds: f64 = 180.0 => Number { least: 0.0, most: DAY };
        /// How far from the median of its peers a value must be to be abnormal, as a robust z-score. Lower is stricter;
        /// each metric also has a distance of its own that must be exceeded.
        abnormal_z: f64 = 3.5 => Number { least: 1.0, most: 100.0 };
    }
}

settings! {
    /// How far consumer groups have read, and by what Burrow's rules judge it.
    ///
    /// Committed offsets are read from `__consumer_offsets` as they are made, or asked of the groups' coordinators. See
    /// [operations.md](operations.md#consumer-lag).
    pub struct Lag = "lag" {
        /// Where committed offsets come from: `auto` is the offsets topic where it can be read, else the coordinators
        /// (`admin`), which tell nothing of what was committed between two looks.
        source: OffsetsSource = OffsetsSource::Auto => OneOf::<OffsetsSource>::all();
        /// Reads `__consumer_offsets` from its beginning at a start that goes on from nowhere, so that windows are full at
        /// once; the lag at the time of those commits is unknown.
        backfill: bool = false => Switch;
        /// Seconds between two looks at the groups and the log ends of what they read.
        period_seconds: f64 = 10.0 => Number { least: 0.05, most: 600.0 };
        /// Seconds between two looks at who is in the groups.
        members_period_seconds: f64 = 30.0 => Number { least: 0.05, most: 3_600.0 };
        /// Commits that are kept of each group for each partition.
        intervals: usize = 10 => Whole { least: 1, most: 1_000 };
        /// A commit that follows the one before it sooner takes its place, in seconds.
        min_distance_seconds: usize = 0 => Whole { least: 0, most: 86_400 };
        /// Days after which a group that is silent is forgotten.
        expire_group_days: f64 = 7.0 => Number { least: 0.01, most: 3_660.0 };
        /// Partitions of groups whose commits are kept at most, of one cluster. Each takes about 300 bytes.
        max_partitions: usize = 4_000_000 => Whole { least: 1, most: 1 << 30 };
        /// Hours for which lag and age of every group are held in memory.
        held_hours: f64 = 6.0 => Number { least: 0.02, most: 48.0 };
        /// Seconds for which the oldest unread record may wait before a group whose lag does not shrink is `behind`.
        behind_after_seconds: f64 = 120.0 => Number { least: 1.0, most: 31_536_000.0 };
        /// Seconds for which the offset of a group with members may stand while records wait, before it is `stuck`.
        stuck_after_seconds: f64 = 300.0 => Number { least: 1.0, most: 31_536_000.0 };
        /// Seconds for which a group without members may commit nothing while records wait, before it is `stopped`.
        stopped_after_seconds: f64 = 300.0 => Number { least: 1.0, most: 31_536_000.0 };
        /// Seconds for which a transaction may be open before a group is `behind` that has read everything up to it. Kafka
        /// ends one after the brokers' `transaction.max.timeout.ms` (15 min as shipped), unless it hangs (KIP-664): give more
        /// than that.
        transaction_after_seconds: f64 = 960.0 => Number { least: 1.0, most: 31_536_000.0 };
        /// Records that retention takes within so many seconds, at the present rates, are as good as lost: a group that is
        /// not well is `losing` then.
        losing_within_seconds: f64 = 21_600.0 => Number { least: 0.0, most: 31_536_000.0 };
        /// Seconds for which a group that went back is called `rewound` at least.
        rewound_for_seconds: f64 = 900.0 => Number { least: 0.0, most: 31_536_000.0 };
        /// Seconds for which a group is waited for of which it is not known how often it commits.
        rhythm_patience_seconds: f64 = 86_400.0 => Number { least: 0.0, most: 31_536_000.0 };
        /// Commits that must have been seen before a group is called `behind`.
        minimum_commits: usize = 3 => Whole { least: 2, most: 1_000 };
        /// Seconds for which a group must have been watched before it is called `behind`.
        minimum_span_seconds: f64 = 60.0 => Number { least: 0.0, most: 86_400.0 };
        /// Reads the oldest unread record where records wait for long, to tell when it was written. Needs Read on the
        /// topics. Whether only marks of transactions are left is looked at anyway, where that may be.
        read_records: bool = false => Switch;
        /// A lag up to this is none, by Burrow's rules.
        allowed_lag: usize = 0 => Whole { least: 0, most: 1 << 40 };
        /// The share of its window that must be there before a partition is judged by Burrow's rules.
        minimum_complete: f64 = 0.0 => Number { least: 0.0, most: 1.0 };
    }
}

settings! {
    /// Through which mirrors topics flow, and when a flow is not well.
    ///
    /// What MirrorMaker 2 leaves behind on clusters is read as it is written. See
    /// [operations.md](operations.md#tiers-and-mirrors).
    pub struct Topology = "topology" {
        /// Seconds between two looks at the flows and the log ends of what flows.
        period_seconds: f64 = 10.0 => Number { least: 0.05, most: 600.0 };
        /// Seconds without a heartbeat of a mirror that are a warning.
        heartbeat_warning_seconds: f64 = 30.0 => Number { least: 1.0, most: DAY };
        /// Seconds without a heartbeat of a mirror that are critical.
        heartbeat_critical_seconds: f64 = 120.0 => Number { least: 1.0, most: DAY };
        /// Seconds for which the oldest record that is not copied may wait, beside the time between two writings of the
        /// mirror's position, before a flow is `behind`.
        behind_after_seconds: f64 = 60.0 => Number { least: 1.0, most: 31_536_000.0 };
        /// Seconds between two writings of a mirror's position (`offset.flush.interval.ms`), until that was observed. A
        /// position that stands for three of them while records wait is `stopped`.
        flush_seconds: f64 = 60.0 => Number { least: 1.0, most: DAY };
        /// Seconds for which it is told that a topic was created again, or is copied a second time.
        told_for_seconds: f64 = 900.0 => Number { least: 1.0, most: 31_536_000.0 };
        /// Hours for which lag and latency of every flow are held in memory.
        held_hours: f64 = 6.0 => Number { least: 0.02, most: 48.0 };
        /// Partitions of mirrored topics whose positions are kept at most, of what lies on one cluster. Each takes some
        /// hundreds of bytes.
        max_partitions: usize = 1_000_000 => Whole { least: 1, most: 1 << 28 };
    }
}

settings! {
    /// Who owns which topics, groups, principals and client ids.
    pub struct Catalog = "catalog" {
        /// The file of owners. It is read again when it changes.
        file: Option<PathBuf> = None => Optional(ExistingFile { check: catalog::check }), like "\"owners.toml\"";
    }
}

settings! {
    /// Where history is kept.
    ///
    /// Without it `serve` keeps it in `riverkeeper.db` in the user's state folder (`$XDG_STATE_HOME/riverkeeper`, or
    /// `~/.local/state/riverkeeper`), and with `--bootstrap` in memory alone. See
    /// [operations.md](operations.md#the-database).
    pub struct Database = "database" {
        /// The database. A server's URL may hold a password, and is printed as `***`.
        url: Option<Place> = None => Optional(DatabaseUrl), like "\"sqlite:/var/lib/riverkeeper/riverkeeper.db\"";
    }
}

settings! {
    /// How long history is kept. What is older goes by itself.
    pub struct History = "history" {
        /// Days for which a point a minute is kept.
        minutes_days: f64 = 7.0 => Number { least: 1.0, most: 366.0 };
        /// Days for which a point every ten minutes is kept.
        ten_minutes_days: f64 = 90.0 => Number { least: 1.0, most: 3_660.0 };
        /// Days for which a point an hour is kept.
        hours_days: f64 = 730.0 => Number { least: 1.0, most: 36_600.0 };
        /// Days for which events are kept, at most 500,000 of a cluster.
        events_days: f64 = 365.0 => Number { least: 1.0, most: 36_600.0 };
    }
}
