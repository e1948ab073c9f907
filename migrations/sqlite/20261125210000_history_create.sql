-- Clusters under an id of ours: a rename keeps the history, another id of Kafka's begins a new one.
CREATE TABLE clusters (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    -- Kafka's id; empty until it is known.
    cluster_id TEXT NOT NULL,
    -- When it was last looked up to write, in milliseconds: of several with one name the newest counts.
    used BIGINT NOT NULL
);
CREATE UNIQUE INDEX clusters_by_cluster_id ON clusters (cluster_id) WHERE cluster_id <> '';
CREATE UNIQUE INDEX clusters_without_cluster_id ON clusters (name) WHERE cluster_id = '';

-- A row is all columns of one subject over one block of time. Times are milliseconds since 1970.
CREATE TABLE series (
    cluster BIGINT NOT NULL,
    noun TEXT NOT NULL,
    resolution BIGINT NOT NULL,
    start BIGINT NOT NULL,
    subject BIGINT NOT NULL,
    block BLOB NOT NULL,
    PRIMARY KEY (cluster, noun, resolution, start, subject)
);

CREATE TABLE events (
    -- Made of the content, so that nothing is kept twice.
    event_key TEXT NOT NULL PRIMARY KEY,
    -- 0 for the fleet.
    cluster BIGINT NOT NULL,
    time BIGINT NOT NULL,
    noun TEXT NOT NULL,
    kind TEXT NOT NULL,
    severity BIGINT NOT NULL,
    -- -1 where it happened to no broker.
    broker BIGINT NOT NULL,
    -- Each topic that it touches between two line ends.
    topics TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX events_by_cluster ON events (cluster, time);
CREATE INDEX events_by_time ON events (time);

CREATE TABLE leases (
    name TEXT NOT NULL PRIMARY KEY,
    holder TEXT NOT NULL,
    renewed BIGINT NOT NULL
);

CREATE TABLE checkpoints (
    noun TEXT NOT NULL,
    cluster BIGINT NOT NULL,
    part TEXT NOT NULL,
    version BIGINT NOT NULL,
    time BIGINT NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (noun, cluster, part)
);
